"""How a message goes from channel to channel."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids

from ..domain import deliveries, messages
from ..domain.deliveries import Delivery
from ..domain.messages import Message
from ..storage import deliveries as deliveries_storage
from ..storage import messages as messages_storage
from ..storage import sandbox_people


async def begin(session: AsyncSession, written: Sequence[Message], now: datetime) -> list[Delivery]:
    """Store new messages and queue the first delivery of each; those queued.

    Nothing is stored to somebody invented who is no more, nor where one of the same `once` was told before.
    """
    people = {message.person_id for message in written if message.person_id}
    removed = await sandbox_people.lock_removed(session, people) if people else set()
    begun = {
        message.id: messages.begin_step(message, now)
        for message in written
        if message.person_id not in removed
    }
    stored = await messages_storage.add(session, [message for message, _ in begun.values()])
    queued = [deliveries.queue(message, begun[message.id][1], ids.new_id(), now) for message in stored]
    await deliveries_storage.add(session, queued)
    return queued
