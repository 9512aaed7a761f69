"""What verifies without asking us: anchors and status lists."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from cryptography import x509
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock
from hub_documents import anchors, facts, status_list
from hub_documents.status_list import Status
from hub_events.session import Session
from svc_criminal_record.documents.published_lists import PublishedLists
from svc_criminal_record.domain.certificates import RevocationReason
from svc_criminal_record.storage import status_lists

from .build import a_stored_certificate

ORIGIN = "http://localhost:8080"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def test_the_anchors_are_those_of_the_folder(client: httpx2.AsyncClient, trust_folder: Path) -> None:
    answer = await client.get("/criminal-record/v1/trust")
    assert answer.headers["cache-control"] == "public, max-age=3600"
    shown = answer.json()
    assert shown["root"] == (trust_folder / "root.pem").read_text()
    [key] = shown["facts"]
    certificate = x509.load_pem_x509_certificate(key["certificate"].encode())
    issuing = x509.load_pem_x509_certificate(shown["chain"][0].encode())
    certificate.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(x509.load_pem_x509_certificate(shown["root"].encode()))
    [kid] = facts.keys(key["certificate"].encode())
    assert key["kid"] == key["jwk"]["kid"] == facts_kid(kid)
    assert {name: key["jwk"][name] for name in ("kty", "crv", "alg", "use")} == {
        "kty": "EC",
        "crv": "P-256",
        "alg": "ES256",
        "use": "sig",
    }


def facts_kid(kid: bytes) -> str:
    return anchors._base64url(kid)


async def taken(sessions: async_sessionmaker[Session]) -> dict[str, int]:
    async with sessions() as session, session.begin():
        place = await status_lists.take(session)
    return {"status_list": place.status_list, "status_index": place.status_index}


async def test_a_list_tells_what_is_without_effect(
    client: httpx2.AsyncClient, sessions: Any, trust_folder: Path
) -> None:
    valid, _ = await a_stored_certificate(sessions, **await taken(sessions))
    revoked, _ = await a_stored_certificate(
        sessions,
        **await taken(sessions),
        revoked_at=NOON,
        revocation_reason=RevocationReason.KEY_COMPROMISE,
    )
    superseded, _ = await a_stored_certificate(sessions, **await taken(sessions), superseded_by=valid.id)
    address = f"/criminal-record/v1/status-lists/{valid.status_list}"
    answer = await client.get(address)
    assert answer.headers["content-type"].startswith("application/statuslist+jwt")
    assert answer.headers["cache-control"] == "public, max-age=300"
    keys = facts.keys((trust_folder / "facts.pem").read_bytes())
    told = status_list.read(answer.text, keys, address=ORIGIN + address, now=clock.now())
    assert told.at(valid.status_index) is Status.VALID
    assert told.at(revoked.status_index) is Status.INVALID
    assert told.at(superseded.status_index) is Status.INVALID


async def test_a_list_that_has_not_changed_is_not_sent_again(
    client: httpx2.AsyncClient, sessions: Any
) -> None:
    number = (await taken(sessions))["status_list"]
    address = f"/criminal-record/v1/status-lists/{number}"
    first = await client.get(address)
    again = await client.get(address, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "public, max-age=300"


async def test_a_list_that_nobody_stands_in_is_not_found(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/criminal-record/v1/status-lists/4711")
    assert answer.status_code == 404
    assert answer.json()["type"].endswith("/problems/status-list-not-found")


def test_a_list_is_signed_once_until_it_changes_or_its_time_is_over(trust_folder: Path) -> None:
    signer, lists = anchors.read(trust_folder).signer, PublishedLists()
    first = lists.token("https://hub.example/1", signer, [7], NOON)
    assert lists.token("https://hub.example/1", signer, [7], NOON + timedelta(minutes=4)) == first
    assert lists.token("https://hub.example/1", signer, [7, 8], NOON) != first
    assert lists.token("https://hub.example/1", signer, [7], NOON + timedelta(minutes=5)) != first
