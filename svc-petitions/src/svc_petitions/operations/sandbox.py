"""People invented to test applications: what they filed goes with them."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.principal import Kind
from hub_service import idempotency

from ..storage import sandbox


async def know(session: AsyncSession, person_id: UUID, client_id: str) -> None:
    """Somebody is invented; if they are no more by what was heard before, what they filed goes now."""
    async with session.begin():
        if await sandbox.put_person(session, person_id, is_known=True):
            await _forget(session, person_id, client_id)


async def remove(session: AsyncSession, person_id: UUID, client_id: str) -> None:
    """Drop what somebody invented has filed; of who is not known to be invented nothing is dropped."""
    async with session.begin():
        if await sandbox.put_person(session, person_id, is_removed=True):
            await _forget(session, person_id, client_id)


async def _forget(session: AsyncSession, person_id: UUID, client_id: str) -> None:
    mandates = await sandbox.forget(session, person_id)
    callers = [
        idempotency.caller_of(Kind.PERSON, str(person_id), client_id, mandate_id)
        for mandate_id in (None, *mandates)
    ]
    await idempotency.forget(session, callers)
