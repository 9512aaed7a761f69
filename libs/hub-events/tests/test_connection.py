from collections.abc import Awaitable, Callable
from typing import Any

import nats.errors
import pytest
from structlog.testing import capture_logs

from hub_cli.broker import NatsBox, User
from hub_events import connection

Until = Callable[[Callable[[], Any]], Awaitable[None]]
PETITIONS = User("petitions", ("hub.petitions.>",), ("_INBOX.petitions.>",))


async def test_it_comes_back_when_the_broker_was_killed(
    mortal_broker: NatsBox, kill: Callable[[NatsBox], None], until: Until
) -> None:
    mortal_broker.configure([PETITIONS])
    with capture_logs() as logs:
        client = await connection.connect(mortal_broker.url, mortal_broker.seed("petitions"), "petitions")
        kill(mortal_broker)
        await until(lambda: client.stats["reconnects"] == 1)
        await connection.until_connected(client)
        await client.flush()
        await client.close()
    assert {line["event"] for line in logs} >= {"broker lost", "broker back"}
    assert {line["service"] for line in logs} == {"petitions"}


async def test_it_comes_back_when_its_user_was_away(mortal_broker: NatsBox, until: Until) -> None:
    """nats-py alone would close for good."""
    mortal_broker.configure([PETITIONS])
    with capture_logs() as logs:
        client = await connection.connect(mortal_broker.url, mortal_broker.seed("petitions"), "petitions")
        heard = await client.subscribe("_INBOX.petitions.here")
        mortal_broker.configure([])
        await until(lambda: any(line["event"] == "broker away" for line in logs))
        mortal_broker.configure([PETITIONS, User("other", ("_INBOX.petitions.here",), ())])
        await until(lambda: client.is_connected)
        other = await connection.connect(mortal_broker.url, mortal_broker.seed("other"), "other")
        await client.flush()
        await other.publish("_INBOX.petitions.here", b"still there?")
        assert (await heard.next_msg(timeout=5)).data == b"still there?"
        await other.close()
        await client.close()


async def test_its_inbox_is_its_own(mortal_broker: NatsBox) -> None:
    client = await connection.connect(mortal_broker.url, mortal_broker.seed("operator"), "petitions")
    assert client.new_inbox().startswith("_INBOX.petitions.")
    await client.close()


async def test_nobody_waits_for_a_connection_that_we_closed(mortal_broker: NatsBox) -> None:
    client = await connection.connect(mortal_broker.url, mortal_broker.seed("operator"), "petitions")
    await client.close()
    with pytest.raises(nats.errors.ConnectionClosedError):
        await connection.until_connected(client)
