from hub_service import migrations
from hub_testing.databases import ServiceDatabase
from svc_traffic_history.manifest import MANIFEST


async def test_the_migrated_schema_is_the_declared_one(schema: ServiceDatabase) -> None:
    assert await migrations.differences(MANIFEST, schema.migrator_dsn) == []


async def test_a_second_upgrade_has_nothing_to_do(schema: ServiceDatabase) -> None:
    assert await migrations.upgrade(MANIFEST, schema.migrator_dsn) == []
