"""Messages: rows in, domain values out."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Label, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.kinds import Lane, Purpose
from ..domain.messages import Channel, Message, Sender, Step
from ..tables.messages import MESSAGES

_PREFIX: Final = "of_message_"
_PLAIN: Final = (
    "id",
    "cause_id",
    "person_id",
    "confirmation_id",
    "about_id",
    "template",
    "template_version",
    "step",
    "next_at",
    "read_at",
    "queued_at",
    "expires_at",
    "traceparent",
    "once",
    "version",
)
_CHANGING: Final = ("step", "next_at", "read_at", "read_by", "version")
COLUMNS: Final[Sequence[Label[Any]]] = [column.label(_PREFIX + column.name) for column in MESSAGES.c]
"""The columns of a message in a row that holds more; `of` reads them."""

_ADD: Final = (
    insert(MESSAGES).on_conflict_do_nothing(index_elements=[MESSAGES.c.once]).returning(MESSAGES.c.id)
)

_MESSAGES: Final = select(*COLUMNS)
_LOCK: Final = _MESSAGES.where(MESSAGES.c.id == bindparam("message_id")).with_for_update()
_LOCK_DUE: Final = (
    _MESSAGES.where(MESSAGES.c.next_at <= bindparam("now"))
    .order_by(MESSAGES.c.next_at)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
)
_STORE: Final = (
    update(MESSAGES)
    .where(MESSAGES.c.id == bindparam("message_id"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)


async def add(session: AsyncSession, messages: Sequence[Message]) -> list[Message]:
    """Store new messages; those stored, without any of a `once` that there is already."""
    if not messages:
        return []
    stored = set(await session.scalars(_ADD, [_row(message) for message in messages]))
    return [message for message in messages if message.id in stored]


async def lock(session: AsyncSession, message_id: UUID) -> Message | None:
    """A message, locked; none where there is no such one."""
    row = (await session.execute(_LOCK, {"message_id": message_id})).mappings().first()
    return of(row) if row else None


async def lock_due(session: AsyncSession, limit: int, now: datetime) -> list[Message]:
    """Messages whose next step is due, the longest waiting first, locked; those locked by others are not."""
    rows = await session.execute(_LOCK_DUE, {"now": now, "at_most": limit})
    return [of(row) for row in rows.mappings()]


async def lock_open(session: AsyncSession, person_id: UUID, besides: Purpose, now: datetime) -> list[Message]:
    """A person's messages of other purposes that are worth sending and unread, locked."""
    found = _MESSAGES.where(
        MESSAGES.c.person_id == person_id,
        MESSAGES.c.purpose != besides,
        MESSAGES.c.expires_at > now,
        MESSAGES.c.read_at.is_(None),
    )
    rows = await session.execute(found.order_by(MESSAGES.c.id).with_for_update())
    return [of(row) for row in rows.mappings()]


async def store(session: AsyncSession, changed: Sequence[Message]) -> None:
    """Store how far messages have come that this transaction has locked."""
    if changed:
        rows = [
            {"message_id": message.id} | {f"new_{name}": getattr(message, name) for name in _CHANGING}
            for message in changed
        ]
        await session.execute(_STORE, rows)


def of(row: Any) -> Message:
    """The message in a row that has `COLUMNS`, of a session or of the driver (JSON as text)."""

    def held(name: str) -> Any:
        return row[_PREFIX + name]

    def parsed(name: str) -> Any:
        value = held(name)
        return json.loads(value) if isinstance(value, (str, bytes)) else value

    sender = held("sender_id")
    return Message(
        **{name: held(name) for name in _PLAIN},
        variables=parsed("variables"),
        lane=Lane(held("lane")),
        purpose=Purpose(held("purpose")),
        plan=tuple(
            Step(Channel(channel), None if after is None else timedelta(seconds=after))
            for channel, after in parsed("plan")
        ),
        sender=Sender(sender, held("client_id"), held("order_id"), held("reference")) if sender else None,
        read_by=Channel(held("read_by")) if held("read_by") else None,
    )


def _row(message: Message) -> Mapping[str, Any]:
    sender = message.sender
    return {
        **{name: getattr(message, name) for name in _PLAIN},
        "variables": message.variables,
        "lane": message.lane,
        "purpose": message.purpose,
        "plan": [
            [step.channel, None if step.after is None else step.after.total_seconds()]
            for step in message.plan
        ],
        "read_by": message.read_by,
        "sender_id": sender and sender.institution_id,
        "client_id": sender and sender.client_id,
        "order_id": sender and sender.order_id,
        "reference": sender and sender.reference,
    }
