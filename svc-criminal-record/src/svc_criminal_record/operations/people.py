"""What svc-identity tells of people."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..storage import certificates, consents, requests


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """Requests, certificates and consents of a person who has got another id are that id's from now on."""
    async with session.begin():
        await requests.follow_person(session, former_id, person_id)
        await certificates.follow_person(session, former_id, person_id)
        await consents.follow_person(session, former_id, person_id)
