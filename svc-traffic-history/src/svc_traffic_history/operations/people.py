"""What svc-identity tells of people."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..storage import drivers, driving_reports


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """Record and reports of a person who has got another id are that id's from now on."""
    async with session.begin():
        await drivers.follow_person(session, former_id, person_id)
        await driving_reports.follow_person(session, former_id, person_id)
