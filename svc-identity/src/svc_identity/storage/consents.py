"""Consents of people, seen and withdrawn by them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.principal import Assurance

from ..domain import scopes
from ..domain.consent import Receipt
from ..domain.session import EndReason, Session
from ..tables.clients import CLIENTS, CONSENTS
from ..tables.grants import GRANTS, TOKENS
from ..tables.sessions import SESSIONS
from . import officials
from .clients import client_of
from .sessions import session_of

_LAST_TOKEN = (
    select(func.max(TOKENS.c.issued_at))
    .join(GRANTS, GRANTS.c.id == TOKENS.c.grant_id)
    .where(GRANTS.c.account_id == CONSENTS.c.account_id, GRANTS.c.client_id == CONSENTS.c.client_id)
    .scalar_subquery()
    .label("last_token")
)


async def of_person(
    session: AsyncSession, person_id: UUID, *, after: str | None, limit: int
) -> Sequence[Receipt]:
    """A person's consents by client; `after` is the last of the page before."""
    wanted = (
        select(CONSENTS, _LAST_TOKEN)
        .where(CONSENTS.c.account_id == person_id)
        .order_by(CONSENTS.c.client_id)
        .limit(limit)
    )
    if after is not None:
        wanted = wanted.where(CONSENTS.c.client_id > after)
    rows = (await session.execute(wanted)).mappings().all()
    named = select(CLIENTS).where(CLIENTS.c.id.in_([row["client_id"] for row in rows]))
    clients = {row["id"]: client_of(row) for row in (await session.execute(named)).mappings()}
    return [await _receipt(session, row, clients[row["client_id"]]) for row in rows]


async def _receipt(session: AsyncSession, row: Any, client: Any) -> Receipt:
    acted = row["institution_id"]
    moments = [moment for moment in (row["used_at"], row["last_token"]) if moment is not None]
    return Receipt(
        person_id=row["account_id"],
        client=client,
        scopes=scopes.ordered(row["scopes"]),
        given_at=row["given_at"],
        changed_at=row["changed_at"],
        used_at=max(moments, default=None),
        assurance=Assurance(row["assurance"]) if row["assurance"] else None,
        institution=await officials.institution(session, acted) if acted else None,
    )


async def withdraw(session: AsyncSession, person_id: UUID, client_id: str) -> UUID | None:
    """Forget a consent; its id, if there was one. Whoever wants to grant on it waits, and finds none."""
    gone = (
        delete(CONSENTS)
        .where(CONSENTS.c.account_id == person_id, CONSENTS.c.client_id == client_id)
        .returning(CONSENTS.c.id)
    )
    return await session.scalar(gone)


async def withdraw_all(session: AsyncSession, person_id: UUID) -> dict[UUID, str]:
    """Forget every consent of a person; the applications by the consents' ids."""
    gone = (
        delete(CONSENTS)
        .where(CONSENTS.c.account_id == person_id)
        .returning(CONSENTS.c.id, CONSENTS.c.client_id)
    )
    return {row.id: row.client_id for row in await session.execute(gone)}


async def lock_sessions(session: AsyncSession, person_id: UUID, client_id: str) -> list[Session]:
    """The sessions of a person in which a client holds something; locked, in one order for all."""
    holding = select(GRANTS.c.session_id).where(
        GRANTS.c.account_id == person_id, GRANTS.c.client_id == client_id, GRANTS.c.ended_at.is_(None)
    )
    wanted = select(SESSIONS).where(SESSIONS.c.id.in_(holding)).order_by(SESSIONS.c.id).with_for_update()
    return [session_of(row) for row in (await session.execute(wanted)).mappings()]


async def end_grants(
    session: AsyncSession, person_id: UUID, client_id: str, reason: EndReason, now: datetime
) -> None:
    """End everything a client holds of a person; the caller has locked the sessions."""
    await session.execute(
        update(GRANTS)
        .where(GRANTS.c.account_id == person_id, GRANTS.c.client_id == client_id, GRANTS.c.ended_at.is_(None))
        .values(ended_at=now, end_reason=reason)
    )
