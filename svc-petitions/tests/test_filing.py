"""Other services file petitions for somebody who asked them to: once, however often they say it."""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import ids
from hub_documents.store import Store
from hub_events.session import Session
from svc_petitions.clients import scanner
from svc_petitions.domain.institutions import Institution
from svc_petitions.keys import MasterKey, Purpose
from svc_petitions.operations.attachments import Means

INTERNAL = "/internal/v1/petitions"
PETITIONS = "/petitions/v1/petitions"
EXTRACT = "Extras din fișă: 4 puncte, contestate".encode()


@pytest.fixture(autouse=True)
def unlooked(app: FastAPI, client: httpx2.AsyncClient, master: MasterKey, tmp_path: Path) -> Iterator[None]:
    """A store of this test, and no scanner."""
    assert client
    store, before = Store.open(tmp_path.as_uri(), master.of(Purpose.DOCUMENTS)), app.state.filing
    app.state.filing = lambda: Means(master, store, scanner.of("none"))
    yield
    app.state.filing = before


@pytest.fixture
def service(signed_in: Any) -> dict[str, str]:
    """The headers of a service that files."""
    made: dict[str, str] = signed_in(scopes={"petitions.filing:write"})
    return made


def a_petition(person_id: UUID, institution_id: UUID | None, **special: Any) -> dict[str, Any]:
    return {
        "id": str(ids.new_id()),
        "person_id": str(person_id),
        "institution_id": str(institution_id) if institution_id else None,
        "institution_code": "NOBODY",
        "kind": "COMPLAINT",
        "subject": "Contestarea procesului-verbal PCV 0123456",
        "text": "Contest amenda: nu eu am condus.",
        "language": "ro",
        "files": [{"name": "extras.txt", "content": b64encode(EXTRACT).decode()}],
    } | special


async def test_only_a_service_that_may_files_for_others(
    client: httpx2.AsyncClient, as_ana: dict[str, str], ana: UUID, signed_in: Any
) -> None:
    body = a_petition(ana, None)
    assert (await client.post(INTERNAL, json=body)).status_code == 401
    assert (await client.post(INTERNAL, json=body, headers=as_ana)).status_code == 403
    other = signed_in(scopes={"petitions.contact:read"})
    assert (await client.post(INTERNAL, json=body, headers=other)).status_code == 403


async def test_the_same_one_again_is_the_same_petition_with_one_number_one_file_and_one_event(
    client: httpx2.AsyncClient,
    service: dict[str, str],
    as_ana: dict[str, str],
    ana: UUID,
    an_institution: Callable[..., Awaitable[Institution]],
    sessions: async_sessionmaker[Session],
) -> None:
    """What has the signs of a special procedure is filed all the same: its person knows of the court."""
    institution = await an_institution()
    body = a_petition(ana, institution.id)
    answers = await asyncio.gather(*(client.post(INTERNAL, json=body, headers=service) for _ in range(5)))
    answers.append(await client.post(INTERNAL, json=body | {"text": "Altceva."}, headers=service))
    assert {answer.status_code for answer in answers} == {200}
    (told,) = {answer.text for answer in answers}
    given = answers[0].json()
    shown = (await client.get(f"{PETITIONS}/{body['id']}", headers=as_ana)).json()
    assert (shown["number"], shown["text"]) == (given["number"], body["text"])
    assert (given["institution_id"], given["id"]) == (str(institution.id), body["id"])
    assert str(given["number"]) in told
    files = (await client.get(f"{PETITIONS}/{body['id']}/attachments", headers=as_ana)).json()
    (file,) = files["items"]
    assert file["name"] == "extras.txt"
    async with sessions() as session:
        found = await session.execute(
            text("SELECT body FROM outbox WHERE subject = 'hub.petitions.petition.registered.v1'")
        )
        assert sum(body["id"].encode() in bytes(row[0]) for row in found) == 1
    listed = (await client.get(PETITIONS, headers=as_ana)).json()["items"]
    assert [each["id"] for each in listed] == [body["id"]]


async def test_where_the_institution_takes_no_petitions_another_one_gets_it(
    client: httpx2.AsyncClient,
    service: dict[str, str],
    ana: UUID,
    an_institution: Callable[..., Awaitable[Institution]],
) -> None:
    code = ids.new_id().hex
    closed, general = await an_institution(accepts_petitions=False), await an_institution(code=code)
    for first in (closed.id, ids.new_id(), None):
        answer = await client.post(
            INTERNAL, json=a_petition(ana, first, institution_code=code), headers=service
        )
        assert answer.json()["institution_id"] == str(general.id)
    answer = await client.post(INTERNAL, json=a_petition(ana, closed.id), headers=service)
    assert answer.json()["type"].endswith("/institution-unknown")
