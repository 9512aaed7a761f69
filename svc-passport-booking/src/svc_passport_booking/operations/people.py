"""What svc-identity tells of people, and what it answers of who signed in."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..clients import People
from ..domain.appointments import Participant
from ..errors.appointments import AccountUnknown
from ..storage import applications, appointments, waiting


async def participant(people: People, person_id: UUID) -> Participant:
    """The person of an account, by the population register.

    Raises `AccountUnknown`, `ServiceUnavailable`.
    """
    known = await people.find(person_id)
    if known is None:
        raise AccountUnknown
    return known


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """Appointments, applications and entries of a person who has got another id are that id's from now on."""
    async with session.begin():
        await appointments.follow_person(session, former_id, person_id)
        await applications.follow_person(session, former_id, person_id)
        await waiting.follow_person(session, former_id, person_id)
