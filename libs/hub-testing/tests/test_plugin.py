import asyncio
from uuid import UUID

import asyncpg
import httpx2
import nats
import pytest
from fastapi import FastAPI
from joserfc.errors import JoseError
from nats.aio.client import Client

from hub_cli.broker import NatsBox
from hub_core import ids
from hub_core.manifest import Manifest
from hub_core.principal import Assurance, Kind
from hub_service import migrations
from hub_service.problems import InvalidToken
from hub_service.settings import ServiceSettings
from hub_service.tokens import OwnToken, Verifier
from hub_testing.identity import FakeIdentity
from hub_testing.plugin import EmptyStreams, MakeSettings, Provision, Running, SignedIn

ANA = UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b71")


def asyncpg_dsn(dsn: str) -> str:
    return dsn.replace("postgresql+asyncpg://", "postgresql://")


async def test_a_provisioned_service_reads_and_writes_its_tables(
    provision: Provision, manifest: Manifest
) -> None:
    database = await provision(manifest)
    assert await provision(manifest) is database
    assert await migrations.differences(manifest, database.migrator_dsn) == []
    application = await asyncpg.connect(asyncpg_dsn(database.app_dsn))
    await application.execute("INSERT INTO notes VALUES ('one')")
    await database.truncate()
    assert await application.fetchval("SELECT count(*) FROM notes") == 0
    await application.close()
    assert await migrations.upgrade(manifest, database.migrator_dsn) == []


async def test_its_broker_user_has_its_own_rights_only(
    provision: Provision, manifest: Manifest, nats_server: NatsBox, nats_operator: Client
) -> None:
    await provision(manifest)
    refusals: asyncio.Queue[Exception] = asyncio.Queue()

    async def refused(error: Exception) -> None:
        refusals.put_nowait(error)

    client = await nats.connect(
        nats_server.url,
        nkeys_seed_str=nats_server.seed("notes"),
        error_cb=refused,
        inbox_prefix="_INBOX.notes",
    )
    await client.jetstream().publish("hub.notes.note.written.v1", b"{}")
    await client.publish("hub.elsewhere.thing.happened.v1", b"{}")
    assert "permissions violation" in str(await asyncio.wait_for(refusals.get(), 5)).lower()
    await client.close()
    await nats_operator.jetstream().publish("hub.elsewhere.thing.happened.v1", b"{}")
    info = await nats_operator.jetstream().consumer_info("ELSEWHERE", "notes-elsewhere")
    assert info.num_pending == 1


async def test_streams_are_emptied(
    provision: Provision, manifest: Manifest, nats_operator: Client, empty_streams: EmptyStreams
) -> None:
    await provision(manifest)
    await nats_operator.jetstream().publish("hub.notes.note.written.v1", b"{}")
    await empty_streams()
    assert (await nats_operator.jetstream().stream_info("NOTES")).state.messages == 0


async def test_settings_lead_to_this_session(
    provision: Provision, manifest: Manifest, service_settings: MakeSettings, fake_identity: FakeIdentity
) -> None:
    database = await provision(manifest)
    settings = service_settings(manifest, ServiceSettings, log_level="DEBUG")
    assert settings.database_dsn.get_secret_value() == database.app_dsn
    assert (settings.identity_url, settings.log_level) == (fake_identity.url, "DEBUG")


@pytest.fixture
async def http() -> httpx2.AsyncClient:
    async with httpx2.AsyncClient() as client:
        yield client


@pytest.fixture
def settings(fake_identity: FakeIdentity) -> ServiceSettings:
    return ServiceSettings(identity_url=fake_identity.url, public_origin=fake_identity.issuer)


async def test_a_service_believes_the_tokens(
    signed_in: SignedIn, settings: ServiceSettings, http: httpx2.AsyncClient
) -> None:
    verifier = Verifier(settings, http)
    headers = signed_in(ANA, {"petitions:read"}, Assurance.SUBSTANTIAL, roles=["CLERK"])
    principal = await verifier.verify(headers["authorization"].removeprefix("Bearer "))
    assert (principal.kind, principal.person_id) == (Kind.PERSON, ANA)
    assert principal.scopes == {"petitions:read"}
    assert principal.assurance is Assurance.SUBSTANTIAL
    assert principal.roles == {"CLERK"}


@pytest.mark.parametrize(
    "claims", [{"aud": "another"}, {"iss": "https://evil.example"}, {"sub": None}, {"exp": 1}]
)
async def test_a_service_refuses_tokens_with_other_claims(
    claims: dict[str, object],
    fake_identity: FakeIdentity,
    settings: ServiceSettings,
    http: httpx2.AsyncClient,
) -> None:
    with pytest.raises(InvalidToken):
        await Verifier(settings, http).verify(fake_identity.token(**claims))


async def test_questions_are_answered_as_told(fake_identity: FakeIdentity, http: httpx2.AsyncClient) -> None:
    path = f"/internal/v1/people/{ANA}/contact"
    assert (await http.get(f"{fake_identity.url}{path}")).status_code == 404
    fake_identity.answer(path, {"language": "hu"})
    assert (await http.get(f"{fake_identity.url}{path}")).json() == {"language": "hu"}
    fake_identity.answer(path, {}, status=503)
    assert (await http.get(f"{fake_identity.url}{path}")).status_code == 503
    assert [asked.path for asked in fake_identity.asked[-3:]] == [path] * 3
    fake_identity.forget()
    assert fake_identity.asked == []


async def test_what_is_told_of_one_contact_is_told_of_many(
    fake_identity: FakeIdentity, http: httpx2.AsyncClient
) -> None:
    ion, nobody = ids.new_id(), ids.new_id()
    fake_identity.answer(f"/internal/v1/people/{ANA}/contact", {"email": "ana@example.org"})
    fake_identity.answer(f"/internal/v1/people/{ion}/contact", {}, status=404)
    address = f"{fake_identity.url}/internal/v1/contacts"
    asked = {"people": [str(ANA), str(ion), str(nobody)]}
    assert (await http.post(address, json=asked)).json() == {
        "contacts": [{"person_id": str(ANA), "phone": None, "email": "ana@example.org"}]
    }
    fake_identity.answer(f"/internal/v1/people/{ion}/contact", {}, status=503)
    assert (await http.post(address, json=asked)).status_code == 503


async def test_an_access_token_is_resolved_when_known(
    fake_identity: FakeIdentity, http: httpx2.AsyncClient
) -> None:
    address = f"{fake_identity.url}/internal/v1/tokens/resolve"
    assert (await http.post(address, json={"token": "hub_at_x"})).status_code == 401
    fake_identity.recognise("hub_at_x", fake_identity.token(ANA), ANA)
    told = (await http.post(address, json={"token": "hub_at_x"})).json()
    assert told["session_id"] == str(ANA)
    assert told["expires_at"].endswith("Z")


async def test_a_service_gets_its_own_token(settings: ServiceSettings, http: httpx2.AsyncClient) -> None:
    token = await OwnToken("notify", settings, http).get()
    assert (await Verifier(settings, http).verify(token)).kind is Kind.SERVICE


async def test_an_application_runs_with_its_lifespan(running: Running) -> None:
    app = FastAPI()

    @app.get("/fault")
    async def fail() -> None:
        raise JoseError

    async with running(app) as client:
        assert (await client.get("/fault")).status_code == 500
