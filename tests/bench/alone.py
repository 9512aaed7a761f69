"""One process of a service, with PostgreSQL and NATS of its own."""

import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

from hub_cli import ports
from hub_cli.broker import OPERATOR, NatsBox
from hub_cli.postgres import PostgresBox
from hub_core.manifest import Manifest
from hub_events import connection, topology
from hub_testing import databases
from hub_testing.databases import ServiceDatabase

ORIGIN: Final = "http://localhost:8080"
_SERVE: Final = "import sys; from hub_cli.worker import serve; serve(sys.argv[1], int(sys.argv[2]))"


@asynccontextmanager
async def prepared(
    manifest: Manifest, folder: Path, *, identity_url: str = "http://127.0.0.1:1", **settings: str
) -> AsyncIterator[ServiceDatabase]:
    """The service's database, migrated; the environment has what its process needs, with `settings`."""
    postgres, broker = PostgresBox(folder / "postgres"), NatsBox(folder / "nats")
    postgres.start()
    broker.start()
    try:
        database = await databases.create(postgres, manifest)
        nats = await connection.connect(broker.url, broker.seed(OPERATOR), OPERATOR)
        await topology.ensure(nats.jetstream(), [manifest])
        await nats.close()
        os.environ |= {
            "HUB_DATABASE_DSN": database.app_dsn,
            "HUB_NATS_URL": broker.url,
            "HUB_NATS_SEED": broker.seed(OPERATOR),
            "HUB_PUBLIC_ORIGIN": ORIGIN,
            "HUB_IDENTITY_URL": identity_url,
            "HUB_SERVICE_SECRET": "a-secret-of-the-benchmark",
            "HUB_LOG_LEVEL": "INFO",
            **settings,
        }
        yield database
    finally:
        broker.stop()
        postgres.stop()


@contextmanager
def serving(manifest: Manifest, folder: Path) -> Iterator[tuple[int, int]]:
    """One process of the prepared service, as the supervisor runs it: its port and its id."""
    port = ports.free()
    with (folder / "service.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, manifest.factory, str(port)], stdout=log, stderr=log
        )
    try:
        for _ in range(300):
            if ports.is_taken(port):
                break
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()
