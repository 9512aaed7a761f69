"""Through the running hub: a certificate in the answer, for oneself; another's is an officer's to look at."""

import asyncio
from typing import Any

import httpx2
import pytest

from ..conftest import Hub
from .person import Person

pytestmark = pytest.mark.xdist_group("hub")

SCOPES = "openid criminal-record:read criminal-record:write"
REQUESTS = "/criminal-record/v1/requests"


async def ask(person: Person) -> dict[str, Any]:
    """The request for the first motive that was not asked for today."""
    motives = (await person.client.get("/criminal-record/v1/motives")).json()["items"]
    for motive in motives:
        headers = {"authorization": f"Bearer {person.token}"}
        answer = await person.client.post(REQUESTS, json={"motive": motive["code"]}, headers=headers)
        if answer.status_code != 409:
            break
    assert answer.status_code == 201, answer.text
    given: dict[str, Any] = answer.json()
    return given


async def test_a_certificate_is_in_the_answer_and_anybody_verifies_its_file(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        ana = Person(client, "ana.popescu@example.org", SCOPES)
        await ana.sign_in()
        request = await ask(ana)
        assert request["state"] == "ISSUED"
        file = await ana.get(request["certificate"]["file"])
        assert file.headers["content-type"] == "application/pdf"
        verified = await client.post(
            "/criminal-record/v1/verifications/file",
            content=file.content,
            headers={"content-type": "application/pdf"},
        )
        assert verified.json()["standing"] == "VALID"


async def test_with_entries_the_answer_is_the_same_and_a_homonym_is_an_officers_to_look_at(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        people = [Person(client, f"{name}@example.org", SCOPES) for name in ("ion.ionescu", "kovacs.istvan")]
        await asyncio.gather(*(person.sign_in() for person in people))
        with_entries, homonym = [await ask(person) for person in people]
        assert (with_entries["state"], homonym["state"]) == ("ISSUED", "MANUAL_REVIEW")
        assert sorted(with_entries) == sorted(homonym)


async def test_who_is_signed_in_too_weakly_is_told_so(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        jane = Person(client, "jane.doe@example.org", SCOPES)
        await jane.sign_in()
        refused = await client.post(
            REQUESTS, json={"motive": "angajare"}, headers={"authorization": f"Bearer {jane.token}"}
        )
        assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (
            403,
            "insufficient-user-authentication",
        )
