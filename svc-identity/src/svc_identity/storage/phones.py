"""Telephone numbers of accounts: encrypted, found by a keyed hash."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.language import Language

from ..domain.account import State
from ..domain.contact import Contact
from ..domain.phone import HeldPhone
from ..master_key import MasterKey, Purpose
from ..tables.accounts import ACCOUNTS
from ..tables.phones import PHONES

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


def digest(master_key: MasterKey, number: str) -> bytes:
    """What a number is looked up by: nobody without the key can try all of them."""
    return master_key.digest(Purpose.PHONES, number)


def _sealed(master_key: MasterKey, account_id: UUID, number: str) -> bytes:
    return master_key.seal(number.encode(), _context(account_id))


def _unsealed(master_key: MasterKey, account_id: UUID, sealed: bytes) -> str:
    return master_key.unseal(sealed, _context(account_id)).decode()


def _context(account_id: UUID) -> str:
    return f"phone/{account_id}"
