"""The extract of one line of a record, as a sealed document: it goes with a petition about that line."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from hub_core.clock import BUCHAREST
from hub_documents.seal import Sealed

from ..domain.drivers import Driver
from ..domain.entries import Entry
from ..domain.proces_verbale import Line
from .press import Press

NAME: Final = "extras-fisa-conducator-auto.pdf"


async def make(
    press: Press,
    contest_id: UUID,
    driver: Driver,
    line: Line,
    articles: Mapping[UUID, str],
    now: datetime,
) -> Sealed:
    """The sealed PDF; `articles` are what was applied, by entry. No transaction is open.

    Its points are said to be contested by a petition, that with the id of the contest. Raises
    `render.Unprintable` and `TrafficSealAway`.
    """
    report = line.proces_verbal
    data: dict[str, Any] = {
        "label": f"{report.series} {report.number}",
        "reference": str(contest_id)[:18],
        "made_at": now.astimezone(BUCHAREST).isoformat(timespec="seconds"),
        "family_name": driver.family_name,
        "given_name": driver.given_name,
        "found_at": report.found_at.astimezone(BUCHAREST).isoformat(timespec="seconds"),
        "place": f"județul {report.county}, {report.place}",
        "communicated_on": line.communicated_on.isoformat() if line.communicated_on else None,
        "last_day": line.complaint.citizen_end.isoformat() if line.complaint else None,
        "fine": _lei(line.fine),
        "paid": _lei(line.paid),
        "offences": [_offence(entry, articles.get(entry.id, "")) for entry in line.offences],
    }
    return await press.sealed("extract.typ", data, now)


def _offence(entry: Entry, article: str) -> dict[str, Any]:
    return {
        "article": article or entry.offence or "",
        "committed_on": entry.committed_on.isoformat() if entry.committed_on else None,
        "fine": _lei(entry.fine) if entry.fine is not None else None,
        "points": entry.points,
    }


def _lei(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")
