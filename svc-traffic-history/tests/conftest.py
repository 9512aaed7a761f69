"""The running service and what its tests build. Tests stay apart by ids of their own, nothing is emptied."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.clock import local_date
from hub_core.rules import Rules
from hub_events.session import Session
from hub_service.database import Database
from hub_testing import rules
from hub_testing.databases import ServiceDatabase
from svc_traffic_history import keys
from svc_traffic_history.domain.institutions import COUNTY_POLICE, Institution
from svc_traffic_history.main import create_app
from svc_traffic_history.manifest import MANIFEST
from svc_traffic_history.operations.means import Archive, Means
from svc_traffic_history.settings import Settings
from svc_traffic_history.storage import institutions

from .outside import Outside

RULES = Path(__file__).parents[2] / "svc-catalog/contract/rules.json"


@pytest.fixture(scope="session")
async def schema(provision: Any) -> ServiceDatabase:
    """The migrated schema, with the legal numbers as the catalog tells them."""
    made: ServiceDatabase = await provision(MANIFEST)
    await rules.load(made, RULES)
    return made


@pytest.fixture(scope="session")
def settings(
    schema: ServiceDatabase,
    service_settings: Any,
    trust_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Settings:
    """The settings of the service in this test session."""
    made: Settings = service_settings(
        MANIFEST,
        Settings,
        traffic_history_trust=trust_folder,
        traffic_history_store=tmp_path_factory.mktemp("documents").as_uri(),
    )
    return made


@pytest.fixture(scope="session")
def outside() -> Outside:
    """svc-identity and the police register, whose people the tests make up."""
    return Outside()


@pytest.fixture(scope="session")
def means(settings: Settings, outside: Outside) -> Means:
    """The keys, and whom operations ask: nobody outside."""
    key = keys.derived_from(settings.traffic_history_key.get_secret_value())
    return Means(key, identity=outside, register=outside, vehicles=outside, petitions=outside)


@pytest.fixture(scope="session")
def app(settings: Settings, means: Means) -> FastAPI:
    """The service, which asks `outside`."""
    return create_app(settings, lambda _: means)


@pytest.fixture(scope="session")
async def client(app: FastAPI, running: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """A client to the running service."""
    async with running(app) as made:
        yield made


@pytest.fixture
def archive(app: FastAPI, client: httpx2.AsyncClient) -> Archive:
    """What the service makes and keeps documents with."""
    assert client
    made: Archive = app.state.keeping(app.state.hub)
    return made


@pytest.fixture(scope="session")
async def sessions(settings: Settings) -> AsyncIterator[async_sessionmaker[Session]]:
    """Sessions of the application role, without the application."""
    database = Database(settings)
    yield database.sessions
    await database.close()


@pytest.fixture(scope="session")
def legal() -> Rules:
    """The legal numbers."""
    return rules.values(RULES)


@pytest.fixture
def county_police(sessions: async_sessionmaker[Session]) -> Callable[[str], Awaitable[UUID]]:
    """Make `await county_police("HR")`: the inspectorate of a county, as the catalog tells it."""

    async def make(county: str) -> UUID:
        async with sessions() as session, session.begin():
            known = await institutions.police_of(session, county, local_date(clock.now()))
            if known is not None:
                return known.id
            made = Institution(
                id=ids.new_id(),
                code=f"IPJ-{county}",
                kind=COUNTY_POLICE,
                county=county,
                names={"ro": f"IPJ {county}"},
                valid_from=date(2020, 1, 1),
                valid_to=None,
                version=1,
            )
            await institutions.keep(session, made)
        return made.id

    return make
