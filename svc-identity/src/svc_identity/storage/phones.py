"""Telephone numbers of accounts: encrypted, found by a keyed hash."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, Uuid, any_, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language

from ..domain.account import State
from ..domain.contact import Contact
from ..domain.phone import Confirmation, HeldPhone
from ..master_key import MasterKey, Purpose
from ..tables.accounts import ACCOUNTS
from ..tables.phones import PHONE_CONFIRMATIONS, PHONES

# one statement for one person and for hundreds: it is asked for every batch of messages
_CONTACTS = (
    select(ACCOUNTS.c.id, ACCOUNTS.c.email, ACCOUNTS.c.language, PHONES.c.sealed)
    .outerjoin_from(ACCOUNTS, PHONES, PHONES.c.account_id == ACCOUNTS.c.id)
    .where(
        ACCOUNTS.c.id == any_(bindparam("people", type_=postgresql.ARRAY(Uuid))),
        ACCOUNTS.c.state == State.CREATED,
    )
)


async def contacts(
    session: AsyncSession, master_key: MasterKey, account_ids: Collection[UUID]
) -> list[Contact]:
    """Where messages to people with an open account go."""
    rows = await session.execute(_CONTACTS, {"people": list(account_ids)})
    return [
        Contact(
            person_id=row.id,
            email=row.email,
            language=Language(row.language),
            phone=_unsealed(master_key, row.id, row.sealed) if row.sealed else None,
        )
        for row in rows
    ]


async def put(session: AsyncSession, master_key: MasterKey, held: HeldPhone) -> None:
    """This is the account's number from now on."""
    values = {
        "account_id": held.account_id,
        "digest": digest(master_key, held.number),
        "sealed": _sealed(master_key, held.account_id, held.number),
        "confirmed_at": held.confirmed_at,
    }
    given = postgresql.insert(PHONES).values(values)
    await session.execute(given.on_conflict_do_update(index_elements=["account_id"], set_=values))


async def read(session: AsyncSession, master_key: MasterKey, account_id: UUID) -> HeldPhone | None:
    """The account's confirmed number."""
    row = (await session.execute(select(PHONES).where(PHONES.c.account_id == account_id))).first()
    if row is None:
        return None
    return HeldPhone(account_id, _unsealed(master_key, account_id, row.sealed), row.confirmed_at)


async def remove(session: AsyncSession, account_id: UUID) -> None:
    """The account has no number any more, and waits for none."""
    await session.execute(delete(PHONES).where(PHONES.c.account_id == account_id))
    await session.execute(delete(PHONE_CONFIRMATIONS).where(PHONE_CONFIRMATIONS.c.account_id == account_id))


async def others_with(session: AsyncSession, master_key: MasterKey, held: HeldPhone) -> int:
    """How many other accounts have this number; one transaction at a time may count and add one."""
    key = digest(master_key, held.number)
    turn = func.hashtextextended(f"identity:phone:{key.hex()}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(turn)))
    others = (PHONES.c.digest == key) & (PHONES.c.account_id != held.account_id)
    return (await session.execute(select(func.count()).select_from(PHONES).where(others))).scalar_one()


async def put_confirmation(session: AsyncSession, master_key: MasterKey, confirmation: Confirmation) -> None:
    """The account waits for the code of this one, and of no other."""
    own = PHONE_CONFIRMATIONS.c.account_id == confirmation.account_id
    await session.execute(delete(PHONE_CONFIRMATIONS).where(own))
    await session.execute(
        insert(PHONE_CONFIRMATIONS).values(
            id=confirmation.id,
            account_id=confirmation.account_id,
            sealed=_sealed(master_key, confirmation.account_id, confirmation.number),
            round=confirmation.round,
            tries=confirmation.tries,
            sent_at=confirmation.sent_at,
            expires_at=confirmation.expires_at,
        )
    )


async def store_confirmation(session: AsyncSession, confirmation: Confirmation) -> None:
    """Store a confirmation that has changed; its number never does."""
    changed = {
        "round": confirmation.round,
        "tries": confirmation.tries,
        "sent_at": confirmation.sent_at,
        "expires_at": confirmation.expires_at,
        "confirmed_at": confirmation.confirmed_at,
    }
    own = PHONE_CONFIRMATIONS.c.id == confirmation.id
    await session.execute(update(PHONE_CONFIRMATIONS).where(own).values(changed))


async def confirmation_of(
    session: AsyncSession, master_key: MasterKey, account_id: UUID
) -> Confirmation | None:
    """The confirmation an account waits for; its row is locked until the transaction ends."""
    wanted = select(PHONE_CONFIRMATIONS).where(PHONE_CONFIRMATIONS.c.account_id == account_id)
    return _confirmation(master_key, (await session.execute(wanted.with_for_update())).mappings().first())


async def confirmation(
    session: AsyncSession, master_key: MasterKey, confirmation_id: UUID
) -> Confirmation | None:
    """A confirmation by its id."""
    wanted = select(PHONE_CONFIRMATIONS).where(PHONE_CONFIRMATIONS.c.id == confirmation_id)
    return _confirmation(master_key, (await session.execute(wanted)).mappings().first())


async def purge(session: AsyncSession, now: datetime) -> None:
    """Forget the confirmations whose code is past."""
    await session.execute(delete(PHONE_CONFIRMATIONS).where(PHONE_CONFIRMATIONS.c.expires_at < now))


def _confirmation(master_key: MasterKey, row: RowMapping | None) -> Confirmation | None:
    if row is None:
        return None
    values = {name: value for name, value in row.items() if name != "sealed"}
    return Confirmation(number=_unsealed(master_key, row["account_id"], row["sealed"]), **values)


def digest(master_key: MasterKey, number: str) -> bytes:
    """What a number is looked up by: nobody without the key can try all of them."""
    return master_key.digest(Purpose.PHONES, number)


def _sealed(master_key: MasterKey, account_id: UUID, number: str) -> bytes:
    return master_key.seal(number.encode(), _context(account_id))


def _unsealed(master_key: MasterKey, account_id: UUID, sealed: bytes) -> str:
    return master_key.unseal(sealed, _context(account_id)).decode()


def _context(account_id: UUID) -> str:
    return f"phone/{account_id}"
