"""The running service and what its tests build. Tests stay apart by ids of their own, nothing is emptied."""

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeAlias

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_events.session import Session
from hub_service.database import Database
from hub_testing import programs, rules
from hub_testing.databases import ServiceDatabase
from svc_criminal_record import keys
from svc_criminal_record.issuing import Means, press
from svc_criminal_record.main import create_app
from svc_criminal_record.manifest import MANIFEST
from svc_criminal_record.operations import institutions
from svc_criminal_record.settings import Settings

from .build import sealed_for
from .officers import AddDesk, Desk, an_institution
from .outside import Outside

VERIFY_OFFLINE = Path(__file__).parents[2] / "docs/examples/verify_offline.mjs"

Offline: TypeAlias = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture(scope="session")
async def schema(provision: Any) -> ServiceDatabase:
    """The migrated schema, with the legal numbers as the catalog tells them."""
    made: ServiceDatabase = await provision(MANIFEST)
    await rules.load(made, Path(__file__).parents[2] / "svc-catalog/contract/rules.json")
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
        criminal_record_trust=trust_folder,
        criminal_record_store=tmp_path_factory.mktemp("documents").as_uri(),
    )
    return made


@pytest.fixture(scope="session")
def outside() -> Outside:
    """svc-identity and the national register, whose people the tests make up."""
    return Outside()


@pytest.fixture(scope="session")
async def means(settings: Settings, outside: Outside) -> AsyncIterator[Means]:
    """What deciding and issuing take, with nothing asked outside."""
    key = keys.derived_from(settings.criminal_record_key.get_secret_value())
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(lambda _: httpx2.Response(503))) as http:
        yield Means(key=key, identity=outside, records=outside, issuer=press(settings, key, http))


@pytest.fixture(scope="session")
def app(settings: Settings, means: Means) -> FastAPI:
    """The service, which asks `outside`."""
    return create_app(settings, lambda _: means)


@pytest.fixture(scope="session")
async def client(app: FastAPI, running: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """A client to the running service."""
    async with running(app) as made:
        yield made


@pytest.fixture(scope="session")
async def sessions(settings: Settings) -> AsyncIterator[async_sessionmaker[Session]]:
    """Sessions of the application role, without the application."""
    database = Database(settings)
    yield database.sessions
    await database.close()


@pytest.fixture(scope="session")
async def sealed(trust_folder: Path) -> bytes:
    """A sealed document."""
    return await sealed_for("test", trust_folder)


@pytest.fixture(scope="session")
def offline() -> Offline:
    """Run `docs/examples/verify_offline.mjs` on what a QR code says, a key and perhaps a status list.

    How it ended, what it printed as JSON, what it complained of.
    """

    def run(text: str, *files: Path) -> tuple[int, dict[str, Any], str]:
        ran = programs.run("node", VERIFY_OFFLINE, text, *files)
        return ran.returncode, json.loads(ran.stdout or "{}"), ran.stderr

    return run


@pytest.fixture
def add_desk(client: httpx2.AsyncClient, sessions: async_sessionmaker[Session], signed_in: Any) -> AddDesk:
    """Make `add_desk(code)`: the officers of an institution."""

    async def make(code: str) -> Desk:
        unit = an_institution(code)
        async with sessions() as session:
            await institutions.copy_institution(session, unit)
        return Desk(client, signed_in, unit.id)

    return make


@pytest.fixture
async def desk(add_desk: AddDesk) -> Desk:
    """The officers of a county unit."""
    return await add_desk("IPJ-CJ")
