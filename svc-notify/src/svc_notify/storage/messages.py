"""Messages: rows in, domain values out."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Label, RowMapping
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.kinds import Lane
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
    "variables",
    "step",
    "next_at",
    "read_at",
    "queued_at",
    "expires_at",
    "traceparent",
    "once",
    "version",
)
COLUMNS: Final[Sequence[Label[Any]]] = [column.label(_PREFIX + column.name) for column in MESSAGES.c]
"""The columns of a message in a row that holds more; `of` reads them."""

_ADD: Final = (
    insert(MESSAGES).on_conflict_do_nothing(index_elements=[MESSAGES.c.once]).returning(MESSAGES.c.id)
)


async def add(session: AsyncSession, messages: Sequence[Message]) -> list[Message]:
    """Store new messages; those stored, without any of a `once` that there is already."""
    if not messages:
        return []
    stored = set(await session.scalars(_ADD, [_row(message) for message in messages]))
    return [message for message in messages if message.id in stored]


def of(row: RowMapping) -> Message:
    """The message in a row that has `COLUMNS`."""

    def held(name: str) -> Any:
        return row[_PREFIX + name]

    sender = held("sender_id")
    return Message(
        **{name: held(name) for name in _PLAIN},
        lane=Lane(held("lane")),
        plan=tuple(Step(Channel(channel), timedelta(seconds=after)) for channel, after in held("plan")),
        sender=Sender(sender, held("client_id"), held("order_id"), held("reference")) if sender else None,
        read_by=Channel(held("read_by")) if held("read_by") else None,
    )


def _row(message: Message) -> Mapping[str, Any]:
    sender = message.sender
    return {
        **{name: getattr(message, name) for name in _PLAIN},
        "lane": message.lane,
        "plan": [[step.channel, step.after.total_seconds()] for step in message.plan],
        "read_by": message.read_by,
        "sender_id": sender and sender.institution_id,
        "client_id": sender and sender.client_id,
        "order_id": sender and sender.order_id,
        "reference": sender and sender.reference,
    }
