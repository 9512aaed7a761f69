"""The running service and what its tests build. Tests stay apart by ids of their own, nothing is emptied."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock
from hub_core.clock import local_date
from hub_core.rules import Rules
from hub_events.session import Session
from hub_service.database import Database
from hub_testing import mortal, rules
from hub_testing.databases import ServiceDatabase
from hub_testing.mortal import Mortal, Place
from svc_traffic_history import keys
from svc_traffic_history.domain.institutions import COUNTY_POLICE, Institution
from svc_traffic_history.main import create_app
from svc_traffic_history.manifest import MANIFEST
from svc_traffic_history.operations.means import Archive, Means
from svc_traffic_history.settings import Settings
from svc_traffic_history.storage import institutions

from .outside import Outside

CountyPolice = Callable[[str], Awaitable[UUID]]
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


@pytest.fixture(scope="session")
def county_police(sessions: async_sessionmaker[Session]) -> CountyPolice:
    """Make `await county_police("HR")`: the id of a county's inspectorate, told as the catalog tells it.

    Whatever tests of the catalog tell of the same county, it is this one from today on.
    """

    async def make(county: str) -> UUID:
        made = Institution(
            id=UUID(bytes=county.encode().rjust(16, b"\0")),
            code=f"IPJ-{county}",
            kind=COUNTY_POLICE,
            county=county,
            names={"ro": f"Poliția {county}", "hu": f"{county} rendőrség", "en": f"Police of {county}"},
            valid_from=local_date(clock.now()),
            valid_to=None,
            version=1,
        )
        async with sessions() as session, session.begin():
            await institutions.keep(session, made)
        return made.id

    return make


@pytest.fixture(scope="module")
async def place() -> AsyncIterator[Place]:
    """Servers of one file's tests: elsewhere another process of the service would do the work."""
    async with mortal.apart(MANIFEST, RULES) as made:
        yield made


@pytest.fixture(scope="module")
def variables(place: Place, fake_identity: Any, trust_folder: Path, tmp_path_factory: Any) -> dict[str, str]:
    """What the process that is killed is told."""
    return mortal.variables(place, MANIFEST.name, fake_identity) | {
        "HUB_TRAFFIC_HISTORY_STORE": tmp_path_factory.mktemp("documents").as_uri(),
        "HUB_TRAFFIC_HISTORY_TRUST": str(trust_folder),
    }


@pytest.fixture(scope="module")
async def service(variables: dict[str, str], tmp_path_factory: Any) -> AsyncIterator[Mortal]:
    """The service, which is killed."""
    script, log = Path(__file__).with_name("mortal.py"), tmp_path_factory.mktemp("log") / "mortal.log"
    async with mortal.started(script, variables, log) as made:
        yield made
