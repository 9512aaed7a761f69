from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from hub_core.rules import NoRule, Rule, Rules, Unit
from svc_catalog.domain import conditions
from svc_catalog.domain.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    AtMost,
    Below,
    Condition,
    NoneOf,
    OneOf,
    Truth,
    Verdict,
)
from svc_catalog.domain.facts import FactKind
from svc_catalog.reference.facts import facts as known_facts
from svc_catalog.reference.rules import rules as known_rules
from svc_catalog.reference.services import services

DAY = date(2026, 11, 21)
RULES = Rules(
    [
        Rule("full-age", Decimal(18), Unit.YEARS, date(2026, 1, 1), date(2026, 12, 31), "test"),
        Rule("full-age", Decimal(21), Unit.YEARS, date(2027, 1, 1), None, "test"),
        Rule("few", Decimal(2), Unit.NUMBER, date(2026, 1, 1), None, "test"),
    ]
)
ADULT = AtLeast("age", "full-age")
SELF = OneOf("person", ("SELF",))
FACTS = known_facts()
CONDITION: TypeAdapter[Condition] = TypeAdapter(Condition)

codes = st.sampled_from(["a", "b", "c"])
numbers = st.sampled_from(["m", "n"])
leaves = st.one_of(
    st.builds(OneOf, codes, st.lists(st.sampled_from(["X", "Y"]), max_size=2).map(tuple)),
    st.builds(AtLeast, numbers, st.just("few")),
    st.builds(AtMost, numbers, st.just("few")),
    st.builds(Below, numbers, st.just("few")),
)
any_condition = st.recursive(
    leaves,
    lambda parts: st.one_of(
        *(st.builds(kind, st.lists(parts, max_size=3).map(tuple)) for kind in (AllOf, AnyOf, NoneOf))
    ),
    max_leaves=8,
)
codes_known = st.dictionaries(codes, st.sampled_from(["X", "Y", "Z", None]))
numbers_known = st.dictionaries(numbers, st.sampled_from([0, 1, 2, 3, None]))
known = st.builds(lambda left, right: left | right, codes_known, numbers_known)
all_known = st.builds(
    lambda values, figures: dict(zip("abc", values, strict=True)) | dict(zip("mn", figures, strict=True)),
    st.tuples(*[st.sampled_from(["X", "Y", "Z", None])] * 3),
    st.tuples(*[st.sampled_from([0, 1, 2, 3, None])] * 2),
)


def truth(condition: Condition, **facts: conditions.Value) -> Truth:
    return conditions.evaluate(condition, facts, RULES, DAY).truth


@pytest.mark.parametrize(
    ("condition", "age", "expected"),
    [
        (AtLeast("age", "full-age"), 18, Truth.HOLDS),
        (AtLeast("age", "full-age"), 17, Truth.FAILS),
        (AtMost("age", "full-age"), 18, Truth.HOLDS),
        (AtMost("age", "full-age"), 19, Truth.FAILS),
        (Below("age", "full-age"), 17, Truth.HOLDS),
        (Below("age", "full-age"), 18, Truth.FAILS),
        (Below("age", "full-age"), None, Truth.FAILS),
        (OneOf("age", ("SELF",)), None, Truth.FAILS),
    ],
)
def test_a_number_is_compared_with_its_rule(condition: Condition, age: int | None, expected: Truth) -> None:
    assert truth(condition, age=age) is expected


def test_the_rule_is_that_of_the_day() -> None:
    assert conditions.evaluate(ADULT, {"age": 18}, RULES, date(2026, 12, 31)).truth is Truth.HOLDS
    assert conditions.evaluate(ADULT, {"age": 18}, RULES, date(2027, 1, 1)).truth is Truth.FAILS
    with pytest.raises(NoRule):
        conditions.evaluate(ADULT, {"age": 18}, RULES, date(2025, 12, 31))


def test_what_is_not_known_is_missing_in_order() -> None:
    both = AllOf((SELF, ADULT))
    assert conditions.evaluate(both, {}, RULES, DAY) == Verdict(Truth.UNKNOWN, missing=("person", "age"))
    assert conditions.evaluate(both, {"age": 20}, RULES, DAY).missing == ("person",)
    assert conditions.evaluate(both, {"age": 17}, RULES, DAY) == Verdict(Truth.FAILS, failed=(ADULT,))


def test_the_parts_that_fail_are_told() -> None:
    child = OneOf("person", ("MINOR_CHILD",))
    assert conditions.evaluate(AnyOf((SELF, child)), {"person": "COMPANY"}, RULES, DAY).failed == (
        SELF,
        child,
    )
    refused = NoneOf((ADULT, SELF))
    assert conditions.evaluate(refused, {"person": "SELF"}, RULES, DAY).failed == (NoneOf((SELF,)),)


def test_empty_groups_are_those_of_logic() -> None:
    assert [truth(AllOf(())), truth(AnyOf(())), truth(NoneOf(()))] == [
        Truth.HOLDS,
        Truth.FAILS,
        Truth.HOLDS,
    ]


@settings(deadline=None)
@given(any_condition, known, all_known)
def test_more_facts_never_turn_what_is_settled(
    condition: Condition, some: dict[str, conditions.Value], rest: dict[str, conditions.Value]
) -> None:
    before = conditions.evaluate(condition, some, RULES, DAY)
    after = conditions.evaluate(condition, rest | some, RULES, DAY)
    assert after.truth is not Truth.UNKNOWN
    assert before.truth in {Truth.UNKNOWN, after.truth}


@settings(deadline=None)
@given(any_condition, known)
def test_only_what_is_unknown_misses_facts_and_only_what_fails_has_reasons(
    condition: Condition, some: dict[str, conditions.Value]
) -> None:
    verdict = conditions.evaluate(condition, some, RULES, DAY)
    assert bool(verdict.missing) == (verdict.truth is Truth.UNKNOWN)
    assert not verdict.failed or verdict.truth is Truth.FAILS
    assert set(verdict.missing) <= set(conditions.facts(condition)) - some.keys()


@settings(deadline=None)
@given(any_condition, known)
def test_a_condition_and_its_opposite_never_agree(
    condition: Condition, some: dict[str, conditions.Value]
) -> None:
    opposite = {Truth.HOLDS: Truth.FAILS, Truth.FAILS: Truth.HOLDS, Truth.UNKNOWN: Truth.UNKNOWN}
    verdict = conditions.evaluate(condition, some, RULES, DAY)
    assert conditions.evaluate(NoneOf((condition,)), some, RULES, DAY).truth is opposite[verdict.truth]
    for group in (AllOf((condition,)), AnyOf((condition,))):
        assert conditions.evaluate(group, some, RULES, DAY).truth is verdict.truth


@settings(deadline=None)
@given(any_condition)
def test_a_condition_is_read_back_from_what_is_stored(condition: Condition) -> None:
    assert CONDITION.validate_json(CONDITION.dump_json(condition)) == condition


@pytest.mark.parametrize("record", [{}, {"fact": "age"}, {"fact": "age", "below": "few", "at_least": "few"}])
def test_a_record_is_one_kind_of_condition(record: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        CONDITION.validate_python(record)


def test_facts_that_do_not_apply_are_known_and_not_asked() -> None:
    company = FACTS.complete({"person": "COMPANY", "age": 40}, RULES, DAY)
    assert (company["age"], company["citizenship"], "registered_in_onrc" in company) == (None, None, False)
    foreign = FACTS.get("foreign_parent")
    assert foreign is not None
    assert "foreign_parent" not in FACTS.complete({}, RULES, DAY)
    assert FACTS.first_asked("foreign_parent", {}, RULES, DAY) == ["person"]
    child = {"person": "MINOR_CHILD"}
    assert FACTS.first_asked("foreign_parent", child, RULES, DAY) == ["parents_situation"]
    assert FACTS.complete({"person": "SELF"}, RULES, DAY)["foreign_parent"] is None  # through the parents


@pytest.mark.parametrize(
    ("fact", "value", "allowed"),
    [
        ("age", 0, True),
        ("age", 120, True),
        ("age", 121, False),
        ("age", -1, False),
        ("age", True, False),
        ("age", "18", False),
        ("abroad", "YES", True),
        ("abroad", "MAYBE", False),
        ("abroad", True, False),
        ("county", "CV", True),
        ("county", "XX", False),
    ],
)
def test_an_answer_is_one_that_the_fact_allows(fact: str, value: object, allowed: bool) -> None:
    known_fact = FACTS.get(fact)
    assert known_fact is not None
    assert known_fact.allows(value) is allowed


def test_the_catalog_of_facts_can_be_asked_from_the_top() -> None:
    seen: set[str] = set()
    for fact in FACTS:
        assert set(conditions.facts(fact.when) if fact.when else ()) <= seen
        assert bool(fact.options) is (fact.kind is FactKind.CODE)
        assert (fact.highest is not None) is (fact.kind is FactKind.NUMBER)
        seen.add(fact.code)


@pytest.mark.parametrize("service", services(), ids=lambda each: each.code)
def test_entries_ask_for_facts_and_rules_that_are_there(service: object) -> None:
    rules = Rules(known_rules())
    for condition in service.conditions:  # type: ignore[attr-defined]
        check(condition)
        assert all(rules.on(code, DAY) for code in conditions.rules(condition))


def check(condition: Condition) -> None:
    """Every fact is in the catalog, is of the kind that is compared, and can have the value."""
    match condition:
        case AllOf(parts) | AnyOf(parts) | NoneOf(parts):
            for part in parts:
                check(part)
        case OneOf(code, values):
            fact = FACTS.get(code)
            assert fact is not None, code
            assert fact.kind is not FactKind.NUMBER
            assert all(fact.allows(value) for value in values), condition
        case AtLeast(code, _) | AtMost(code, _) | Below(code, _):
            fact = FACTS.get(code)
            assert fact is not None, code
            assert fact.kind is FactKind.NUMBER
