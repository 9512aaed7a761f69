"""A person's inbox at the hub: what went there, and the proof that it was read."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.channels import Channel
from ..domain.messages import Message
from ..errors.messages import MessageNotFound
from ..storage import person_messages as storage
from . import following, sending
from .sending import Claimed


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of the inbox, the newest first, and how many messages of all are unread."""

    found: list[Claimed]
    unread: int


async def find(
    session: AsyncSession, person_id: UUID, before: UUID | None, limit: int, *, unread: bool
) -> Shown:
    """What is in a person's inbox and older than `before`; only what is unread, if so wanted."""
    async with session.begin():
        found = await storage.find_inbox(session, person_id, before, limit, unread=unread)
        return Shown(
            await sending.with_what_they_name(session, found),
            await storage.count_unread(session, person_id),
        )


async def get(session: AsyncSession, person_id: UUID, message_id: UUID) -> Claimed:
    """One message of a person's inbox; raises `MessageNotFound` for anything else."""
    async with session.begin():
        found = await storage.get_from_inbox(session, person_id, message_id)
        if found is None:
            raise MessageNotFound
        [shown] = await sending.with_what_they_name(session, [found])
        return shown


async def read(session: AsyncSession, person_id: UUID, message_id: UUID, now: datetime) -> Message:
    """Note that a person has read a message of their inbox; raises `MessageNotFound` for anything else."""
    async with session.begin():
        if await storage.get_from_inbox(session, person_id, message_id) is None:
            raise MessageNotFound
        return await following.note_read(session, message_id, person_id, Channel.IN_APP, now)


async def read_all(session: AsyncSession, person_id: UUID, until: UUID, now: datetime) -> int:
    """Note that a person has read all of their inbox up to a message; how many were unread."""
    async with session.begin():
        unread = await storage.find_unread(session, person_id, until)
        for message_id in unread:
            await following.note_read(session, message_id, person_id, Channel.IN_APP, now)
    return len(unread)
