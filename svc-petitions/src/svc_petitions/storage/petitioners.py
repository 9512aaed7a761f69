"""Who signed a petition: rows in, domain values out."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.statements import Part

from ..domain.petitioners import Account, Identity, Organisation, Petitioner, Signature
from ..keys import MasterKey, Purpose
from ..tables.petitioners import PETITIONERS

_HERS: Final = PETITIONERS.alias("hers")
_SIGNED: Final = ("petition_id", "ordinal", "person_id", "signed_at")
_ADD_ACCOUNT: Final = Part(insert(PETITIONERS).inline().values({name: bindparam(name) for name in _SIGNED}))


async def add_account(
    session: AsyncSession, petition_id: UUID, person_id: UUID, now: datetime, ordinal: int = 1
) -> None:
    """Store that somebody with an account signed a petition."""
    await _ADD_ACCOUNT.all(
        session, petition_id=petition_id, ordinal=ordinal, person_id=person_id, signed_at=now
    )


async def add_all(
    session: AsyncSession,
    key: MasterKey,
    petition_id: UUID,
    petitioners: Sequence[Petitioner],
    now: datetime,
) -> None:
    """Store who signed a petition just registered, in their order."""
    rows = [
        {
            "petition_id": petition_id,
            "ordinal": ordinal,
            **_columns(key, petition_id, ordinal, petitioner),
            "signed_at": now,
        }
        for ordinal, petitioner in enumerate(petitioners, start=1)
    ]
    if rows:
        await session.execute(insert(PETITIONERS), rows)


async def of_petition(session: AsyncSession, key: MasterKey, petition_id: UUID) -> list[Signature]:
    """Who signed a petition, in their order; nobody of an anonymous one."""
    wanted = select(PETITIONERS).where(PETITIONERS.c.petition_id == petition_id)
    rows = await session.execute(wanted.order_by(PETITIONERS.c.ordinal))
    return [
        Signature(
            ordinal=row["ordinal"],
            petitioner=_petitioner(key, row),
            signed_at=row["signed_at"],
            withdrawn_at=row["withdrawn_at"],
        )
        for row in rows.mappings()
    ]


async def of_person(session: AsyncSession, person_id: UUID) -> dict[UUID, Signature]:
    """The signatures of somebody with an account, by petition."""
    wanted = select(PETITIONERS).where(PETITIONERS.c.person_id == person_id)
    rows = await session.execute(wanted.order_by(PETITIONERS.c.petition_id))
    return {
        row["petition_id"]: Signature(
            ordinal=row["ordinal"],
            petitioner=Account(person_id),
            signed_at=row["signed_at"],
            withdrawn_at=row["withdrawn_at"],
        )
        for row in rows.mappings()
    }


async def last_ordinal(session: AsyncSession, petition_id: UUID) -> int:
    """The place of the last signature; 0 of an anonymous petition."""
    wanted = select(func.max(PETITIONERS.c.ordinal)).where(PETITIONERS.c.petition_id == petition_id)
    return int((await session.execute(wanted)).scalar() or 0)


def signed_by(person_id: UUID) -> Select[tuple[UUID]]:
    """The petitions that somebody with an account has signed, and those signed and withdrawn from."""
    return select(PETITIONERS.c.petition_id).where(PETITIONERS.c.person_id == person_id)


def signed_too(
    person_id: UUID | ColumnElement[Any] | None, before: ColumnElement[Any] | None
) -> Select[tuple[UUID]]:
    """The petitions that somebody signed after another one and stands behind, the newest first."""
    wanted = select(PETITIONERS.c.petition_id).where(
        PETITIONERS.c.person_id == person_id,
        PETITIONERS.c.ordinal > 1,
        PETITIONERS.c.withdrawn_at.is_(None),
    )
    if before is not None:
        wanted = wanted.where(PETITIONERS.c.petition_id < before)
    return wanted.order_by(PETITIONERS.c.petition_id.desc())


def has_withdrawn(petition_id: ColumnElement[UUID], person_id: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether somebody with an account has withdrawn their signature of a petition, as a condition."""
    return exists().where(
        PETITIONERS.c.petition_id == petition_id,
        PETITIONERS.c.person_id == person_id,
        PETITIONERS.c.withdrawn_at.is_not(None),
    )


def stands_behind(petition_id: ColumnElement[UUID], person_id: UUID | None) -> ColumnElement[bool]:
    """Whether somebody with an account has signed a petition and not withdrawn, as a condition."""
    return exists().where(
        PETITIONERS.c.petition_id == petition_id,
        PETITIONERS.c.person_id == person_id,
        PETITIONERS.c.withdrawn_at.is_(None),
    )


async def standing(session: AsyncSession, petition_id: UUID) -> list[UUID | None]:
    """Who stands behind a petition, in their order: the person, or none for who has no account."""
    wanted = select(PETITIONERS.c.person_id).where(
        PETITIONERS.c.petition_id == petition_id, PETITIONERS.c.withdrawn_at.is_(None)
    )
    return [*(await session.execute(wanted.order_by(PETITIONERS.c.ordinal))).scalars()]


async def has_signed(session: AsyncSession, petition_id: UUID, person_id: UUID) -> bool:
    """Whether somebody with an account has ever signed a petition."""
    wanted = select(PETITIONERS.c.ordinal).where(
        PETITIONERS.c.petition_id == petition_id, PETITIONERS.c.person_id == person_id
    )
    return (await session.execute(wanted)).first() is not None


async def withdraw(session: AsyncSession, petition_id: UUID, person_id: UUID, now: datetime) -> bool:
    """Note that somebody with an account does not stand behind a petition any more; False if they did not."""
    theirs = (
        update(PETITIONERS)
        .where(
            PETITIONERS.c.petition_id == petition_id,
            PETITIONERS.c.person_id == person_id,
            PETITIONERS.c.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now)
        .returning(PETITIONERS.c.ordinal)
    )
    return (await session.execute(theirs)).first() is not None


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID, now: datetime) -> None:
    """Give the signatures of one id to another; where that one stands behind it as well, the former ends."""
    has_signed = exists().where(
        _HERS.c.petition_id == PETITIONERS.c.petition_id, _HERS.c.person_id == person_id
    )
    await session.execute(
        update(PETITIONERS)
        .where(PETITIONERS.c.person_id == former_id, ~has_signed)
        .values(person_id=person_id)
    )
    twice = has_signed.where(_HERS.c.withdrawn_at.is_(None))
    await session.execute(
        update(PETITIONERS)
        .where(PETITIONERS.c.person_id == former_id, PETITIONERS.c.withdrawn_at.is_(None), twice)
        .values(withdrawn_at=now)
    )


def same_key(key: MasterKey, identity: Identity) -> bytes:
    """By what somebody without an account is known again."""
    return key.digest(Purpose.PEOPLE, f"petitioner:{identity.same}")


def _columns(key: MasterKey, petition_id: UUID, ordinal: int, petitioner: Petitioner) -> dict[str, Any]:
    if isinstance(petitioner, Account):
        return {"person_id": petitioner.person_id, "sealed": None, "same_key": None}
    secret = json.dumps(asdict(petitioner), ensure_ascii=False).encode()
    return {
        "person_id": None,
        "sealed": key.seal(secret, _context(petition_id, ordinal)),
        "same_key": same_key(key, petitioner),
    }


def _petitioner(key: MasterKey, row: Any) -> Petitioner:
    if row["person_id"] is not None:
        return Account(row["person_id"])
    known = json.loads(key.unseal(row["sealed"], _context(row["petition_id"], row["ordinal"])))
    organisation = known.pop("organisation")
    return Identity(**known, organisation=Organisation(**organisation) if organisation else None)


def _context(petition_id: UUID, ordinal: int) -> str:
    return f"petitioner:{petition_id}:{ordinal}"
