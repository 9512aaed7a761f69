"""The rules of requests, without I/O."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from hub_core.language import Language
from hub_core.rules import Rules
from hub_terms.terms import birthday, end_months
from hub_testing import rules
from svc_criminal_record.domain import matching, requests
from svc_criminal_record.domain.certificates import Standing
from svc_criminal_record.domain.holders import Holder, Organisation, Person
from svc_criminal_record.domain.motives import MOTIVES_RULE, named
from svc_criminal_record.domain.products import Channel, HolderKind, Product
from svc_criminal_record.domain.records import CompanyMatch, Entry, PersonMatch
from svc_criminal_record.domain.requests import Request
from svc_criminal_record.domain.states import FREES_THE_DAY, OPEN, TRANSITIONS, ReviewReason, State
from svc_criminal_record.errors.requests import (
    HolderHasDied,
    HolderTooYoung,
    MotiveTextMisplaced,
    MotiveUnknown,
    NotRomanian,
    RequestState,
)

from .build import a_certificate
from .outside import JUDGMENT

LAW = rules.values(Path(__file__).parents[2] / "svc-catalog/contract/rules.json")
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
ANA = Person(family_name="Popescu", given_name="Ana", birth_date=date(1985, 3, 12), cnp="2850312149008")
FIRM = Organisation(name="Ionescu Construct SRL", cui="990000013", registration="J2015000900124")


def a_match(**special: Any) -> PersonMatch:
    facts: dict[str, Any] = {
        "cnp": ANA.cnp,
        "family_name": "POPESCU",
        "given_name": "ANA",
        "former_names": (),
        "birth_date": ANA.birth_date,
        "birth_place": "Sfântu Gheorghe",
        "born_abroad": False,
        "father": "Ion",
        "mother": "Maria",
        "update_pending": False,
        "entries": (),
    }
    return PersonMatch(**(facts | special))


def a_request(**special: Any) -> Request:
    facts: dict[str, Any] = {
        "request_id": UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"),
        "product": Product.CRIMINAL_RECORD,
        "channel": Channel.ONLINE,
        "holder": ANA,
        "holder_key": b"k",
        "motive": "angajare",
        "motive_text": None,
        "language": Language.RO,
        "legal": LAW,
        "now": NOW,
    }
    return requests.submit(**(facts | special))


@pytest.mark.parametrize(
    ("special", "refusal"),
    [
        ({"died_on": date(2026, 11, 1)}, HolderHasDied),
        ({"citizenship": None, "cnp": "8920229409065"}, NotRomanian),
        ({"citizenship": "MD"}, NotRomanian),
        ({"birth_date": date(2013, 5, 1)}, HolderTooYoung),
        ({"birth_date": date(2010, 5, 1)}, HolderTooYoung),
        ({"birth_date": date(2008, 11, 23)}, HolderTooYoung),
    ],
)
def test_who_has_to_come_to_the_counter_is_refused_online(
    special: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        requests.must_be_served_online(replace(ANA, **special), LAW, NOW)


@pytest.mark.parametrize("holder", [ANA, replace(ANA, birth_date=date(2008, 11, 22)), FIRM])
def test_an_adult_from_the_day_itself_and_an_organisation_are_served_online(holder: Holder) -> None:
    requests.must_be_served_online(holder, LAW, NOW)


def test_adulthood_begins_at_midnight_in_bucharest() -> None:
    eighteen_tomorrow = replace(ANA, birth_date=date(2008, 11, 23))
    with pytest.raises(HolderTooYoung):
        requests.must_be_served_online(eighteen_tomorrow, LAW, datetime(2026, 11, 22, 21, 59, tzinfo=UTC))
    requests.must_be_served_online(eighteen_tomorrow, LAW, datetime(2026, 11, 22, 22, 0, tzinfo=UTC))


def test_who_was_born_on_29_february_is_of_age_on_1_march() -> None:
    assert birthday(date(2008, 2, 29), 18, 1) == date(2026, 3, 1)
    assert birthday(date(2008, 2, 29), 16, 1) == date(2024, 2, 29)
    leaper = replace(ANA, birth_date=date(2008, 2, 29))
    with pytest.raises(HolderTooYoung):
        requests.must_be_served_online(leaper, LAW, datetime(2026, 2, 28, 10, tzinfo=UTC))
    requests.must_be_served_online(leaper, LAW, datetime(2026, 3, 1, 10, tzinfo=UTC))


def test_a_motive_is_one_of_the_list_and_only_the_other_one_takes_words() -> None:
    today = date(2026, 11, 22)
    assert requests.motive_of(LAW, "angajare", None, today).code == "angajare"
    assert requests.motive_of(LAW, "alt-motiv", "dosar de tutelă", today).code == "alt-motiv"
    for code, text, refusal in (
        ("vacanta", None, MotiveUnknown),
        ("angajare", "la fabrică", MotiveTextMisplaced),
        ("alt-motiv", None, MotiveTextMisplaced),
    ):
        with pytest.raises(refusal):
            requests.motive_of(LAW, code, text, today)


def test_a_motive_that_has_left_the_list_since_is_still_named() -> None:
    """A certificate may be issued, or corrected, after the list has changed (edge case 32)."""
    end = date(2026, 11, 23)
    [row] = LAW.table(MOTIVES_RULE)
    shorter = [one for one in row.options if one.code != "angajare"]
    later = replace(row, valid_from=end + timedelta(days=1), options=tuple(shorter))
    law = Rules([replace(row, valid_to=end), later])
    with pytest.raises(MotiveUnknown):
        requests.motive_of(law, "angajare", None, date(2026, 11, 24))
    gone = named(law, "angajare", date(2026, 11, 25))
    assert gone is not None
    assert gone.code == "angajare"
    assert named(law, "vacanta", date(2026, 11, 25)) is None


@pytest.mark.parametrize(
    ("midnight", "day"),
    [
        (datetime(2026, 10, 24, 21, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 22, tzinfo=UTC), date(2026, 10, 26)),
        (datetime(2027, 3, 27, 22, tzinfo=UTC), date(2027, 3, 28)),
        (datetime(2027, 3, 28, 21, tzinfo=UTC), date(2027, 3, 29)),
    ],
)
def test_days_of_23_and_25_hours_begin_at_midnight_in_bucharest(midnight: datetime, day: date) -> None:
    """Of such a day, too, there is one request for a motive, whatever the hour."""
    before, after = a_request(now=midnight - timedelta(seconds=1)), a_request(now=midnight)
    assert (before.requested_on, after.requested_on) == (day - timedelta(days=1), day)
    assert after.due_on == day + timedelta(days=3)


def test_a_request_is_of_the_local_day_and_its_term_is_three_days() -> None:
    request = a_request(now=datetime(2026, 11, 22, 23, 30, tzinfo=UTC))
    assert (request.state, request.requested_on) == (State.SUBMITTED, date(2026, 11, 23))
    assert (request.alarm_on, request.due_on) == (date(2026, 11, 25), date(2026, 11, 26))
    assert replace(request, number=123).label == "123/23.11.2026"


def test_a_certificate_is_valid_for_six_months_and_its_end_is_not_moved() -> None:
    assert requests.valid_until(Product.CRIMINAL_RECORD, date(2026, 8, 31), LAW) == date(2027, 2, 28)
    assert requests.valid_until(Product.INTEGRITY, date(2026, 11, 22), LAW) == date(2027, 5, 22)
    assert end_months(date(2027, 8, 31), 6) == date(2028, 2, 29)


def test_the_last_day_ends_at_midnight_in_bucharest() -> None:
    certificate = a_certificate(valid_until=date(2027, 5, 22))
    assert certificate.standing(datetime(2027, 5, 22, 20, 59, tzinfo=UTC)) is Standing.VALID
    assert certificate.standing(datetime(2027, 5, 22, 21, 0, tzinfo=UTC)) is Standing.EXPIRED


@pytest.mark.parametrize("entries", [(), (JUDGMENT,), (JUDGMENT, JUDGMENT)])
def test_entries_are_no_reason_for_a_look(entries: tuple[Entry, ...]) -> None:
    assert matching.reasons(ANA, [a_match(entries=entries)], "angajare") == frozenset()


@pytest.mark.parametrize(
    ("matches", "reason"),
    [
        ([], ReviewReason.IDENTITY_DIFFERS),
        ([a_match(given_name="ALINA")], ReviewReason.IDENTITY_DIFFERS),
        ([a_match(birth_date=date(1985, 3, 13))], ReviewReason.IDENTITY_DIFFERS),
        ([a_match(), a_match(cnp=None)], ReviewReason.HOMONYM),
        ([a_match(), a_match(cnp="2850312149016")], ReviewReason.HOMONYM),
        ([a_match(), a_match(family_name="GROSU")], ReviewReason.SHARED_NUMBER),
        ([a_match(born_abroad=True)], ReviewReason.BORN_ABROAD),
        ([a_match(former_names=("Ionescu",))], ReviewReason.FORMER_NAMES),
        ([a_match(update_pending=True)], ReviewReason.UPDATE_PENDING),
    ],
)
def test_what_is_not_unambiguous_goes_to_an_officer(matches: list[PersonMatch], reason: ReviewReason) -> None:
    assert reason in matching.reasons(ANA, matches, "angajare")


def test_another_motive_and_a_foreign_number_go_to_an_officer() -> None:
    assert matching.reasons(ANA, [a_match()], "alt-motiv") == {ReviewReason.OTHER_MOTIVE}
    jane = replace(ANA, cnp="8920229409065", citizenship=None)
    assert ReviewReason.FOREIGN_NUMBER in matching.reasons(jane, [a_match(cnp=jane.cnp)], "angajare")


def test_letters_with_and_without_marks_are_the_same_person() -> None:
    istvan = replace(ANA, family_name="Kovács", given_name="István-Ţepeş")
    assert matching.is_same(istvan, a_match(family_name="KOVACS", given_name="ISTVAN TEPES"))


def test_an_organisation_is_unambiguous_while_the_register_knows_it_as_open() -> None:
    firm = CompanyMatch(
        cui=FIRM.cui, name=FIRM.name, number=None, dissolved_on=None, update_pending=False, entries=()
    )
    assert matching.reasons(FIRM, [firm], "licitatie") == frozenset()
    dissolved = replace(firm, dissolved_on=date(2020, 1, 1))
    for matches in ([], [dissolved]):
        assert matching.reasons(FIRM, matches, "licitatie") == {ReviewReason.IDENTITY_DIFFERS}
    assert FIRM.kind is HolderKind.ORGANISATION


def test_nobody_sees_personal_data_in_what_a_holder_or_a_request_shows_of_itself() -> None:
    assert "Popescu" not in repr(ANA)
    assert "Popescu" not in repr(a_request())
    assert ANA.number == "CNP:2850312149008"


def test_after_the_register_was_away_for_the_time_of_the_rule_an_officer_takes_over() -> None:
    request = a_request()
    assert not requests.is_given_up(request, NOW, NOW + timedelta(minutes=14, seconds=59), LAW)
    assert requests.is_given_up(request, NOW, NOW + timedelta(minutes=15), LAW)


class Walk(RuleBasedStateMachine):
    """Any moves in any order: only those of the table happen, and each leaves a newer version."""

    def __init__(self) -> None:
        super().__init__()
        self.request = a_request()
        self.seen = [self.request.state]

    @rule(to=st.sampled_from(State))
    def move(self, to: State) -> None:
        before = self.request
        if to not in TRANSITIONS[before.state]:
            with pytest.raises(RequestState):
                requests.move(before, to, NOW)
            return
        self.request = requests.move(before, to, NOW)
        self.seen.append(to)
        assert self.request.version == before.version + 1

    @invariant()
    def comes_to_an_end_once(self) -> None:
        ends = {State.ISSUED} | FREES_THE_DAY
        assert not ends & set(self.seen[:-1])

    @invariant()
    def has_a_time_of_decision_when_the_term_no_longer_runs(self) -> None:
        assert (self.request.decided_at is None) is (self.request.state in OPEN)

    @invariant()
    def is_not_issued_unchecked(self) -> None:
        if self.request.state is State.ISSUED:
            assert State.AUTO_CHECK in self.seen


TestWalk = Walk.TestCase
TestWalk.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)
