"""Files of messages: who may come first, then what is taken, as what, and who hears of it."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI

from hub_core import clock, ids
from hub_core.principal import Role
from hub_documents.store import Store
from svc_petitions.clients.scanner import Clamd
from svc_petitions.domain.institutions import Institution
from svc_petitions.keys import MasterKey, Purpose
from svc_petitions.operations import attachments, petitions
from svc_petitions.operations.attachments import Means

from . import clamd
from .clamd import EICAR
from .office import API, FILES, PETITIONS, Office, key, slug

Filed = Callable[..., Awaitable[str]]
PDF = b"%PDF-1.7\n" + b"0" * 500
JPEG = b"\xff\xd8\xff" + b"0" * 500
NAME = {"file-name": "act%20de%20identitate.pdf"}
OF_OFFICIALS = f"{API}/messages/attachments"
OF_PETITIONERS = f"{API}/attachments"


@pytest.fixture(autouse=True)
async def means(app: FastAPI, master: MasterKey, tmp_path: Path) -> AsyncIterator[Means]:
    """A store of this test and somebody who looks; the running service uses them."""
    async with clamd.spoken() as address:
        store = Store.open(tmp_path.as_uri(), master.of(Purpose.DOCUMENTS))
        made, before = Means(master, store, Clamd(address)), app.state.filing
        app.state.filing = lambda: made
        yield made
        app.state.filing = before


async def send(
    client: httpx2.AsyncClient, headers: dict[str, str], content: bytes = PDF, path: str = OF_PETITIONERS
) -> httpx2.Response:
    return await client.post(path, content=content, headers=headers | NAME)


async def uploaded(office: Office, headers: dict[str, str], path: str, content: bytes = PDF) -> str:
    answer = await send(office.client, headers, content, path)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def written(
    office: Office, petition_id: str, headers: dict[str, str], **special: Any
) -> httpx2.Response:
    return await office.client.post(
        f"{PETITIONS}/{petition_id}/messages", json={"text": "Vă trimit."} | special, headers=headers | key()
    )


async def ask(office: Office, petition_id: str, *types: str) -> str:
    due_on = clock.local_date(clock.now()) + timedelta(days=5)
    document = {"name": "Copia actului de identitate", "due_on": due_on.isoformat()}
    body = {"text": "Vă rog.", "documents": [document | {"accepted_types": [*types]}]}
    asked = await office.step(petition_id, "messages", office.handler, body)
    assert asked.status_code == 201, asked.text
    (shown,) = asked.json()["documents"]
    assert shown["accepted_types"] == [*types]
    return str(shown["id"])


# Who may.


async def test_only_who_works_on_files_uploads_for_a_message(
    office: Office, as_ana: dict[str, str], as_ion: dict[str, str]
) -> None:
    assert (await send(office.client, {}, path=OF_OFFICIALS)).status_code == 401
    assert slug(await send(office.client, as_ana, path=OF_OFFICIALS)) == "insufficient-scope"
    registrar = office.as_(office.registrar, Role.REGISTRAR)
    assert slug(await send(office.client, registrar, path=OF_OFFICIALS)) == "role-required"
    assert (await send(office.client, office.as_(office.handler), path=OF_OFFICIALS)).status_code == 201


async def test_a_file_of_a_message_is_for_its_two_sides_alone(
    office: Office,
    filed: Filed,
    as_ana: dict[str, str],
    as_ion: dict[str, str],
    an_institution: Callable[..., Awaitable[Institution]],
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    file_id = await uploaded(office, office.as_(office.handler), OF_OFFICIALS)
    body = {"text": "Alăturat.", "files": [{"attachment_id": file_id}]}
    message = (await office.step(petition_id, "messages", office.handler, body)).json()
    (shown,) = message["attachments"]
    assert (shown["id"], shown["name"], shown["scanned_by"][:6]) == (
        file_id,
        "act de identitate.pdf",
        "ClamAV",
    )
    place = f"{petition_id}/messages/{message['id']}/attachments/{file_id}"
    assert slug(await office.client.get(f"{PETITIONS}/{place}", headers=as_ion)) == "petition-not-found"
    elsewhere = Office(office.client, office.signed_in, (await an_institution()).id)
    of_file = f"{FILES}/{place}"
    assert slug(await office.client.get(of_file, headers=elsewhere.as_(elsewhere.head))) == "file-not-found"
    assert slug(await office.client.get(of_file, headers=office.as_(office.other))) == "not-the-handler"
    without = office.as_(office.handler)
    without.pop("purpose")
    assert slug(await office.client.get(of_file, headers=without)) == "purpose-required"
    for path, headers in ((f"{PETITIONS}/{place}", as_ana), (of_file, office.as_(office.handler))):
        given = await office.client.get(path, headers=headers)
        assert given.content == PDF, given.text
        assert given.headers["content-disposition"].startswith("attachment;")
        other = path.replace(file_id, str(ids.new_id()))
        assert slug(await office.client.get(other, headers=headers)) == "attachment-not-found"
    listed = await office.client.get(f"{PETITIONS}/{petition_id}/attachments", headers=as_ana)
    assert listed.json()["items"] == []


async def test_nobody_sends_what_another_uploaded_or_what_was_sent(
    office: Office, filed: Filed, as_ana: dict[str, str], as_ion: dict[str, str]
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    theirs = await uploaded(office, as_ion, OF_PETITIONERS)
    mine = await uploaded(office, as_ana, OF_PETITIONERS)
    refused = await written(office, petition_id, as_ana, files=[{"attachment_id": theirs}])
    assert (slug(refused), refused.json()["errors"][0]["pointer"]) == ("attachment-unknown", "/files")
    files = [{"attachment_id": mine}]
    twice = await written(office, petition_id, as_ana, files=files * 2)
    assert slug(twice) == "attachment-unknown"
    assert (await written(office, petition_id, as_ana, files=files)).status_code == 201
    assert slug(await written(office, petition_id, as_ana, files=files)) == "attachment-unknown"
    listed = await office.client.get(f"{PETITIONS}/{petition_id}/messages", headers=as_ana)
    assert len(listed.json()["items"]) == 1


async def test_nobody_uploads_as_a_document_that_another_was_asked_for(
    office: Office, filed: Filed, as_ion: dict[str, str]
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    document = await ask(office, petition_id)
    for asked in (document, str(ids.new_id())):
        refused = await send(office.client, as_ion, path=f"{OF_PETITIONERS}?document_id={asked}")
        assert slug(refused) == "document-not-asked"


# What is taken.


async def test_a_document_is_brought_by_its_file_of_a_type_that_was_asked_for(
    office: Office, filed: Filed, as_ana: dict[str, str]
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    document = await ask(office, petition_id, "PDF")
    as_document = f"{OF_PETITIONERS}?document_id={document}"
    assert slug(await send(office.client, as_ana, JPEG, as_document)) == "document-type-refused"
    picture = await uploaded(office, as_ana, OF_PETITIONERS, JPEG)
    copy = await uploaded(office, as_ana, as_document)
    both = [{"attachment_id": copy}, {"attachment_id": picture, "document_id": document}]
    refused = await written(office, petition_id, as_ana, files=both)
    assert (slug(refused), refused.json()["errors"][0]["pointer"]) == ("document-type-refused", "/files/1")
    files = [{"attachment_id": copy, "document_id": document}, {"attachment_id": picture}]
    sent = (await written(office, petition_id, as_ana, files=files)).json()
    assert [file["document_id"] for file in sent["attachments"]] == [document, None]
    _, asked = (await office.client.get(f"{PETITIONS}/{petition_id}/messages", headers=as_ana)).json()[
        "items"
    ]
    assert asked["documents"][0]["sent_with"] == sent["id"]
    again = await send(office.client, as_ana, path=as_document)
    assert slug(again) == "document-not-asked"


async def test_more_files_than_a_petition_may_have_go_with_no_message(
    office: Office, filed: Filed, as_ana: dict[str, str]
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    files = [{"attachment_id": str(ids.new_id())} for _ in range(11)]
    assert slug(await written(office, petition_id, as_ana, files=files)) == "too-many-attachments"


async def test_edge_81_an_infected_file_of_an_official_goes_to_nobody(
    office: Office, filed: Filed, as_ana: dict[str, str], means: Means
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    refused = await send(office.client, office.as_(office.handler), PDF + EICAR, OF_OFFICIALS)
    assert slug(refused) == "attachment-infected"
    assert [name async for name in means.store.names(clock.now() + timedelta(days=1))] == []
    listed = await office.client.get(f"{PETITIONS}/{petition_id}/messages", headers=as_ana)
    assert listed.json()["items"] == []


async def test_edge_81_what_comes_after_the_case_is_closed_is_refused_and_its_file_swept(
    office: Office, filed: Filed, as_ana: dict[str, str], means: Means, sessions: Any
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    document = await ask(office, petition_id)
    late = await uploaded(office, as_ana, f"{OF_PETITIONERS}?document_id={document}")
    body = {"solution": "FAVOURABLE", "text": "Da.", "legal_basis": "OG nr. 27/2002 art. 8"}
    for step, who, given in (
        ("draft", office.handler, body),
        ("approve", office.chief, None),
        ("sign", office.head, None),
        ("send", office.registrar, None),
    ):
        assert (await office.step(petition_id, step, who, given)).status_code == 200
    files = [{"attachment_id": late, "document_id": document}]
    assert slug(await written(office, petition_id, as_ana, files=files)) == "thread-closed"
    async with sessions() as session:
        await attachments.sweep(session, means, clock.now() + timedelta(days=2))
    assert [name async for name in means.store.names(clock.now() + timedelta(days=3))] == []


async def test_files_of_messages_are_never_swept(
    office: Office, filed: Filed, as_ana: dict[str, str], means: Means, sessions: Any
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    file_id = await uploaded(office, as_ana, OF_PETITIONERS)
    sent = (await written(office, petition_id, as_ana, files=[{"attachment_id": file_id}])).json()
    async with sessions() as session:
        await attachments.sweep(session, means, clock.now() + timedelta(days=30))
    place = f"{petition_id}/messages/{sent['id']}/attachments/{file_id}"
    given = await office.client.get(f"{PETITIONS}/{place}", headers=as_ana)
    assert given.content == PDF


# Who hears of it.


async def test_a_handler_hears_once_of_what_they_have_not_opened(
    office: Office, filed: Filed, as_ana: dict[str, str], looking: asyncpg.Connection
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    first = (await written(office, petition_id, as_ana)).json()["id"]
    await written(office, petition_id, as_ana)
    rows = "SELECT body FROM petitions.outbox WHERE key = $1 AND subject ~ 'message.sent' ORDER BY seq"
    told = [json.loads(row["body"])["data"] for row in await looking.fetch(rows, petition_id)]
    assert [one["is_news"] for one in told] == [True, False]
    assert {one["handler_id"] for one in told} == {str(office.handler)}
    items = (
        await office.client.get(f"{FILES}/{petition_id}/messages", headers=office.as_(office.handler))
    ).json()["items"]
    for message in items:
        await office.step(petition_id, f"messages/{message['id']}/read", office.handler)
    assert first == items[1]["id"]
    await written(office, petition_id, as_ana)
    rows_now = await looking.fetch(rows, petition_id)
    assert json.loads(rows_now[-1]["body"])["data"]["is_news"] is True


@pytest.mark.parametrize(
    "statement", ["UPDATE message_attachments SET size = 1", "DELETE FROM message_attachments"]
)
async def test_files_of_messages_are_locked_for_the_service_itself(schema: Any, statement: str) -> None:
    connection = await asyncpg.connect(schema.app_dsn.replace("+asyncpg", ""))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_messages_and_uploads_follow_their_person(
    office: Office, filed: Filed, signed_in: Any, sessions: Any
) -> None:
    former, account = ids.new_id(), ids.new_id()
    both = {"petitions:read", "petitions:write"}
    as_former, as_account = signed_in(former, both), signed_in(account, both)
    petition_id = await filed(as_former)
    await office.bring(petition_id, "IN_ANALYSIS")
    await written(office, petition_id, as_former)
    waiting = await uploaded(office, as_former, OF_PETITIONERS)
    for _ in range(2):
        async with sessions() as session:
            await petitions.follow_person(session, former, account, clock.now())
    refused = await office.client.get(f"{PETITIONS}/{petition_id}/messages", headers=as_former)
    assert slug(refused) == "petition-not-found"
    sent = await written(office, petition_id, as_account, files=[{"attachment_id": waiting}])
    assert sent.status_code == 201, sent.text
    shown = await office.client.get(f"{FILES}/{petition_id}/messages", headers=office.as_(office.handler))
    assert {one["sender_id"] for one in shown.json()["items"]} == {str(account)}
