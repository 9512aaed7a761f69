"""How officers decide on reports of aggressive driving: who may, in which order, and until when."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from typing import Final
from uuid import UUID

from hub_core.decisions import FourEyes
from hub_core.rules import Rules
from hub_terms import deadlines
from hub_terms.calendar import HOLIDAYS, Calendar
from hub_terms.deadlines import Fact
from hub_terms.terms import Term

from ..errors.driving_reports import DrivingReportStands
from ..errors.reviewing import (
    HeadDecides,
    NobodyToAsk,
    NotTheSameEvent,
    ReportJoined,
    ReportLeads,
    ReportTimeBarred,
)
from . import fines
from .admissibility import SAME_EVENT_RULE
from .driving_reports import OPEN, DrivingReport, Event, Reason, State
from .entries import Entry, Kind, Outcome, in_force

SAME_PLACE_RULE: Final = "aggressive-driving.same-place"
ANSWER_RULE: Final = "aggressive-driving.owner-answer"
WARNING_RULE: Final = "aggressive-driving.bar-warning"
KEPT_RULES: Final = tuple(
    f"aggressive-driving.kept-{end}"
    for end in ("not-sent", "not-eligible", "no-sanction", "sanctioned", "forwarded")
)
_EARTH: Final = 6_371_000


class Vehicle(StrEnum):
    """What the register of vehicles says of a plate."""

    ORDINARY = "ORDINARY"
    PRIORITY = "PRIORITY"
    """Of the police, an ambulance, the fire brigade: a head decides, not who took the report."""
    STOLEN_PLATES = "STOLEN_PLATES"
    """The plates are reported stolen: their owner is not asked who drove."""
    FOREIGN = "FOREIGN"
    """Another state gave the plate: no register here knows whose the vehicle is."""
    UNKNOWN = "UNKNOWN"
    """The register has no vehicle with the plate."""


class NotEligibleReason(StrEnum):
    """For which reasons officers find a report not eligible."""

    NO_DATE_OR_HOUR = Reason.NO_DATE_OR_HOUR.value
    PLACE_UNKNOWN = Reason.PLACE_UNKNOWN.value
    PLATE_UNREADABLE = Reason.PLATE_UNREADABLE.value
    NOT_AGGRESSIVE = Reason.NOT_AGGRESSIVE.value
    EDITED = Reason.EDITED.value
    TOO_OLD = Reason.TOO_OLD.value
    NOT_BY_CHANCE = Reason.NOT_BY_CHANCE.value


class NoSanctionReason(StrEnum):
    """For which reasons officers end a report without a sanction; the clock has others."""

    NOT_PROVED = Reason.NOT_PROVED.value
    DRIVER_UNKNOWN = Reason.DRIVER_UNKNOWN.value
    PLATES_STOLEN = Reason.PLATES_STOLEN.value
    FOREIGN_VEHICLE = Reason.FOREIGN_VEHICLE.value
    PRIORITY_VEHICLE = Reason.PRIORITY_VEHICLE.value


_ASKABLE: Final = frozenset({Vehicle.ORDINARY, Vehicle.PRIORITY})
EXAMINED: Final = frozenset({State.UNDER_REVIEW, State.OWNER_INQUIRY})
"""Where a report is eligible and not decided."""
_ORDER: Final = (State.SUBMITTED, State.ELIGIBILITY_CHECK, State.UNDER_REVIEW, State.OWNER_INQUIRY)


def is_seen_by(report: DrivingReport, institution_id: UUID) -> bool:
    """Whether officers of an institution have it: it was sent whole, and theirs is the county."""
    return report.institution_id == institution_id and report.submitted_at is not None


def must_lead(report: DrivingReport) -> None:
    """Raise `ReportJoined` for a report whose steps follow those of another."""
    if report.joined_to is not None:
        raise ReportJoined


def must_be(report: DrivingReport, states: Collection[State]) -> None:
    """Raise `DrivingReportStands` for a report that is in none of these states."""
    if report.state not in states:
        raise DrivingReportStands(state=report.state.value)


def must_decide(
    report: DrivingReport, officer_id: UUID, *, is_head: bool, reason: Reason | None = None
) -> None:
    """Raise where an officer may not decide: of a vehicle with priority a head does, who did not take it.

    `HeadDecides`, `FourEyes`.
    """
    if report.vehicle != Vehicle.PRIORITY and reason is not Reason.PRIORITY_VEHICLE:
        return
    if not is_head:
        raise HeadDecides
    if report.officer_id == officer_id:
        raise FourEyes


def must_be_in_time(reports: Collection[DrivingReport], today: date) -> None:
    """Raise `ReportTimeBarred` where for one of them a fine can no longer be applied."""
    if any(is_barred(each, today) for each in reports):
        raise ReportTimeBarred(day=min(each.barred_after for each in reports).isoformat())


def is_barred(report: DrivingReport, today: date) -> bool:
    """Whether a fine can no longer be applied for what it says (OG 2/2001 art. 13)."""
    return report.barred_after < today


def must_be_askable(vehicle: str | None) -> None:
    """Raise `NobodyToAsk` where no owner can say who drove."""
    if vehicle not in _ASKABLE:
        raise NobodyToAsk(vehicle=vehicle or Vehicle.UNKNOWN)


def answer_by(legal: Rules, asked_on: date) -> date:
    """The last day on which an owner answers who was asked on a day."""
    term = Term.of(legal.on(ANSWER_RULE, asked_on))
    return deadlines.count(Fact("ASKED", asked_on), term, Calendar(legal)).end


def must_join(
    leader: DrivingReport, other: DrivingReport, legal: Rules, today: date, *, other_leads: bool
) -> None:
    """Raise where one report cannot be joined to another.

    Both are open and in one hand, the other not further than the leader; they tell of one vehicle within
    the time by rule. `ReportJoined`, `ReportLeads`, `DrivingReportStands`, `NotTheSameEvent`.
    """
    must_lead(leader)
    must_lead(other)
    if other_leads:
        raise ReportLeads
    must_be(leader, OPEN - {State.SUBMITTED})
    must_be(other, _ORDER[: _ORDER.index(leader.state) + 1])
    same = (
        leader.id != other.id
        and leader.event is not None
        and other.event is not None
        and (leader.event.plate, leader.event.plate_country) == (other.event.plate, other.event.plate_country)
    )
    if not same or abs(leader.happened_at - other.happened_at) > window(legal, today):
        raise NotTheSameEvent


def window(legal: Rules, today: date) -> timedelta:
    """How far apart two reports of one event may say that it was."""
    return timedelta(minutes=legal.on(SAME_EVENT_RULE, today).whole)


def steps_to(report: DrivingReport, leader: DrivingReport) -> Sequence[State]:
    """The states by which a report comes to where its leader is."""
    return _ORDER[_ORDER.index(report.state) + 1 : _ORDER.index(leader.state) + 1]


def metres_between(one: Event, other: Event) -> int | None:
    """How far two places are apart, along the earth; none where one of them has no coordinates."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    north, south = radians(one.latitude), radians(other.latitude)
    east = radians(other.longitude - one.longitude)
    half = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(east / 2) ** 2
    return round(2 * _EARTH * asin(sqrt(half)))


def may_be_same(one: DrivingReport, other: DrivingReport, legal: Rules, today: date) -> bool:
    """Whether a second report about one vehicle is near enough to be of the same event."""
    if one.event is None or other.event is None:
        return False
    apart = metres_between(one.event, other.event)
    return apart is None or apart <= legal.on(SAME_PLACE_RULE, today).whole


def after_sanction(entries: Collection[Entry], legal: Rules, today: date) -> tuple[State, Reason] | None:
    """What becomes of a report whose sanction is in the ledger; none while that is open.

    `entries` are those of its contravention report. It is closed once the time for going to court is over,
    or the court has left the sanction standing.
    """
    facts = {entry.kind: entry for entry in in_force(entries)}
    if Kind.FOUND not in facts:
        return State.NO_SANCTION, Reason.TAKEN_BACK
    decided = facts.get(Kind.COURT_DECIDED)
    if decided is not None:
        if decided.outcome is Outcome.ADMITTED:
            return State.NO_SANCTION, Reason.COURT_ADMITTED
        return State.CLOSED, Reason.DECISION_FINAL
    communicated = facts.get(Kind.COMMUNICATED)
    if communicated is None or Kind.CONTESTED in facts:
        return None
    if today <= fines.contest(legal, communicated.on).citizen_end:
        return None
    return State.CLOSED, Reason.DECISION_FINAL


def kept_until(report: DrivingReport, ended_on: date, legal: Rules) -> date:
    """The last day on which recording and personal data of a report are kept that ended on a day."""
    return ended_on + timedelta(days=legal.on(_kept_rule(report), ended_on).whole)


def _kept_rule(report: DrivingReport) -> str:
    not_sent, not_eligible, no_sanction, sanctioned, forwarded = KEPT_RULES
    match report.state:
        case State.NOT_ELIGIBLE:
            return not_eligible
        case State.NO_SANCTION:
            return no_sanction
        case State.FORWARDED_CRIMINAL:
            return forwarded
        case _:
            return sanctioned if report.reason is Reason.DECISION_FINAL else not_sent


RULES: Final = (SAME_EVENT_RULE, SAME_PLACE_RULE, ANSWER_RULE, WARNING_RULE, HOLIDAYS)
"""The rules that officers' steps read."""
