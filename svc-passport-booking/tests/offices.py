"""Offices with hours, for tests."""

from collections.abc import Iterable
from datetime import date, time

from hub_core import ids
from hub_core.language import Language
from svc_passport_booking.domain.offices import Office, Pool
from svc_passport_booking.domain.schedules import Hours, Weekly


def an_office(
    *,
    county: str = "CJ",
    types: tuple[str, ...] = ("PE", "PT"),
    opens: str = "08:30",
    closes: str = "10:30",
    counters: int = 4,
    weekdays: Iterable[int] = range(1, 6),
) -> tuple[Office, tuple[Weekly, ...]]:
    """An office of an institution of its own with one pool, and the week of the pool."""
    office_id = ids.new_id()
    names = dict.fromkeys(map(str, Language), "Ghișeul")
    pool = Pool(id=ids.new_id(), office_id=office_id, code="PASSPORTS", names=names, types=types)
    office = Office(
        id=office_id,
        code=f"SPCP-{office_id.hex[-12:].upper()}",
        institution_id=ids.new_id(),
        county=county,
        serves=(county,),
        names=names,
        valid_from=date(2026, 1, 1),
        pools=(pool,),
    )
    hours = Hours(time.fromisoformat(opens), time.fromisoformat(closes), 10, counters)
    return office, tuple(Weekly(weekday, hours, date(2026, 1, 1)) for weekday in weekdays)
