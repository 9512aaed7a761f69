import asyncio
import stat

import nats
import pytest
from nats.aio.client import Client
from nats.errors import Error

from hub_cli.broker import OPERATOR, NatsBox, User
from hub_cli.process import ServerFailed

PETITIONS = User("petitions", publish=("hub.petitions.>",), subscribe=("_INBOX.petitions.>",))
CATALOG = User("catalog", publish=("hub.catalog.>",), subscribe=("_INBOX.catalog.>",))


async def connect(broker: NatsBox, name: str, refusals: asyncio.Queue[Exception] | None = None) -> Client:
    async def on_error(error: Exception) -> None:
        if refusals is not None:
            refusals.put_nowait(error)

    return await nats.connect(
        broker.url, nkeys_seed_str=broker.seed(name), error_cb=on_error, allow_reconnect=False
    )


async def test_what_was_acknowledged_survives_a_kill(broker: NatsBox) -> None:
    broker.start()
    client = await connect(broker, OPERATOR)
    await client.jetstream().add_stream(name="PETITIONS", subjects=["hub.petitions.>"])
    await client.jetstream().publish("hub.petitions.petition.registered.v1", b"1")
    await client.close()
    assert broker.child is not None
    broker.child.kill()
    broker.child.wait()

    broker.start()
    client = await connect(broker, OPERATOR)
    assert (await client.jetstream().stream_info("PETITIONS")).state.messages == 1
    await client.close()


async def test_a_user_publishes_its_own_subjects_and_no_others(broker: NatsBox) -> None:
    broker.configure([PETITIONS, CATALOG])
    broker.start()
    refusals: asyncio.Queue[Exception] = asyncio.Queue()
    client = await connect(broker, "petitions", refusals)
    await client.publish("hub.petitions.petition.registered.v1", b"1")
    await client.flush()
    assert refusals.empty()
    await client.publish("hub.catalog.entry.published.v1", b"1")
    refusal = await asyncio.wait_for(refusals.get(), 5)
    assert "permissions violation" in str(refusal).lower()
    await client.close()


async def test_a_stranger_stays_outside(broker: NatsBox) -> None:
    broker.configure([PETITIONS])
    broker.start()
    for seed in (broker.seed("stranger"), None):
        client = Client()
        with pytest.raises(Error, match="Authorization"):
            await client.connect(broker.url, nkeys_seed_str=seed, allow_reconnect=False)
        await client.close()


async def test_users_are_added_to_a_running_server(broker: NatsBox) -> None:
    broker.start()
    first = await connect(broker, OPERATOR)
    broker.configure([CATALOG])
    second = await connect(broker, "catalog")
    assert first.is_connected
    await first.close()
    await second.close()


def test_seeds_are_files_of_their_owner(broker: NatsBox) -> None:
    seed = broker.seed("petitions")
    assert seed == broker.seed("petitions")
    file = broker.folder / "keys" / "petitions.nk"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_user_that_may_publish_nothing_publishes_nothing(broker: NatsBox) -> None:
    broker.configure([User("gateway", publish=(), subscribe=("_INBOX.gateway.>",))])
    broker.start()
    refusals: asyncio.Queue[Exception] = asyncio.Queue()
    client = await connect(broker, "gateway", refusals)
    await client.publish("hub.petitions.petition.registered.v1", b"1")
    refusal = await asyncio.wait_for(refusals.get(), 5)
    assert "permissions violation" in str(refusal).lower()
    await client.close()


async def test_users_that_the_server_cannot_take_are_an_error_and_the_others_stay(broker: NatsBox) -> None:
    broker.configure([PETITIONS])
    broker.start()
    with pytest.raises(ServerFailed, match="did not take"):
        broker.configure([User("petitions", publish=("hub petitions",), subscribe=())])
    client = await connect(broker, "petitions")
    await client.close()
