"""Authorization requests that wait, and the consents of people."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.language import Language
from hub_core.principal import Assurance

from ..domain.authorization import Authorization, Prompt
from ..domain.session import Session
from ..tables.clients import AUTHORIZATIONS, CONSENTS


async def add(session: AsyncSession, authorization: Authorization) -> None:
    """Store a new request."""
    values = asdict(authorization) | {"prompts": sorted(authorization.prompts)}
    await session.execute(insert(AUTHORIZATIONS).values(values))


async def lock(session: AsyncSession, authorization_id: UUID) -> Authorization | None:
    """A request; its row is locked until the transaction ends."""
    return await _lock(session, AUTHORIZATIONS.c.id == authorization_id)


async def lock_pushed(session: AsyncSession, pushed_hash: bytes) -> Authorization | None:
    """A request that was pushed and waits for its browser; its row is locked."""
    return await _lock(session, AUTHORIZATIONS.c.pushed_hash == pushed_hash)


async def take(session: AsyncSession, taken: Authorization) -> None:
    """The browser of a pushed request has come: nobody can bring it a second time."""
    values = {"pushed_hash": None, "created_at": taken.created_at, "expires_at": taken.expires_at}
    await session.execute(update(AUTHORIZATIONS).where(AUTHORIZATIONS.c.id == taken.id).values(values))


async def _lock(session: AsyncSession, condition: ColumnElement[bool]) -> Authorization | None:
    wanted = select(AUTHORIZATIONS).where(condition).with_for_update()
    row = (await session.execute(wanted)).mappings().first()
    if row is None:
        return None
    return Authorization(
        **{
            **row,
            "scopes": tuple(row["scopes"]),
            "prompts": frozenset(Prompt(prompt) for prompt in row["prompts"]),
            "acr_values": tuple(map(Assurance, row["acr_values"])),
            "language": Language(row["language"]) if row["language"] else None,
        }
    )


async def mark_consented(session: AsyncSession, authorization_id: UUID, now: datetime) -> None:
    """The person agreed to this very request."""
    await session.execute(
        update(AUTHORIZATIONS).where(AUTHORIZATIONS.c.id == authorization_id).values(consented_at=now)
    )


async def choose_institution(session: AsyncSession, authorization_id: UUID, institution_id: UUID) -> None:
    """The person acts for this institution."""
    await session.execute(
        update(AUTHORIZATIONS)
        .where(AUTHORIZATIONS.c.id == authorization_id)
        .values(institution_id=institution_id)
    )


async def mark_answered(session: AsyncSession, authorization_id: UUID, now: datetime) -> None:
    """The client got its answer."""
    await session.execute(
        update(AUTHORIZATIONS).where(AUTHORIZATIONS.c.id == authorization_id).values(answered_at=now)
    )


async def purge(session: AsyncSession, before: datetime) -> None:
    """Forget the requests whose time ended before then."""
    await session.execute(delete(AUTHORIZATIONS).where(AUTHORIZATIONS.c.expires_at < before))


async def consented(session: AsyncSession, account_id: UUID, client_id: str) -> frozenset[str]:
    """The scopes a person has agreed to give an application."""
    wanted = select(CONSENTS.c.scopes).where(
        CONSENTS.c.account_id == account_id, CONSENTS.c.client_id == client_id
    )
    return frozenset((await session.execute(wanted)).scalar() or ())


async def consent(
    session: AsyncSession, account_id: UUID, client_id: str, scopes: frozenset[str], now: datetime
) -> tuple[UUID, int]:
    """Remember what a person has agreed to; the id of the consent and its version."""
    values = {"scopes": sorted(scopes), "changed_at": now}
    given = postgresql.insert(CONSENTS).values(
        account_id=account_id, client_id=client_id, given_at=now, id=ids.new_id(), version=1, **values
    )
    kept = given.on_conflict_do_update(
        index_elements=["account_id", "client_id"], set_={**values, "version": CONSENTS.c.version + 1}
    )
    row = (await session.execute(kept.returning(CONSENTS.c.id, CONSENTS.c.version))).one()
    return row.id, row.version


async def use(
    session: AsyncSession, client_id: str, signed_in: Session, institution_id: UUID | None, now: datetime
) -> bool:
    """Note that a client gets something on a person's consent; whether there still is one.

    Its row is locked until the transaction ends.
    """
    used = (
        update(CONSENTS)
        .where(CONSENTS.c.account_id == signed_in.account_id, CONSENTS.c.client_id == client_id)
        .values(used_at=now, assurance=signed_in.assurance, institution_id=institution_id)
        .returning(CONSENTS.c.client_id)
    )
    return (await session.execute(used)).first() is not None
