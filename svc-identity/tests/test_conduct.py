"""What an application in the sandbox is seen to do: by its owner, by reviewers, and never in production."""

from typing import Any

import httpx2
import pytest

from hub_core import ids
from hub_core.principal import Assurance, Role
from svc_identity.domain import conduct
from svc_identity.domain.account import Account
from svc_identity.domain.conduct import FLAWS, Behaviour
from svc_identity.seed import DGCTI

READ, WRITE, REVIEW = "clients:read", "clients:write", "clients:review"
CLIENTS = "/identity/v1/clients"
A_CLIENT = {
    "names": {"ro": "Portalul orașului", "hu": "A város portálja", "en": "The town's portal"},
    "application_type": "native",
    "authentication": "none",
    "grant_types": ["authorization_code", "refresh_token"],
    "redirect_uris": ["http://127.0.0.1/callback"],
    "scopes": ["openid", "offline_access", "petitions:read"],
}


class Sandbox:
    """A public client in the sandbox, as tests of flows want it."""

    def __init__(self, made: dict[str, Any]) -> None:
        self.id = made["client_id"]
        self.redirect_uris = made["metadata"]["redirect_uris"]
        self.is_confidential = False
        self.address = f"{CLIENTS}/{self.id}/conformance"


@pytest.fixture
def owner(ana: Account, signed_in: Any) -> dict[str, str]:
    headers: dict[str, str] = signed_in(ana.id, {READ, WRITE}, Assurance.SUBSTANTIAL)
    return headers


@pytest.fixture
async def sandbox(client: httpx2.AsyncClient, owner: dict[str, str]) -> Sandbox:
    return Sandbox((await client.post(CLIENTS, headers=owner, json=A_CLIENT)).json())


async def seen(client: httpx2.AsyncClient, sandbox: Sandbox, owner: dict[str, str]) -> set[str]:
    answer = await client.get(sandbox.address, headers=owner)
    assert answer.status_code == 200, answer.text
    items = answer.json()["items"]
    assert [one["behaviour"] for one in items] == list(Behaviour)
    assert {one["behaviour"] for one in items if one["is_flaw"]} == FLAWS
    return {one["behaviour"] for one in items if one["first_seen_at"]}


async def report(client: httpx2.AsyncClient, **of_clients: list[str]) -> None:
    """Hand over what a gateway has seen, of clients by their id (`_` for a hyphen)."""
    rows = [
        {"client_id": client_id.replace("_", "-"), "behaviour": one}
        for client_id, behaviours in of_clients.items()
        for one in behaviours
    ]
    answer = await client.post(
        "/internal/v1/usage",
        json={"replica": str(ids.new_id()), "sequence": 1, "counts": [], "seen": rows},
        auth=("gateway", "secret-of-the-gateway"),
    )
    assert answer.status_code == 204, answer.text


async def test_it_is_the_owners_to_read(client: httpx2.AsyncClient, signed_in: Any, sandbox: Sandbox) -> None:
    assert (await client.get(sandbox.address)).status_code == 401
    assert (await client.get(sandbox.address, headers=signed_in(scopes={WRITE}))).status_code == 403
    stranger = signed_in(ids.new_id(), {READ})
    assert (await client.get(sandbox.address, headers=stranger)).status_code == 404


async def test_what_a_client_does_at_the_provider_is_seen(
    client: httpx2.AsyncClient, sandbox: Sandbox, owner: dict[str, str], a_flow: Any, ana: Account
) -> None:
    assert await seen(client, sandbox, owner) == set()
    flow = a_flow(sandbox)
    given = await flow.tokens(ana)
    assert await seen(client, sandbox, owner) == {"NONCE_SENT"}
    refreshed = (await flow.refresh(given["refresh_token"])).json()
    revoked = await client.post(
        "/oauth2/revoke", data={"token": refreshed["refresh_token"], "client_id": sandbox.id}
    )
    assert revoked.status_code == 200
    assert await seen(client, sandbox, owner) == {"NONCE_SENT", "TOKEN_REFRESHED", "TOKEN_REVOKED"}


async def test_a_code_and_a_refresh_token_that_come_twice_are_flaws(
    client: httpx2.AsyncClient, sandbox: Sandbox, owner: dict[str, str], a_flow: Any, ana: Account
) -> None:
    flow = a_flow(sandbox)
    given = await flow.tokens(ana)
    for _ in range(2):
        answer = await flow.refresh(given["refresh_token"])
    assert answer.json()["error"] == "invalid_grant"
    code = await flow.code(ana)
    for _ in range(2):
        answer = await flow.exchange(code)
    assert answer.json()["error"] == "invalid_grant"
    assert {"CODE_REPLAYED", "REFRESH_TOKEN_REPLAYED"} <= await seen(client, sandbox, owner)


async def test_what_a_gateway_has_seen_is_kept_of_the_sandbox_alone(
    client: httpx2.AsyncClient, sandbox: Sandbox, owner: dict[str, str], looking: Any
) -> None:
    behaviours = ["IDEMPOTENCY_KEY_SENT", "A_BEHAVIOUR_OF_LATER"]
    await report(client, **{sandbox.id.replace("-", "_"): behaviours, "demo_portal": behaviours})
    assert await seen(client, sandbox, owner) == {"IDEMPOTENCY_KEY_SENT"}
    of_portal = "SELECT count(*) FROM client_conduct WHERE client_id = 'demo-portal'"
    assert await looking.fetchval(of_portal) == 0


async def test_a_reset_begins_anew(
    client: httpx2.AsyncClient, sandbox: Sandbox, owner: dict[str, str]
) -> None:
    await report(client, **{sandbox.id.replace("-", "_"): ["RETRY_AFTER_IGNORED"]})
    assert await seen(client, sandbox, owner) == {"RETRY_AFTER_IGNORED"}
    await client.put(f"{CLIENTS}/{sandbox.id}/test-people", headers=owner)
    assert await seen(client, sandbox, owner) == set()


async def test_who_reviews_sees_it_too(
    client: httpx2.AsyncClient, sandbox: Sandbox, owner: dict[str, str], staff: Any
) -> None:
    await report(client, **{sandbox.id.replace("-", "_"): ["CONDITIONAL_READ"]})
    asked = {"purpose": "People of our town file petitions from the town's own portal."}
    review = await client.post(f"{CLIENTS}/{sandbox.id}/reviews", headers=owner, json=asked)
    admin = await staff(Role.ADMIN, institution=DGCTI, scopes={REVIEW})
    queue = await client.get("/identity/v1/client-reviews?limit=200", headers=admin.headers)
    waiting = next(one for one in queue.json()["items"] if one["review"]["id"] == review.json()["id"])
    found = {one["behaviour"] for one in waiting["conduct"] if one["first_seen_at"]}
    assert found == {"CONDITIONAL_READ"}


def test_a_name_that_is_not_known_is_passed_over() -> None:
    assert conduct.parse("NEVER_HEARD_OF") is None
