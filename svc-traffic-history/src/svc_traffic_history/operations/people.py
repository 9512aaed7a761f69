"""What svc-identity tells of people."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..storage import contests, drivers, driving_reports, history_documents, record_links


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """Record, reports and documents of a person who has got another id are that id's from now on."""
    async with session.begin():
        await contests.follow_person(session, former_id, person_id)
        await drivers.follow_person(session, former_id, person_id)
        await driving_reports.follow_person(session, former_id, person_id)
        await history_documents.follow_person(session, former_id, person_id)
        await record_links.follow_person(session, former_id, person_id)


async def end_links(session: AsyncSession, person_id: UUID, now: datetime) -> None:
    """Nobody opens a link any more whose holder has deleted their account; documents stay as issued."""
    async with session.begin():
        await record_links.revoke_all(session, person_id, now)
