"""What the hub's first start leaves: demo data in full, and logs in which nothing is amiss."""

import json
from datetime import datetime

import asyncpg
import pytest

from hub_cli import hub as parts
from hub_cli import roles
from hub_cli.place import Place, State

from ..conftest import Hub

pytestmark = pytest.mark.xdist_group("hub")


async def test_the_certificate_of_the_demo_proves_that_its_seal_was_in_force(hub: Hub) -> None:
    server, _ = parts.servers(Place(hub.folder, State.read(hub.folder).ports))
    connection = await asyncpg.connect(server.dsn(roles.DATABASE))
    try:
        first = 'SELECT seal_level FROM "criminal-record".certificates ORDER BY issued_at LIMIT 1'
        assert await connection.fetchval(first) == "B-LT"
    finally:
        await connection.close()


def test_whoever_is_outside_listens_before_anybody_asks(hub: Hub) -> None:
    ready = (hub.folder / "postgres" / "prepared.json").stat().st_mtime
    lines = (hub.folder / "log" / "criminal-record.log").read_text().splitlines()
    said = [
        line
        for line in map(json.loads, lines)
        if datetime.fromisoformat(line["timestamp"]).timestamp() < ready
    ]
    assert said
    assert not [line for line in said if line["event"].startswith(("no time stamp", "nothing about"))]
