"""Records of drivers and petitions, as two services that run side by side."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import async_sessionmaker

import svc_petitions.main
import svc_traffic_history.main
from hub_core import clock, cnp, ids
from hub_core.clock import BUCHAREST
from hub_core.principal import Assurance
from hub_events.session import Session
from hub_service.database import Database
from hub_testing import rules
from hub_testing.databases import ServiceDatabase
from svc_petitions.domain.institutions import Institution
from svc_petitions.operations import institutions
from svc_traffic_history import keys
from svc_traffic_history.documents.press import Press
from svc_traffic_history.operations.means import Means
from svc_traffic_history.registers.police import DriverTold, LicenceTold, OffenceTold, ReportTold
from svc_traffic_history.settings import Settings

RULES = Path(__file__).parents[2] / "svc-catalog/contract/rules.json"
_CONNECTIONS = 3
"""Few: a service's own tests hold theirs, and the role of a service may have thirty."""


class Killed(BaseException):
    """The process is no more; nothing that comes after is done."""


@dataclass(slots=True)
class Outside:
    """Who the services ask: identity, the register of drivers, and svc-petitions, in which a test may cut."""

    client: httpx2.AsyncClient
    headers: Mapping[str, str]
    people: dict[UUID, DriverTold] = field(default_factory=dict)
    is_away: bool = False
    dies: str = ""

    async def get(self, path: str) -> dict[str, Any]:
        """What svc-identity answers."""
        told = self.people.get(UUID(path.split("/")[4]))
        return {"cnp": told.cnp if told else None}

    async def find(self, number: str) -> DriverTold | None:
        """What the register answers."""
        return next((told for told in self.people.values() if told.cnp == number), None)

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What svc-petitions answers, over its real route."""
        if self.is_away:
            raise httpx2.ConnectError("away")
        self._die("before petitions are asked")
        answer = await self.client.post(path, json=body, headers=self.headers)
        answer.raise_for_status()
        self._die("after petitions have answered")
        given: dict[str, Any] = answer.json()
        return given

    def add_driver(self, found_on: date, communicated_on: date | None) -> UUID:
        """Somebody with one report of four points."""
        person_id = ids.new_id()
        report = ReportTold(
            series="T",
            number=ids.new_id().hex[-12:],
            found_at=datetime.combine(found_on, time(10), BUCHAREST),
            county="CV",
            place="DN12, km 20",
            offences=(OffenceTold(code="speed-31", committed_on=found_on, fine_points=6),),
            communicated_on=communicated_on,
        )
        licence = LicenceTold(
            number="C00900123X", categories=("B",), held_since=date(2010, 5, 1), valid_to=date(2031, 5, 1)
        )
        self.people[person_id] = DriverTold(
            cnp=cnp.complete(f"285041214{900 + len(self.people)}").number,
            family_name="Popescu",
            given_name="Ana",
            licence=licence,
            reports=(report,),
        )
        return person_id

    def _die(self, point: str) -> None:
        if self.dies == point:
            self.dies = ""
            raise Killed


@pytest.fixture(scope="session")
async def petitions_app(provision: Any, service_settings: Any, tmp_path_factory: Any) -> FastAPI:
    """svc-petitions, with the General Inspectorate of the Romanian Police."""
    manifest = svc_petitions.main.MANIFEST
    await rules.load(await provision(manifest), RULES)
    settings = service_settings(
        manifest,
        svc_petitions.main.Settings,
        petitions_store=tmp_path_factory.mktemp("petitions").as_uri(),
        petitions_scanner="none",
        database_pool_size=_CONNECTIONS,
    )
    database = Database(settings)
    async with database.sessions() as session:
        names = {"ro": "Inspectoratul General al Poliției Române"}
        facts = {"accepts_petitions": True, "valid_from": date(2020, 1, 1), "valid_to": None, "version": 1}
        await institutions.keep(session, Institution(id=ids.new_id(), code="IGPR", names=names, **facts))
    await database.close()
    return svc_petitions.main.create_app(settings)


@pytest.fixture(scope="session")
async def petitions(petitions_app: FastAPI, running: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """A client to svc-petitions."""
    async with running(petitions_app) as client:
        yield client


@pytest.fixture(scope="session")
def outside(petitions: httpx2.AsyncClient, fake_identity: Any) -> Outside:
    """Whom svc-traffic-history asks."""
    return Outside(petitions, fake_identity.headers(scopes={"petitions.filing:write"}))


@pytest.fixture(scope="session")
async def traffic_schema(provision: Any) -> ServiceDatabase:
    """The migrated schema of svc-traffic-history."""
    made: ServiceDatabase = await provision(svc_traffic_history.main.MANIFEST)
    await rules.load(made, RULES)
    return made


@pytest.fixture(scope="session")
def settings(
    traffic_schema: ServiceDatabase, service_settings: Any, trust_folder: Path, tmp_path_factory: Any
) -> Settings:
    """The settings of svc-traffic-history."""
    assert traffic_schema
    made: Settings = service_settings(
        svc_traffic_history.main.MANIFEST,
        Settings,
        traffic_history_trust=trust_folder,
        traffic_history_store=tmp_path_factory.mktemp("documents").as_uri(),
        database_pool_size=_CONNECTIONS,
    )
    return made


@pytest.fixture(scope="session")
def means(settings: Settings, outside: Outside) -> Means:
    """Whom its operations ask."""
    key = keys.derived_from(settings.traffic_history_key.get_secret_value())
    nobody: Any = outside
    return Means(key, identity=outside, register=outside, vehicles=nobody, petitions=outside)


@pytest.fixture(scope="session")
def traffic_app(settings: Settings, means: Means) -> FastAPI:
    """svc-traffic-history, which files with that svc-petitions."""
    return svc_traffic_history.main.create_app(settings, lambda _: means)


@pytest.fixture(scope="session")
async def traffic(traffic_app: FastAPI, running: Any) -> AsyncIterator[httpx2.AsyncClient]:
    """A client to it."""
    async with running(traffic_app) as client:
        yield client


@pytest.fixture(scope="session")
def press(traffic_app: FastAPI, traffic: httpx2.AsyncClient) -> Press:
    """What it seals extracts with."""
    assert traffic
    made: Press = traffic_app.state.keeping(traffic_app.state.hub).press
    return made


@pytest.fixture(scope="session")
def sessions(traffic_app: FastAPI, traffic: httpx2.AsyncClient) -> async_sessionmaker[Session]:
    """Sessions of svc-traffic-history."""
    assert traffic
    made: async_sessionmaker[Session] = traffic_app.state.hub.database.sessions
    return made


@pytest.fixture
def as_driver(signed_in: Any) -> Callable[..., dict[str, str]]:
    """Headers of a person who drives and files petitions."""

    def make(person_id: UUID, **special: Any) -> dict[str, str]:
        scopes = {"traffic-history:read", "petitions:write", "petitions:read"}
        assurance = special.pop("assurance", Assurance.SUBSTANTIAL)
        made: dict[str, str] = signed_in(person_id, scopes, assurance, **special)
        return made

    return make


TODAY = clock.local_date(clock.now())
