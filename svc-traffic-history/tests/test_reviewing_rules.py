"""How officers decide on reports of aggressive driving: the rules."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from hub_core import ids
from hub_core.decisions import FourEyes
from hub_core.rules import Rules
from svc_traffic_history.domain import owner_inquiries, reviewing
from svc_traffic_history.domain.driving_reports import OPEN, DrivingReport, Reason, State
from svc_traffic_history.domain.entries import Outcome as CourtOutcome
from svc_traffic_history.domain.owner_inquiries import Holder, HolderKind, Inquiry, Outcome, Part
from svc_traffic_history.domain.reviewing import Vehicle
from svc_traffic_history.errors.driving_reports import DrivingReportStands
from svc_traffic_history.errors.owner_inquiries import AnswerDayWrong, InquiryAnswered
from svc_traffic_history.errors.reviewing import (
    HeadDecides,
    NobodyToAsk,
    NotTheSameEvent,
    ReportJoined,
    ReportLeads,
    ReportTimeBarred,
)

from .build import communicated, contested, decided, found, taken_back
from .build_driving_reports import NOON, a_driving_report, an_event

TODAY = NOON.date()
DAY = timedelta(days=1)


def a_file(state: State = State.UNDER_REVIEW, **special: Any) -> DrivingReport:
    facts: dict[str, Any] = {"state": state, "submitted_at": NOON, "vehicle": "ORDINARY"}
    return a_driving_report(**(facts | special))


# Who decides


def test_edge_56_of_a_police_car_a_head_decides_who_did_not_take_it() -> None:
    taker, head = ids.new_id(), ids.new_id()
    report = a_file(vehicle="PRIORITY", officer_id=taker)
    with pytest.raises(HeadDecides):
        reviewing.must_decide(report, taker, is_head=False)
    with pytest.raises(FourEyes):
        reviewing.must_decide(report, taker, is_head=True)
    reviewing.must_decide(report, head, is_head=True)


def test_that_a_vehicle_had_priority_is_never_an_officers_own_reason() -> None:
    with pytest.raises(HeadDecides):
        reviewing.must_decide(a_file(), ids.new_id(), is_head=False, reason=Reason.PRIORITY_VEHICLE)


def test_of_any_other_vehicle_the_officer_who_took_it_decides() -> None:
    officer = ids.new_id()
    reviewing.must_decide(a_file(officer_id=officer), officer, is_head=False, reason=Reason.NOT_PROVED)


@pytest.mark.parametrize("vehicle", [Vehicle.STOLEN_PLATES, Vehicle.FOREIGN, Vehicle.UNKNOWN, None])
def test_edge_58_of_stolen_and_foreign_plates_nobody_is_asked(vehicle: Vehicle | None) -> None:
    with pytest.raises(NobodyToAsk):
        reviewing.must_be_askable(vehicle)


def test_officers_of_another_county_do_not_see_it_nor_anybody_before_it_is_whole() -> None:
    report = a_file()
    assert reviewing.is_seen_by(report, report.institution_id)
    assert not reviewing.is_seen_by(report, ids.new_id())
    awaiting = a_driving_report()
    assert not reviewing.is_seen_by(awaiting, awaiting.institution_id)


# The time bar


def test_a_sanction_is_possible_on_the_last_day_and_not_on_the_next() -> None:
    report = a_file(barred_after=TODAY)
    reviewing.must_be_in_time([report], TODAY)
    with pytest.raises(ReportTimeBarred):
        reviewing.must_be_in_time([report], TODAY + DAY)


def test_a_joined_report_that_is_barred_bars_the_sanction_of_all() -> None:
    with pytest.raises(ReportTimeBarred):
        reviewing.must_be_in_time([a_file(), a_file(barred_after=TODAY - DAY)], TODAY)


# One event


def test_two_reports_about_a_vehicle_within_the_window_are_joined(legal: Rules) -> None:
    leader, other = a_file(), a_file(State.SUBMITTED)
    reviewing.must_join(leader, other, legal, TODAY, other_leads=False)
    assert reviewing.steps_to(other, leader) == (State.ELIGIBILITY_CHECK, State.UNDER_REVIEW)


def test_what_is_not_of_one_event_is_not_joined(legal: Rules) -> None:
    leader = a_file()
    window = reviewing.window(legal, TODAY)
    for other in (
        a_file(event=an_event(plate="CV 12 XYZ")),
        a_file(event=an_event(plate_country="HU")),
        a_file(happened_at=leader.happened_at + window + timedelta(seconds=1)),
        leader,
    ):
        with pytest.raises(NotTheSameEvent):
            reviewing.must_join(leader, other, legal, TODAY, other_leads=False)
    just = a_file(happened_at=leader.happened_at - window)
    reviewing.must_join(leader, just, legal, TODAY, other_leads=False)


def test_there_is_one_leader_which_nobody_leads(legal: Rules) -> None:
    leader = a_file()
    for first, second in (
        (a_file(joined_to=ids.new_id()), a_file()),
        (leader, a_file(joined_to=ids.new_id())),
    ):
        with pytest.raises(ReportJoined):
            reviewing.must_join(first, second, legal, TODAY, other_leads=False)
    with pytest.raises(ReportLeads):
        reviewing.must_join(leader, a_file(), legal, TODAY, other_leads=True)


def test_who_is_further_than_the_leader_or_decided_does_not_join(legal: Rules) -> None:
    for leader, other in (
        (a_file(State.ELIGIBILITY_CHECK), a_file()),
        (a_file(State.SUBMITTED), a_file(State.SUBMITTED)),
        (a_file(State.SANCTIONED), a_file()),
        (a_file(), a_file(State.NOT_ELIGIBLE)),
    ):
        with pytest.raises(DrivingReportStands):
            reviewing.must_join(leader, other, legal, TODAY, other_leads=False)


def test_every_open_report_comes_to_where_a_leader_is() -> None:
    for leader in map(a_file, OPEN):
        for other in map(a_file, OPEN):
            steps = reviewing.steps_to(other, leader)
            assert (steps[-1] is leader.state) if steps else True


def test_how_far_two_places_are_apart() -> None:
    sfantu = an_event(latitude=Decimal("45.863600"), longitude=Decimal("25.787500"))
    brasov = an_event(latitude=Decimal("45.652600"), longitude=Decimal("25.610400"))
    metres = reviewing.metres_between(sfantu, brasov)
    assert metres is not None
    assert 26_500 < metres < 28_000
    assert reviewing.metres_between(sfantu, sfantu) == 0
    assert reviewing.metres_between(sfantu, an_event(latitude=None, longitude=None)) is None


def test_far_away_is_not_the_same_event_and_without_coordinates_it_may_be(legal: Rules) -> None:
    here = a_file()
    far = a_file(event=an_event(latitude=Decimal("44.430000"), longitude=Decimal("26.100000")))
    nowhere = a_file(event=an_event(latitude=None, longitude=None))
    assert reviewing.may_be_same(here, a_file(), legal, TODAY)
    assert not reviewing.may_be_same(here, far, legal, TODAY)
    assert reviewing.may_be_same(here, nowhere, legal, TODAY)


# After the sanction


def test_a_sanction_is_final_once_nobody_went_to_court_in_time(legal: Rules) -> None:
    offence = found(date(2025, 9, 8), 0)
    told = communicated(offence, date(2025, 9, 10))
    # 15 free days from 10.09.2025 end on 26.09.2025.
    assert reviewing.after_sanction([offence, told], legal, date(2025, 9, 26)) is None
    assert reviewing.after_sanction([offence, told], legal, date(2025, 9, 27)) == (
        State.CLOSED,
        Reason.DECISION_FINAL,
    )


def test_without_communication_and_in_court_it_is_open(legal: Rules) -> None:
    offence = found(date(2025, 9, 8), 0)
    told = communicated(offence, date(2025, 9, 10))
    complaint = contested(offence, date(2025, 9, 20))
    late = date(2026, 9, 1)
    assert reviewing.after_sanction([offence], legal, late) is None
    assert reviewing.after_sanction([offence, told, complaint], legal, late) is None


@pytest.mark.parametrize(
    ("outcome", "end"),
    [
        (CourtOutcome.ADMITTED, (State.NO_SANCTION, Reason.COURT_ADMITTED)),
        (CourtOutcome.ADMITTED_IN_PART, (State.CLOSED, Reason.DECISION_FINAL)),
        (CourtOutcome.REJECTED, (State.CLOSED, Reason.DECISION_FINAL)),
    ],
)
def test_the_court_ends_it(legal: Rules, outcome: CourtOutcome, end: tuple[State, Reason]) -> None:
    offence = found(date(2025, 9, 8), 0)
    entries = [
        offence,
        communicated(offence, date(2025, 9, 10)),
        contested(offence, date(2025, 9, 20)),
        decided(offence, date(2026, 2, 1), outcome),
    ]
    assert reviewing.after_sanction(entries, legal, date(2026, 2, 2)) == end


def test_a_sanction_that_was_taken_back_is_none(legal: Rules) -> None:
    offence = found(date(2025, 9, 8), 0)
    entries = [offence, taken_back(offence, date(2025, 9, 12))]
    assert reviewing.after_sanction(entries, legal, date(2025, 9, 12)) == (
        State.NO_SANCTION,
        Reason.TAKEN_BACK,
    )


def test_each_end_is_kept_for_its_own_time(legal: Rules) -> None:
    ends = {
        "not-sent": a_driving_report(state=State.CLOSED, reason=Reason.NO_VIDEO),
        "not-eligible": a_file(State.NOT_ELIGIBLE),
        "no-sanction": a_file(State.NO_SANCTION, reason=Reason.NOT_PROVED),
        "sanctioned": a_file(State.CLOSED, reason=Reason.DECISION_FINAL),
        "forwarded": a_file(State.FORWARDED_CRIMINAL),
    }
    for end, report in ends.items():
        days = legal.on(f"aggressive-driving.kept-{end}", TODAY).whole
        assert reviewing.kept_until(report, TODAY, legal) == TODAY + days * DAY


# Who drove


def an_inquiry(legal: Rules, asked_on: date = date(2026, 9, 1)) -> Inquiry:
    return Inquiry(
        id=ids.new_id(),
        report_id=ids.new_id(),
        part=Part.OWNER,
        asked=Holder(HolderKind.COMPANY, "990000013", "Ionescu Construct SRL"),
        asked_on=asked_on,
        answer_by=reviewing.answer_by(legal, asked_on),
        asked_by=ids.new_id(),
    )


def test_the_term_of_an_owner_ends_on_a_working_day(legal: Rules) -> None:
    assert reviewing.answer_by(legal, date(2026, 9, 1)) == date(2026, 9, 16)
    assert reviewing.answer_by(legal, date(2026, 9, 4)) == date(2026, 9, 21)  # the 19th is a Saturday


def test_edge_58_a_company_names_who_drove_once(legal: Rules) -> None:
    driver = Holder(HolderKind.PERSON, "1790115129041", "Ion Ionescu")
    inquiry, officer = an_inquiry(legal), ids.new_id()
    day = date(2026, 9, 5)
    answer = owner_inquiries.answered(inquiry, Outcome.DRIVER_NAMED, driver, day, officer, day)
    assert (answer.outcome, answer.named, answer.version) == (Outcome.DRIVER_NAMED, driver, 2)
    with pytest.raises(InquiryAnswered):
        owner_inquiries.answered(answer, Outcome.NOT_SAID, None, day, officer, day)


def test_silence_is_recorded_after_the_term(legal: Rules) -> None:
    inquiry = an_inquiry(legal)

    def silence(on: date) -> Inquiry:
        return owner_inquiries.answered(inquiry, Outcome.NO_ANSWER, None, on, ids.new_id(), on)

    with pytest.raises(AnswerDayWrong):
        silence(inquiry.answer_by)
    assert silence(inquiry.answer_by + DAY).outcome is Outcome.NO_ANSWER


@pytest.mark.parametrize("on", [date(2026, 8, 31), date(2026, 9, 11)], ids=["before", "future"])
def test_an_answer_comes_after_the_question_and_not_in_the_future(legal: Rules, on: date) -> None:
    with pytest.raises(AnswerDayWrong):
        owner_inquiries.answered(
            an_inquiry(legal), Outcome.NOT_SAID, None, on, ids.new_id(), date(2026, 9, 10)
        )
