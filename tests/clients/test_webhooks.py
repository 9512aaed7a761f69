"""Webhooks, as a partner's endpoint takes them with standardwebhooks and cloudevents (docs/examples)."""

import base64
import json
import os
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from hub_core import clock, ids
from hub_service.outside import Answer, Outside
from hub_service.settings import ServiceSettings
from hub_testing import programs
from svc_notify.domain import feed
from svc_notify.domain import webhook_messages as messages
from svc_notify.domain.webhook_messages import Challenge

from ..conftest import Hub
from .conftest import Register

ENDPOINTS = "/notify/v1/webhook-endpoints"
EXAMPLE = Path(__file__).parents[2] / "docs/examples/webhooks.mjs"
SECRET = secrets.token_bytes(messages.SECRET_BYTES)


@dataclass
class Endpoint:
    """The program of the example at work."""

    url: str
    process: subprocess.Popen[str]

    async def post(self, body: bytes, headers: dict[str, str]) -> Answer:
        async with Outside(ServiceSettings(outside_allowed=frozenset({"localhost"}))) as outside:
            return await outside.post(self.url, body, headers, 10)

    def printed(self) -> dict[str, Any]:
        """The next event that it prints."""
        assert self.process.stdout is not None
        event: dict[str, Any] = json.loads(self.process.stdout.readline())
        return event


@contextmanager
def running(packages: Path, folder: Path, secret: str) -> Iterator[Endpoint]:
    """The program, with a secret, at a port of its own."""
    if not (folder / "node_modules").exists():
        (folder / "node_modules").symlink_to(packages)
    script = folder / EXAMPLE.name
    script.write_text(EXAMPLE.read_text())
    process = subprocess.Popen(
        [programs.path("node"), script, "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"HUB_WEBHOOK_SECRET": secret},
    )
    assert process.stderr is not None
    yield Endpoint(process.stderr.readline().strip(), process)
    process.kill()
    process.communicate()


@pytest.fixture(scope="module")
def endpoint(packages: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    with running(packages, tmp_path_factory.mktemp("endpoint"), messages.show_secret(SECRET)) as program:
        yield program


def an_event(event_type: str = "hub.petitions.file.opened.v1", **data: Any) -> feed.FeedEvent:
    arrival = feed.Arrival(
        id=ids.new_id(),
        type=event_type,
        key=str(ids.new_id()),
        time=clock.now(),
        data={
            "version": 1,
            "institution_id": str(UUID(int=1)),
            "client_id": "an-application",
            "number": "Ț-1/2026",
            **data,
        },
    )
    return feed.shown(arrival)


def signed(event: feed.FeedEvent, *keys: bytes, age: timedelta = timedelta()) -> dict[str, str]:
    return messages.headers(keys or [SECRET], str(event.id), clock.now() - age, event.body)


async def test_standardwebhooks_verifies_and_cloudevents_reads_what_is_sent(endpoint):
    event = an_event()
    assert (await endpoint.post(event.body, signed(event))).status == 204
    printed = endpoint.printed()
    sent = json.loads(event.body)
    assert printed["data"] == sent["data"]
    assert {name: printed[name] for name in ("specversion", "id", "source", "type", "subject")} == {
        name: sent[name] for name in ("specversion", "id", "source", "type", "subject")
    }
    assert printed["id"] == str(event.id)


@pytest.mark.parametrize("event_type", sorted(feed.TYPES))
async def test_cloudevents_reads_every_type_that_partners_may_see(endpoint, event_type):
    event = an_event(event_type)
    assert (await endpoint.post(event.body, signed(event))).status == 204
    assert endpoint.printed()["type"] == event_type


async def test_a_changed_byte_is_refused(endpoint):
    event = an_event()
    changed = event.body.replace(b"2026", b"2027", 1)
    assert (await endpoint.post(changed, signed(event))).status == 401


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
async def test_a_changed_header_is_refused(endpoint, name):
    event = an_event()
    other = signed(an_event(), age=timedelta(seconds=2))[name]
    assert (await endpoint.post(event.body, signed(event) | {name: other})).status == 401


@pytest.mark.parametrize("age", [timedelta(minutes=6), timedelta(minutes=-6)], ids=["old", "of-tomorrow"])
async def test_what_was_signed_at_another_time_is_refused(endpoint, age):
    event = an_event()
    assert (await endpoint.post(event.body, signed(event, age=age))).status == 401


async def test_while_secrets_overlap_who_has_either_verifies(endpoint):
    event, other = an_event(), secrets.token_bytes(32)
    assert (await endpoint.post(event.body, signed(event, other, SECRET))).status == 204
    assert endpoint.printed()["id"] == str(event.id)
    assert (await endpoint.post(event.body, signed(event, other))).status == 401


async def test_an_event_that_comes_again_counts_once(endpoint):
    first, second = an_event(), an_event()
    for event in (first, first, second):
        assert (await endpoint.post(event.body, signed(event))).status == 204
    assert [endpoint.printed()["id"] for _ in range(2)] == [str(first.id), str(second.id)]


async def test_the_example_answers_a_challenge_as_only_the_holder_of_the_secret_can(endpoint):
    challenge = Challenge(ids.new_id(), UUID(int=3), "zx-9", clock.now())
    answer = await endpoint.post(challenge.body, challenge.headers([SECRET]))
    assert answer.status == 200
    assert challenge.is_met_by(SECRET, answer.status, answer.body)
    assert not challenge.is_met_by(secrets.token_bytes(32), answer.status, answer.body)


def test_a_secret_is_of_the_form_of_the_standard():
    shown = messages.show_secret(SECRET)
    assert 24 <= len(base64.b64decode(shown.removeprefix("whsec_"))) <= 64


async def test_the_guide_from_a_client_to_its_first_event(
    hub: Hub, register: Register, a_key: dict[str, Any], packages: Path, tmp_path: Path
) -> None:
    """docs/how-to/receive-webhooks.md on the running hub; what it sends is what the feed has."""
    client = register(
        profile="OPENID",
        application_type="web",
        token_endpoint_auth_method="private_key_jwt",
        jwks={"keys": [{name: value for name, value in a_key.items() if name != "d"}]},
        grant_types=["client_credentials"],
        scope="events:read webhooks:read webhooks:write",
    )
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as http:
        token = await http.post(
            "/oauth2/token",
            data={
                "grant_type": "client_credentials",
                "scope": client["scope"],
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": assertion(client["client_id"], hub.origin, a_key),
            },
        )
        assert token.status_code == 200, token.text
        http.headers["authorization"] = f"Bearer {token.json()['access_token']}"
        # The address has to be known before the program has its secret: it is set once it runs.
        body = {"address": "http://localhost:9/", "event_types": ["hub.catalog.institution.*"]}
        made = await http.post(ENDPOINTS, json=body)
        assert made.status_code == 201, made.text
        address = f"{ENDPOINTS}/{made.json()['id']}"
        secret = (await http.put(f"{address}/secret", json={})).json()["secret"]
        with running(packages, tmp_path, secret) as program:
            changed = await http.put(
                address, json=body | {"address": program.url}, headers={"if-match": '"2"'}
            )
            assert changed.status_code == 200, changed.text
            verified = await http.put(f"{address}/verification")
            assert (verified.status_code, verified.json().get("state")) == (200, "ACTIVE"), verified.text
            feed_page = await http.get("/notify/v1/events", params={"types": "hub.catalog.institution.*"})
            wanted = {event["id"]: event for event in feed_page.json()["items"]}
            replayed = await http.post(f"{address}/replays", json={"since": "2026-01-01T00:00:00Z"})
            assert replayed.json()["queued"] >= len(wanted) > 0
            while wanted:
                printed = program.printed()
                sent = wanted.pop(printed["id"], None)
                assert sent is None or sent["data"] == printed["data"]


def assertion(client_id: str, issuer: str, key: dict[str, Any]) -> str:
    now = int(time.time())
    claims = {"iss": client_id, "sub": client_id, "aud": issuer, "iat": now, "exp": now + 120}
    return jwt.encode(
        {"alg": "ES256", "kid": key["kid"]}, claims | {"jti": secrets.token_hex(16)}, ECKey.import_key(key)
    )
