"""Thousands in one act: joined, answered, archived; each keeps its number, its line and its event."""

import os
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock
from hub_events.session import Session
from svc_petitions.operations import archiving

from .office import FILES, Office, key

Filed = Callable[..., Awaitable[str]]
MANY = int(os.environ.get("HUB_MANY_PETITIONS", "1200"))
"""How many more one person has sent: 17,000 did once (edge 65)."""


async def send_again(looking: asyncpg.Connection, petition_id: str, times: int) -> None:
    """The same petition, so many times more, under the numbers that follow."""
    columns = await looking.fetchval(
        """SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
           WHERE table_schema = 'petitions' AND table_name = 'petitions' AND is_generated = 'NEVER'
             AND column_name NOT IN ('id', 'number')"""
    )
    await looking.execute(
        f"""INSERT INTO petitions.petitions (id, number, {columns})
            SELECT uuidv7(), number + n, {columns} FROM petitions.petitions, generate_series(1, $2::int) n
            WHERE id = $1""",
        UUID(petition_id),
        times,
    )


async def test_edge_65_thousands_of_one_person_are_joined_and_answered_in_one_act_each(
    office: Office, filed: Filed, looking: asyncpg.Connection
) -> None:
    leader = await filed()
    await send_again(looking, leader, MANY)
    await office.triage(leader)
    joined = await office.step(leader, "join", office.head, {"petition_ids": None})
    assert joined.json()["joined"] == MANY
    page: Any = {"limit": 200}
    seen: set[str] = set()
    path, headers = f"{FILES}/{leader}/joined-files", office.as_(office.head)
    while page:
        shown = (await office.client.get(path, params=page, headers=headers)).json()
        seen |= {one["id"] for one in shown["items"]}
        page = {"limit": 200, "cursor": shown["next_cursor"]} if shown["next_cursor"] else None
    assert len(seen) == MANY
    work = (await office.client.get(FILES, headers=headers)).json()
    assert [one["id"] for one in work["items"]] == [leader]
    await office.assign(leader)
    for step, who in (("accept", office.handler), ("approve", office.chief), ("sign", office.head)):
        if step == "approve":
            body = {"solution": "FAVOURABLE", "text": "Da.", "legal_basis": "OG nr. 27/2002 art. 10"}
            assert (await office.step(leader, "draft", office.handler, body)).status_code == 200
        assert (await office.step(leader, step, who)).status_code == 200
    sent = await office.client.post(f"{FILES}/{leader}/send", headers=office.as_(office.registrar) | key())
    assert sent.json()["state"] == "ANSWERED"
    found = await looking.fetchrow(
        """SELECT count(*) AS answered, count(DISTINCT number) AS numbers,
             (SELECT count(*) FROM petitions.steps s WHERE s.institution_id = $1
                AND s.state IN ('JOINED', 'ANSWERED') AND s.petition_id <> $2) AS steps,
             (SELECT count(*) FROM petitions.outbox WHERE subject LIKE '%petition.answered%'
                AND key IN (SELECT id::text FROM petitions.petitions WHERE institution_id = $1)) AS told
           FROM petitions.petitions WHERE institution_id = $1 AND state = 'ANSWERED'""",
        office.id,
        UUID(leader),
    )
    assert (found["answered"], found["numbers"]) == (MANY + 1, MANY + 1)
    assert (found["steps"], found["told"]) == (2 * MANY, MANY + 1)


async def test_what_has_been_over_for_a_month_goes_to_the_archive_and_nothing_else(
    office: Office, filed: Filed, looking: asyncpg.Connection, sessions: async_sessionmaker[Session]
) -> None:
    answered, waiting = await filed(), await filed()
    await office.bring(answered, "ANSWERED")

    async def archived_on(days: int) -> dict[str, str]:
        async with sessions() as session:
            while await archiving.archive(session, clock.now() + timedelta(days=days)):
                pass
        rows = await looking.fetch(
            "SELECT id, state FROM petitions.petitions WHERE institution_id = $1", office.id
        )
        return {str(row["id"]): row["state"] for row in rows}

    assert await archived_on(30) == {answered: "ANSWERED", waiting: "REGISTERED"}
    assert await archived_on(31) == {answered: "ARCHIVED", waiting: "REGISTERED"}
