"""Means of sign-in, second steps, and what changed about them."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.principal import Assurance

from ..domain.means import Authenticator, Change, Link, Means, Passkey, SecondStep, SecurityChange
from ..tables.accounts import ACCOUNTS
from ..tables.means import (
    ARRIVALS,
    AUTHENTICATORS,
    LINKS,
    PASSKEYS,
    RECOVERY_CODES,
    SECOND_STEPS,
    SECURITY_CHANGES,
)


async def of(session: AsyncSession, account_id: UUID) -> Means:
    """What an account can be signed in to with."""
    password = select(ACCOUNTS.c.password_hash.is_not(None)).where(ACCOUNTS.c.id == account_id)
    unused = (
        select(func.count())
        .select_from(RECOVERY_CODES)
        .where(RECOVERY_CODES.c.account_id == account_id, RECOVERY_CODES.c.used_at.is_(None))
    )
    return Means(
        has_password=bool((await session.execute(password)).scalar()),
        authenticator=await authenticator(session, account_id),
        passkeys=await passkeys(session, account_id),
        recovery_codes=(await session.execute(unused)).scalar_one(),
        links=await links(session, account_id),
    )


async def authenticator(session: AsyncSession, account_id: UUID) -> Authenticator | None:
    """The account's app, confirmed or not."""
    wanted = select(AUTHENTICATORS).where(AUTHENTICATORS.c.account_id == account_id)
    return _authenticator((await session.execute(wanted)).mappings().first())


async def lock_authenticator(session: AsyncSession, account_id: UUID) -> Authenticator | None:
    """The same; its row is locked, so that no code is taken twice."""
    wanted = select(AUTHENTICATORS).where(AUTHENTICATORS.c.account_id == account_id).with_for_update()
    return _authenticator((await session.execute(wanted)).mappings().first())


async def put_authenticator(session: AsyncSession, held: Authenticator) -> None:
    """Store an app, new or changed."""
    values = asdict(held)
    given = postgresql.insert(AUTHENTICATORS).values(values)
    await session.execute(given.on_conflict_do_update(index_elements=["account_id"], set_=values))


async def remove_authenticator(session: AsyncSession, account_id: UUID) -> None:
    """The account has no app any more."""
    await session.execute(delete(AUTHENTICATORS).where(AUTHENTICATORS.c.account_id == account_id))


async def replace_recovery_codes(
    session: AsyncSession, account_id: UUID, digests: list[bytes], now: datetime
) -> None:
    """These are the account's codes; those before are worth nothing."""
    await session.execute(delete(RECOVERY_CODES).where(RECOVERY_CODES.c.account_id == account_id))
    if digests:
        rows = [{"account_id": account_id, "digest": digest, "created_at": now} for digest in digests]
        await session.execute(insert(RECOVERY_CODES).values(rows))


async def spend_recovery_code(session: AsyncSession, account_id: UUID, digest: bytes, now: datetime) -> bool:
    """Use a code; false when the account has no such code, or has used it."""
    spent = await session.execute(
        update(RECOVERY_CODES)
        .where(
            RECOVERY_CODES.c.account_id == account_id,
            RECOVERY_CODES.c.digest == digest,
            RECOVERY_CODES.c.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(RECOVERY_CODES.c.digest)
    )
    return spent.first() is not None


async def passkeys(session: AsyncSession, account_id: UUID) -> tuple[Passkey, ...]:
    """An account's passkeys, the oldest first."""
    wanted = select(PASSKEYS).where(PASSKEYS.c.account_id == account_id).order_by(PASSKEYS.c.id)
    return tuple(_passkey(row) for row in (await session.execute(wanted)).mappings())


async def lock_passkey(session: AsyncSession, credential_id: bytes) -> Passkey | None:
    """The passkey of a credential; its row is locked, so that its count only grows."""
    wanted = select(PASSKEYS).where(PASSKEYS.c.credential_id == credential_id).with_for_update()
    row = (await session.execute(wanted)).mappings().first()
    return _passkey(row) if row else None


async def add_passkey(session: AsyncSession, passkey: Passkey) -> bool:
    """Store a new passkey; false when its credential is known already."""
    given = postgresql.insert(PASSKEYS).values(asdict(passkey)).on_conflict_do_nothing()
    return (await session.execute(given.returning(PASSKEYS.c.id))).first() is not None


async def note_passkey_used(session: AsyncSession, passkey_id: UUID, sign_count: int, now: datetime) -> None:
    """A passkey was used; its count is this now."""
    await session.execute(
        update(PASSKEYS).where(PASSKEYS.c.id == passkey_id).values(sign_count=sign_count, last_used_at=now)
    )


async def rename_passkey(
    session: AsyncSession, account_id: UUID, passkey_id: UUID, name: str
) -> Passkey | None:
    """Give a passkey of the account another name; none when it has no such passkey."""
    renamed = await session.execute(
        update(PASSKEYS)
        .where(PASSKEYS.c.id == passkey_id, PASSKEYS.c.account_id == account_id)
        .values(name=name)
        .returning(*PASSKEYS.c)
    )
    row = renamed.mappings().first()
    return _passkey(row) if row else None


async def remove_passkey(session: AsyncSession, account_id: UUID, passkey_id: UUID) -> bool:
    """Forget a passkey of the account; false when it has no such passkey."""
    removed = await session.execute(
        delete(PASSKEYS)
        .where(PASSKEYS.c.id == passkey_id, PASSKEYS.c.account_id == account_id)
        .returning(PASSKEYS.c.id)
    )
    return removed.first() is not None


async def links(session: AsyncSession, account_id: UUID) -> tuple[Link, ...]:
    """The outside providers by which an account is signed in to."""
    wanted = (
        select(LINKS)
        .where(LINKS.c.account_id == account_id, LINKS.c.removed_at.is_(None))
        .order_by(LINKS.c.linked_at)
    )
    return tuple(_link(row) for row in (await session.execute(wanted)).mappings())


async def find_link(session: AsyncSession, account_id: UUID, provider: str) -> Link | None:
    """The link of an account with a provider, removed or not; its row is locked."""
    wanted = (
        select(LINKS).where(LINKS.c.account_id == account_id, LINKS.c.provider == provider).with_for_update()
    )
    row = (await session.execute(wanted)).mappings().first()
    return _link(row) if row else None


async def put_link(session: AsyncSession, link: Link) -> None:
    """Store a link, new or changed."""
    values = asdict(link)
    given = postgresql.insert(LINKS).values(values)
    await session.execute(given.on_conflict_do_update(index_elements=["account_id", "provider"], set_=values))


async def keep_arrival(session: AsyncSession, account_id: UUID, sealed: bytes) -> None:
    """Keep what a provider said of a person until the account's address is confirmed."""
    await session.execute(insert(ARRIVALS).values(account_id=account_id, sealed=sealed))


async def take_arrival(session: AsyncSession, account_id: UUID) -> bytes | None:
    """The same, and forget it."""
    taken = await session.execute(
        delete(ARRIVALS).where(ARRIVALS.c.account_id == account_id).returning(ARRIVALS.c.sealed)
    )
    return taken.scalar()


async def add_second_step(session: AsyncSession, step: SecondStep) -> None:
    """Store a second step that begins."""
    await session.execute(insert(SECOND_STEPS).values(asdict(step)))


async def find_second_step(session: AsyncSession, secret_hash: bytes) -> SecondStep | None:
    """The second step of a browser's cookie."""
    wanted = select(SECOND_STEPS).where(SECOND_STEPS.c.secret_hash == secret_hash)
    row = (await session.execute(wanted)).mappings().first()
    return SecondStep(**row) if row else None


async def lock_second_step(session: AsyncSession, secret_hash: bytes) -> SecondStep | None:
    """The same; its row is locked, so that many tries at once count as many."""
    wanted = select(SECOND_STEPS).where(SECOND_STEPS.c.secret_hash == secret_hash).with_for_update()
    row = (await session.execute(wanted)).mappings().first()
    return SecondStep(**row) if row else None


async def store_second_step(session: AsyncSession, step: SecondStep) -> None:
    """Store a step that was tried."""
    await session.execute(
        update(SECOND_STEPS).where(SECOND_STEPS.c.secret_hash == step.secret_hash).values(tries=step.tries)
    )


async def end_second_step(session: AsyncSession, secret_hash: bytes) -> None:
    """A second step is over."""
    await session.execute(delete(SECOND_STEPS).where(SECOND_STEPS.c.secret_hash == secret_hash))


async def end_second_steps(session: AsyncSession, account_id: UUID) -> None:
    """All second steps of an account are over: the password that they rest on is worth nothing now."""
    await session.execute(delete(SECOND_STEPS).where(SECOND_STEPS.c.account_id == account_id))


async def next_version(session: AsyncSession, account_id: UUID) -> int:
    """The number of the account's next security change; the caller holds the account's row."""
    latest = select(func.max(SECURITY_CHANGES.c.version)).where(SECURITY_CHANGES.c.account_id == account_id)
    return ((await session.execute(latest)).scalar() or 0) + 1


async def add_change(session: AsyncSession, change: SecurityChange) -> None:
    """Store what changed."""
    await session.execute(insert(SECURITY_CHANGES).values(asdict(change)))


async def changes(
    session: AsyncSession, account_id: UUID, *, limit: int, before: int | None = None
) -> list[SecurityChange]:
    """What changed about an account's means, newest first; `before` is the last of the page before."""
    wanted = (
        select(SECURITY_CHANGES)
        .where(SECURITY_CHANGES.c.account_id == account_id)
        .order_by(SECURITY_CHANGES.c.version.desc())
        .limit(limit)
    )
    if before is not None:
        wanted = wanted.where(SECURITY_CHANGES.c.version < before)
    found = (await session.execute(wanted)).mappings()
    return [SecurityChange(**{**row, "change": Change(row["change"])}) for row in found]


async def purge(session: AsyncSession, now: datetime, changes_before: datetime) -> None:
    """Forget second steps whose time is over, and what changed long ago.

    The newest change of an account stays, so that the numbers go on.
    """
    await session.execute(delete(SECOND_STEPS).where(SECOND_STEPS.c.expires_at < now))
    later = SECURITY_CHANGES.alias("later")
    newer = (
        select(later.c.version)
        .where(
            later.c.account_id == SECURITY_CHANGES.c.account_id, later.c.version > SECURITY_CHANGES.c.version
        )
        .exists()
    )
    await session.execute(delete(SECURITY_CHANGES).where(SECURITY_CHANGES.c.at < changes_before, newer))


def _authenticator(row: RowMapping | None) -> Authenticator | None:
    return Authenticator(**row) if row else None


def _passkey(row: RowMapping | dict[str, Any]) -> Passkey:
    return Passkey(**{**row, "transports": tuple(row["transports"])})


def _link(row: RowMapping | dict[str, Any]) -> Link:
    return Link(**{**row, "assurance": Assurance(row["assurance"])})
