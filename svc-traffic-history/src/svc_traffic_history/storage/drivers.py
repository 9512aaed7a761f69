"""Drivers: rows in, domain values out; numbers and names are encrypted, and found by a keyed hash."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.statements import Part
from hub_service.database import Statement

from ..domain.drivers import Driver, Licence
from ..keys import MasterKey, Purpose
from ..tables.drivers import DRIVERS

_PERSON: Final = select(DRIVERS).where(DRIVERS.c.person_id == bindparam("of_person"))
_OF_PERSON: Final = Part(_PERSON)
_OF_PERSON_APART: Final = Statement(_PERSON)
_BY_ID: Final = select(DRIVERS).where(DRIVERS.c.id == bindparam("driver_id"))
_FIND: Final = Part(_BY_ID)
_LOCK: Final = Part(_BY_ID.with_for_update())
_KEYED: Final = select(DRIVERS).where(DRIVERS.c.driver_key == bindparam("of_key"))
_BY_KEY: Final = Part(_KEYED)
_LOCK_BY_KEY: Final = Part(_KEYED.with_for_update())
_FACTS: Final = ("holder", "licence", "categories", "held_since", "licence_valid_to", "asked_at")


async def keep(session: AsyncSession, key: MasterKey, driver: Driver) -> Driver:
    """Store a driver as the police register has them now; of a known one the id stays, and the person."""
    storing = insert(DRIVERS).values(_values(key, driver))
    # A row that is known is sealed with its own id, so it is looked for first.
    known = await by_number(session, key, driver.cnp)
    if known is not None:
        return await _replace(session, key, known, driver)
    made = await session.execute(
        storing.on_conflict_do_nothing(index_elements=["driver_key"]).returning(DRIVERS.c.id)
    )
    if made.scalar_one_or_none() is not None:
        return driver
    known = await by_number(session, key, driver.cnp)
    if known is None:
        raise LookupError("a driver that is neither new nor known")
    return await _replace(session, key, known, driver)


async def by_number(session: AsyncSession, key: MasterKey, cnp: str) -> Driver | None:
    """The driver with this CNP, whose row is locked until the end of the transaction."""
    row = await _LOCK_BY_KEY.first(session, of_key=key_of(key, cnp))
    return _driver(key, row) if row else None


async def known(session: AsyncSession, key: MasterKey, cnp: str) -> Driver | None:
    """The same, not locked."""
    row = await _BY_KEY.first(session, of_key=key_of(key, cnp))
    return _driver(key, row) if row else None


async def of_person(session: AsyncSession, key: MasterKey, person_id: UUID) -> Driver | None:
    """The driver that a person of the hub is."""
    row = await _OF_PERSON.first(session, of_person=person_id)
    return _driver(key, row) if row else None


async def of_person_apart(session: AsyncSession, key: MasterKey, person_id: UUID) -> Driver | None:
    """The same for who has no transaction."""
    row = await _OF_PERSON_APART.first(session, of_person=person_id)
    return _driver(key, row) if row else None


async def find(session: AsyncSession, key: MasterKey, driver_id: UUID) -> Driver | None:
    """A driver by id."""
    row = await _FIND.first(session, driver_id=driver_id)
    return _driver(key, row) if row else None


async def lock(session: AsyncSession, key: MasterKey, driver_id: UUID) -> Driver | None:
    """The same, locked: what is recorded of one driver is recorded one after the other."""
    row = await _LOCK.first(session, driver_id=driver_id)
    return _driver(key, row) if row else None


async def take_old(
    session: AsyncSession,
    key: MasterKey,
    asked_before: datetime,
    now: datetime,
    until: datetime,
    limit: int,
) -> Sequence[Driver]:
    """Some with an account about whom the register was last asked before an instant.

    Until another one they are nobody else's to ask about.
    """
    old = (
        select(DRIVERS.c.id)
        .where(
            DRIVERS.c.person_id.is_not(None),
            DRIVERS.c.asked_at < asked_before,
            or_(DRIVERS.c.ask_after.is_(None), DRIVERS.c.ask_after <= now),
        )
        .order_by(DRIVERS.c.asked_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    taken = await session.execute(
        update(DRIVERS).where(DRIVERS.c.id.in_(old)).values(ask_after=until).returning(*DRIVERS.c)
    )
    found = [_driver(key, row) for row in taken.mappings()]
    return sorted(found, key=lambda driver: driver.asked_at or asked_before)


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """What was held of one id is another's."""
    taken = select(DRIVERS.c.id).where(DRIVERS.c.person_id == person_id).exists()
    await session.execute(
        update(DRIVERS).where(DRIVERS.c.person_id == former_id, ~taken).values(person_id=person_id)
    )


def key_of(key: MasterKey, cnp: str) -> bytes:
    """What a driver is found by."""
    return key.digest(Purpose.DRIVERS, cnp)


async def _replace(session: AsyncSession, key: MasterKey, known: Driver, told: Driver) -> Driver:
    now = Driver(
        id=known.id,
        cnp=told.cnp,
        family_name=told.family_name,
        given_name=told.given_name,
        licence=told.licence,
        person_id=told.person_id or known.person_id,
        asked_at=told.asked_at,
        version=known.version + 1,
    )
    values = _values(key, now)
    changed = {name: values[name] for name in (*_FACTS, "person_id", "version")}
    await session.execute(update(DRIVERS).where(DRIVERS.c.id == now.id).values(changed))
    return now


def _values(key: MasterKey, driver: Driver) -> Mapping[str, Any]:
    holder = {"cnp": driver.cnp, "family_name": driver.family_name, "given_name": driver.given_name}
    licence = driver.licence
    return {
        "id": driver.id,
        "driver_key": key_of(key, driver.cnp),
        "person_id": driver.person_id,
        "holder": key.seal(orjson.dumps(holder), f"driver:{driver.id}"),
        "licence": key.seal(licence.number.encode(), f"licence:{driver.id}") if licence else None,
        "categories": list(licence.categories) if licence else [],
        "held_since": licence.held_since if licence else None,
        "licence_valid_to": licence.valid_to if licence else None,
        "asked_at": driver.asked_at,
        "version": driver.version,
    }


def _driver(key: MasterKey, row: Any) -> Driver:
    holder = orjson.loads(key.unseal(row["holder"], f"driver:{row['id']}"))
    licence = None
    if row["licence"] is not None:
        licence = Licence(
            number=key.unseal(row["licence"], f"licence:{row['id']}").decode(),
            categories=tuple(row["categories"]),
            held_since=row["held_since"],
            valid_to=row["licence_valid_to"],
        )
    return Driver(
        id=row["id"],
        licence=licence,
        person_id=row["person_id"],
        asked_at=row["asked_at"],
        version=row["version"],
        **holder,
    )
