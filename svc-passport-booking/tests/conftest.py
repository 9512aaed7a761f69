"""The running service and what its tests build. Tests stay apart by ids of their own, nothing is emptied."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_events.session import Session
from hub_service.database import Database
from hub_testing import rules
from hub_testing.databases import ServiceDatabase
from svc_passport_booking.keys import MasterKey
from svc_passport_booking.main import create_app
from svc_passport_booking.manifest import MANIFEST
from svc_passport_booking.settings import Settings

from .desks import AddDesk, Clock, Desk, a_desk


@pytest.fixture(scope="session")
async def schema(provision: Any) -> ServiceDatabase:
    """The migrated schema, with the legal numbers as the catalog tells them."""
    made: ServiceDatabase = await provision(MANIFEST)
    await rules.load(made, Path(__file__).parents[2] / "svc-catalog/contract/rules.json")
    return made


@pytest.fixture(scope="session")
def settings(schema: ServiceDatabase, service_settings: Any) -> Settings:
    """The settings of the service in this test session."""
    made: Settings = service_settings(MANIFEST, Settings)
    return made


@pytest.fixture(scope="session")
def app(settings: Settings) -> FastAPI:
    """The service."""
    return create_app(settings)


@pytest.fixture(scope="session")
def master(app: FastAPI) -> MasterKey:
    """The keys of the service."""
    made: MasterKey = app.state.keys
    return made


@pytest.fixture(scope="session")
async def client(app: FastAPI, running: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """A client to the running service."""
    async with running(app) as made:
        yield made


@pytest.fixture(scope="session")
async def sessions(settings: Settings) -> AsyncIterator[async_sessionmaker[Session]]:
    """Sessions of the application role, without the application; few, since others have pools besides."""
    database = Database(settings.model_copy(update={"database_pool_size": 4}))
    yield database.sessions
    await database.close()


@pytest.fixture
def clock(app: FastAPI) -> Iterator[Clock]:
    """The clock of the service: it stands at NOON until the test moves it."""
    made = Clock(app)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def add_desk(
    client: httpx2.AsyncClient,
    sessions: async_sessionmaker[Session],
    master: MasterKey,
    signed_in: Any,
    clock: Clock,
) -> AddDesk:
    """Make `add_desk(*planned)`: an office with slots of so many places from NOON on."""

    async def make(*planned: int) -> Desk:
        return await a_desk(client, sessions, master, signed_in, clock, planned or (3, 3, 3))

    return make


@pytest.fixture
async def desk(add_desk: AddDesk) -> Desk:
    """An office with three slots for three people each."""
    return await add_desk()
