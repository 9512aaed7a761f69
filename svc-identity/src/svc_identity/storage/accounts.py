"""Accounts and the confirmations of their addresses."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, delete, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language
from hub_core.principal import Assurance

from ..domain.account import Account, State
from ..domain.confirmation import Confirmation, Purpose
from ..domain.confirmation import State as ConfirmationState
from ..tables.accounts import ACCOUNTS, CONFIRMATIONS
from ..tables.clients import CONSENTS
from ..tables.grants import GRANTS
from ..tables.officials import APPOINTMENTS
from ..tables.people import PEOPLE
from ..tables.proofing import REGISTRATIONS
from ..tables.sandbox import SANDBOX_PEOPLE
from ..tables.sessions import SESSIONS


async def add(session: AsyncSession, account: Account) -> None:
    """Store a new account."""
    await session.execute(insert(ACCOUNTS).values(asdict(account)))


async def store(session: AsyncSession, account: Account) -> None:
    """Store an account that has changed."""
    await session.execute(update(ACCOUNTS).where(ACCOUNTS.c.id == account.id).values(asdict(account)))


async def store_password_hash(session: AsyncSession, account_id: UUID, password_hash: str) -> None:
    """Store another hash of the same password; whatever else changes meanwhile stays."""
    await session.execute(
        update(ACCOUNTS).where(ACCOUNTS.c.id == account_id).values(password_hash=password_hash)
    )


async def find(session: AsyncSession, account_id: UUID) -> Account | None:
    """An account in whatever state; its row is locked until the transaction ends."""
    found = await session.execute(select(ACCOUNTS).where(ACCOUNTS.c.id == account_id).with_for_update())
    return _account(found.mappings().first())


async def read(session: AsyncSession, account_id: UUID) -> Account | None:
    """An account that is open for sign-in."""
    wanted = select(ACCOUNTS).where(ACCOUNTS.c.id == account_id, ACCOUNTS.c.state == State.CREATED)
    return _account((await session.execute(wanted)).mappings().first())


async def is_there(session: AsyncSession, account_id: UUID) -> bool:
    """Whether there is an account, open or not, whose address was confirmed."""
    wanted = select(ACCOUNTS.c.id).where(ACCOUNTS.c.id == account_id, ACCOUNTS.c.state != State.STARTED)
    return (await session.execute(wanted)).first() is not None


async def by_email(session: AsyncSession, email_key: str) -> Account | None:
    """The account with this login name, sign-ups aside."""
    wanted = select(ACCOUNTS).where(ACCOUNTS.c.email_key == email_key, ACCOUNTS.c.state != State.STARTED)
    return _account((await session.execute(wanted)).mappings().first())


async def names(session: AsyncSession, account_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of people, by account."""
    wanted = select(ACCOUNTS).where(ACCOUNTS.c.id.in_(account_ids))
    found = [_account(row) for row in (await session.execute(wanted)).mappings()]
    return {account.id: account.name for account in found if account}


async def lock_email(session: AsyncSession, email_key: str) -> None:
    """Let one transaction at a time decide who gets a login name."""
    key = func.hashtextextended(f"identity:email:{email_key}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


async def purge_started(session: AsyncSession, before: datetime) -> None:
    """Forget the sign-ups of before then that nobody confirmed, with their confirmations."""
    await session.execute(
        delete(ACCOUNTS).where(ACCOUNTS.c.state == State.STARTED, ACCOUNTS.c.created_at < before)
    )


async def add_confirmation(session: AsyncSession, confirmation: Confirmation) -> None:
    """Store a new confirmation."""
    await session.execute(insert(CONFIRMATIONS).values(asdict(confirmation)))


async def store_confirmation(session: AsyncSession, confirmation: Confirmation) -> None:
    """Store a confirmation that has changed."""
    await session.execute(
        update(CONFIRMATIONS).where(CONFIRMATIONS.c.id == confirmation.id).values(asdict(confirmation))
    )


async def confirmation(session: AsyncSession, confirmation_id: UUID) -> Confirmation | None:
    """A confirmation; its row is locked until the transaction ends."""
    wanted = select(CONFIRMATIONS).where(CONFIRMATIONS.c.id == confirmation_id).with_for_update()
    row = (await session.execute(wanted)).mappings().first()
    if row is None:
        return None
    return Confirmation(
        **{**row, "purpose": Purpose(row["purpose"]), "state": ConfirmationState(row["state"])}
    )


async def remove_confirmation(session: AsyncSession, confirmation_id: UUID) -> None:
    """A confirmation is over: its code is worth nothing any more."""
    await session.execute(delete(CONFIRMATIONS).where(CONFIRMATIONS.c.id == confirmation_id))


async def purge_confirmations(session: AsyncSession, before: datetime) -> None:
    """Forget the confirmations whose last code ended before then."""
    await session.execute(delete(CONFIRMATIONS).where(CONFIRMATIONS.c.expires_at < before))


def _account(row: RowMapping | None) -> Account | None:
    if row is None:
        return None
    return Account(
        **{
            **row,
            "language": Language(row["language"]),
            "state": State(row["state"]),
            "assurance": Assurance(row["assurance"]),
        }
    )


async def delete_(session: AsyncSession, account_id: UUID) -> None:
    """Delete an account with everything that hangs on it."""
    await session.execute(delete(ACCOUNTS).where(ACCOUNTS.c.id == account_id))


async def unvalidated(
    session: AsyncSession, before: datetime, *, after: UUID | None, limit: int
) -> list[UUID]:
    """Accounts that were confirmed before an instant, never validated, and not used any more; by id."""
    wanted = select(ACCOUNTS.c.id).where(*_unused(before)).order_by(ACCOUNTS.c.id).limit(limit)
    if after:
        wanted = wanted.where(ACCOUNTS.c.id > after)
    return list(await session.scalars(wanted))


async def is_unvalidated(session: AsyncSession, account_id: UUID, before: datetime) -> bool:
    """Whether an account is one of those."""
    wanted = select(ACCOUNTS.c.id).where(ACCOUNTS.c.id == account_id, *_unused(before))
    return await session.scalar(wanted) is not None


def _unused(before: datetime) -> tuple[ColumnElement[bool], ...]:
    """Sessions and grants are forgotten after their own terms: who has none was away for long.

    Whoever let an application act for them may wait for an answer there: such an account stays.
    """
    of_account = (
        CONSENTS.c.account_id,
        SESSIONS.c.account_id,
        GRANTS.c.account_id,
        APPOINTMENTS.c.person_id,
        PEOPLE.c.id,
        REGISTRATIONS.c.account_id,
        SANDBOX_PEOPLE.c.person_id,
    )
    return (
        ACCOUNTS.c.state == State.CREATED,
        ACCOUNTS.c.assurance == Assurance.LOW,
        ACCOUNTS.c.confirmed_at < before,
        *(~exists().where(column == ACCOUNTS.c.id) for column in of_account),
    )
