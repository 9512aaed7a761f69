"""The running service and what its tests build. Tests stay apart by ids of their own, nothing is emptied."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_cli.outside.trust import authority
from hub_core import ids
from hub_events.session import Session
from hub_service.database import Database
from hub_testing import rules
from hub_testing.databases import ServiceDatabase
from hub_testing.listener import Answer, Asked, Listener
from svc_petitions.domain.institutions import Institution
from svc_petitions.keys import MasterKey
from svc_petitions.main import create_app
from svc_petitions.manifest import MANIFEST
from svc_petitions.operations import institutions
from svc_petitions.operations.answer_documents import AnswerMeans
from svc_petitions.settings import Settings

from .office import PETITIONS, Office, key

BOTH = frozenset({"petitions:read", "petitions:write"})


@pytest.fixture(scope="session")
async def schema(provision: Any) -> ServiceDatabase:
    """The migrated schema, with the legal numbers as the catalog tells them."""
    made: ServiceDatabase = await provision(MANIFEST)
    await rules.load(made, Path(__file__).parents[2] / "svc-catalog/contract/rules.json")
    return made


@pytest.fixture(scope="session")
def issuing() -> list[Asked]:
    """What the authority of the seals was asked."""
    return []


@pytest.fixture(scope="session")
def seal_authority(trust_folder: Path, issuing: list[Asked]) -> Iterator[str]:
    """The address that issues certificates of seals."""

    def issue(asked: Asked) -> Answer:
        issuing.append(asked)
        issued = authority.issue_seal(trust_folder, asked.body, datetime.now(UTC))
        return Answer(issued, "application/pem-certificate-chain")

    listener = Listener(issue)
    listener.start()
    yield listener.url
    listener.stop()


@pytest.fixture(scope="session")
def settings(
    schema: ServiceDatabase,
    service_settings: Any,
    trust_folder: Path,
    seal_authority: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Settings:
    """The settings of the service in this test session."""
    made: Settings = service_settings(
        MANIFEST,
        Settings,
        petitions_trust=trust_folder,
        petitions_seals=tmp_path_factory.mktemp("seals"),
        petitions_seals_url=seal_authority,
        petitions_store=tmp_path_factory.mktemp("documents").as_uri(),
    )
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


@pytest.fixture
def means(app: FastAPI, client: httpx2.AsyncClient) -> AnswerMeans:
    """What the service makes and keeps documents with."""
    assert client
    made: AnswerMeans = app.state.means(app.state.hub)
    return made


@pytest.fixture(scope="session")
async def sessions(settings: Settings) -> AsyncIterator[async_sessionmaker[Session]]:
    """Sessions of the application role, without the application."""
    database = Database(settings)
    yield database.sessions
    await database.close()


@pytest.fixture
def ana() -> UUID:
    """A person of this test."""
    return ids.new_id()


@pytest.fixture
def as_ana(ana: UUID, signed_in: Any) -> dict[str, str]:
    """Her headers, with both scopes."""
    made: dict[str, str] = signed_in(ana, BOTH)
    return made


@pytest.fixture
def as_ion(signed_in: Any) -> dict[str, str]:
    """The headers of somebody else."""
    made: dict[str, str] = signed_in(ids.new_id(), BOTH)
    return made


@pytest.fixture
def an_institution(
    sessions: async_sessionmaker[Session],
) -> Callable[..., Awaitable[Institution]]:
    """Make `an_institution(**what_is_special)`, known to the service."""

    async def make(**special: Any) -> Institution:
        facts: dict[str, Any] = {
            "id": ids.new_id(),
            "code": "DGP",
            "names": {"ro": "Direcția Generală de Pașapoarte", "en": "General Directorate for Passports"},
            "accepts_petitions": True,
            "valid_from": date(2007, 1, 1),
            "valid_to": None,
            "version": 1,
        }
        institution = Institution(**(facts | special))
        async with sessions() as session:
            await institutions.keep(session, institution)
        return institution

    return make


@pytest.fixture
async def dgp(an_institution: Callable[..., Awaitable[Institution]]) -> Institution:
    """An institution of this test that accepts petitions."""
    return await an_institution()


@pytest.fixture
async def office(client: httpx2.AsyncClient, signed_in: Any, dgp: Institution) -> Office:
    """An institution with officials."""
    made = Office(client, signed_in, dgp.id)
    await made.open()
    return made


@pytest.fixture
def filed(
    client: httpx2.AsyncClient, body: dict[str, Any], as_ana: dict[str, str]
) -> Callable[..., Awaitable[str]]:
    """File a petition of Ana's at the institution, with `filed(**what_is_special)`; its id."""

    async def make(headers: dict[str, str] | None = None, **special: Any) -> str:
        answer = await client.post(PETITIONS, json=body | special, headers=(headers or as_ana) | key())
        assert answer.status_code == 201, answer.text
        petition_id: str = answer.json()["id"]
        return petition_id

    return make


@pytest.fixture
def body(dgp: Institution) -> dict[str, Any]:
    """A good request to file a petition."""
    return {
        "institution_id": str(dgp.id),
        "kind": "REQUEST",
        "subject": "Programul ghișeului",
        "text": "Vă rog să îmi comunicați programul de lucru cu publicul.\nMulțumesc.",
        "language": "ro",
    }
