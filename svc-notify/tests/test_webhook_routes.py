"""Endpoints by HTTP. Permission cases first; then the whole way from the broker to an endpoint."""

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from nats.aio.client import Client

from hub_core import clock, ids
from svc_notify.domain import feed

from .partners import Partner, Received

ROOT = Path(__file__).parents[2]
ENDPOINTS = "/notify/v1/webhook-endpoints"
SCOPES = {"events:read", "webhooks:read", "webhooks:write"}
ANSWERED = "hub.petitions.petition.answered.v1"
ABSENT = "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"


@pytest.fixture
def institution() -> UUID:
    """An institution of this test."""
    return ids.new_id()


@pytest.fixture
def desk(signed_in: Any, institution: UUID) -> dict[str, str]:
    """The headers of its client."""
    made: dict[str, str] = as_client(signed_in, institution=str(institution))
    return made


def as_client(signed_in: Any, scopes: set[str] = SCOPES, **claims: Any) -> Any:
    sub = f"app-{ids.new_id()}"
    return signed_in(scopes=scopes, kind="client", sub=sub, client_id=sub, sid=None, **claims)


@pytest.fixture
async def partner() -> AsyncIterator[Partner]:
    made = Partner()
    await made.open()
    yield made
    await made.close()


class Desk:
    """A client at work: each method is one operation."""

    def __init__(self, http: Any, headers: dict[str, str]) -> None:
        self.http, self.headers = http, headers

    async def make(self, address: str = "https://hooks.example.com/hub", **said: Any) -> Any:
        body = {"address": address, **said}
        return await self.http.post(ENDPOINTS, headers=self.headers, json=body)

    async def secret(self, endpoint_id: str, *, overlap: bool = True) -> Any:
        address = f"{ENDPOINTS}/{endpoint_id}/secret"
        return await self.http.put(address, headers=self.headers, json={"overlap": overlap})

    async def verify(self, endpoint_id: str) -> Any:
        return await self.http.put(f"{ENDPOINTS}/{endpoint_id}/verification", headers=self.headers)

    async def get(self, path: str, **query: Any) -> Any:
        return await self.http.get(f"{ENDPOINTS}/{path}".rstrip("/"), headers=self.headers, params=query)

    async def post(self, path: str, **body: Any) -> Any:
        return await self.http.post(f"{ENDPOINTS}/{path}", headers=self.headers, json=body or None)

    async def active(self, partner: Partner, **said: Any) -> str:
        """An endpoint that is verified; its id."""
        endpoint_id: str = (await self.make(partner.url, **said)).json()["id"]
        shown = (await self.secret(endpoint_id)).json()["secret"]
        partner.secret = base64.b64decode(shown.removeprefix("whsec_"))
        verified = await self.verify(endpoint_id)
        assert verified.status_code == 200, verified.text
        return endpoint_id


@pytest.fixture
def at_work(service: Any, desk: dict[str, str]) -> Desk:
    return Desk(service.client, desk)


@pytest.fixture
def publish(nats_operator: Client) -> Any:
    """Tell an event as its publisher does: `await publish(institution_id=…)`; its id."""

    async def tell(**said: Any) -> str:
        path = ROOT / f"svc-petitions/contract/events/{ANSWERED.removeprefix('hub.')}.example.json"
        told = json.loads(path.read_text())
        told |= {"id": str(ids.new_id()), "subject": str(ids.new_id()), "time": clock.now().isoformat()}
        told["data"] |= {name: str(value) for name, value in said.items()}
        headers = {"Nats-Msg-Id": told["id"]}
        await nats_operator.jetstream().publish(ANSWERED, json.dumps(told).encode(), headers=headers)
        return str(told["id"])

    return tell


OPERATIONS = [
    ("GET", ""),
    ("POST", ""),
    ("GET", f"/{ABSENT}"),
    ("PUT", f"/{ABSENT}"),
    ("DELETE", f"/{ABSENT}"),
    ("PUT", f"/{ABSENT}/secret"),
    ("PUT", f"/{ABSENT}/verification"),
    ("POST", f"/{ABSENT}/pause"),
    ("POST", f"/{ABSENT}/resume"),
    ("GET", f"/{ABSENT}/deliveries"),
    ("GET", f"/{ABSENT}/deliveries/{ABSENT}"),
    ("POST", f"/{ABSENT}/deliveries/{ABSENT}/replay"),
    ("POST", f"/{ABSENT}/replays"),
]
BODIES: dict[str, Any] = {
    "": {"address": "https://hooks.example.com/"},
    f"/{ABSENT}": {"address": "https://hooks.example.com/"},
    f"/{ABSENT}/secret": {},
    f"/{ABSENT}/replays": {"dead": True},
}


async def call(service: Any, operation: tuple[str, str], headers: dict[str, str]) -> Any:
    method, path = operation
    body = BODIES.get(path) if method in ("POST", "PUT") else None
    return await service.client.request(
        method, ENDPOINTS + path, headers=headers | {"if-match": '"1"'}, json=body
    )


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
async def test_without_a_token_nothing_is_done(service: Any, operation: tuple[str, str]) -> None:
    assert (await call(service, operation, {})).status_code == 401


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
async def test_another_scope_does_nothing(service: Any, signed_in: Any, operation: tuple[str, str]) -> None:
    other = {"webhooks:write"} if operation[0] == "GET" else {"webhooks:read"}
    refused = await call(service, operation, as_client(signed_in, {"events:read", *other}))
    assert refused.status_code == 403
    assert refused.json()["type"].endswith("/insufficient-scope")


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
async def test_a_person_has_no_endpoints(service: Any, signed_in: Any, operation: tuple[str, str]) -> None:
    refused = await call(service, operation, signed_in(scopes=SCOPES))
    assert refused.status_code == 403
    assert refused.json()["type"].endswith("/webhook-client-required")


@pytest.mark.parametrize("operation", OPERATIONS[2:], ids=" ".join)
async def test_what_is_not_there_is_not_found(
    service: Any, desk: dict[str, str], operation: tuple[str, str]
) -> None:
    assert (await call(service, operation, desk)).status_code == 404


async def test_another_client_sees_and_changes_nothing_of_an_endpoint(
    service: Any, at_work: Desk, signed_in: Any
) -> None:
    endpoint_id = (await at_work.make()).json()["id"]
    theirs = as_client(signed_in)
    for method, path in OPERATIONS[2:]:
        operation = (method, path.replace(ABSENT, endpoint_id, 1))
        body = BODIES.get(path) if method in ("POST", "PUT") else None
        refused = await service.client.request(
            method, ENDPOINTS + operation[1], headers=theirs | {"if-match": '"1"'}, json=body
        )
        assert refused.status_code == 404, operation
    assert (await service.client.get(ENDPOINTS, headers=theirs)).json()["items"] == []


async def test_who_may_not_read_events_makes_no_endpoint(service: Any, signed_in: Any) -> None:
    headers = as_client(signed_in, {"webhooks:read", "webhooks:write"})
    refused = await service.client.post(
        ENDPOINTS, headers=headers, json={"address": "https://hooks.example.com/"}
    )
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example.com/",
        "https://hooks.example.com:8443/",
        "https://ana:secret@hooks.example.com/",
        "https://hooks.example.com/#part",
        "https://2130706433/",
        "https://intranet/",
        "file:///etc/passwd",
    ],
)
async def test_an_address_that_is_never_called_is_refused_and_not_repeated(
    at_work: Desk, address: str
) -> None:
    refused = await at_work.make(address)
    assert refused.status_code == 422
    assert refused.json()["type"].endswith("/webhook-address-refused")
    assert "secret" not in refused.text


async def test_a_filter_that_means_no_event_is_refused_by_its_place(at_work: Desk) -> None:
    refused = await at_work.make(event_types=["hub.petitions.*", "hub.identity.*"])
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/event_types/1"]


async def test_a_client_has_ten_endpoints_at_most(at_work: Desk) -> None:
    made = [(await at_work.make()).status_code for _ in range(11)]
    assert made == [201] * 10 + [409]
    page = (await at_work.get("", limit=4)).json()
    assert len(page["items"]) == 4
    rest = (await at_work.get("", limit=10, cursor=page["next_cursor"])).json()
    assert len(rest["items"]) == 6
    assert rest["next_cursor"] is None


async def test_a_new_endpoint_has_no_secret_and_is_sent_nothing(at_work: Desk, partner: Partner) -> None:
    made = await at_work.make(partner.url)
    assert made.status_code == 201
    assert made.headers["etag"] == '"1"'
    body = made.json()
    assert (body["state"], body["has_secret"], body["stopped_because"]) == ("UNVERIFIED", False, None)
    refused = await at_work.verify(body["id"])
    assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (409, "webhook-secret-missing")
    assert partner.received == []


async def test_a_secret_is_shown_once_and_by_no_answer_that_is_kept(at_work: Desk) -> None:
    endpoint_id = (await at_work.make()).json()["id"]
    first = await at_work.secret(endpoint_id)
    assert first.headers["cache-control"] == "no-store"
    assert len(base64.b64decode(first.json()["secret"].removeprefix("whsec_"))) == 32
    assert first.json()["previous_secret_until"] is None
    second = await at_work.secret(endpoint_id)
    assert second.json()["secret"] != first.json()["secret"]
    assert second.json()["previous_secret_until"] is not None
    leaked = await at_work.secret(endpoint_id, overlap=False)
    assert leaked.json()["previous_secret_until"] is None
    shown = (await at_work.get(endpoint_id)).text
    assert "whsec_" not in shown


async def test_secrets_and_addresses_are_sealed_at_rest(
    at_work: Desk, partner: Partner, looking: Any
) -> None:
    endpoint_id = await at_work.active(partner)
    row = await looking.fetchrow("SELECT * FROM notify.webhook_endpoints WHERE id = $1", UUID(endpoint_id))
    held = b"".join(value for value in row.values() if isinstance(value, bytes))
    assert partner.secret not in held
    assert b"localhost" not in held
    assert b"very-secret" not in held


@pytest.mark.parametrize(
    "answer",
    [
        lambda _partner, _asked: (200, {}, b"ok"),
        lambda _partner, asked: (200, {}, asked.body),
        lambda _partner, asked: (200, {}, json.dumps(asked.event["data"]).encode()),
        lambda _partner, asked: (
            200,
            {},
            json.dumps({"answer": asked.headers["webhook-signature"]}).encode(),
        ),
        lambda _partner, _asked: (204, {}, b""),
        lambda partner, _asked: (307, {"location": partner.url}, b""),
        lambda partner, asked: (500, *Partner(partner.secret).meet(asked)[1:]),
        lambda _partner, asked: Partner(secret=b"another").meet(asked),
    ],
    ids=["ok", "echo", "data", "signature", "empty", "redirect", "error", "other-secret"],
)
async def test_an_endpoint_that_answers_anything_else_than_the_signed_challenge_is_refused(
    at_work: Desk, partner: Partner, answer: Any, monkeypatch: Any
) -> None:
    endpoint_id = (await at_work.make(partner.url)).json()["id"]
    shown = (await at_work.secret(endpoint_id)).json()["secret"]
    partner.secret = base64.b64decode(shown.removeprefix("whsec_"))
    asked: list[Received] = []

    def meet(request: Received) -> Any:
        asked.append(request)
        return answer(partner, request)

    monkeypatch.setattr(partner, "meet", meet)
    refused = await at_work.verify(endpoint_id)
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("/webhook-endpoint-not-verified")
    assert (await at_work.get(endpoint_id)).json()["state"] == "UNVERIFIED"
    assert len(asked) == 1
    assert asked[0].is_signed_with(partner.secret)


async def test_at_another_address_it_is_verified_anew_and_a_stale_change_is_refused(
    service: Any, at_work: Desk, partner: Partner
) -> None:
    endpoint_id = await at_work.active(partner)
    tag = (await at_work.get(endpoint_id)).headers["etag"]
    address, body = f"{ENDPOINTS}/{endpoint_id}", {"address": partner.url + "&more", "description": "moved"}
    missing = await service.client.put(address, headers=at_work.headers, json=body)
    stale = await service.client.put(address, headers=at_work.headers | {"if-match": '"1"'}, json=body)
    assert (missing.status_code, stale.status_code) == (428, 412)
    changed = await service.client.put(address, headers=at_work.headers | {"if-match": tag}, json=body)
    assert (changed.json()["state"], changed.json()["description"]) == ("UNVERIFIED", "moved")
    assert (await at_work.verify(endpoint_id)).json()["state"] == "ACTIVE"


async def test_pausing_resuming_and_deleting(service: Any, at_work: Desk, partner: Partner) -> None:
    endpoint_id = await at_work.active(partner)
    paused = await at_work.post(f"{endpoint_id}/pause")
    assert (paused.json()["state"], paused.json()["stopped_because"]) == ("PAUSED", "OWNER")
    assert (await at_work.post(f"{endpoint_id}/pause")).status_code == 409
    assert (await at_work.post(f"{endpoint_id}/resume")).json()["state"] == "ACTIVE"
    gone = await service.client.delete(f"{ENDPOINTS}/{endpoint_id}", headers=at_work.headers)
    assert gone.status_code == 204
    assert (await at_work.get(endpoint_id)).status_code == 404


async def test_what_a_service_tells_reaches_the_endpoint_as_it_stands_in_the_feed(
    service: Any, at_work: Desk, partner: Partner, publish: Any, institution: UUID
) -> None:
    endpoint_id = await at_work.active(partner, event_types=["hub.petitions.petition.*"])
    others = await publish(institution_id=ids.new_id())
    event_id = await publish(institution_id=institution, person_id=ids.new_id())
    [came] = await partner.until(1)
    assert came.id == event_id != others
    assert came.is_signed_with(partner.secret)
    assert came.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert "cookie" not in came.headers
    assert "authorization" not in came.headers
    page = (await service.client.get("/notify/v1/events", headers=at_work.headers)).json()
    assert came.event == page["items"][-1]
    assert came.event.keys() <= {
        *("specversion", "id", "source", "type", "time", "subject", "datacontenttype", "data")
    }
    assert set(came.event["data"]) <= set(feed.TYPES[ANSWERED].data)

    delivery = await settled(at_work, endpoint_id, event_id)
    assert (delivery["state"], delivery["attempts"], delivery["event_type"]) == ("DELIVERED", 1, ANSWERED)
    [tried] = delivery["tried"]
    assert (tried["status"], tried["failure"]) == (204, None)

    again = await at_work.post(f"{endpoint_id}/deliveries/{event_id}/replay")
    assert again.json() == {"queued": 1, "has_more": False, "next_cursor": None}
    await partner.until(2)
    assert partner.ids == [event_id, event_id]
    assert len((await settled(at_work, endpoint_id, event_id))["tried"]) == 2


async def settled(at_work: Desk, endpoint_id: str, event_id: str) -> Any:
    while True:
        found = (await at_work.get(f"{endpoint_id}/deliveries/{event_id}")).json()
        if found["ended_at"]:
            return found


@pytest.mark.parametrize(
    "body",
    [{}, {"dead": True, "cursor": "WzFd"}, {"since": "2026-11-21T10:00:00Z", "dead": True}, {"all": 1}],
)
async def test_a_replay_says_what_it_replays(at_work: Desk, partner: Partner, body: Any) -> None:
    endpoint_id = await at_work.active(partner)
    refused = await at_work.http.post(
        f"{ENDPOINTS}/{endpoint_id}/replays", headers=at_work.headers, json=body
    )
    assert refused.status_code == 422


async def test_everything_since_an_instant_is_handed_over_again_but_nothing_twice_by_asking_twice(
    at_work: Desk, partner: Partner, publish: Any, institution: UUID
) -> None:
    endpoint_id = await at_work.active(partner)
    began = clock.now().isoformat()
    first = await publish(institution_id=institution)
    await partner.until(1)
    await settled(at_work, endpoint_id, first)
    await at_work.post(f"{endpoint_id}/pause")
    second = await publish(institution_id=institution)
    await seen(at_work, second)
    for queued in (2, 0):  # what waits is not queued again
        answer = await at_work.post(f"{endpoint_id}/replays", since=began)
        assert (answer.json()["queued"], answer.json()["has_more"]) == (queued, False)
    await at_work.post(f"{endpoint_id}/resume")
    await partner.until(3)
    assert partner.ids[0] == first
    assert set(partner.ids[1:]) == {first, second}  # they begin in their order, and travel together


async def seen(at_work: Desk, event_id: str) -> None:
    """Return when an event stands in the feed."""
    cursor: dict[str, Any] = {}
    while True:
        answer = await at_work.http.get(
            "/notify/v1/events", headers=at_work.headers, params={"wait": 5, **cursor}
        )
        page = answer.json()
        if event_id in [one["id"] for one in page["items"]]:
            return
        cursor = {"cursor": page["next_cursor"]}


@pytest.mark.parametrize(("state", "has_owner"), [("ACTIVE", True), ("SUSPENDED", False), ("DELETED", False)])
async def test_what_svc_identity_tells_of_an_application_is_kept_its_owner_only_while_it_is_active(
    service: Any, nats_operator: Client, looking: Any, state: str, has_owner: bool
) -> None:
    path = ROOT / "svc-identity/contract/events/identity.client.changed.v1.example.json"
    told = json.loads(path.read_text())
    client_id = f"app-{ids.new_id()}"
    told |= {"id": str(ids.new_id()), "subject": client_id, "time": clock.now().isoformat()}
    told["data"] |= {"client_id": client_id, "state": state}
    await nats_operator.jetstream().publish(
        told["type"], json.dumps(told).encode(), headers={"Nats-Msg-Id": told["id"]}
    )
    row = None
    while row is None:
        row = await looking.fetchrow("SELECT * FROM notify.clients WHERE client_id = $1", client_id)
    assert row["is_active"] is (state == "ACTIVE")
    assert (row["owner_id"] is not None) is has_owner
    assert row["scopes"] == ["events:read", "webhooks:write"]
