"""What a person was told, for themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.deliveries import Delivery
from ..domain.messages import Message
from ..errors.messages import MessageNotFound
from ..storage import institutions
from ..storage import person_messages as storage


@dataclass(frozen=True, slots=True)
class Told:
    """A message as its deliveries, the first begun first, and the names by language of who has sent it."""

    deliveries: Sequence[Delivery]
    sender: Mapping[str, str]

    @property
    def message(self) -> Message:
        """The message."""
        return self.deliveries[0].message


async def list_messages(
    session: AsyncSession, person_id: UUID, before: UUID | None, limit: int
) -> list[Told]:
    """A person's messages, the newest first."""
    async with session.begin():
        return await _with_senders(session, await storage.find(session, person_id, before, limit))


async def get_message(session: AsyncSession, person_id: UUID, message_id: UUID) -> Told:
    """One message of a person's; raises `MessageNotFound` for anybody else's."""
    async with session.begin():
        found = await storage.get(session, person_id, message_id)
        if not found:
            raise MessageNotFound
        [told] = await _with_senders(session, [found])
        return told


async def personal_data(session: AsyncSession, person_id: UUID) -> list[Delivery]:
    """Everything that is held of a person: the messages to them, the oldest first."""
    async with session.begin():
        return await storage.find_all(session, person_id)


async def _with_senders(session: AsyncSession, found: Sequence[Sequence[Delivery]]) -> list[Told]:
    senders = {each[0].message.sender_id for each in found}
    names = await institutions.find_institution_names(session, {each for each in senders if each})
    return [Told(each, names.get(each[0].message.sender_id, {})) for each in found]
