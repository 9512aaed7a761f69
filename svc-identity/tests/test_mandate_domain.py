"""Who may act for whom, and until when: the rules, without I/O."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hub_core import ids
from hub_core.clock import BUCHAREST, local_date
from hub_testing import rules
from svc_identity.domain import capacity, mandate, mandate_guard, mandate_type
from svc_identity.domain.capacity import Party
from svc_identity.domain.mandate import EndCause, Mandate, State
from svc_identity.domain.mandate_guard import Obstacle
from svc_identity.domain.mandate_type import Bounds, MandateType, PrincipalKind
from svc_identity.errors.mandates import MandateDates, MandateServices, MandateState

LAW = rules.values(Path(__file__).parents[2] / "svc-catalog/contract/rules.json")
NOON = datetime(2026, 11, 21, 10, tzinfo=UTC)
TODAY = date(2026, 11, 21)
ADULT = Party(date(1985, 3, 12))
PARENT, CHILD, CLERK = (UUID(int=number) for number in (1, 2, 3))


def local(day: date, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """An instant told by a clock in Bucharest."""
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=BUCHAREST).astimezone(UTC)


def parental(born: date, now: datetime = NOON) -> Mandate:
    last_day = mandate_type.last_day_of_minor(born, now, LAW)
    return mandate.from_register(
        ids.new_id(), MandateType.PARENT, PrincipalKind.PERSON, CHILD, PARENT, last_day, now
    )


def bounds(**special: Any) -> Bounds:
    facts: dict[str, Any] = {
        "services": ("petitions:read",),
        "purpose": "",
        "valid_from": TODAY,
        "valid_to": None,
    }
    return Bounds(**(facts | special))


def delegated(**special: Any) -> Mandate:
    offered = mandate.offer(
        ids.new_id(), MandateType.DELEGATE, PrincipalKind.PERSON, CHILD, CHILD, bounds(**special), NOON, LAW
    )
    return mandate.accept(offered, PARENT, NOON)


# Birthdays.


@pytest.mark.parametrize(
    ("born", "age", "day"),
    [
        (date(2008, 11, 21), 18, date(2026, 11, 21)),
        (date(2008, 11, 22), 18, date(2026, 11, 22)),
        (date(2012, 11, 21), 14, date(2026, 11, 21)),
        (date(2008, 2, 29), 18, date(2026, 3, 1)),
        (date(2012, 2, 29), 14, date(2026, 3, 1)),
        (date(2008, 2, 29), 20, date(2028, 2, 29)),
        (date(2008, 12, 31), 18, date(2026, 12, 31)),
        (date(2009, 1, 1), 18, date(2027, 1, 1)),
    ],
)
def test_a_birthday_is_a_legal_date(born: date, age: int, day: date) -> None:
    assert capacity.birthday(born, age, NOON, LAW) == day


@pytest.mark.parametrize(
    ("now", "age"),
    [
        (local(date(2026, 11, 20), 23, 59, 59), 17),
        (datetime(2026, 11, 20, 21, 59, 59, tzinfo=UTC), 17),
        (datetime(2026, 11, 20, 22, tzinfo=UTC), 18),
        (local(date(2026, 11, 21)), 18),
    ],
)
def test_a_birthday_begins_at_midnight_in_bucharest_not_in_greenwich(now: datetime, age: int) -> None:
    born = date(2008, 11, 21)
    assert capacity.age_on(born, now, LAW) == age
    assert capacity.is_of_age(born, now, LAW) == (age == 18)


def test_a_minor_acts_with_consent_from_the_14th_to_the_18th_birthday() -> None:
    born = date(2012, 11, 21)
    assert not capacity.acts_with_consent(born, local(date(2026, 11, 20), 23, 59), LAW)
    assert capacity.acts_with_consent(born, local(date(2026, 11, 21)), LAW)
    assert capacity.acts_with_consent(born, local(date(2030, 11, 20), 23, 59), LAW)
    assert not capacity.acts_with_consent(born, local(date(2030, 11, 21)), LAW)


@given(born=st.dates(date(1920, 1, 1), date(2026, 11, 20)), days=st.integers(0, 40_000))
def test_an_age_grows_by_one_on_each_birthday(born: date, days: int) -> None:
    day = min(born + timedelta(days=days), date(2100, 1, 1))
    now = local(max(day, date(2026, 1, 1)), 12)
    age = capacity.age_on(born, now, LAW)
    assert (
        capacity.birthday(born, age, now, LAW) <= local_date(now) < capacity.birthday(born, age + 1, now, LAW)
    )


# A mandate of a parent.


@pytest.mark.parametrize(
    ("now", "met"),
    [
        (local(date(2026, 11, 20), 23, 59, 59), None),
        (local(date(2026, 11, 21)), Obstacle.PAST),
        (local(date(2026, 11, 21), 12), Obstacle.PAST),
    ],
)
def test_a_parental_mandate_ends_at_midnight_of_the_18th_birthday(
    now: datetime, met: Obstacle | None
) -> None:
    born = date(2008, 11, 21)
    held = replace(parental(born, local(date(2026, 11, 19), 8)), checked_at=now)
    assert mandate_guard.obstacle(held, Party(born), ADULT, now, LAW) is met
    assert mandate.ends_at(held) == datetime(2026, 11, 20, 22, tzinfo=UTC)


def test_who_was_born_on_29_february_comes_of_age_on_1_march() -> None:
    born = date(2008, 2, 29)
    held = parental(born, local(date(2026, 2, 20)))
    assert held.valid_to == date(2026, 2, 28)
    for now, met in (
        (local(date(2026, 2, 28), 23, 59), None),
        (local(date(2026, 3, 1)), Obstacle.PAST),
    ):
        assert mandate_guard.obstacle(replace(held, checked_at=now), Party(born), ADULT, now, LAW) is met


def test_an_adult_needs_no_parent_even_if_the_last_day_was_wrong() -> None:
    held = replace(parental(date(2010, 1, 1)), valid_to=None)
    assert (
        mandate_guard.obstacle(held, Party(date(2000, 1, 1)), ADULT, NOON, LAW) is Obstacle.PRINCIPAL_OF_AGE
    )


def test_from_the_14th_birthday_the_parent_still_acts() -> None:
    born = date(2012, 11, 21)
    assert mandate_guard.obstacle(parental(born), Party(born), ADULT, NOON, LAW) is None


# What stands against acting.


@pytest.mark.parametrize(
    ("principal", "representative", "met"),
    [
        (Party(date(2020, 1, 1), died_on=TODAY), ADULT, Obstacle.PRINCIPAL_DEAD),
        (Party(date(2020, 1, 1)), replace(ADULT, died_on=TODAY), Obstacle.REPRESENTATIVE_DEAD),
        (Party(date(2020, 1, 1)), Party(date(2010, 1, 1)), Obstacle.REPRESENTATIVE_WITHOUT_CAPACITY),
        (Party(date(2020, 1, 1)), Party(None), Obstacle.REPRESENTATIVE_WITHOUT_CAPACITY),
        (
            Party(date(2020, 1, 1)),
            replace(ADULT, under_guardianship=True),
            Obstacle.REPRESENTATIVE_WITHOUT_CAPACITY,
        ),
        (Party(None), ADULT, None),
    ],
)
def test_both_people_count(principal: Party, representative: Party, met: Obstacle | None) -> None:
    assert mandate_guard.obstacle(parental(date(2020, 1, 1)), principal, representative, NOON, LAW) is met


def test_only_the_named_representative_acts() -> None:
    held = delegated()
    assert mandate_guard.obstacle(held, ADULT, ADULT, NOON, LAW, person_id=PARENT) is None
    assert (
        mandate_guard.obstacle(held, ADULT, ADULT, NOON, LAW, person_id=CLERK)
        is Obstacle.ANOTHER_REPRESENTATIVE
    )


def test_nobody_represents_themselves() -> None:
    held = replace(delegated(), representative_id=CHILD)
    assert mandate_guard.obstacle(held, ADULT, ADULT, NOON, LAW, person_id=CHILD) is Obstacle.SAME_PERSON


def test_a_mandate_carries_its_services_only() -> None:
    held = delegated(services=("petitions:read",))
    assert mandate_guard.obstacle(held, ADULT, ADULT, NOON, LAW, service="petitions:read") is None
    assert (
        mandate_guard.obstacle(held, ADULT, ADULT, NOON, LAW, service="petitions:write") is Obstacle.SERVICE
    )
    assert held.scopes == {"petitions:read"}


def test_without_named_services_a_mandate_carries_what_its_type_allows() -> None:
    certificates = {"criminal-record:read", "criminal-record:write"}
    others = {f"{each}:{act}" for each in ("appointments", "petitions") for act in ("read", "write")}
    assert parental(date(2020, 1, 1)).scopes == others | certificates
    assert not delegated().scopes & certificates


def test_filling_in_forms_goes_with_a_service_and_is_none_of_its_own() -> None:
    own = ("openid", "petitions:write", "forms:prefill")
    assert mandate_type.carried(own, {"petitions:write"}) == ("petitions:write", "forms:prefill")
    assert mandate_type.carried(own, {"petitions:read"}) == ()
    assert mandate_type.carried(("petitions:write",), {"petitions:write"}) == ("petitions:write",)


def test_a_proxy_for_employment_opens_no_firearm() -> None:
    held = delegated(purpose="Angajare")
    assert mandate_guard.obstacle(held, ADULT, ADULT, NOON, LAW, purpose="  angajare ") is None
    assert mandate_guard.obstacle(held, ADULT, ADULT, NOON, LAW, purpose="Port armă") is Obstacle.PURPOSE
    assert mandate_guard.obstacle(delegated(), ADULT, ADULT, NOON, LAW, purpose="Port armă") is None


def test_a_mandate_begins_on_its_first_day_and_ends_after_its_last() -> None:
    held = delegated(valid_from=date(2026, 11, 23), valid_to=date(2026, 11, 24))
    for now, met in (
        (local(date(2026, 11, 22), 23, 59), Obstacle.NOT_YET),
        (local(date(2026, 11, 23)), None),
        (local(date(2026, 11, 24), 23, 59), None),
        (local(date(2026, 11, 25)), Obstacle.PAST),
    ):
        assert mandate_guard.obstacle(replace(held, checked_at=now), ADULT, ADULT, now, LAW) is met


def test_the_last_word_of_a_register_counts_for_a_bounded_time() -> None:
    held = parental(date(2020, 1, 1))
    child = Party(date(2020, 1, 1))
    assert mandate_guard.obstacle(held, child, ADULT, NOON + timedelta(hours=71), LAW) is None
    assert (
        mandate_guard.obstacle(held, child, ADULT, NOON + timedelta(hours=72), LAW)
        is Obstacle.REGISTER_SILENT
    )


@pytest.mark.parametrize(
    ("checked", "now", "again"),
    [
        (local(TODAY, 8), local(TODAY, 19, 59), False),
        (local(TODAY, 8), local(TODAY, 20), True),
        (local(TODAY, 23, 59), local(TODAY + timedelta(days=1)), True),
    ],
)
def test_a_register_is_asked_again_each_legal_day(checked: datetime, now: datetime, again: bool) -> None:
    assert mandate_guard.needs_check(replace(parental(date(2020, 1, 1)), checked_at=checked), now) is again


# Giving and asking.


@pytest.mark.parametrize(
    ("special", "pointer"),
    [
        ({"services": ("account:write",)}, "/services"),
        ({"services": ()}, "/services"),
        ({"valid_from": date(2026, 11, 20)}, "/valid_from"),
        ({"valid_to": date(2026, 11, 20)}, "/valid_to"),
    ],
)
def test_bounds_that_are_not_in_order_are_refused(special: dict[str, Any], pointer: str) -> None:
    with pytest.raises((MandateServices, MandateDates)) as refused:
        delegated(**special)
    assert [error.pointer for error in refused.value.errors] == [pointer]


def test_without_a_last_day_a_mandate_holds_for_three_years() -> None:
    assert delegated().valid_to == date(2029, 11, 20)


def test_what_a_register_says_nobody_asks_for() -> None:
    with pytest.raises(ValueError, match="not verified"):
        mandate.ask(
            ids.new_id(),
            MandateType.PARENT,
            PARENT,
            bounds(),
            NOON,
            LAW,
            evidence_ref="x",
            institution_id=CLERK,
        )
    with pytest.raises(ValueError, match="no register"):
        mandate.from_register(
            ids.new_id(), MandateType.LAWYER, PrincipalKind.PERSON, CHILD, PARENT, None, NOON
        )


def test_each_obstacle_that_stays_has_its_cause() -> None:
    assert mandate_guard.cause_of(Obstacle.PRINCIPAL_DEAD) is EndCause.DEATH_OF_PRINCIPAL
    assert mandate_guard.cause_of(Obstacle.NOT_YET) is None


# The states.


class States(RuleBasedStateMachine):
    """Whatever is tried in whatever order, a mandate stays in order."""

    held: Mandate
    before: Mandate

    @initialize(
        of=st.sampled_from(sorted(mandate_type.BY_WILL | mandate_type.BY_REGISTER | mandate_type.BY_EVIDENCE))
    )
    def begin(self, of: MandateType) -> None:
        if of in mandate_type.BY_REGISTER:
            self.held = mandate.from_register(
                ids.new_id(), of, PrincipalKind.PERSON, CHILD, PARENT, None, NOON
            )
        elif of in mandate_type.BY_WILL:
            self.held = mandate.offer(
                ids.new_id(), of, PrincipalKind.PERSON, CHILD, CHILD, bounds(), NOON, LAW
            )
        else:
            self.held = mandate.ask(
                ids.new_id(),
                of,
                PARENT,
                bounds(),
                NOON,
                LAW,
                evidence_ref="Sentința 1/2026",
                institution_id=CLERK,
            )
        self.before = self.held

    def _try(self, change: Any, *arguments: Any, **named: Any) -> None:
        self.before = self.held
        try:
            self.held = change(self.held, *arguments, **named)
        except MandateState:
            assert self.held == self.before
        else:
            assert self.held.state in mandate.OPEN[self.before.state]
            assert self.held.version == self.before.version + 1

    @rule()
    def accept(self) -> None:
        if self.held.state is State.DRAFT:
            self._try(mandate.accept, PARENT, NOON)

    @rule()
    def verify(self) -> None:
        if self.held.state is not State.DRAFT:
            self._try(mandate.verify, CHILD, CLERK, NOON)

    @rule()
    def refuse(self) -> None:
        self._try(mandate.refuse, CLERK, "Actul nu este semnat", NOON)

    @rule(cause=st.sampled_from(EndCause))
    def end(self, cause: EndCause) -> None:
        self._try(mandate.end, cause, NOON, by=CLERK)

    @precondition(lambda self: self.held.state is State.ACTIVE)
    @rule()
    def recheck(self) -> None:
        self.held = mandate.recheck(self.held, NOON)

    @invariant()
    def only_an_active_one_opens_anything(self) -> None:
        met = mandate_guard.obstacle(self.held, Party(date(2020, 1, 1)), ADULT, NOON, LAW)
        assert (met is None) == (self.held.state is State.ACTIVE)

    @invariant()
    def an_active_one_has_both_people_and_somebody_has_vouched_for_it(self) -> None:
        if self.held.state is State.ACTIVE:
            assert None not in (self.held.principal_id, self.held.representative_id, self.held.verified_at)

    @invariant()
    def what_has_ended_says_why_and_stays(self) -> None:
        assert (not mandate.OPEN[self.held.state]) == (self.held.ended_at is not None)
        assert (self.held.end_cause is None) == (self.held.ended_at is None)
        assert (self.held.revoked_at is None) == (self.held.state is not State.REVOKED)
        if self.before.ended_at is not None:
            assert self.held.state is self.before.state


TestStates = States.TestCase
