"""A report of aggressive driving (e-SAR, OUG 195/2002 art. 109^1): what it says, and the steps it takes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from ..errors.driving_reports import DrivingReportStands


class State(StrEnum):
    """How far a report has come. What is not sent is nowhere but with its writer."""

    AWAITING_VIDEO = "AWAITING_VIDEO"
    """Sent; the recording has to be uploaded within the hour."""
    SUBMITTED = "SUBMITTED"
    ELIGIBILITY_CHECK = "ELIGIBILITY_CHECK"
    NOT_ELIGIBLE = "NOT_ELIGIBLE"
    UNDER_REVIEW = "UNDER_REVIEW"
    OWNER_INQUIRY = "OWNER_INQUIRY"
    """The owner of the vehicle has to say who drove."""
    SANCTIONED = "SANCTIONED"
    NO_SANCTION = "NO_SANCTION"
    FORWARDED_CRIMINAL = "FORWARDED_CRIMINAL"
    CLOSED = "CLOSED"


class Reason(StrEnum):
    """Why a report was not eligible, led to no sanction, or was closed; the reporter is told."""

    NO_DATE_OR_HOUR = "NO_DATE_OR_HOUR"
    PLACE_UNKNOWN = "PLACE_UNKNOWN"
    PLATE_UNREADABLE = "PLATE_UNREADABLE"
    NOT_AGGRESSIVE = "NOT_AGGRESSIVE"
    EDITED = "EDITED"
    TOO_OLD = "TOO_OLD"
    NOT_BY_CHANCE = "NOT_BY_CHANCE"

    NOT_PROVED = "NOT_PROVED"
    DRIVER_UNKNOWN = "DRIVER_UNKNOWN"
    PLATES_STOLEN = "PLATES_STOLEN"
    FOREIGN_VEHICLE = "FOREIGN_VEHICLE"
    PRIORITY_VEHICLE = "PRIORITY_VEHICLE"
    """A vehicle with priority, on a mission (OUG 195/2002 art. 32)."""
    TIME_BARRED = "TIME_BARRED"
    """The fine can no longer be applied (OG 2/2001 art. 13)."""

    NO_VIDEO = "NO_VIDEO"
    """The recording did not arrive in time."""
    CANCELLED = "CANCELLED"
    """The reporter took it back before the recording arrived."""
    DECISION_FINAL = "DECISION_FINAL"
    """The sanction stands: nobody went to court in time, or the court left it standing."""

    COURT_ADMITTED = "COURT_ADMITTED"
    """There was a sanction, and the court admitted the complaint against it."""
    TAKEN_BACK = "TAKEN_BACK"
    """There was a sanction, and the police took it back: it was wrong from its beginning."""


REASONS: Final[Mapping[State, frozenset[Reason]]] = MappingProxyType(
    {
        State.NOT_ELIGIBLE: frozenset(
            {
                Reason.NO_DATE_OR_HOUR,
                Reason.PLACE_UNKNOWN,
                Reason.PLATE_UNREADABLE,
                Reason.NOT_AGGRESSIVE,
                Reason.EDITED,
                Reason.TOO_OLD,
                Reason.NOT_BY_CHANCE,
            }
        ),
        State.NO_SANCTION: frozenset(
            {
                Reason.NOT_PROVED,
                Reason.DRIVER_UNKNOWN,
                Reason.PLATES_STOLEN,
                Reason.FOREIGN_VEHICLE,
                Reason.PRIORITY_VEHICLE,
                Reason.TIME_BARRED,
                Reason.COURT_ADMITTED,
                Reason.TAKEN_BACK,
            }
        ),
        State.CLOSED: frozenset({Reason.NO_VIDEO, Reason.CANCELLED, Reason.DECISION_FINAL}),
    }
)
"""The reasons of each state that needs one."""

TRANSITIONS: Final[Mapping[State, frozenset[State]]] = MappingProxyType(
    {
        State.AWAITING_VIDEO: frozenset({State.SUBMITTED, State.CLOSED}),
        State.SUBMITTED: frozenset({State.ELIGIBILITY_CHECK, State.NO_SANCTION}),
        State.ELIGIBILITY_CHECK: frozenset(
            {State.SUBMITTED, State.NOT_ELIGIBLE, State.UNDER_REVIEW, State.NO_SANCTION}
        ),
        State.NOT_ELIGIBLE: frozenset(),
        State.UNDER_REVIEW: frozenset(
            {
                *(State.SUBMITTED, State.OWNER_INQUIRY),
                *(State.SANCTIONED, State.NO_SANCTION, State.FORWARDED_CRIMINAL),
            }
        ),
        State.OWNER_INQUIRY: frozenset({State.SANCTIONED, State.NO_SANCTION, State.FORWARDED_CRIMINAL}),
        State.SANCTIONED: frozenset({State.CLOSED, State.NO_SANCTION}),
        State.NO_SANCTION: frozenset(),
        State.FORWARDED_CRIMINAL: frozenset(),
        State.CLOSED: frozenset(),
    }
)
"""What may follow. A report that is handed over to another county is `SUBMITTED` there; `NO_SANCTION`
follows `SANCTIONED` where the sanction falls."""

OPEN: Final = frozenset({State.SUBMITTED, State.ELIGIBILITY_CHECK, State.UNDER_REVIEW, State.OWNER_INQUIRY})
"""The states in which officers have something to do."""


@dataclass(frozen=True, slots=True, repr=False)
class Reporter:
    """Who reports, as the law wants them named: identified, and reachable."""

    cnp: str
    family_name: str
    given_name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Event:
    """Where it was and who: `place` are the words that locate it, coordinates are WGS 84 degrees.

    `siruta` is the locality; `plate` is as `domain.plates` writes it, `plate_country` the state that gave it
    (ISO 3166-1, two letters).
    """

    siruta: str | None
    place: str
    latitude: Decimal | None
    longitude: Decimal | None
    plate: str
    plate_country: str
    description: str


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class DrivingReport:
    """A report that was sent.

    `upload_by` is when the upload of the recording has to be finished; `barred_after` the last day on which
    a fine can be applied; `institution_id` the county inspectorate whose officers decide. `joined_to` is the
    report of the same event that leads: what becomes of that one becomes of this one. `declaration` is the
    version of what the reporter declared, `assurance` how sure it was who they are. `vehicle` is what the
    register of vehicles said when officers took it up (`domain.reviewing.Vehicle`). `reporter` and `event`
    are none once they were deleted by rule; `video_until` is the last day on which the recording is kept.
    """

    id: UUID
    number: int
    year: int
    reporter_id: UUID
    reporter: Reporter | None
    event: Event | None
    happened_at: datetime
    county: str
    manoeuvres: tuple[str, ...]
    institution_id: UUID
    sent_at: datetime
    upload_by: datetime
    barred_after: date
    declaration: str
    assurance: str
    state: State = State.AWAITING_VIDEO
    reason: Reason | None = None
    submitted_at: datetime | None = None
    officer_id: UUID | None = None
    vehicle: str | None = None
    joined_to: UUID | None = None
    proces_verbal_id: UUID | None = None
    decided_at: datetime | None = None
    video_until: date | None = None
    version: int = 1

    @property
    def label(self) -> str:
        """The number as people write it: `CA-2026-000123`."""
        return f"CA-{self.year}-{self.number:06d}"


def must_move(report: DrivingReport, to: State) -> None:
    """Raise `DrivingReportStands` where a report cannot come to a state from where it is."""
    if to not in TRANSITIONS[report.state]:
        raise DrivingReportStands(state=report.state.value)


def moved(report: DrivingReport, to: State, reason: Reason | None = None, **facts: Any) -> DrivingReport:
    """The report in its next state, with what else is different of it; a version later.

    Raises `DrivingReportStands` where it cannot come there, `ValueError` for a reason of another state.
    """
    must_move(report, to)
    if reason not in REASONS.get(to, (None,)):
        raise ValueError(f"{reason} is no reason for {to}")
    return replace(report, state=to, reason=reason, version=report.version + 1, **facts)


def changed(report: DrivingReport, **facts: Any) -> DrivingReport:
    """The report in the same state, with what else is different of it; a version later."""
    return replace(report, version=report.version + 1, **facts)


def is_overdue(report: DrivingReport, now: datetime) -> bool:
    """Whether the recording should have been there: at `upload_by` the time is over."""
    return report.state is State.AWAITING_VIDEO and report.upload_by <= now


def as_of(report: DrivingReport, now: datetime) -> DrivingReport:
    """The report as it stands now: closed, where its recording should have been there."""
    return moved(report, State.CLOSED, Reason.NO_VIDEO) if is_overdue(report, now) else report
