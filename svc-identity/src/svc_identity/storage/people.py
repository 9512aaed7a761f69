"""People, and the numbers they are known by: encrypted, found by a keyed hash."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids

from ..domain.person import Identifier, Person, Scheme, Source
from ..master_key import MasterKey, Purpose
from ..tables.metadata import metadata
from ..tables.people import IDENTIFIERS, PEOPLE


async def add(session: AsyncSession, person: Person) -> None:
    """Store a person."""
    await session.execute(insert(PEOPLE).values(asdict(person)))


async def store(session: AsyncSession, person: Person) -> None:
    """Store a person who has changed."""
    await session.execute(update(PEOPLE).where(PEOPLE.c.id == person.id).values(asdict(person)))


async def lock(session: AsyncSession, person_id: UUID) -> Person | None:
    """A person; the row is locked until the transaction ends."""
    wanted = select(PEOPLE).where(PEOPLE.c.id == person_id).with_for_update()
    return _person((await session.execute(wanted)).mappings().first())


async def read(session: AsyncSession, person_id: UUID) -> Person | None:
    """A person."""
    wanted = select(PEOPLE).where(PEOPLE.c.id == person_id)
    return _person((await session.execute(wanted)).mappings().first())


async def by_identifier(
    session: AsyncSession, master_key: MasterKey, identifier: Identifier
) -> Person | None:
    """The person a number belongs to, or belonged to before it was replaced."""
    wanted = (
        select(PEOPLE)
        .join(IDENTIFIERS, IDENTIFIERS.c.person_id == PEOPLE.c.id)
        .where(
            IDENTIFIERS.c.scheme == identifier.scheme,
            IDENTIFIERS.c.digest == digest(master_key, identifier),
        )
    )
    return _person((await session.execute(wanted)).mappings().first())


async def lock_number(session: AsyncSession, master_key: MasterKey, identifier: Identifier) -> None:
    """Let one transaction at a time decide whom a number leads to."""
    key = func.hashtextextended(f"identity:number:{digest(master_key, identifier).hex()}", 0)
    await session.execute(select(func.pg_advisory_xact_lock(key)))


async def add_identifier(
    session: AsyncSession, master_key: MasterKey, person_id: UUID, identifier: Identifier, now: datetime
) -> None:
    """Let a number lead to a person; `IntegrityError` when it leads to somebody already."""
    await session.execute(
        insert(IDENTIFIERS).values(
            id=ids.new_id(),
            person_id=person_id,
            scheme=identifier.scheme,
            digest=digest(master_key, identifier),
            sealed=master_key.seal(identifier.value.encode(), str(person_id)),
            since=now,
        )
    )


async def numbers_of(
    session: AsyncSession, master_key: MasterKey, person_id: UUID, scheme: Scheme
) -> list[Identifier]:
    """Every number a person has or had in this scheme, the newest first."""
    wanted = (
        select(IDENTIFIERS.c.sealed)
        .where(IDENTIFIERS.c.person_id == person_id, IDENTIFIERS.c.scheme == scheme)
        .order_by(IDENTIFIERS.c.replaced_at.desc().nulls_first())
    )
    return [
        Identifier(scheme, master_key.unseal(sealed, str(person_id)).decode())
        for sealed in (await session.execute(wanted)).scalars()
    ]


async def move(session: AsyncSession, master_key: MasterKey, former_id: UUID, person_id: UUID) -> None:
    """Everything of one person becomes another's, who is stored already; the first is there no more.

    Whoever refers to people by a foreign key follows; numbers are sealed anew for their new owner.
    """
    held = select(IDENTIFIERS.c.id, IDENTIFIERS.c.sealed).where(IDENTIFIERS.c.person_id == former_id)
    for row in (await session.execute(held)).all():
        value = master_key.unseal(row.sealed, str(former_id))
        sealed = master_key.seal(value, str(person_id))
        await session.execute(update(IDENTIFIERS).where(IDENTIFIERS.c.id == row.id).values(sealed=sealed))
    for table in metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column is PEOPLE.c.id:
                await session.execute(
                    update(table).where(key.parent == former_id).values({key.parent: person_id})
                )
    await session.execute(delete(PEOPLE).where(PEOPLE.c.id == former_id))


async def keep_in_force(
    session: AsyncSession, master_key: MasterKey, person_id: UUID, identifier: Identifier, now: datetime
) -> None:
    """Of a person's numbers in its scheme this one is in force, and every other one is replaced."""
    own = (IDENTIFIERS.c.person_id == person_id) & (IDENTIFIERS.c.scheme == identifier.scheme)
    is_this = IDENTIFIERS.c.digest == digest(master_key, identifier)
    in_force = IDENTIFIERS.c.replaced_at.is_(None)
    await session.execute(update(IDENTIFIERS).where(own, ~is_this, in_force).values(replaced_at=now))
    await session.execute(update(IDENTIFIERS).where(own, is_this, ~in_force).values(replaced_at=None))


async def identifier_of(
    session: AsyncSession, master_key: MasterKey, person_id: UUID, scheme: Scheme
) -> Identifier | None:
    """The number a person has now in this scheme."""
    wanted = select(IDENTIFIERS.c.sealed).where(
        IDENTIFIERS.c.person_id == person_id,
        IDENTIFIERS.c.scheme == scheme,
        IDENTIFIERS.c.replaced_at.is_(None),
    )
    sealed = (await session.execute(wanted)).scalar()
    if sealed is None:
        return None
    return Identifier(scheme, master_key.unseal(sealed, str(person_id)).decode())


async def names(session: AsyncSession, person_ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of people, given name first, by their id."""
    wanted = select(PEOPLE.c.id, PEOPLE.c.given_name, PEOPLE.c.family_name).where(PEOPLE.c.id.in_(person_ids))
    return {row.id: f"{row.given_name} {row.family_name}" for row in await session.execute(wanted)}


def digest(master_key: MasterKey, identifier: Identifier) -> bytes:
    """What a number is looked up by: nobody without the key can try all of them."""
    return master_key.digest(Purpose.IDENTIFIERS, f"{identifier.scheme}:{identifier.value}")


def _person(row: RowMapping | None) -> Person | None:
    return Person(**{**row, "source": Source(row["source"])}) if row else None
