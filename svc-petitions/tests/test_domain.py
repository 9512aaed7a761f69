"""The rules, without I/O."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_core.clock import BUCHAREST
from hub_core.language import Language
from hub_core.rules import Counting, Rule, Unit
from svc_petitions.domain import petitions as domain
from svc_petitions.domain.institutions import Institution, addressee
from svc_petitions.domain.states import PetitionState
from svc_petitions.errors.petitions import InstitutionAcceptsNoPetitions, InstitutionUnknown

ANA = UUID("01936f00-0000-7000-8000-000000000001")
DGP = Institution(
    id=UUID("01936f00-0000-7000-8000-0000000000d6"),
    code="DGP",
    names={"ro": "Direcția Generală de Pașapoarte"},
    accepts_petitions=True,
    valid_from=date(2007, 1, 1),
    valid_to=None,
    version=1,
)
THIRTY_DAYS = Rule(
    domain.ANSWER_RULE,
    Decimal(30),
    Unit.CALENDAR_DAYS,
    date(2002, 2, 1),
    None,
    "OG nr. 27/2002 art. 8 alin. (1)",
    counting=Counting.CIVIL,
)
SUBMISSION = domain.Submission(
    institution_id=DGP.id,
    kind=domain.PetitionKind.REQUEST,
    subject="Program cu publicul",
    text="Vă rog să îmi comunicați programul.",
    language=Language.RO,
)


def local(text: str) -> datetime:
    """An instant, in UTC, from the hour on the wall in Bucharest."""
    return datetime.fromisoformat(text).replace(tzinfo=BUCHAREST).astimezone(UTC)


def registered(now: datetime, number: int = 1) -> domain.Petition:
    return domain.register(
        SUBMISSION,
        petition_id=UUID(int=7),
        acting=domain.Acting(ANA),
        institution=DGP,
        answer_rule=THIRTY_DAYS,
        number=number,
        now=now,
    )


def test_a_petition_is_registered_under_its_number_and_date() -> None:
    petition = registered(local("2026-11-21T09:30"), 123)
    assert petition.state is PetitionState.REGISTERED
    assert petition.registration.label == "123/21.11.2026"
    assert petition.registration.year == 2026
    assert petition.signatory == ANA
    assert petition.version == 1


@pytest.mark.parametrize(
    ("on", "due"),
    [
        ("2026-11-02", "2026-12-02"),
        ("2026-10-31", "2026-11-30"),  # a Saturday; the last day is a holiday and stays: the stricter date
        ("2026-11-01", "2026-12-01"),  # edge 60: the second of two holidays in a row
        ("2026-03-15", "2026-04-14"),  # across the change to summer time
        ("2027-01-31", "2027-03-02"),  # February is short
        ("2028-01-31", "2028-03-01"),  # and a day longer in a leap year
        ("2026-12-31", "2027-01-30"),
    ],
)
def test_the_day_of_registration_is_not_counted_and_day_30_is_the_last(on: str, due: str) -> None:
    registration = registered(local(f"{on}T12:00")).registration
    assert registration.answer_due_on == date.fromisoformat(due)
    assert registration.answer_rule_id == "petition.answer"
    assert registration.answer_legal_basis == "OG nr. 27/2002 art. 8 alin. (1)"


@pytest.mark.parametrize(
    ("last", "first"),
    [
        ("2026-10-31T23:59:59", "2026-11-01T00:00:01"),  # edge 59: Saturday and Sunday
        ("2026-07-01T23:59:59", "2026-07-02T00:00:00"),  # in summer, 20:59:59 UTC
    ],
)
def test_midnight_in_bucharest_parts_two_dates(last: str, first: str) -> None:
    before, after = registered(local(last)).registration, registered(local(first)).registration
    assert before.registered_on + timedelta(days=1) == after.registered_on
    assert before.answer_due_on + timedelta(days=1) == after.answer_due_on


def test_the_year_of_the_register_is_the_year_in_bucharest() -> None:
    """Edge 74: at 22:00 UTC on 31 December the new year has begun."""
    assert registered(local("2026-12-31T23:59:59.999999")).registration.year == 2026
    assert registered(local("2027-01-01T00:00:00")).registration.year == 2027
    assert registered(datetime(2026, 12, 31, 22, 0, tzinfo=UTC)).registration.label == "1/01.01.2027"


def test_an_institution_takes_petitions_from_its_first_to_its_last_day() -> None:
    shut = replace(DGP, valid_from=date(2026, 1, 1), valid_to=date(2026, 6, 30))
    assert addressee(shut, date(2026, 1, 1)) is shut
    assert addressee(shut, date(2026, 6, 30)) is shut
    for day in (date(2025, 12, 31), date(2026, 7, 1)):
        with pytest.raises(InstitutionAcceptsNoPetitions):
            addressee(shut, day)


def test_an_institution_may_receive_no_petitions_here() -> None:
    with pytest.raises(InstitutionAcceptsNoPetitions) as refused:
        addressee(replace(DGP, accepts_petitions=False), date(2026, 11, 21))
    assert [error.pointer for error in refused.value.errors] == ["/institution_id"]


def test_an_unknown_institution_is_named_by_its_pointer() -> None:
    with pytest.raises(InstitutionUnknown) as refused:
        addressee(None, date(2026, 11, 21))
    assert [error.pointer for error in refused.value.errors] == ["/institution_id"]


def test_the_receipt_can_be_computed_from_what_was_sent() -> None:
    """The bytes are written out here: a front end in any language gets the same digest."""
    sent = (
        '{"institution_id":"01936f00-0000-7000-8000-0000000000d6","kind":"REQUEST","language":"ro",'
        '"subject":"Program cu publicul","text":"Vă rog să îmi comunicați programul."}'
    )
    assert SUBMISSION.sha256() == hashlib.sha256(sent.encode()).hexdigest()


@given(st.text(), st.text())
def test_two_texts_share_a_receipt_only_when_they_are_equal(one: str, other: str) -> None:
    first, second = replace(SUBMISSION, text=one), replace(SUBMISSION, text=other)
    assert (first.sha256() == second.sha256()) == (one == other)


@given(st.datetimes(min_value=datetime(2003, 1, 1), max_value=datetime(2099, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_term_never_depends_on_the_hour(now: datetime) -> None:
    registration = registered(now).registration
    assert registration.registered_on == now.astimezone(BUCHAREST).date()
    assert registration.answer_due_on - registration.registered_on == timedelta(days=30)
