"""The service with its reference data, running once for all tests that only read."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx2
import pytest

from hub_service.settings import ServiceSettings
from hub_testing.databases import ServiceDatabase
from svc_catalog.main import create_app
from svc_catalog.manifest import MANIFEST
from svc_catalog.seed import seed


@pytest.fixture(scope="session")
async def schema(provision: Any) -> ServiceDatabase:
    """The migrated schema."""
    made: ServiceDatabase = await provision(MANIFEST)
    return made


@pytest.fixture(scope="session")
async def settings(schema: ServiceDatabase, service_settings: Any) -> ServiceSettings:
    """The settings of the service in this test session; its database holds the reference data."""
    made: ServiceSettings = service_settings(MANIFEST, ServiceSettings)
    await seed(made)
    return made


@pytest.fixture(scope="session")
async def client(settings: ServiceSettings, running: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """A client to the running service."""
    async with running(create_app(settings)) as made:
        yield made


@pytest.fixture
async def looking(settings: ServiceSettings, schema: ServiceDatabase) -> AsyncIterator[asyncpg.Connection]:
    """A connection that may see everything."""
    connection = await asyncpg.connect(schema.superuser_dsn)
    yield connection
    await connection.close()
