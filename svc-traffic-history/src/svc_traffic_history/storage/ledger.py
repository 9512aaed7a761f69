"""The ledger: rows are added and read, never changed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import String, and_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.statements import Part
from hub_service.database import Statement

from ..domain.entries import Entry, Kind, Outcome
from ..domain.proces_verbale import ProcesVerbal
from ..tables.ledger import ENTRIES, PROCES_VERBALE

_REPORTED: Final = ("series", "number", "found_at", "county", "place")
_DRIVER: Final = (
    select(
        ENTRIES,
        *(PROCES_VERBALE.c[name] for name in _REPORTED),
        PROCES_VERBALE.c.institution_id.label("found_by"),
        PROCES_VERBALE.c.recorded_by.label("report_by"),
        PROCES_VERBALE.c.recorded_at.label("report_at"),
    )
    .outerjoin(PROCES_VERBALE, PROCES_VERBALE.c.id == ENTRIES.c.proces_verbal_id)
    .where(ENTRIES.c.driver_id == bindparam("of_driver"))
)
_OF_DRIVER: Final = Part(_DRIVER)
_OF_DRIVER_APART: Final = Statement(_DRIVER)
_ADD: Final = Part(
    insert(ENTRIES)
    .values({column.name: bindparam(column.name) for column in ENTRIES.c})
    .on_conflict_do_nothing(index_elements=["driver_id", "id"])
)
_ADD_REPORT: Final = Part(
    insert(PROCES_VERBALE)
    .values({column.name: bindparam(column.name) for column in PROCES_VERBALE.c})
    .on_conflict_do_nothing(index_elements=["series", "number"])
    .returning(PROCES_VERBALE.c.id)
)
_NUMBERS: Final = (
    func.unnest(bindparam("series", type_=ARRAY(String)), bindparam("numbers", type_=ARRAY(String)))
    .table_valued("series", "number", name="told")
    .render_derived()
)
_KNOWN: Final = Part(
    select(*(PROCES_VERBALE.c[name] for name in ("series", "number", "id", "recorded_by")))
    .join(
        _NUMBERS,
        and_(PROCES_VERBALE.c.series == _NUMBERS.c.series, PROCES_VERBALE.c.number == _NUMBERS.c.number),
    )
    .where(PROCES_VERBALE.c.driver_id == bindparam("of_driver"))
)
_REPORT: Final = Part(select(PROCES_VERBALE).where(PROCES_VERBALE.c.id == bindparam("report_id")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An entry with who recorded it and when; `article` is what was applied, `reason` that of a reversal."""

    entry: Entry
    recorded_at: datetime
    recorded_by: UUID | None = None
    institution_id: UUID | None = None
    article: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that is recorded of one driver."""

    recorded: Sequence[Recorded]
    reports: Sequence[ProcesVerbal]

    @property
    def entries(self) -> Sequence[Entry]:
        """The facts alone."""
        return [each.entry for each in self.recorded]

    @property
    def articles(self) -> Mapping[UUID, str]:
        """What was applied, by entry."""
        return {each.entry.id: each.article for each in self.recorded if each.article}

    def find(self, entry_id: UUID) -> Recorded | None:
        """An entry of this driver."""
        return next((each for each in self.recorded if each.entry.id == entry_id), None)


async def of_driver(session: AsyncSession, driver_id: UUID) -> Ledger:
    """The whole ledger of a driver, in one question."""
    return _ledger(await _OF_DRIVER.all(session, of_driver=driver_id))


async def of_driver_apart(session: AsyncSession, driver_id: UUID) -> Ledger:
    """The same for who has no transaction."""
    return _ledger(await _OF_DRIVER_APART.all(session, of_driver=driver_id))


def _ledger(rows: Sequence[Any]) -> Ledger:
    reports = {
        row["proces_verbal_id"]: _report(row, row["report_by"], row["report_at"], row["found_by"])
        for row in rows
        if row["proces_verbal_id"] is not None
    }
    return Ledger([_recorded(row) for row in rows], list(reports.values()))


async def report(session: AsyncSession, report_id: UUID) -> ProcesVerbal | None:
    """A contravention report by id."""
    row = await _REPORT.first(session, report_id=report_id)
    if row is None:
        return None
    return _report(row, row["recorded_by"], row["recorded_at"], row["institution_id"], row["id"])


async def add_report(session: AsyncSession, made: ProcesVerbal) -> bool:
    """Record a report; false when one with this series and number is there already."""
    values = {column.name: getattr(made, column.name) for column in PROCES_VERBALE.c}
    return await _ADD_REPORT.first(session, **values) is not None


async def known_reports(
    session: AsyncSession, driver_id: UUID, numbers: Collection[tuple[str, str]]
) -> Mapping[tuple[str, str], tuple[UUID, bool]]:
    """The ids of this driver's reports by series and number, and whether an officer recorded each."""
    series, of_series = [each[0] for each in numbers], [each[1] for each in numbers]
    rows = await _KNOWN.all(session, of_driver=driver_id, series=series, numbers=of_series)
    return {(row["series"], row["number"]): (row["id"], row["recorded_by"] is not None) for row in rows}


async def add(session: AsyncSession, driver_id: UUID, *recorded: Recorded) -> None:
    """Record entries of a driver; one with an id that is there already changes nothing."""
    if recorded:
        await _ADD.many(session, *(_values(driver_id, each) for each in recorded))


def _values(driver_id: UUID, recorded: Recorded) -> dict[str, Any]:
    entry = recorded.entry
    return {
        "driver_id": driver_id,
        "id": entry.id,
        "kind": entry.kind.value,
        "fact_on": entry.on,
        "proces_verbal_id": entry.proces_verbal_id,
        "offence": entry.offence,
        "article": recorded.article,
        "committed_on": entry.committed_on,
        "points": entry.points,
        "fine": entry.fine,
        "half": entry.half,
        "amount": entry.amount,
        "outcome": entry.outcome.value if entry.outcome else None,
        "reverses": entry.reverses,
        "reason": recorded.reason,
        "recorded_by": recorded.recorded_by,
        "institution_id": recorded.institution_id,
        "recorded_at": recorded.recorded_at,
    }


def _recorded(row: Any) -> Recorded:
    entry = Entry(
        id=row["id"],
        kind=Kind(row["kind"]),
        on=row["fact_on"],
        proces_verbal_id=row["proces_verbal_id"],
        offence=row["offence"],
        committed_on=row["committed_on"],
        points=row["points"],
        fine=row["fine"],
        half=row["half"],
        amount=row["amount"],
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        reverses=row["reverses"],
    )
    return Recorded(
        entry=entry,
        recorded_at=row["recorded_at"],
        recorded_by=row["recorded_by"],
        institution_id=row["institution_id"],
        article=row["article"],
        reason=row["reason"],
    )


def _report(
    row: Any,
    recorded_by: UUID | None,
    recorded_at: datetime,
    institution_id: UUID | None,
    report_id: UUID | None = None,
) -> ProcesVerbal:
    return ProcesVerbal(
        id=report_id or row["proces_verbal_id"],
        driver_id=row["driver_id"],
        institution_id=institution_id,
        recorded_by=recorded_by,
        recorded_at=recorded_at,
        **{name: row[name] for name in _REPORTED},
    )
