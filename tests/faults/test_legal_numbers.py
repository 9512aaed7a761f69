"""A legal number changes tomorrow: two services read today and tomorrow, with the broker there and away.

The catalog, petitions and identity run as they do in the hub, on PostgreSQL and NATS servers of this
module. The clock is an argument: what is done tomorrow is given tomorrow's instant.
"""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import nats
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

import svc_catalog.main
import svc_identity.main
import svc_petitions.main
import svc_petitions.settings
from hub_cli.broker import OPERATOR, NatsBox
from hub_cli.postgres import PostgresBox
from hub_core import clock, ids
from hub_core.language import Language
from hub_core.principal import Assurance, Kind, Principal, Role
from hub_core.rules import NoRule
from hub_events.session import Session
from hub_service import rules
from hub_service.database import Database
from hub_service.settings import ServiceSettings
from hub_testing import databases, streams
from hub_testing.identity import FakeIdentity
from hub_testing.plugin import PUBLIC_ORIGIN
from svc_catalog.domain.institutions import institution_id
from svc_catalog.operations import institutions
from svc_catalog.operations import rules as tables
from svc_catalog.reference.institutions import institutions as first_institutions
from svc_catalog.reference.rules import rule_tables
from svc_identity.domain import data_request
from svc_identity.operations import data_requests
from svc_identity.settings import Settings as IdentitySettings
from svc_petitions.domain import petitions
from svc_petitions.operations import petitions as registry

CATALOG, IDENTITY, PETITIONS = (
    package.main.MANIFEST for package in (svc_catalog, svc_identity, svc_petitions)
)
DGCTI, MAI = institution_id("DGCTI"), institution_id("MAI-DSG")
ANSWER, DATA_ANSWER = "petition.answer", "data-request.answer"
OK = 200
pytestmark = pytest.mark.xdist_group("legal-numbers")
TODAY = clock.local_date(clock.now())
TOMORROW, AFTER = TODAY + timedelta(days=1), TODAY + timedelta(days=2)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)


def months_later(day: date, months: int) -> date:
    """By another way than the code's: the day of the month, or the last one that the month has."""
    month = day.month - 1 + months
    for last in range(day.day, 0, -1):
        try:
            return date(day.year + month // 12, month % 12 + 1, last)
        except ValueError:
            continue
    raise AssertionError(day)


@dataclass
class Running:
    """The three services, and the broker between them."""

    broker: NatsBox
    catalog: httpx2.AsyncClient
    petitions: httpx2.AsyncClient
    identity: httpx2.AsyncClient
    catalog_sessions: async_sessionmaker[Session]
    petitions_sessions: async_sessionmaker[Session]
    identity_sessions: async_sessionmaker[Session]
    provider: Any

    async def load(self) -> None:
        """What a new installation loads: institutions (here those that are asked), and every legal number."""
        asked = [each for each in first_institutions() if each.code in {"MAI", "MAI-DSG", "DGCTI"}]
        async with self.catalog_sessions() as session:
            await institutions.load(session, asked, noon(TODAY))
            await tables.load(session, rule_tables(), noon(TODAY))

    async def answer_due(self, day: date) -> date:
        """When the answer is due to a petition that is filed on a day."""
        submission = petitions.Submission(MAI, petitions.PetitionKind.REQUEST, "Program", "…", Language.RO)
        caller = Principal(
            Kind.PERSON,
            str(ids.new_id()),
            Assurance.LOW,
            frozenset({"petitions:write"}),
            "demo-portal",
        )
        async with self.petitions_sessions() as session:
            filed = await registry.file_petition(session, submission, caller, noon(day))
        return filed.registration.answer_due_on

    async def data_due(self, day: date) -> date:
        """When the answer is due to a request about personal data that is received on a day."""
        wanted = data_request.Wanted(data_request.Kind.ERASURE, None, "…", DGCTI)
        async with self.identity_sessions() as session:
            received = await data_requests.receive(session, self.provider, ids.new_id(), wanted, noon(day))
        return received.due_on

    async def are_ready(self) -> None:
        """Return when both services say that they are."""
        for client in (self.petitions, self.identity):
            async with asyncio.timeout(60):
                while (await client.get("/readyz")).status_code != OK:
                    pass

    async def heard(self, code: str, version: int) -> None:
        """Return when both copies have this version of a table."""
        for sessions in (self.petitions_sessions, self.identity_sessions):
            async with asyncio.timeout(60):
                while await _version(sessions, code) != version:
                    pass


async def _version(sessions: async_sessionmaker[Session], code: str) -> int | None:
    async with sessions() as session, session.begin():
        found: int | None = await session.scalar(
            rules.COPY.select().with_only_columns(rules.COPY.c.version).where(rules.COPY.c.code == code)
        )
    return found


@pytest.fixture(scope="module")
def postgres(server_folder: Path) -> Iterator[PostgresBox]:
    box = PostgresBox(server_folder / "postgres-of-legal-numbers", durable=False)
    box.start()
    yield box
    box.stop()


@pytest.fixture(scope="module")
def broker(server_folder: Path) -> Iterator[NatsBox]:
    box = NatsBox(server_folder / "nats-of-legal-numbers")
    box.start()
    yield box
    box.stop()


@pytest.fixture(scope="module")
async def hub(
    postgres: PostgresBox, broker: NatsBox, fake_identity: FakeIdentity, running: Any
) -> AsyncIterator[Running]:
    manifests = [CATALOG, IDENTITY, PETITIONS]
    operator = await nats.connect(broker.url, nkeys_seed_str=broker.seed(OPERATOR))
    await streams.join(broker, operator, manifests)
    await operator.close()
    settings = {}
    for manifest, kind, extra in (
        (CATALOG, ServiceSettings, {}),
        (IDENTITY, IdentitySettings, {"identity_key": b64encode(bytes(range(32))).decode()}),
        (PETITIONS, svc_petitions.settings.Settings, {}),
    ):
        made = await databases.create(postgres, manifest)
        settings[manifest.name] = kind(
            public_origin=PUBLIC_ORIGIN,
            identity_url=fake_identity.url,
            service_secret="a-secret-of-the-tests",
            database_dsn=made.app_dsn,
            nats_url=broker.url,
            nats_seed=broker.seed(manifest.name),
            **extra,
        )
    async with AsyncExitStack() as stack:
        identity = svc_identity.main.create_app(settings["identity"])
        clients = [
            await stack.enter_async_context(running(app))
            for app in (
                svc_catalog.main.create_app(settings["catalog"]),
                svc_petitions.main.create_app(settings["petitions"]),
                identity,
            )
        ]
        sessions = []
        for name in ("catalog", "petitions", "identity"):
            database = Database(settings[name])
            stack.push_async_callback(database.close)
            sessions.append(database.sessions)
        yield Running(broker, *clients, *sessions, identity.state.provider)


@pytest.fixture
def publish(hub: Running, signed_in: Any) -> Callable[..., Awaitable[int]]:
    """Publish `publish(code, value, from_day)`, one official after the other; the version it makes."""

    async def make(code: str, value: int, first: date) -> int:
        editor, publisher = (
            signed_in(
                ids.new_id(),
                {"catalog:read", "catalog:write"},
                Assurance.SUBSTANTIAL,
                roles=[role],
                institution=str(DGCTI),
            )
            for role in (Role.CATALOG_EDITOR, Role.CATALOG_PUBLISHER)
        )
        shown = await hub.catalog.get(f"/catalog/v1/rules/{code}")
        body = {
            "kind": "NEW_ROW",
            "row": {
                "value": str(value),
                "valid_from": first.isoformat(),
                "legal_basis": "o lege de mâine",
                "verified": True,
            },
            "reason": "Monitorul Oficial",
        }
        proposed = await hub.catalog.post(
            f"/catalog/v1/rules/{code}/changes",
            json=body,
            headers=editor | {"if-match": shown.headers["etag"]},
        )
        assert proposed.status_code == 201, proposed.text
        published = await hub.catalog.post(
            f"/catalog/v1/rule-changes/{proposed.json()['id']}/publish",
            json={"reason": "citit"},
            headers=publisher,
        )
        assert published.status_code == 200, published.text
        version: int = published.json()["version"]
        return version

    return make


@pytest.fixture
async def told(hub: Running) -> Running:
    """The same, once both services are ready."""
    await hub.load()
    await hub.are_ready()
    return hub


async def test_services_are_ready_when_the_catalog_has_told_them_the_law(hub: Running) -> None:
    for client, code in ((hub.petitions, ANSWER), (hub.identity, DATA_ANSWER)):
        before = await client.get("/readyz")
        assert before.status_code == 503
        assert code in before.json()["missing"]
    with pytest.raises(NoRule):
        async with hub.identity_sessions() as session, session.begin():
            (await rules.read(session, DATA_ANSWER)).on(DATA_ANSWER, TODAY)
    await hub.load()
    await hub.are_ready()
    await hub.heard("vault.quota", 1)  # also what no service needs yet
    assert await hub.answer_due(TODAY) == TODAY + timedelta(days=30)
    assert await hub.data_due(TODAY) == months_later(TODAY, 1)


async def test_a_number_of_tomorrow_is_read_tomorrow_by_both_services(
    told: Running, publish: Callable[..., Awaitable[int]]
) -> None:
    await told.heard(ANSWER, await publish(ANSWER, 45, TOMORROW))
    await told.heard(DATA_ANSWER, await publish(DATA_ANSWER, 2, TOMORROW))
    assert await told.answer_due(TODAY) == TODAY + timedelta(days=30)
    assert await told.answer_due(TOMORROW) == TOMORROW + timedelta(days=45)
    assert await told.data_due(TODAY) == months_later(TODAY, 1)
    assert await told.data_due(TOMORROW) == months_later(TOMORROW, 2)


async def test_with_the_broker_away_in_between_it_is_right_as_soon_as_it_is_back(
    told: Running, publish: Callable[..., Awaitable[int]]
) -> None:
    before = await told.answer_due(AFTER), await told.data_due(AFTER)
    told.broker.stop()
    try:
        versions = {
            ANSWER: await publish(ANSWER, 20, AFTER),
            DATA_ANSWER: await publish(DATA_ANSWER, 3, AFTER),
        }
        assert (await told.answer_due(AFTER), await told.data_due(AFTER)) == before  # nobody was told yet
        assert await told.answer_due(TODAY) == TODAY + timedelta(days=30)
        for client in (told.petitions, told.identity):
            assert (await client.get("/readyz")).status_code == 200
    finally:
        told.broker.start()
    for code, version in versions.items():
        await told.heard(code, version)
    assert await told.answer_due(TODAY) == TODAY + timedelta(days=30)
    assert await told.data_due(TODAY) == months_later(TODAY, 1)
    assert await told.answer_due(AFTER) == AFTER + timedelta(days=20)
    assert await told.data_due(AFTER) == months_later(AFTER, 3)
