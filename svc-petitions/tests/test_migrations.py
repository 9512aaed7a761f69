"""The schema is what tables.py declares, and the law is in it."""

from datetime import date

import asyncpg

from hub_service import migrations
from hub_testing.databases import ServiceDatabase
from svc_petitions import domain
from svc_petitions.manifest import MANIFEST


async def test_the_migrated_schema_is_the_declared_one(schema: ServiceDatabase) -> None:
    assert await migrations.differences(MANIFEST, schema.migrator_dsn) == []


async def test_a_second_upgrade_has_nothing_to_do(schema: ServiceDatabase) -> None:
    assert await migrations.upgrade(MANIFEST, schema.migrator_dsn) == []


async def test_the_term_of_the_answer_is_in_the_rule_table(
    looking: asyncpg.Connection,
) -> None:
    rows = await looking.fetch("SELECT * FROM petitions.rules WHERE rule_id = $1", domain.ANSWER_RULE)
    assert [dict(row) for row in rows] == [
        {
            "rule_id": "PETITION_ANSWER",
            "value": 30,
            "unit": "CALENDAR_DAYS",
            "valid_from": date(2002, 2, 1),
            "valid_to": None,
            "legal_basis": "OG 27/2002 art. 8(1)",
            "verified": True,
        }
    ]
