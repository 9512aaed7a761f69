"""Asking for a certificate, and getting it."""

from typing import Any
from uuid import UUID

import httpx2
import pytest

from hub_core import ids
from hub_core.principal import Assurance

from .outside import Outside

REQUESTS = "/criminal-record/v1/requests"
BOTH = frozenset({"criminal-record:read", "criminal-record:write"})
BODY = {"motive": "angajare"}


@pytest.fixture
def ana(outside: Outside) -> UUID:
    """A person of this test."""
    return outside.add_person()


@pytest.fixture
def as_(signed_in: Any) -> Any:
    """Make `as_(person)`: headers with both scopes, at SUBSTANTIAL."""

    def make(person: UUID, **special: Any) -> dict[str, str]:
        headers: dict[str, str] = signed_in(person, BOTH, assurance=Assurance.SUBSTANTIAL, **special)
        return headers

    return make


def key() -> dict[str, str]:
    return {"idempotency-key": str(ids.new_id())}


async def test_who_may_not_is_told_why(client: httpx2.AsyncClient, ana: UUID, signed_in: Any) -> None:
    assert (await client.post(REQUESTS, json=BODY)).status_code == 401
    without = await client.post(REQUESTS, json=BODY, headers=signed_in(ana, {"petitions:write"}))
    assert without.json()["type"].endswith("/insufficient-scope")
    low = await client.post(REQUESTS, json=BODY, headers=signed_in(ana, BOTH))
    assert low.json()["type"].endswith("/insufficient-user-authentication")


async def test_an_unambiguous_request_is_answered_with_its_certificate(
    client: httpx2.AsyncClient, ana: UUID, as_: Any
) -> None:
    answer = await client.post(REQUESTS, json=BODY, headers=as_(ana) | key())
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert (said["state"], said["motive"], said["product"]) == ("ISSUED", "angajare", "CRIMINAL_RECORD")
    assert [step["state"] for step in said["steps"]] == ["SUBMITTED", "AUTO_CHECK", "ISSUED"]
    assert said["certificate"]["label"].startswith("CJ ")
    file = await client.get(said["certificate"]["file"], headers=as_(ana))
    assert file.headers["content-type"] == "application/pdf"
    assert file.content.startswith(b"%PDF-1.7")
    again = await client.get(
        said["certificate"]["file"], headers=as_(ana) | {"if-none-match": file.headers["etag"]}
    )
    assert again.status_code == 304
