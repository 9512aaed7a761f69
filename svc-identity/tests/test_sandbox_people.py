"""The test people of an application: whose they are, who signs them in, and how they are put back as new."""

import asyncio
import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pyotp
import pytest

from hub_core import clock, ids
from hub_core.cnp import Cnp
from hub_core.principal import Assurance, Role
from svc_identity.domain import sandbox_person, throttle
from svc_identity.domain.account import Account
from svc_identity.domain.client import may_be_used_by
from svc_identity.domain.sandbox_person import DESCRIPTIONS, SERIALS, Kind, SandboxPerson
from svc_identity.operations import deletion, mandates
from svc_identity.provider import Provider
from svc_identity.seed import DGCTI, demo_portal
from svc_identity.storage import sandbox_people as storage

READ, WRITE, REVIEW = "clients:read", "clients:write", "clients:review"
CLIENTS = "/identity/v1/clients"
CREATED, REMOVED = (f"hub.identity.test-person.{verb}.v1" for verb in ("created", "removed"))


class Sandbox:
    """A public client in the sandbox, as tests of flows want it."""

    def __init__(self, made: dict[str, Any]) -> None:
        self.id = made["client_id"]
        self.redirect_uris = made["metadata"]["redirect_uris"]
        self.is_confidential = False
        self.people = f"{CLIENTS}/{self.id}/test-people"


class Signing:
    """What a flow wants of an account."""

    def __init__(self, email: str) -> None:
        self.email = email


A_CLIENT = {
    "names": {"ro": "Portalul orașului", "hu": "A város portálja", "en": "The town's portal"},
    "application_type": "native",
    "authentication": "none",
    "grant_types": ["authorization_code", "refresh_token"],
    "redirect_uris": ["http://127.0.0.1/callback"],
    "scopes": ["openid", "offline_access", "petitions:read"],
}


@pytest.fixture
def owner(ana: Account, signed_in: Any) -> dict[str, str]:
    headers: dict[str, str] = signed_in(ana.id, {READ, WRITE}, Assurance.SUBSTANTIAL)
    return headers


@pytest.fixture
async def sandbox(client: httpx2.AsyncClient, owner: dict[str, str]) -> Sandbox:
    return Sandbox((await client.post(CLIENTS, headers=owner, json=A_CLIENT)).json())


async def made(client: httpx2.AsyncClient, sandbox: Sandbox, owner: dict[str, str]) -> dict[str, Any]:
    answer = await client.put(sandbox.people, headers=owner)
    assert answer.status_code == 200, answer.text
    given: dict[str, Any] = answer.json()
    return given


def of_kind(fresh: dict[str, Any], kind: Kind) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in fresh["items"] if one["kind"] == kind)
    return found


async def sign_in(flow: Any, username: str, password: str) -> httpx2.Response:
    """Take a test person through sign-in and consent; the last answer."""
    await flow.ask()
    await flow.browser.follow()
    await flow.browser.post(str(flow.browser.answer.url), email=username, password=password)
    shown: httpx2.Response = await flow.browser.follow()
    closed = ("This application is being tested", "This is a test person")
    if "/account/consent" in str(shown.url) and not any(why in shown.text for why in closed):
        await flow.browser.post(str(shown.url), decision="agree")
    return shown


async def told(looking: asyncpg.Connection, subject: str, client_id: str) -> set[str]:
    rows = await looking.fetch("SELECT body FROM outbox WHERE subject = $1", subject)
    data = [json.loads(row["body"])["data"] for row in rows]
    return {one["person_id"] for one in data if one["client_id"] == client_id}


# Who may.


@pytest.mark.parametrize(("method", "scope"), [("GET", READ), ("PUT", WRITE), ("DELETE", WRITE)])
async def test_test_people_are_their_owners(
    client: httpx2.AsyncClient, signed_in: Any, sandbox: Sandbox, method: str, scope: str
) -> None:
    assert (await client.request(method, sandbox.people)).status_code == 401
    other = WRITE if scope == READ else READ
    refused = await client.request(method, sandbox.people, headers=signed_in(scopes={other, REVIEW}))
    assert refused.status_code == 403
    stranger = signed_in(ids.new_id(), {READ, WRITE}, Assurance.SUBSTANTIAL)
    assert (await client.request(method, sandbox.people, headers=stranger)).status_code == 404
    nowhere = await client.request(method, f"{CLIENTS}/app-none/test-people", headers=stranger)
    assert nowhere.status_code == 404


async def approve(client: httpx2.AsyncClient, sandbox: Sandbox, owner: Any, staff: Any) -> None:
    admin = await staff(Role.ADMIN, institution=DGCTI, scopes={REVIEW})
    asked = {"purpose": "People of our town file petitions from the town's own portal."}
    review = await client.post(f"{CLIENTS}/{sandbox.id}/reviews", headers=owner, json=asked)
    path = f"/identity/v1/client-reviews/{review.json()['id']}/approve"
    assert (await client.post(path, headers=admin.headers, json={})).status_code == 200


async def test_an_application_in_production_has_no_test_people(
    client: httpx2.AsyncClient, sandbox: Sandbox, owner: dict[str, str], staff: Any, looking: Any
) -> None:
    fresh = await made(client, sandbox, owner)
    await approve(client, sandbox, owner, staff)
    assert (await client.get(sandbox.people, headers=owner)).json()["items"] == []
    refused = await client.put(sandbox.people, headers=owner)
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "not-in-sandbox")
    people = {one["person_id"] for one in fresh["items"]}
    assert await told(looking, REMOVED, sandbox.id) == people
    accounts = await looking.fetchval(
        "SELECT count(*) FROM accounts WHERE id = ANY($1::uuid[])", list(map(UUID, people))
    )
    assert accounts == 0


async def test_too_many_resets_have_to_wait(
    client: httpx2.AsyncClient, sandbox: Sandbox, owner: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = throttle.Policy(1, timedelta(seconds=10), timedelta(minutes=15), timedelta(hours=1))
    monkeypatch.setattr(throttle, "SANDBOX_RESETS", few)
    for _ in range(2):
        await made(client, sandbox, owner)
    refused = await client.put(sandbox.people, headers=owner)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 10


async def test_only_its_application_signs_a_test_person_in(
    client: httpx2.AsyncClient, sandbox: Sandbox, owner: dict[str, str], signed_in: Any, a_flow: Any
) -> None:
    fresh = await made(client, sandbox, owner)
    username = of_kind(fresh, Kind.FOREIGNER)["username"]
    flow = a_flow(sandbox)
    await sign_in(flow, username, fresh["password"])
    assert (await flow.exchange(flow.returned()["code"])).status_code == 200

    others = signed_in(ids.new_id(), {READ, WRITE}, Assurance.SUBSTANTIAL)
    another = Sandbox((await client.post(CLIENTS, headers=others, json=A_CLIENT)).json())
    closed = ((a_flow(another), "This application is being tested"), (a_flow(), "This is a test person"))
    for elsewhere, why in closed:
        shown = await sign_in(elsewhere, username, fresh["password"])
        assert why in shown.text
        await elsewhere.browser.post(str(shown.url), decision="agree")
        assert why in (await elsewhere.browser.follow()).text
        await elsewhere.browser.post(str(shown.url), decision="deny")
        assert elsewhere.returned()["error"] == "access_denied"


def test_a_test_person_is_no_use_to_a_client_in_production() -> None:
    portal = demo_portal(clock.now())
    assert may_be_used_by(portal, ids.new_id(), "validated@demo-portal.test")
    assert not may_be_used_by(portal, ids.new_id(), "validated@demo-portal.test", invented_for="demo-portal")


async def test_a_test_person_has_no_pages_of_their_own(
    client: httpx2.AsyncClient, sandbox: Sandbox, owner: dict[str, str], browser: Any
) -> None:
    fresh = await made(client, sandbox, owner)
    account = Signing(of_kind(fresh, Kind.FOREIGNER)["username"])
    await browser.sign_in(account, fresh["password"])
    shown = await browser.follow()
    assert (shown.status_code, "This is a test person" in shown.text) == (403, True)
    for page in ("/account/registrations", "/account/privacy", "/account/security", "/account/mandates"):
        assert (await browser.get(page)).status_code == 403
    assert (await browser.get("/account/sign-out")).status_code == 200


# As new.


async def test_a_set_has_one_person_of_each_kind(
    client: httpx2.AsyncClient, sandbox: Sandbox, owner: dict[str, str], looking: Any
) -> None:
    answer = await client.put(sandbox.people, headers=owner)
    fresh = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert sorted(one["kind"] for one in fresh["items"]) == sorted(Kind)
    by_kind = {one["kind"]: one for one in fresh["items"]}
    assert {kind for kind, one in by_kind.items() if one["assurance"] == "low"} == {Kind.UNVALIDATED}
    assert by_kind["HUNGARIAN"]["language"] == "hu"
    assert by_kind["CHILD"]["username"] is None
    assert by_kind["PARENT"]["mandate"]["principal_id"] == by_kind["CHILD"]["person_id"]
    assert by_kind["COMPANY_REPRESENTATIVE"]["mandate"]["company_cui"].startswith("99")
    assert by_kind["VALIDATED"]["username"] == f"validated@{sandbox.id}.test"

    listed = (await client.get(sandbox.people, headers=owner)).json()
    assert listed == {"items": fresh["items"], "next_cursor": None}
    first = (await client.get(f"{sandbox.people}?limit=3", headers=owner)).json()
    rest = await client.get(f"{sandbox.people}?cursor={first['next_cursor']}", headers=owner)
    assert first["items"] + rest.json()["items"] == fresh["items"]
    people = {one["person_id"] for one in fresh["items"]}
    assert await told(looking, CREATED, sandbox.id) == people
    schemes = await looking.fetch(
        "SELECT scheme FROM identifiers WHERE person_id = $1", UUID(by_kind["FOREIGNER"]["person_id"])
    )
    assert [row["scheme"] for row in schemes] == ["EIDAS"]


async def test_a_reset_ends_what_was_and_keeps_how_they_are_called(
    client: httpx2.AsyncClient,
    sandbox: Sandbox,
    owner: dict[str, str],
    a_flow: Any,
    resolve: Any,
    looking: Any,
) -> None:
    before = await made(client, sandbox, owner)
    username = of_kind(before, Kind.VALIDATED)["username"]
    flow = a_flow(sandbox)
    await sign_in(flow, username, before["password"])
    given = (await flow.exchange(flow.returned()["code"])).json()
    assert (await resolve(given["access_token"])).status_code == 200

    after = await made(client, sandbox, owner)
    people = [{one["person_id"] for one in fresh["items"]} for fresh in (before, after)]
    assert people[0].isdisjoint(people[1])
    assert await told(looking, REMOVED, sandbox.id) == people[0]
    assert (await resolve(given["access_token"])).status_code == 401
    assert (await flow.refresh(given["refresh_token"])).json()["error"] == "invalid_grant"
    assert of_kind(after, Kind.VALIDATED)["username"] == username
    assert "/account/sign-in" in str((await sign_in(a_flow(sandbox), username, before["password"])).url)
    again = a_flow(sandbox)
    await sign_in(again, username, after["password"])
    assert "code" in again.returned()
    left = await looking.fetchval(
        "SELECT count(*) FROM mandates WHERE representative_id = ANY($1::uuid[])", list(map(UUID, people[0]))
    )
    assert left == 0


async def test_resets_at_the_same_time_leave_one_set(
    client: httpx2.AsyncClient, sandbox: Sandbox, owner: dict[str, str], looking: Any
) -> None:
    sets = await asyncio.gather(*(made(client, sandbox, owner) for _ in range(4)))
    left = {one["person_id"] for one in (await client.get(sandbox.people, headers=owner)).json()["items"]}
    everybody = {one["person_id"] for fresh in sets for one in fresh["items"]}
    assert len(left) == len(Kind)
    assert await told(looking, REMOVED, sandbox.id) == everybody - left


async def test_nobody_real_is_deleted_whoever_asks(
    sandbox: Sandbox, session: Any, ana: Account, looking: Any
) -> None:
    pretended = SandboxPerson(ana.id, sandbox.id, Kind.VALIDATED, clock.now())
    async with session.begin():
        await storage.forget(session, pretended)
    assert await looking.fetchval("SELECT count(*) FROM accounts WHERE id = $1", ana.id) == 1


async def test_removed_people_are_told_once(
    client: httpx2.AsyncClient, sandbox: Sandbox, owner: dict[str, str], looking: Any
) -> None:
    await made(client, sandbox, owner)
    for _ in range(2):
        assert (await client.delete(sandbox.people, headers=owner)).status_code == 204
    assert (await client.get(sandbox.people, headers=owner)).json()["items"] == []
    assert len(await told(looking, REMOVED, sandbox.id)) == len(Kind)
    companies = await looking.fetchval("SELECT count(*) FROM organisations WHERE cui LIKE '99________'")
    assert companies == await looking.fetchval("SELECT count(organisation_id) FROM sandbox_people")


async def test_a_deleted_application_takes_its_people_with_it(
    client: httpx2.AsyncClient, sandbox: Sandbox, owner: dict[str, str], looking: Any
) -> None:
    await made(client, sandbox, owner)
    await client.delete(f"{CLIENTS}/{sandbox.id}", headers=owner)
    assert len(await told(looking, REMOVED, sandbox.id)) == len(Kind)


async def test_a_second_factor_is_asked_for_and_its_secret_was_given_out(
    client: httpx2.AsyncClient, sandbox: Sandbox, owner: dict[str, str], a_flow: Any
) -> None:
    fresh = await made(client, sandbox, owner)
    flow = a_flow(sandbox)
    shown = await sign_in(flow, of_kind(fresh, Kind.SECOND_FACTOR)["username"], fresh["password"])
    assert "/account/second-step" in str(shown.url)
    code = pyotp.TOTP(fresh["authenticator_secret"]).now()
    await flow.browser.post(str(shown.url), code=code)
    assert "/account/consent" in str((await flow.browser.follow()).url)


async def test_no_register_is_asked_about_invented_people(
    client: httpx2.AsyncClient,
    sandbox: Sandbox,
    owner: dict[str, str],
    session: Any,
    provider: Provider,
    population: Any,
    companies: Any,
) -> None:
    fresh = await made(client, sandbox, owner)
    population.is_away = companies.is_away = True
    later = clock.now() + timedelta(days=5)
    for kind in (Kind.PARENT, Kind.COMPANY_REPRESENTATIVE):
        person = of_kind(fresh, kind)
        mandate_id, person_id = UUID(person["mandate"]["mandate_id"]), UUID(person["person_id"])
        await mandates.confirm(session, provider, mandate_id, person_id, later)
        async with session.begin():
            assert await mandates.in_force(session, mandate_id, person_id, later) is not None


async def test_an_unused_test_person_is_not_deleted_for_want_of_validation(
    client: httpx2.AsyncClient, sandbox: Sandbox, owner: dict[str, str], session: Any
) -> None:
    person = of_kind(await made(client, sandbox, owner), Kind.UNVALIDATED)
    later = clock.now() + timedelta(days=60)
    assert not await deletion.delete_unvalidated(session, UUID(person["person_id"]), later)


# How they are made up.


@pytest.mark.parametrize("kind", Kind)
def test_invented_numbers_stand_for_nobody(kind: Kind, noon: Any) -> None:
    described = DESCRIPTIONS[kind]
    for drawn in (0, -1):
        born = sandbox_person.birth_date(described, lambda most, drawn=drawn: drawn % most, noon)
        number = sandbox_person.number_of(
            described, born, lambda most, drawn=drawn: drawn % most, ("14", "40")
        )
        assert int(number.number[9:12]) in SERIALS
        assert Cnp(number.number).birth_date == born
        age = (noon.date() - born) // timedelta(days=365.25)
        assert age in (described.age, described.age + 1)


def test_the_child_is_a_minor_for_years(noon: Any) -> None:
    born = sandbox_person.birth_date(DESCRIPTIONS[Kind.CHILD], lambda _: 0, noon)
    assert born.replace(year=born.year + 18) > date(noon.year + 5, 1, 1)
