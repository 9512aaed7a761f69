from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub_core.rules import Rule, Rules, Unit
from svc_catalog.domain.conditions import AllOf, AtLeast, Below, OneOf
from svc_catalog.domain.eligibility import Assessment, Outcome, Purpose, assess
from svc_catalog.domain.facts import FactKind
from svc_catalog.domain.services import Channel, ChannelKind, Cost, Input, NamedTerm, Requirement, Service
from svc_catalog.domain.text import Texts
from svc_catalog.reference.facts import facts
from svc_catalog.reference.rules import rules as first_rules
from svc_catalog.reference.services import services

SERVICES = "/catalog/v1/services"
TODAY = date(2026, 11, 21)
FACTS = facts()
FIRST_RULES = Rules(first_rules())
RULES = Rules(
    [
        Rule("full-age", Decimal(18), Unit.YEARS, date(2026, 1, 1), date(2026, 12, 31), "test"),
        Rule("full-age", Decimal(16), Unit.YEARS, date(2027, 1, 1), None, "test"),
        Rule("fee", Decimal(10), Unit.LEI, date(2026, 1, 1), None, "test"),
    ]
)
TEXT = Texts(ro="ro", en="en", hu="hu")
ADULT = AtLeast("age", "full-age")
MINOR = Below("age", "full-age")
ROMANIAN = OneOf("citizenship", ("RO",))


def a_requirement(code: str, condition: Any, *channels: ChannelKind) -> Requirement:
    return Requirement(code, TEXT, TEXT, condition, channels=channels)


SERVICE = replace(
    next(each for each in services() if each.code == "petition"),
    id=UUID(int=1),
    requirements=(
        a_requirement("own", OneOf("person", ("SELF", "MINOR_CHILD"))),
        a_requirement("adult-online", AllOf((ADULT, ROMANIAN)), ChannelKind.WEB),
        a_requirement("healthy", None),
    ),
    channels=(
        Channel(ChannelKind.WEB, TEXT, verified=True),
        Channel(ChannelKind.COUNTER, TEXT, verified=True),
    ),
    inputs=(
        Input("identity-document", channels=(ChannelKind.COUNTER,)),
        Input("birth-certificate", condition=MINOR),
        Input("photos", condition=OneOf("child_present", ("NO",))),
    ),
    costs=(Cost("fee", condition=MINOR, channels=(ChannelKind.COUNTER,)),),
    further_terms=(NamedTerm(TEXT, "full-age", condition=OneOf("abroad", ("YES",))),),
)


def judge(service: Service = SERVICE, on: date = TODAY, **known: Any) -> Assessment:
    return assess(service, known, FACTS, RULES, on)


def asked(assessment: Assessment) -> list[str]:
    return [each.fact.code for each in assessment.questions]


def test_nothing_known_is_asked_first_what_decides() -> None:
    assessment = judge()
    assert assessment.outcome is Outcome.MORE_NEEDED
    assert asked(assessment) == ["person", "abroad"]  # the age only applies to a person
    assert assessment.questions[0].purposes == tuple(Purpose)[:4]


def test_who_meets_no_requirement_is_told_and_asked_nothing_more() -> None:
    assessment = judge(person="COMPANY")
    assert assessment.outcome is Outcome.NOT_ELIGIBLE
    assert [each.code for each in assessment.unmet] == ["own", "adult-online"]
    assert (assessment.questions, assessment.channels, assessment.inputs) == ((), (), ())


def test_a_requirement_of_a_channel_closes_only_that() -> None:
    assessment = judge(person="MINOR_CHILD", age=15, child_present="YES", abroad="NO")
    assert assessment.outcome is Outcome.ELIGIBLE
    assert [each.code for each in assessment.unmet] == ["adult-online"]
    assert [each.value.kind for each in assessment.channels] == [ChannelKind.COUNTER]
    assert [each.value.evidence for each in assessment.inputs] == ["identity-document", "birth-certificate"]
    assert len(assessment.costs) == 1
    assert (assessment.terms, assessment.questions) == ((), ())


def test_a_service_without_an_open_channel_cannot_be_used() -> None:
    online = replace(SERVICE, channels=SERVICE.channels[:1])
    assert judge(online, person="SELF", age=15).outcome is Outcome.NOT_ELIGIBLE


def test_what_is_only_asked_in_a_closed_channel_is_not_asked_for() -> None:
    online = replace(SERVICE, channels=SERVICE.channels[:1])
    assessment = judge(online, person="SELF", age=40, citizenship="RO", abroad="YES")
    assert (assessment.outcome, assessment.inputs, assessment.costs) == (Outcome.ELIGIBLE, (), ())
    assert len(assessment.terms) == 1


def test_what_is_not_asked_beforehand_is_told() -> None:
    assert [each.code for each in judge().told] == ["healthy"]


def test_the_numbers_are_those_of_the_day() -> None:
    for on, kinds in ((date(2026, 12, 31), 1), (date(2027, 1, 1), 2)):
        assessment = judge(on=on, person="SELF", age=17, citizenship="RO")
        assert len(assessment.channels) == kinds


answers = st.fixed_dictionaries(
    {},
    optional={
        fact.code: (
            st.integers(0, fact.highest or 0)
            if fact.kind is FactKind.NUMBER
            else st.sampled_from([each.code for each in fact.answers])
        )
        for fact in FACTS
    },
)


@pytest.mark.parametrize("service", [SERVICE, *services()], ids=lambda each: str(each.id)[:8] + each.code)
@settings(deadline=None, max_examples=30)
@given(some=answers, more=answers)
def test_what_is_settled_stays_settled_with_more_facts(
    service: Service, some: dict[str, Any], more: dict[str, Any]
) -> None:
    rules = RULES if service is SERVICE else FIRST_RULES
    whole = FACTS.complete(more | some, rules, TODAY)  # what was said of a fact that does not apply is void
    some = {code: value for code, value in some.items() if whole[code] is not None}
    before = assess(service, some, FACTS, rules, TODAY)
    after = assess(service, more | some, FACTS, rules, TODAY)
    assert before.outcome in {Outcome.MORE_NEEDED, after.outcome}
    assert {each.code for each in before.unmet} <= {each.code for each in after.unmet}
    if after.outcome is not Outcome.NOT_ELIGIBLE:
        for name in ("channels", "inputs", "costs", "terms"):
            certain = [each.value for each in getattr(before, name) if each.certain]
            still = [each.value for each in getattr(after, name)]
            for value in certain:
                channels = getattr(value, "channels", ())
                assert value in still or channels or name == "channels"


@pytest.mark.parametrize("service", [SERVICE, *services()], ids=lambda each: str(each.id)[:8] + each.code)
@settings(deadline=None, max_examples=30)
@given(data=st.data())
def test_answering_the_questions_ends(service: Service, data: st.DataObject) -> None:
    rules = RULES if service is SERVICE else FIRST_RULES
    known: dict[str, Any] = {}
    for _ in FACTS:
        assessment = assess(service, known, FACTS, rules, TODAY)
        if not assessment.questions:
            break
        fact = assessment.questions[0].fact
        assert fact.code not in known
        known[fact.code] = data.draw(
            st.integers(0, fact.highest or 0)
            if fact.kind is FactKind.NUMBER
            else st.sampled_from([each.code for each in fact.answers])
        )
    assert assessment.outcome is not Outcome.MORE_NEEDED
    assert assessment.questions == ()


async def ask(client: httpx2.AsyncClient, code: str, **body: Any) -> Any:
    answer = await client.post(f"{SERVICES}/{code}/eligibility", json={"facts": {}, **body})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_petition_is_for_everybody_and_says_cost_and_term(client: httpx2.AsyncClient) -> None:
    shown = await ask(client, "petition", facts={"person": "SELF"}, on="2026-11-21")
    assert shown["outcome"] in {"ELIGIBLE", "MORE_NEEDED"}
    assert shown["costs"][0]["price"] == {"amount": "0.00", "currency": "RON"}
    assert (shown["legal_deadline"]["value"], shown["on"]) == (30, "2026-11-21")
    levels = {each["kind"]: each["sign_in"] for each in shown["channels"]}
    assert (levels["WEB"], levels["COUNTER"]) == ("LOW", "NONE")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/facts"),
        ({"facts": {"cnp": 1}}, "/facts/cnp"),
        ({"facts": {"age": "old"}}, "/facts/age"),
        ({"facts": {"age": 121}}, "/facts/age"),
        ({"facts": {"age": True}}, "/facts/age"),
        ({"facts": {"citizenship": "XX"}}, "/facts/citizenship"),
        ({"facts": {"A b": 1}}, "/facts/A b"),
        ({"facts": {}, "name": "Ana"}, "/name"),
        ({"facts": {}, "on": "tomorrow"}, "/on"),
    ],
)
async def test_what_is_no_fact_or_no_answer_is_refused(
    client: httpx2.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    answer = await client.post(
        f"{SERVICES}/petition/eligibility", json=body, headers={"accept-language": "hu"}
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"].startswith(pointer)


async def test_a_case_is_kept_nowhere(client: httpx2.AsyncClient, looking: Any) -> None:
    address = f"{SERVICES}/petition/eligibility"
    body = {"facts": {"person": "SELF"}}
    answer = await client.post(address, json=body, headers={"idempotency-key": "a-key-that-is-not-kept"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    kept = await looking.fetchval("SELECT count(*) FROM catalog.idempotency_keys")
    assert kept == 0


async def test_a_service_that_is_not_there_is_not_assessed(client: httpx2.AsyncClient) -> None:
    answer = await client.post(f"{SERVICES}/nothing/eligibility", json={"facts": {}})
    assert answer.json()["type"].endswith("/problems/service-not-found")


async def test_a_situation_shows_what_can_be_used_first(client: httpx2.AsyncClient) -> None:
    asked_for = {"facts": {"person": "COMPANY"}, "life_event": "STARTING_WORK"}
    answer = await client.post("/catalog/v1/eligibility", json=asked_for)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    codes = [each["service"]["code"] for each in shown["items"]]
    assert "criminal-record-certificate-person" in codes
    order = ["ELIGIBLE", "MORE_NEEDED", "NOT_ELIGIBLE"]
    ranks = [order.index(each["outcome"]) for each in shown["items"]]
    assert ranks == sorted(ranks)


async def test_the_facts_are_told_with_their_answers(client: httpx2.AsyncClient) -> None:
    shown = (await client.get("/catalog/v1/facts")).json()["items"]
    by_code = {each["fact"]: each for each in shown}
    assert shown[0]["fact"] == "person"
    assert [each["code"] for each in by_code["abroad"]["answers"]] == ["YES", "NO"]
    assert len(by_code["county"]["answers"]) == 42
    assert (by_code["age"]["highest"], by_code["age"]["answers"]) == (120, [])
