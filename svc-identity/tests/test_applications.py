"""Applications in their owners' hands: who may, what is shown once, and how a review goes."""

import json
from base64 import urlsafe_b64decode
from datetime import timedelta
from typing import Any

import asyncpg
import httpx2
import pytest
from joserfc.jwk import ECKey, OKPKey

from hub_core import clock, ids
from hub_core.principal import Assurance, Role
from svc_identity.domain.account import Account
from svc_identity.seed import DGCTI

READ, WRITE, REVIEW = "clients:read", "clients:write", "clients:review"
CLIENTS = "/identity/v1/clients"
SOMEBODY = "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"
PURPOSE = "People of our town file petitions from the town's own portal."
KEY = {**ECKey.generate_key("P-256").as_dict(private=False), "kid": "first"}
NEXT_KEY = {**OKPKey.generate_key("Ed25519").as_dict(private=False), "kid": "second"}


def a_body(**changed: Any) -> dict[str, Any]:
    return {
        "names": {"ro": "Portalul orașului", "hu": "A város portálja", "en": "The town's portal"},
        "application_type": "web",
        "authentication": "client_secret_basic",
        "grant_types": ["authorization_code", "refresh_token"],
        "redirect_uris": ["https://portal.example.org/callback"],
        "scopes": ["openid", "offline_access", "petitions:read"],
    } | changed


@pytest.fixture
def owner(ana: Account, signed_in: Any) -> dict[str, str]:
    """The headers of a person who registers applications."""
    headers: dict[str, str] = signed_in(ana.id, {READ, WRITE}, Assurance.SUBSTANTIAL)
    return headers


@pytest.fixture
async def registered(client: httpx2.AsyncClient, owner: dict[str, str]) -> dict[str, Any]:
    answer = await client.post(CLIENTS, headers=owner, json=a_body())
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


# Who may.

OPERATIONS = [
    ("POST", "", WRITE, a_body()),
    ("GET", "", READ, None),
    ("GET", "/app-1", READ, None),
    ("PUT", "/app-1", WRITE, a_body()),
    ("DELETE", "/app-1", WRITE, None),
    ("PUT", "/app-1/secret", WRITE, {}),
    ("POST", "/app-1/keys", WRITE, {"key": KEY}),
    ("DELETE", "/app-1/keys/first", WRITE, None),
    ("POST", "/app-1/suspend", WRITE, None),
    ("POST", "/app-1/resume", WRITE, None),
    ("GET", "/app-1/usage", READ, None),
    ("POST", "/app-1/reviews", WRITE, {"purpose": PURPOSE}),
    ("GET", "/app-1/reviews", READ, None),
    ("POST", "/app-1/reviews/withdraw", WRITE, None),
]


@pytest.mark.parametrize(("method", "path", "scope", "body"), OPERATIONS)
async def test_an_operation_wants_its_scope_and_the_owner(
    client: httpx2.AsyncClient,
    signed_in: Any,
    registered: dict[str, Any],
    method: str,
    path: str,
    scope: str,
    body: dict[str, Any] | None,
) -> None:
    sent = {} if body is None else {"json": body}
    address = CLIENTS + path.replace("app-1", registered["client_id"])
    assert (await client.request(method, address, **sent)).status_code == 401
    other = WRITE if scope == READ else READ
    refused = await client.request(method, address, headers=signed_in(scopes={other, REVIEW}), **sent)
    assert refused.status_code == 403
    if path:
        stranger = {
            **signed_in(ids.new_id(), {READ, WRITE}, Assurance.SUBSTANTIAL),
            "if-match": '"1"',
        }
        answer = await client.request(method, address, headers=stranger, **sent)
        assert answer.status_code == 404, answer.text


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/identity/v1/client-reviews", None),
        ("POST", f"/identity/v1/client-reviews/{SOMEBODY}/approve", {}),
        ("POST", f"/identity/v1/client-reviews/{SOMEBODY}/refuse", {"reason": "not theirs at all"}),
        ("POST", f"{CLIENTS}/app-none/block", None),
        ("POST", f"{CLIENTS}/app-none/unblock", None),
    ],
)
async def test_only_administrators_review(
    client: httpx2.AsyncClient, signed_in: Any, method: str, path: str, body: Any
) -> None:
    sent = {} if body is None else {"json": body}
    assert (await client.request(method, path, **sent)).status_code == 401
    acting: dict[str, Any] = {"assurance": Assurance.SUBSTANTIAL, "institution": str(DGCTI)}
    for role in Role:
        headers = signed_in(scopes={REVIEW}, roles=[role], **acting)
        answer = await client.request(method, path, headers=headers, **sent)
        assert (answer.status_code == 403) is (role is not Role.ADMIN), (role, answer.text)
    citizen = signed_in(scopes={REVIEW}, assurance=Assurance.SUBSTANTIAL)
    assert (await client.request(method, path, headers=citizen, **sent)).status_code == 403


async def test_an_owner_does_not_see_anothers(
    client: httpx2.AsyncClient, signed_in: Any, registered: dict[str, Any]
) -> None:
    stranger = signed_in(ids.new_id(), {READ})
    assert (await client.get(CLIENTS, headers=stranger)).json()["items"] == []


# In the owner's hands.


async def test_a_new_application_is_in_the_sandbox(
    client: httpx2.AsyncClient, owner: dict[str, str], registered: dict[str, Any]
) -> None:
    assert registered["environment"] == registered["plan"] == "SANDBOX"
    assert registered["has_secret"] is False
    assert registered["metadata"]["subject_type"] == "pairwise"
    listed = (await client.get(CLIENTS, headers=owner)).json()["items"]
    assert listed == [registered]
    read = await client.get(f"{CLIENTS}/{registered['client_id']}", headers=owner)
    assert (read.json(), read.headers["etag"]) == (registered, '"1"')


async def test_every_flaw_is_listed_with_its_place(client: httpx2.AsyncClient, owner: Any) -> None:
    wrong = a_body(redirect_uris=["http://portal.example.org/", "https://a.b/#x"], scopes=["staff", "openid"])
    answer = await client.post(CLIENTS, headers=owner, json=wrong)
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/redirect_uris/0",
        "/redirect_uris/1",
        "/scopes",
    }


async def test_a_person_has_ten_applications_at_most(client: httpx2.AsyncClient, owner: Any) -> None:
    for _ in range(10):
        assert (await client.post(CLIENTS, headers=owner, json=a_body())).status_code == 201
    answer = await client.post(CLIENTS, headers=owner, json=a_body())
    assert answer.json()["type"].endswith("too-many-applications")
    first = (await client.get(CLIENTS, headers=owner)).json()["items"][0]["client_id"]
    assert (await client.delete(f"{CLIENTS}/{first}", headers=owner)).status_code == 204
    assert (await client.get(f"{CLIENTS}/{first}", headers=owner)).status_code == 404
    assert (await client.post(CLIENTS, headers=owner, json=a_body())).status_code == 201


async def test_a_change_names_the_version_it_is_made_on(
    client: httpx2.AsyncClient, owner: dict[str, str], registered: dict[str, Any]
) -> None:
    address = f"{CLIENTS}/{registered['client_id']}"
    body = a_body(redirect_uris=["https://portal.example.org/new"])
    assert (await client.put(address, headers=owner, json=body)).status_code == 428
    changed = await client.put(address, headers={**owner, "if-match": '"1"'}, json=body)
    assert changed.json()["metadata"]["redirect_uris"] == ["https://portal.example.org/new"]
    assert changed.headers["etag"] == '"2"'
    stale = await client.put(address, headers={**owner, "if-match": '"1"'}, json=a_body())
    assert stale.status_code == 412


async def token(client: httpx2.AsyncClient, client_id: str, secret: str) -> str:
    """The error of the token endpoint for a wrong code: it says whether the client was recognised."""
    sent = {"grant_type": "authorization_code", "code": "x", "redirect_uri": "x", "code_verifier": "x" * 43}
    answer = await client.post("/oauth2/token", data=sent, auth=(client_id, secret))
    return str(answer.json()["error"])


async def test_a_secret_is_shown_once_and_the_one_before_overlaps(
    client: httpx2.AsyncClient, owner: dict[str, str], registered: dict[str, Any], looking: asyncpg.Connection
) -> None:
    client_id = registered["client_id"]
    address = f"{CLIENTS}/{client_id}/secret"
    assert await token(client, client_id, "guess") == "invalid_client"
    first = await client.put(address, headers=owner, json={})
    assert first.headers["cache-control"] == "no-store"
    one = first.json()["client_secret"]
    two = (await client.put(address, headers=owner, json={})).json()["client_secret"]
    assert await token(client, client_id, one) == "invalid_grant"
    assert await token(client, client_id, two) == "invalid_grant"
    await looking.execute("UPDATE clients SET former_secret_until = now() WHERE id = $1", client_id)
    assert await token(client, client_id, one) == "invalid_client"
    assert await token(client, client_id, two) == "invalid_grant"
    three = (await client.put(address, headers=owner, json={"overlap": False})).json()
    assert three["former_secret_until"] is None
    assert await token(client, client_id, two) == "invalid_client"
    read = await client.get(f"{CLIENTS}/{client_id}", headers=owner)
    assert "hub_cs_" not in read.text
    stored = await looking.fetchval("SELECT count(*) FROM clients WHERE secret_hash = $1", two.encode())
    assert stored == 0


async def test_keys_are_added_before_the_old_one_goes(
    client: httpx2.AsyncClient, owner: dict[str, str]
) -> None:
    body = a_body(authentication="private_key_jwt", jwks=[KEY])
    made = (await client.post(CLIENTS, headers=owner, json=body)).json()
    keys = f"{CLIENTS}/{made['client_id']}/keys"
    added = await client.post(keys, headers=owner, json={"key": NEXT_KEY})
    assert [key["kid"] for key in added.json()["metadata"]["jwks"]] == ["first", "second"]
    again = await client.post(keys, headers=owner, json={"key": NEXT_KEY})
    assert [error["pointer"] for error in again.json()["errors"]] == ["/jwks/2/kid"]
    left = await client.delete(f"{keys}/first", headers=owner)
    assert [key["kid"] for key in left.json()["metadata"]["jwks"]] == ["second"]
    assert (await client.delete(f"{keys}/first", headers=owner)).status_code == 404
    assert (await client.delete(f"{keys}/second", headers=owner)).status_code == 422
    secret = await client.put(f"{CLIENTS}/{made['client_id']}/secret", headers=owner, json={})
    assert secret.json()["type"].endswith("no-secret")


# The sandbox.


class Sandbox:
    """A registered public application and what people get at it."""

    def __init__(self, made: dict[str, Any]) -> None:
        self.id = made["client_id"]
        self.redirect_uris = (made["metadata"]["redirect_uris"][0],)
        self.is_confidential = False


@pytest.fixture
async def sandbox(client: httpx2.AsyncClient, owner: dict[str, str]) -> Sandbox:
    body = a_body(
        application_type="native", authentication="none", redirect_uris=["http://127.0.0.1/callback"]
    )
    return Sandbox((await client.post(CLIENTS, headers=owner, json=body)).json())


def claims_of(answer: httpx2.Response) -> dict[str, Any]:
    payload = answer.json()["internal_token"].split(".")[1]
    read: dict[str, Any] = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return read


async def test_tokens_of_the_sandbox_say_so(
    a_flow: Any, sandbox: Sandbox, ana: Account, resolve: Any
) -> None:
    flow = a_flow(sandbox)
    given = await flow.tokens(ana)
    claims = claims_of(await resolve(given["access_token"]))
    assert (claims["sandbox"], claims["plan"], claims["client_id"]) == (True, "SANDBOX", sandbox.id)


async def test_the_consent_page_warns_of_a_test_application(
    a_flow: Any, sandbox: Sandbox, ana: Account
) -> None:
    flow = a_flow(sandbox)
    await flow.browser.sign_in(ana)
    await flow.ask()
    assert "This is a test application." in (await flow.browser.follow()).text


async def test_other_people_are_kept_out_of_the_sandbox(a_flow: Any, sandbox: Sandbox, a_person: Any) -> None:
    real = await a_person(email=f"person-{ids.new_id().hex}@orasul.ro")
    flow = a_flow(sandbox)
    await flow.browser.sign_in(real)
    await flow.ask()
    shown = await flow.browser.follow()
    assert "This application is being tested" in shown.text
    await flow.browser.post(str(shown.url), decision="agree")
    assert "This application is being tested" in (await flow.browser.follow()).text
    await flow.browser.post(str(shown.url), decision="deny")
    assert flow.returned()["error"] == "access_denied"
    await flow.ask(prompt="none")
    assert flow.returned()["error"] == "access_denied"


async def test_no_token_of_a_suspended_application_is_good(
    client: httpx2.AsyncClient,
    a_flow: Any,
    sandbox: Sandbox,
    ana: Account,
    owner: dict[str, str],
    resolve: Any,
    looking: asyncpg.Connection,
) -> None:
    flow = a_flow(sandbox)
    given = await flow.tokens(ana)
    address = f"{CLIENTS}/{sandbox.id}"
    assert (await client.post(f"{address}/suspend", headers=owner)).json()["state"] == "SUSPENDED"
    assert (await resolve(given["access_token"])).status_code == 401
    bearer = {"authorization": f"Bearer {given['access_token']}"}
    assert (await client.get("/oauth2/userinfo", headers=bearer)).status_code == 401
    assert (await flow.refresh(given["refresh_token"])).json()["error"] == "invalid_client"
    assert (await flow.ask()).status_code == 400
    told = await looking.fetch(
        "SELECT body FROM outbox WHERE subject = 'hub.identity.client.changed.v1' AND key = $1 ORDER BY seq",
        sandbox.id,
    )
    assert [json.loads(one["body"])["data"]["state"] for one in told] == ["ACTIVE", "SUSPENDED"]
    assert (await client.post(f"{address}/resume", headers=owner)).status_code == 200
    assert (await resolve(given["access_token"])).status_code == 200


async def test_a_blocked_application_is_not_opened_by_its_owner(
    client: httpx2.AsyncClient, sandbox: Sandbox, owner: dict[str, str], staff: Any
) -> None:
    admin = await staff(Role.ADMIN, institution=DGCTI, scopes={REVIEW})
    address = f"{CLIENTS}/{sandbox.id}"
    assert (await client.post(f"{address}/block", headers=admin.headers)).json()["state"] == "BLOCKED"
    refused = await client.post(f"{address}/resume", headers=owner)
    assert refused.json()["type"].endswith("wrong-state")
    assert "BLOCKED" in refused.json()["detail"]
    assert (await client.post(f"{address}/unblock", headers=admin.headers)).json()["state"] == "ACTIVE"


async def test_a_scope_that_is_taken_back_leaves_the_tokens(
    client: httpx2.AsyncClient, a_flow: Any, sandbox: Sandbox, ana: Account, owner: Any, resolve: Any
) -> None:
    given = await a_flow(sandbox).tokens(ana, scope="openid petitions:read")
    address = f"{CLIENTS}/{sandbox.id}"
    held = (await client.get(address, headers=owner)).json()["metadata"]
    body = held | {"scopes": ["openid", "offline_access"]}
    assert (await client.put(address, headers={**owner, "if-match": '"1"'}, json=body)).status_code == 200
    assert claims_of(await resolve(given["access_token"]))["scope"] == "openid"


# The review.


async def test_a_review_lets_an_application_serve_everybody(
    client: httpx2.AsyncClient,
    owner: dict[str, str],
    registered: dict[str, Any],
    staff: Any,
    signed_in: Any,
    ana: Account,
) -> None:
    address = f"{CLIENTS}/{registered['client_id']}"
    weak = signed_in(ana.id, {READ, WRITE})
    asked = {"purpose": PURPOSE, "metadata": a_body(scopes=["openid", "offline_access", "staff"])}
    refused = await client.post(f"{address}/reviews", headers=weak, json=asked)
    assert refused.json()["type"].endswith("insufficient-user-authentication")
    review = (await client.post(f"{address}/reviews", headers=owner, json=asked)).json()
    assert review["state"] == "REQUESTED"
    again = await client.post(f"{address}/reviews", headers=owner, json=asked)
    assert again.json()["type"].endswith("review-open")
    admin = await staff(Role.ADMIN, institution=DGCTI, scopes={REVIEW})
    queue = await client.get("/identity/v1/client-reviews?limit=200", headers=admin.headers)
    waiting = next(one for one in queue.json()["items"] if one["review"]["id"] == review["id"])
    assert waiting["now"]["scopes"] == sorted(a_body()["scopes"])
    path = f"/identity/v1/client-reviews/{review['id']}"
    approved = await client.post(f"{path}/approve", headers=admin.headers, json={"plan": "PARTNER"})
    assert approved.json()["state"] == "APPROVED"
    now = (await client.get(address, headers=owner)).json()
    assert (now["environment"], now["plan"]) == ("PRODUCTION", "PARTNER")
    assert "staff" in now["metadata"]["scopes"]
    late = await client.post(f"{path}/refuse", headers=admin.headers, json={"reason": "too late for that"})
    assert late.json()["type"].endswith("wrong-state")
    etag = (await client.get(address, headers=owner)).headers["etag"]
    changed = await client.put(address, headers={**owner, "if-match": etag}, json=a_body())
    assert changed.json()["type"].endswith("review-needed")


async def test_an_administrator_does_not_review_their_own(
    client: httpx2.AsyncClient, staff: Any, signed_in: Any
) -> None:
    admin = await staff(Role.ADMIN, institution=DGCTI, scopes={REVIEW})
    own = signed_in(admin.account.id, {READ, WRITE}, Assurance.SUBSTANTIAL)
    made = (await client.post(CLIENTS, headers=own, json=a_body())).json()
    address = f"{CLIENTS}/{made['client_id']}/reviews"
    review = (await client.post(address, headers=own, json={"purpose": PURPOSE})).json()
    path = f"/identity/v1/client-reviews/{review['id']}"
    approved = await client.post(f"{path}/approve", headers=admin.headers, json={})
    assert approved.json()["type"].endswith("own-case")
    refused = await client.post(f"{path}/refuse", headers=admin.headers, json={"reason": "not this time"})
    assert refused.json()["type"].endswith("own-case")
    assert (await client.post(f"{address}/withdraw", headers=own)).status_code == 204
    listed = (await client.get(address, headers=own)).json()["items"]
    assert [one["state"] for one in listed] == ["WITHDRAWN"]


async def test_a_refusal_gives_its_reason_to_the_owner(
    client: httpx2.AsyncClient, owner: dict[str, str], registered: dict[str, Any], staff: Any
) -> None:
    address = f"{CLIENTS}/{registered['client_id']}/reviews"
    review = (await client.post(address, headers=owner, json={"purpose": PURPOSE})).json()
    admin = await staff(Role.ADMIN, institution=DGCTI, scopes={REVIEW})
    path = f"/identity/v1/client-reviews/{review['id']}/refuse"
    await client.post(path, headers=admin.headers, json={"reason": "The address is not yours."})
    seen = (await client.get(address, headers=owner)).json()["items"][0]
    assert (seen["state"], seen["reason"]) == ("REFUSED", "The address is not yours.")


async def test_what_only_the_sandbox_allows_is_no_review(
    client: httpx2.AsyncClient, owner: dict[str, str]
) -> None:
    body = a_body(redirect_uris=["http://localhost:3000/callback"])
    made = (await client.post(CLIENTS, headers=owner, json=body)).json()
    asked = await client.post(
        f"{CLIENTS}/{made['client_id']}/reviews", headers=owner, json={"purpose": PURPOSE}
    )
    assert [error["pointer"] for error in asked.json()["errors"]] == ["/redirect_uris/0"]


# Usage.


async def test_a_report_counts_once(
    client: httpx2.AsyncClient, owner: dict[str, str], registered: dict[str, Any]
) -> None:
    client_id = registered["client_id"]
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    replica = str(ids.new_id())

    async def report(sequence: int, **counts: int) -> None:
        rows = [
            {"client_id": client_id, "hour": hour.isoformat(), "status_class": status, "requests": many}
            for status, many in counts.items()
        ]
        answer = await client.post(
            "/internal/v1/usage",
            json={"replica": replica, "sequence": sequence, "counts": rows},
            auth=("gateway", "secret-of-the-gateway"),
        )
        assert answer.status_code == 204, answer.text

    await report(1, **{"2xx": 10, "429": 1})
    await report(1, **{"2xx": 10, "429": 1})
    await report(2, **{"2xx": 5})
    await report(1, **{"5xx": 3})
    used = (await client.get(f"{CLIENTS}/{client_id}/usage", headers=owner)).json()
    assert [day["answers"] for day in used["days"]] == [
        [{"status": "2xx", "requests": 15}, {"status": "429", "requests": 1}]
    ]
    tomorrow = str(clock.local_date(clock.now()) + timedelta(days=1))
    later = await client.get(f"{CLIENTS}/{client_id}/usage", headers=owner, params={"first": tomorrow})
    assert later.json()["days"] == []


async def test_only_the_gateway_reports_usage(client: httpx2.AsyncClient) -> None:
    report = {"replica": SOMEBODY, "sequence": 1, "counts": []}
    assert (await client.post("/internal/v1/usage", json=report)).status_code == 401
    notify = ("notify", "secret-of-notify")
    assert (await client.post("/internal/v1/usage", json=report, auth=notify)).status_code == 401
