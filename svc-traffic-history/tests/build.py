"""Entries and reports for tests."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from hub_core import ids
from svc_traffic_history.domain.entries import Entry, Kind, Outcome
from svc_traffic_history.domain.grounds import Ground
from svc_traffic_history.domain.proces_verbale import ProcesVerbal
from svc_traffic_history.domain.suspensions import Period, State, Suspension


def found(on: date, points: int, **special: Any) -> Entry:
    """An offence with points."""
    facts: dict[str, Any] = {"proces_verbal_id": ids.new_id(), "offence": "speed-21", "committed_on": on}
    return Entry(id=ids.new_id(), kind=Kind.FOUND, on=on, points=points, **(facts | special))


def contested(entry: Entry, on: date) -> Entry:
    """A complaint against its report, registered at court."""
    return _about(entry, Kind.CONTESTED, on)


def decided(entry: Entry, on: date, outcome: Outcome = Outcome.REJECTED) -> Entry:
    """The decision on it, final."""
    return _about(entry, Kind.COURT_DECIDED, on, outcome=outcome)


def communicated(entry: Entry, on: date) -> Entry:
    """Its report was handed over."""
    return _about(entry, Kind.COMMUNICATED, on)


def paid(entry: Entry, on: date, amount: str) -> Entry:
    """Something was paid."""
    return _about(entry, Kind.PAID, on, amount=Decimal(amount))


def suspended(on: date) -> Entry:
    """Points were annulled by a suspension."""
    return Entry(id=ids.new_id(), kind=Kind.SUSPENSION_BEGAN, on=on)


def taken_back(entry: Entry, on: date) -> Entry:
    """A counter-entry."""
    return Entry(id=ids.new_id(), kind=Kind.REVERSED, on=on, reverses=entry.id)


def a_report(entry: Entry) -> ProcesVerbal:
    """The report of an offence."""
    assert entry.proces_verbal_id
    return ProcesVerbal(
        id=entry.proces_verbal_id,
        driver_id=ids.new_id(),
        series="CV",
        number="0123456",
        institution_id=ids.new_id(),
        found_at=datetime.combine(entry.on, time(10), UTC),
        county="CV",
        place="DN12, km 20",
        recorded_by=ids.new_id(),
        recorded_at=datetime.combine(entry.on, time(10), UTC),
    )


def a_suspension(*grounds: Ground, **special: Any) -> Suspension:
    """A suspension that was proposed."""
    facts: dict[str, Any] = {
        "id": ids.new_id(),
        "driver_id": ids.new_id(),
        "proces_verbal_id": ids.new_id(),
        "period": Period(grounds or (Ground.POINTS,), increased=False, days=special.pop("days", 30)),
        "fact_on": date(2026, 9, 1),
        "proposed_on": date(2026, 9, 1),
        "proposed_by": ids.new_id(),
        "notice_by": date(2026, 9, 11),
    }
    return Suspension(**(facts | special))


def ended(ground: Ground, ends_on: date) -> Suspension:
    """A suspension that is over."""
    return a_suspension(ground, state=State.ENDED, begins_on=ends_on.replace(day=1), ends_on=ends_on)


def _about(entry: Entry, kind: Kind, on: date, **facts: Any) -> Entry:
    assert isinstance(entry.proces_verbal_id, UUID)
    return Entry(id=ids.new_id(), kind=kind, on=on, proces_verbal_id=entry.proces_verbal_id, **facts)
