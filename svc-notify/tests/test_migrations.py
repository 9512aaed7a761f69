"""The schema is what tables.py declares; what was told is not deleted."""

from typing import Any

import asyncpg
import pytest

from hub_service import migrations
from svc_notify.manifest import MANIFEST


async def test_the_migrated_schema_is_the_declared_one(schema: Any) -> None:
    assert await migrations.differences(MANIFEST, schema.migrator_dsn) == []


async def test_a_second_upgrade_has_nothing_to_do(schema: Any) -> None:
    assert await migrations.upgrade(MANIFEST, schema.migrator_dsn) == []


async def test_the_service_cannot_delete_a_delivery(schema: Any) -> None:
    connection = await asyncpg.connect(schema.app_dsn.replace("+asyncpg", ""))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("DELETE FROM deliveries")
    await connection.close()


async def test_what_is_due_is_found_by_its_index(looking: asyncpg.Connection) -> None:
    async with looking.transaction():
        await looking.execute("SET LOCAL enable_seqscan = off; SET LOCAL search_path = notify")
        plan = await looking.fetch(
            "EXPLAIN SELECT * FROM deliveries WHERE channel = 'EMAIL' AND lane = 1 AND due_at <= now() "
            "ORDER BY due_at LIMIT 4 FOR UPDATE SKIP LOCKED"
        )
    lines = " ".join(row[0] for row in plan)
    assert "ix_deliveries_due" in lines
    assert "Sort" not in lines
