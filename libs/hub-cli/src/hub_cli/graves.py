"""Dead letters for people: what consumers could not handle, and telling it again."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import nats
from nats.js import JetStreamContext
from rich import box
from rich.table import Table

from hub_events import dead_letters

from .broker import OPERATOR, NatsBox


async def table(broker: NatsBox) -> Table:
    """The oldest letters, one row each."""
    shown = Table("number", "consumer", "event", "id", "buried", "reason", box=box.SIMPLE_HEAD)
    async with _jetstream(broker) as jetstream:
        for letter in await dead_letters.list_(jetstream):
            buried = letter.buried_at.isoformat(timespec="seconds") if letter.buried_at else ""
            consumer = f"{letter.service}/{letter.consumer}"
            shown.add_row(
                str(letter.number), consumer, letter.subject, letter.event_id, buried, letter.reason
            )
    return shown


async def replay(broker: NatsBox, numbers: Sequence[int]) -> list[str]:
    """Tell these letters again; a line about each."""
    lines: list[str] = []
    async with _jetstream(broker) as jetstream:
        for number in numbers:
            try:
                letter = await dead_letters.replay(jetstream, number)
            except KeyError:
                lines.append(f"{number}: there is no such letter")
            else:
                lines.append(f"{number}: told again to {letter.service}/{letter.consumer}")
    return lines


@asynccontextmanager
async def _jetstream(broker: NatsBox) -> AsyncIterator[JetStreamContext]:
    client = await nats.connect(broker.url, nkeys_seed_str=broker.seed(OPERATOR), allow_reconnect=False)
    try:
        yield client.jetstream()
    finally:
        await client.close()
