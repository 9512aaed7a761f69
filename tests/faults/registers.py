"""Registers, after people asked while processes died: 1…n, each line of one number, each chain whole."""

import asyncio
import csv
from collections import Counter, defaultdict
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from svc_petitions.commands import verify_register
from svc_petitions.domain import registers
from svc_petitions.domain.registers import Direction, Entry, Strike, StrikeReason

GIVEN: Final = """
    SELECT 'IN' AS direction, institution_id, year, number, id FROM petitions.petitions
    UNION SELECT 'IN', institution_id, year, number, petition_id FROM petitions.forwardings
    UNION ALL SELECT 'OUT', institution_id, extract(year FROM forwarded_on)::int, out_number, petition_id
        FROM petitions.forwardings
    UNION ALL SELECT 'OUT', institution_id, out_year, out_number, petition_id
        FROM petitions.drafts WHERE sent_at IS NOT NULL"""
ENTERED: Final = """
    SELECT direction, institution_id, year, number, petition_id AS id FROM petitions.register_entries
    WHERE direction <> 'INTERNAL'"""
LAST: Final = """
    SELECT r.institution_id, r.year FROM petitions.registers r LEFT JOIN petitions.register_entries e
        ON (e.institution_id, e.year, e.number, e.entry_sha256)
            = (r.institution_id, r.year, r.last_number, r.last_sha256)
    WHERE e.number IS NULL"""
"""Registers whose last number and link are not those of a line."""


async def of_registers(connection: Any, struck: Collection[tuple[str, int]] = ()) -> list[str]:
    """Each number that was given has its line, each register is 1…n and verifies without the hub."""
    given = Counter(map(tuple, await connection.fetch(GIVEN)))
    entered = Counter(map(tuple, await connection.fetch(ENTERED)))
    broken = [f"{n} numbers without a line" for n in [(given - entered).total()] if n]
    broken += [f"{n} lines of no number" for n in [(entered - given).total()] if n]
    for row in await connection.fetch(LAST):
        broken.append(f"the last line of register {row['institution_id']} of {row['year']}")
    lines: dict[tuple[Any, int], list[Entry]] = defaultdict(list)
    for row in await connection.fetch(
        "SELECT * FROM petitions.register_entries ORDER BY institution_id, year, number"
    ):
        lines[row["institution_id"], row["year"]].append(_entry(row))
    with TemporaryDirectory() as folder:
        for (institution_id, year), entries in lines.items():
            broken += await asyncio.to_thread(_verified, Path(folder), institution_id, year, entries)
    strikes = [(str(line.institution_id), line.strikes) for each in lines.values() for line in each]
    found = Counter((one, strike.number) for one, strike in strikes if strike)
    broken += [
        f"number {number} is struck {found[one, number]} times"
        for one, number in struck
        if found[one, number] != 1
    ]
    return broken


def _entry(row: Any) -> Entry:
    same = {name: row[name] for name in Entry.__dataclass_fields__ if name not in {"direction", "strikes"}}
    strikes = None
    if row["strikes"] is not None:
        strikes = Strike(row["strikes_year"], row["strikes"], StrikeReason(row["reason"]))
    return Entry(direction=Direction(row["direction"]), strikes=strikes, **same)


def _verified(folder: Path, institution_id: Any, year: int, entries: list[Entry]) -> list[str]:
    """What the command for exported registers says of one."""
    exported = folder / f"{institution_id}-{year}.csv"
    with exported.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(registers.COLUMNS)
        writer.writerows(registers.row_of(entry) for entry in entries)
    return [f"register {institution_id} of {year}"] if verify_register.main([str(exported)]) else []
