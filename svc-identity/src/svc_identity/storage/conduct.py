"""What was seen of applications in the sandbox."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.client import Environment
from ..domain.conduct import Behaviour, Seen
from ..tables.clients import CLIENTS
from ..tables.sandbox import CLIENT_CONDUCT


async def note(session: AsyncSession, seen: Mapping[str, Collection[Behaviour]], now: datetime) -> None:
    """Store what was seen of each client, in one order for all; of those in production nothing is kept."""
    tested = select(CLIENTS.c.id).where(CLIENTS.c.id.in_(seen), CLIENTS.c.environment == Environment.SANDBOX)
    rows = [
        {"client_id": client_id, "behaviour": behaviour, "first_at": now, "last_at": now}
        for client_id in sorted((await session.execute(tested)).scalars())
        for behaviour in sorted(seen[client_id])
    ]
    if rows:
        put = postgresql.insert(CLIENT_CONDUCT).values(rows)
        await session.execute(
            put.on_conflict_do_update(index_elements=["client_id", "behaviour"], set_={"last_at": now})
        )


async def of_client(session: AsyncSession, client_id: str) -> list[Seen]:
    """Every behaviour in the order of its kind, with when it was seen, if it was."""
    wanted = select(CLIENT_CONDUCT).where(CLIENT_CONDUCT.c.client_id == client_id)
    rows = {row.behaviour: row for row in await session.execute(wanted)}
    return [
        Seen(one, rows[one].first_at, rows[one].last_at) if one in rows else Seen(one) for one in Behaviour
    ]


async def forget(session: AsyncSession, client_id: str) -> None:
    """Begin anew: nothing was seen of the client."""
    await session.execute(delete(CLIENT_CONDUCT).where(CLIENT_CONDUCT.c.client_id == client_id))
