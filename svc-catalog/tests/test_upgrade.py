"""A database as the former release left it becomes that of this one: whoever keeps a copy hears the rest."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import asyncpg
import orjson
import pytest
from pydantic import SecretStr

from hub_cli.postgres import PostgresBox
from hub_service import migrations
from hub_service.settings import ServiceSettings
from hub_testing import databases
from svc_catalog.manifest import MANIFEST
from svc_catalog.reference.institutions import institutions
from svc_catalog.seed import seed

FORMER = replace(MANIFEST, name="former")
OUTSIDE = {each.code for each in institutions() if each.addressee}
AS_IT_WAS = (
    (
        "DELETE FROM former.institution_versions v USING former.institutions i"
        " WHERE v.institution_id = i.id AND i.kind = 'OUTSIDE'"
    ),
    "DELETE FROM former.institutions WHERE kind = 'OUTSIDE'",
    "ALTER TABLE former.institutions DROP COLUMN addressee, DROP COLUMN told",
    "UPDATE former.alembic_version SET version_num = '20261122_0560'",
)
TOLD = "SELECT seq, body FROM former.outbox WHERE subject LIKE '%institution.changed%' AND seq > $1"


@pytest.fixture
async def left(
    postgres_server: PostgresBox, settings: ServiceSettings
) -> AsyncIterator[tuple[ServiceSettings, asyncpg.Connection, str]]:
    """A catalog with the columns and the institutions of the former release, and how it is looked at."""
    database = await databases.create(postgres_server, FORMER)
    own = settings.model_copy(update={"database_dsn": SecretStr(database.app_dsn)})
    await seed(own)
    connection = await asyncpg.connect(database.superuser_dsn)
    for statement in AS_IT_WAS:
        await connection.execute(statement)
    yield own, connection, database.migrator_dsn
    await connection.close()


async def test_an_upgraded_catalog_tells_each_institution_again_once(
    left: tuple[ServiceSettings, asyncpg.Connection, str],
) -> None:
    own, looking, migrator = left
    last: Any = await looking.fetchval("SELECT max(seq) FROM former.outbox")
    assert await migrations.upgrade(FORMER, migrator) != []
    for _ in range(2):
        await seed(own)
    told = [orjson.loads(row["body"])["data"] for row in await looking.fetch(TOLD, last)]
    assert Counter(one["code"] for one in told) == dict.fromkeys((each.code for each in institutions()), 1)
    assert {one["code"] for one in told if one["version"] == 1} == OUTSIDE
    assert {one["version"] for one in told if one["code"] not in OUTSIDE} == {2}
    assert {one["code"] for one in told if one["addressee"]} == OUTSIDE
    assert all(one["attributions"] for one in told if one["accepts_petitions"])
