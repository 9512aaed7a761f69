"""Midnight of 31 December, while people file in several processes of the service at once."""

import asyncio
import os
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import asyncpg
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import ids
from hub_core.principal import Assurance, Kind, Principal, Role
from hub_events.session import Session
from hub_service.policy import Official
from svc_petitions.commands import verify_register
from svc_petitions.domain.institutions import Institution
from svc_petitions.operations import registers
from svc_petitions.settings import Settings

from .test_faults import spelled

SCRIPT = Path(__file__).with_name("midnight.py")
PROCESSES, EACH = 3, 120


async def filing(settings: Settings, institution: Institution) -> asyncio.subprocess.Process:
    """A process that is ready to file."""
    said = {
        f"HUB_{name.upper()}": spelled(value) for name, value in dict(settings).items() if value is not None
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(SCRIPT), str(institution.id), str(EACH)),
        env=os.environ | said,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    assert await process.stdout.readline() == b"ready\n"
    return process


async def test_each_year_has_its_numbers_without_a_gap_when_people_file_across_midnight(
    settings: Settings,
    sessions: async_sessionmaker[Session],
    dgp: Institution,
    looking: asyncpg.Connection,
    tmp_path: Path,
) -> None:
    processes = await asyncio.gather(*(filing(settings, dgp) for _ in range(PROCESSES)))
    await asyncio.gather(*(process.communicate(b"now\n") for process in processes))
    assert [process.returncode for process in processes] == [0] * PROCESSES
    rows = await looking.fetch(
        """SELECT p.year, p.number, p.registered_on, e.entered_at
           FROM petitions.petitions p JOIN petitions.register_entries e
               ON (e.institution_id, e.year, e.number) = (p.institution_id, p.year, p.number)
               AND e.petition_id = p.id
           WHERE p.institution_id = $1""",
        dgp.id,
    )
    half = PROCESSES * EACH // 2
    assert Counter(row["registered_on"] for row in rows) == {date(2026, 12, 31): half, date(2027, 1, 1): half}
    for year in (2026, 2027):
        numbers = sorted(row["number"] for row in rows if row["registered_on"].year == year)
        assert numbers == list(range(1, half + 1))
        assert {row["year"] for row in rows if row["registered_on"].year == year} == {year}
        assert await verified(sessions, dgp, year, tmp_path)


async def verified(
    sessions: async_sessionmaker[Session], institution: Institution, year: int, folder: Path
) -> bool:
    """Whether the exported register of a year verifies without the hub."""
    registrar = ids.new_id()
    roles = frozenset({Role.REGISTRAR})
    principal = Principal(
        *(Kind.PERSON, str(registrar), Assurance.SUBSTANTIAL, frozenset(), "demo-office"),
        roles=roles,
        institution_id=institution.id,
    )
    official = Official(registrar, institution.id, roles, principal)
    exported = folder / f"{year}.csv"
    exported.write_bytes(b"".join([part async for part in registers.export(sessions, official, year)]))
    return verify_register.main([str(exported)]) == 0
