"""Reports of aggressive driving for tests."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from hub_core import ids
from svc_traffic_history.domain.driving_reports import DrivingReport, Event, Reporter

_NUMBERS = count(10_000_000)
NOON = datetime(2026, 9, 15, 12, tzinfo=UTC)


def a_reporter(**special: Any) -> Reporter:
    """Somebody who reports."""
    facts: dict[str, Any] = {
        "cnp": "2850312019008",
        "family_name": "Popescu",
        "given_name": "Ana",
        "phone": "+40712345678",
        "address": "Str. Lungă 1, Sfântu Gheorghe",
    }
    return Reporter(**(facts | special))


def an_event(**special: Any) -> Event:
    """What they saw."""
    facts: dict[str, Any] = {
        "siruta": "63394",
        "place": "DN 12, km 24",
        "latitude": Decimal("45.863600"),
        "longitude": Decimal("25.787500"),
        "plate": "CV 12 ABC",
        "plate_country": "RO",
        "description": "",
    }
    return Event(**(facts | special))


def a_driving_report(sent_at: datetime = NOON, **special: Any) -> DrivingReport:
    """A report that was just sent, with a number that no other test has, nor the service gives."""
    facts: dict[str, Any] = {
        "id": ids.new_id(),
        "number": next(_NUMBERS),
        "year": 2026,
        "reporter_id": ids.new_id(),
        "reporter": a_reporter(),
        "event": an_event(),
        "happened_at": sent_at - timedelta(days=2),
        "county": "CV",
        "manoeuvres": ("a", "d"),
        "institution_id": ids.new_id(),
        "sent_at": sent_at,
        "upload_by": sent_at + timedelta(hours=1),
        "barred_after": date(2027, 3, 13),
        "declaration": "2026-11-23",
        "assurance": "substantial",
    }
    return DrivingReport(**(facts | special))
