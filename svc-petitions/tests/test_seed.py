"""The demo's petitions: there once, in several states, and an answer among them."""

from collections import Counter

import asyncpg
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_events.session import Session
from svc_petitions import seed
from svc_petitions.domain.registers import faults
from svc_petitions.settings import Settings
from svc_petitions.storage import registers

STATES = "SELECT state FROM petitions.petitions WHERE institution_id = $1"
WAITING = {"REGISTERED": 1, "TRIAGE": 1, "ASSIGNED": 1, "IN_ANALYSIS": 1, "DRAFTED": 1, "ANSWERED": 1}


async def test_the_demo_finds_work_for_every_official_and_is_loaded_once(
    settings: Settings, sessions: async_sessionmaker[Session], looking: asyncpg.Connection
) -> None:
    for _ in range(2):
        await seed.seed(settings)
        rows = await looking.fetch(STATES, seed.INSTITUTION.id)
        assert Counter(row["state"] for row in rows) == WAITING
    members = await looking.fetch(
        "SELECT person_id, superior_id FROM petitions.members WHERE institution_id = $1", seed.INSTITUTION.id
    )
    assert {row["person_id"] for row in members} == {one.person_id for one in seed.OFFICIALS}
    assert [row["person_id"] for row in members if row["superior_id"] is None] == [seed.HEAD.person_id]
    year = await looking.fetchval(
        "SELECT max(year) FROM petitions.register_entries WHERE institution_id = $1", seed.INSTITUTION.id
    )
    async with sessions() as session:
        lines = await registers.entries_of(session, seed.INSTITUTION.id, year, limit=50)
    assert [shown.entry.number for shown in lines] == list(range(1, 8))
    assert list(faults(shown.entry for shown in lines)) == []
