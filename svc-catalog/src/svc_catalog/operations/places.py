"""What can be done with places and offices."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from hub_events.session import Session

from ..domain import versions
from ..domain.changes import ChangeKind
from ..domain.places import Filter, Office, OfficeFilter, Place
from ..errors.places import OfficeNotFound, PlaceNotFound
from ..storage import changes
from ..storage import places as storage

_REGISTER: Final = "localities"
"""What the localities are called among the changes."""


async def find(
    session: Session, wanted: Filter, after: storage.Position | None, limit: int
) -> list[tuple[storage.Position, Place]]:
    """At most `limit` places after a position, larger units first."""
    async with session.begin():
        return await storage.find(session, wanted, after, limit)


async def read(session: Session, code: str) -> tuple[Place, list[Place]]:
    """The place of a SIRUTA code, and the units it lies in, the county first."""
    async with session.begin():
        chain = await storage.get(session, code)
    if not chain:
        raise PlaceNotFound
    return chain[-1], chain[:-1]


async def load(session: Session, edition: bytes, places: Iterable[Place], now: datetime) -> int:
    """Bring the places to an edition of the register; how many were stored, 0 when it is known."""
    async with session.begin():
        if await storage.has_edition(session, edition):
            return 0
        stored = await storage.put_edition(session, edition, places, now)
        await changes.note(session, ChangeKind.PLACES, _REGISTER, await storage.editions(session), now)
        return stored


async def find_offices(
    session: Session, wanted: OfficeFilter, after: storage.OfficePosition | None, limit: int
) -> list[tuple[storage.OfficePosition, Office]]:
    """At most `limit` offices after a position, by county and name."""
    async with session.begin():
        return await storage.find_offices(session, wanted, after, limit)


async def read_office(session: Session, key: UUID | str) -> Office:
    """The office of an id or a code, also one that is closed for good."""
    async with session.begin():
        office = await storage.get_office(session, key)
    if office is None:
        raise OfficeNotFound
    return office


async def load_offices(session: Session, wanted: Sequence[Office], now: datetime) -> int:
    """Bring the offices to the wanted state; how many were new or changed. Others stay as they are."""
    async with session.begin():
        changed = versions.successors(wanted, await storage.lock_offices(session))
        await storage.put_offices(session, changed, now)
        await changes.note_all(session, ChangeKind.OFFICE, {each.code: each.version for each in changed}, now)
    return len(changed)
