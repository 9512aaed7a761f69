"""The running service and what its tests build. Tests stay apart by ids of their own, nothing is emptied."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from hub_testing import rules
from hub_testing.databases import ServiceDatabase
from svc_criminal_record.manifest import MANIFEST


@pytest.fixture(scope="session")
async def schema(provision: Any) -> ServiceDatabase:
    """The migrated schema, with the legal numbers as the catalog tells them."""
    made: ServiceDatabase = await provision(MANIFEST)
    await rules.load(made, Path(__file__).parents[2] / "svc-catalog/contract/rules.json")
    return made


@pytest.fixture
async def looking(schema: ServiceDatabase) -> AsyncIterator[asyncpg.Connection]:
    """A connection that may see everything."""
    connection = await asyncpg.connect(schema.superuser_dsn)
    yield connection
    await connection.close()
