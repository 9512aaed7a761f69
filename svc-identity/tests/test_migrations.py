"""The migrations make the tables that the code declares."""

from hub_service import migrations
from hub_testing.databases import ServiceDatabase
from svc_identity.manifest import MANIFEST


async def test_the_migrated_schema_is_the_declared_one(schema: ServiceDatabase) -> None:
    assert await migrations.differences(MANIFEST, schema.migrator_dsn) == []
