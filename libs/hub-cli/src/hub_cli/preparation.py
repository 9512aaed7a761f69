"""What is made before services start: roles, schemas, tables, streams, consumers, reference data.

Each function here runs in a process of its own, forked from the zygote, takes and gives JSON, and
may be run again at any time. Manifests come as JSON too, in the shape of `hub_core.manifest.Manifest`.
"""

import asyncio
import hashlib
import importlib.util
import itertools
from pathlib import Path
from typing import Any, Final

import asyncpg
import httpx2
import nats
from nats.js import JetStreamContext
from pydantic import TypeAdapter

from hub_core.manifest import Manifest, stream_name
from hub_events import topology
from hub_service import migrations

from . import roles, zygote

_MANIFESTS: Final = TypeAdapter(list[Manifest])
_SETTLE_SECONDS: Final = 60
_POLL: Final = 0.02


def plan(manifests: list[dict[str, Any]]) -> dict[str, Any]:
    """What the supervisor must know before it starts anything.

    `permissions`: of each service, the subjects to publish and to subscribe to. `fingerprints`: of
    each service, a digest of its files; what was prepared under another one is prepared again.
    """
    known = _MANIFESTS.validate_python(manifests)
    allowed = {manifest.name: topology.permissions(manifest, known) for manifest in known}
    return {
        "permissions": {name: [rights.publish, rights.subscribe] for name, rights in allowed.items()},
        "fingerprints": {manifest.name: _fingerprint(manifest) for manifest in known},
    }


def prepare(manifests: list[dict[str, Any]], databases: dict[str, Any], broker: dict[str, str]) -> None:
    """Make database, roles, schemas, streams and consumers.

    `databases` holds `superuser` and `hub` (connection strings of the superuser) and `passwords`: of
    each service, those of migrator and application. `broker` holds `url` and the operator's `seed`.
    """
    asyncio.run(_prepare(_MANIFESTS.validate_python(manifests), databases, broker))


def migrate(manifests: list[dict[str, Any]], databases: dict[str, Any]) -> dict[str, list[str]]:
    """Run the migrations of all services; the names of those that ran, by service."""
    return asyncio.run(_migrate(_MANIFESTS.validate_python(manifests), **databases))


def seed(target: str) -> None:
    """Load a service's reference and demo data, in the service's environment."""
    asyncio.run(zygote.resolve(target)())


def obey(target: str, *text: str) -> str:
    """Run a service's command in its environment, on a file's text if it takes one; what it says."""
    said: str = asyncio.run(zygote.resolve(target)(*text))
    return said


def settle(manifests: list[dict[str, Any]], broker: dict[str, str], addresses: list[str]) -> None:
    """Wait until what the seeds told has been published and heard; `TimeoutError` when it takes long.

    `addresses` are those of the services that publish.
    """
    asyncio.run(_settle(_MANIFESTS.validate_python(manifests), broker, addresses))


async def _settle(manifests: list[Manifest], broker: dict[str, str], addresses: list[str]) -> None:
    client = await nats.connect(broker["url"], nkeys_seed_str=broker["seed"])
    try:
        async with asyncio.timeout(_SETTLE_SECONDS), httpx2.AsyncClient(trust_env=False) as http:
            while True:
                published = [await _is_published(http, address) for address in addresses]
                heard = [await _is_heard(client.jetstream(), manifest) for manifest in manifests]
                if all((*published, *heard)):
                    return
                await asyncio.sleep(_POLL)
    finally:
        await client.close()


async def _is_published(http: httpx2.AsyncClient, address: str) -> bool:
    status = (await http.get(f"{address}/status")).json()
    return bool(status["outbox"]["waiting"] == 0)


async def _is_heard(jetstream: JetStreamContext, manifest: Manifest) -> bool:
    for consumer in manifest.consumers:
        info = await jetstream.consumer_info(stream_name(consumer.source), consumer.durable)
        if info.num_pending or info.num_ack_pending:
            return False
    return True


async def _prepare(manifests: list[Manifest], databases: dict[str, Any], broker: dict[str, str]) -> None:
    await asyncio.gather(_prepare_database(manifests, **databases), _prepare_broker(manifests, **broker))


async def _prepare_broker(manifests: list[Manifest], url: str, seed: str) -> None:
    client = await nats.connect(url, nkeys_seed_str=seed)
    try:
        await topology.ensure(client.jetstream(), manifests)
    finally:
        await client.close()


async def _prepare_database(
    manifests: list[Manifest], superuser: str, hub: str, passwords: dict[str, list[str]]
) -> None:
    await roles.create_database(superuser)
    connection = await asyncpg.connect(hub)
    try:
        for manifest in manifests:
            if manifest.has_database:
                await roles.create_service(connection, manifest.name, *passwords[manifest.name])
    finally:
        await connection.close()


async def _migrate(
    manifests: list[Manifest], superuser: str, hub: str, passwords: dict[str, list[str]]
) -> dict[str, list[str]]:
    del superuser
    return {
        manifest.name: await migrations.upgrade(
            manifest, roles.service_dsn(hub, f"{manifest.name}_mig", passwords[manifest.name][0])
        )
        for manifest in manifests
        if manifest.has_database
    }


def _fingerprint(manifest: Manifest) -> str:
    spec = importlib.util.find_spec(manifest.package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(manifest.package)
    digest = hashlib.sha256()
    folders = (Path(spec.origin).parent, migrations.folder_of(manifest))
    for file in itertools.chain.from_iterable(sorted(folder.rglob("*")) for folder in folders):
        if file.is_file() and file.suffix != ".pyc":
            digest.update(str(file).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
