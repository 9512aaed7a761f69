"""Revoking and correcting certificates: one officer proposes, the head of the unit decides."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import ids
from hub_core.principal import Assurance, Role
from hub_events.session import Session
from svc_criminal_record.documents.models import PersonHolder
from svc_criminal_record.issuing import Means, read_content
from svc_criminal_record.storage import certificates

from .officers import API, CHANGES, AddDesk, Desk, key
from .outside import JUDGMENT, Outside

BOTH = frozenset({"criminal-record:read", "criminal-record:write"})
WORDS = "Certificatul a fost eliberat pentru o altă persoană."
ISSUED = f"{API}/issued-certificates"
Propose = Callable[..., Awaitable[httpx2.Response]]


@pytest.fixture
def ana(outside: Outside) -> UUID:
    """A person of this test."""
    return outside.add_person()


@pytest.fixture
def as_ana(ana: UUID, signed_in: Any) -> dict[str, str]:
    """Her headers."""
    headers: dict[str, str] = signed_in(ana, BOTH, assurance=Assurance.SUBSTANTIAL)
    return headers


@pytest.fixture
async def certificate(client: httpx2.AsyncClient, as_ana: dict[str, str]) -> dict[str, Any]:
    """Her certificate."""
    made = await client.post(f"{API}/requests", json={"motive": "angajare"}, headers=as_ana | key())
    assert made.status_code == 201, made.text
    link: dict[str, Any] = made.json()["certificate"]
    return link


@pytest.fixture
def propose(client: httpx2.AsyncClient, desk: Desk, certificate: dict[str, Any]) -> Propose:
    """Make `propose(officer)`: to revoke her certificate."""

    async def make(officer: dict[str, str] | None = None, **special: Any) -> httpx2.Response:
        body = {
            "certificate_id": certificate["id"],
            "kind": "REVOCATION",
            "reason": "ISSUED_IN_ERROR",
            "text": WORDS,
        }
        headers = (officer or desk.officer()) | key()
        return await client.post(CHANGES, json=body | special, headers=headers)

    return make


async def decide(
    desk: Desk, change: str, decision: str = "APPROVED", head: dict[str, str] | None = None
) -> httpx2.Response:
    headers = (head or desk.officer(None, Role.HEAD)) | key()
    return await desk.client.post(f"{CHANGES}/{change}/decide", json={"decision": decision}, headers=headers)


async def told(looking: asyncpg.Connection, certificate_id: str) -> list[str]:
    rows = await looking.fetch(
        'SELECT subject FROM "criminal-record".outbox WHERE key = $1 ORDER BY seq', certificate_id
    )
    return [row["subject"].removeprefix("hub.criminal-record.certificate.") for row in rows]


def slug(answer: httpx2.Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


async def test_who_may_not_proposes_nothing(
    propose: Propose, desk: Desk, add_desk: AddDesk, ana: UUID, as_ana: dict[str, str]
) -> None:
    assert slug(await propose(as_ana)) == "insufficient-scope"
    assert slug(await propose(desk.officer(None, Role.CLERK))) == "role-required"
    assert slug(await propose((await add_desk("DGP")).officer())) == "no-records-unit"
    assert slug(await propose(desk.officer(ana))) == "own-case"


async def test_who_asked_for_another_changes_nothing_of_it(
    client: httpx2.AsyncClient, propose: Propose, desk: Desk, outside: Outside, ana: UUID, signed_in: Any
) -> None:
    sorin = outside.add_person()
    mandate = str(outside.add_mandate(ana, sorin))
    acting = signed_in(sorin, BOTH, assurance=Assurance.SUBSTANTIAL, mandate=mandate, act_for=str(ana))
    made = await client.post(f"{API}/requests", json={"motive": "studii"}, headers=acting | key())
    asked_for = made.json()["certificate"]["id"]
    assert slug(await propose(desk.officer(sorin), certificate_id=asked_for)) == "own-case"
    assert (await propose(certificate_id=asked_for)).status_code == 201


async def test_only_another_head_of_the_unit_decides(
    propose: Propose, desk: Desk, add_desk: AddDesk, ana: UUID
) -> None:
    gabriela = ids.new_id()
    proposed = await propose(desk.officer(gabriela, Role.HEAD))
    assert proposed.status_code == 201, proposed.text
    change = proposed.json()["change"]["id"]
    assert slug(await decide(desk, change, head=desk.officer())) == "role-required"
    assert slug(await decide(desk, change, head=desk.officer(gabriela, Role.HEAD))) == "four-eyes"
    assert slug(await decide(desk, change, head=desk.officer(ana, Role.HEAD))) == "own-case"
    other = await add_desk("IPJ-BV")
    assert (await decide(other, change)).status_code == 404
    assert (await decide(desk, change)).status_code == 200


async def test_a_revoked_certificate_keeps_its_history_and_its_holder_is_told(
    client: httpx2.AsyncClient,
    propose: Propose,
    desk: Desk,
    certificate: dict[str, Any],
    as_ana: dict[str, str],
    looking: asyncpg.Connection,
) -> None:
    change = (await propose()).json()["change"]["id"]
    waiting = await client.get(CHANGES, headers=desk.officer(None, Role.HEAD))
    assert [item["id"] for item in waiting.json()["items"]] == [change]
    opened = await client.get(f"{CHANGES}/{change}", headers=desk.officer(None, Role.HEAD))
    assert opened.json()["text"] == WORDS
    decided = (await decide(desk, change)).json()
    assert (decided["certificate"]["standing"], decided["certificate"]["revocation_reason"]) == (
        "REVOKED",
        "ISSUED_IN_ERROR",
    )
    assert await told(looking, certificate["id"]) == ["issued.v1", "revoked.v1"]
    [listed] = (await client.get(f"{API}/requests", headers=as_ana)).json()["items"]
    assert (listed["state"], bool(listed["certificate"]["revoked_at"])) == ("ISSUED", True)
    assert (await client.get(certificate["file"], headers=as_ana)).status_code == 410
    history = (await client.get(f"{ISSUED}/{certificate['id']}", headers=desk.officer())).json()
    assert [one["decision"] for one in history["changes"]] == ["APPROVED"]
    assert slug(await decide(desk, change)) == "certificate-change-decided"
    assert slug(await propose()) == "certificate-ended"


async def test_a_declined_change_leaves_the_certificate_as_it_was(
    propose: Propose, desk: Desk, certificate: dict[str, Any], looking: asyncpg.Connection
) -> None:
    change = (await propose()).json()["change"]["id"]
    assert slug(await propose()) == "certificate-change-open"
    decided = (await decide(desk, change, "DECLINED")).json()
    assert decided["certificate"]["standing"] == "VALID"
    assert await told(looking, certificate["id"]) == ["issued.v1"]
    assert (await propose()).status_code == 201


async def test_a_correction_puts_a_new_certificate_in_the_place_of_the_old(
    client: httpx2.AsyncClient,
    propose: Propose,
    desk: Desk,
    outside: Outside,
    ana: UUID,
    certificate: dict[str, Any],
    as_ana: dict[str, str],
    looking: asyncpg.Connection,
) -> None:
    number = f"CNP:{outside.number_of(ana)}"
    outside.matches[number] = [replace(outside.matches[number][0], entries=(JUDGMENT,))]
    opened = (await client.get(f"{ISSUED}/{certificate['id']}", headers=desk.officer())).json()
    [candidate] = opened["candidates"]
    correction = {"kind": "CORRECTION", "reason": "HOLDER_DATA_WRONG", "match": candidate["reference"]}
    change = (await propose(**correction)).json()["change"]["id"]
    decided = (await decide(desk, change)).json()
    assert decided["certificate"]["standing"] == "SUPERSEDED"
    newer = decided["certificate"]["superseded_by"]
    assert await told(looking, certificate["id"]) == ["issued.v1", "superseded.v1"]
    assert await told(looking, newer) == ["issued.v1"]
    [listed] = (await client.get(f"{API}/requests", headers=as_ana)).json()["items"]
    assert (listed["certificate"]["superseded_by"], listed["certificate"]["revoked_at"]) == (newer, None)
    assert (await client.get(f"{API}/certificates/{newer}/file", headers=as_ana)).status_code == 200
    shown = (await client.get(f"{ISSUED}/{newer}", headers=desk.officer())).json()["certificate"]
    assert (shown["standing"], shown["label"] == certificate["label"]) == ("VALID", False)
    again = (await propose(certificate_id=newer)).json()["change"]["id"]
    assert (await decide(desk, again)).json()["certificate"]["standing"] == "REVOKED"


async def test_a_correction_is_not_made_of_what_the_register_no_longer_says(
    client: httpx2.AsyncClient,
    propose: Propose,
    desk: Desk,
    outside: Outside,
    ana: UUID,
    certificate: dict[str, Any],
) -> None:
    opened = (await client.get(f"{ISSUED}/{certificate['id']}", headers=desk.officer())).json()
    match = {"match": opened["candidates"][0]["reference"]}
    change = await propose(kind="CORRECTION", reason="HOLDER_DATA_WRONG", **match)
    number = f"CNP:{outside.number_of(ana)}"
    outside.matches[number] = [replace(outside.matches[number][0], father="Vasile")]
    refused = await decide(desk, change.json()["change"]["id"])
    assert (refused.status_code, slug(refused)) == (409, "register-match-not-found")


async def test_a_certificate_is_found_by_what_stands_on_paper(
    client: httpx2.AsyncClient, desk: Desk, add_desk: AddDesk, certificate: dict[str, Any]
) -> None:
    series, number = certificate["label"].split()
    asked = {"series": series, "number": int(number)}
    found = await client.get(ISSUED, params=asked, headers=desk.officer())
    assert (found.json()["id"], found.json()["standing"]) == (certificate["id"], "VALID")
    unknown = await client.get(ISSUED, params=asked | {"number": 2**40}, headers=desk.officer())
    assert unknown.status_code == 404
    other = await client.get(ISSUED, params=asked, headers=(await add_desk("DGP")).officer())
    assert slug(other) == "no-records-unit"


async def test_a_correction_names_the_person_as_the_document_does(
    client: httpx2.AsyncClient,
    propose: Propose,
    desk: Desk,
    means: Means,
    sessions: async_sessionmaker[Session],
    certificate: dict[str, Any],
) -> None:
    opened = (await client.get(f"{ISSUED}/{certificate['id']}", headers=desk.officer())).json()
    change = await propose(
        kind="CORRECTION",
        reason="HOLDER_DATA_WRONG",
        match=opened["candidates"][0]["reference"],
        names={"family_name": "Popescu-Kovács", "given_name": "Ana", "birth_date": "1985-03-12"},
    )
    assert change.status_code == 201, change.text
    decided = (await decide(desk, change.json()["change"]["id"])).json()
    async with sessions() as session:
        content = await certificates.content(
            session, means.key, UUID(decided["certificate"]["superseded_by"])
        )
    document = read_content(content or b"")
    assert isinstance(document.holder, PersonHolder)
    assert (document.holder.family_name, document.corrects) == ("Popescu-Kovács", certificate["label"])


async def test_a_revocation_takes_neither_a_record_nor_names(propose: Propose) -> None:
    names = {"family_name": "Pop", "given_name": "Ana", "birth_date": "1985-03-12"}
    assert (await propose(names=names)).status_code == 422
    assert (await propose(match="0" * 64)).status_code == 422


async def test_of_two_heads_at_the_same_instant_one_decides(
    propose: Propose, desk: Desk, certificate: dict[str, Any], looking: asyncpg.Connection
) -> None:
    change = (await propose()).json()["change"]["id"]
    answers = await asyncio.gather(*(decide(desk, change) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert await told(looking, certificate["id"]) == ["issued.v1", "revoked.v1"]
