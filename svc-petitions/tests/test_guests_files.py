"""What somebody without an account uploads, follows and is written: who may not comes first."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI

from hub_core import clock, ids
from hub_core.email_codes import EmailCode
from hub_documents.store import Store
from svc_petitions.clients.scanner import Clamd
from svc_petitions.keys import MasterKey, Purpose
from svc_petitions.operations.attachments import Means

from . import clamd
from .clamd import EICAR
from .office import API, PETITIONS, Office, key, slug
from .test_guests import a_code, a_petition

PDF = b"%PDF-1.7\n" + b"0" * 500
UPLOAD = f"{API}/guest-attachments"
STATUS = f"{API}/status"
ANSWER = f"{API}/status/answer-document"
CONTACT = {"petitions.contact:read"}


@pytest.fixture(autouse=True)
async def means(app: FastAPI, master: MasterKey, tmp_path: Path) -> AsyncIterator[Means]:
    """A store of this test and somebody who looks; the running service uses them."""
    async with clamd.spoken() as address:
        store = Store.open(tmp_path.as_uri(), master.of(Purpose.DOCUMENTS))
        made, before = Means(master, store, Clamd(address)), app.state.filing
        app.state.filing = lambda: made
        yield made
        app.state.filing = before


@pytest.fixture
async def code(sessions: Any, master: MasterKey) -> EmailCode:
    """A code that somebody has got."""
    return await a_code(sessions, master)


async def send(
    client: httpx2.AsyncClient, proof: EmailCode, content: bytes = PDF, **special: str
) -> httpx2.Response:
    headers = {"file-name": "cerere.pdf", "code-id": str(proof.id), "code": proof.code} | special
    return await client.post(UPLOAD, content=content, headers=headers)


async def uploaded(client: httpx2.AsyncClient, code: EmailCode) -> str:
    answer = await send(client, code)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def file(
    client: httpx2.AsyncClient, body: dict[str, Any], code: EmailCode, *files: str
) -> httpx2.Response:
    sent = a_petition(body, code, attachment_ids=[*files])
    return await client.post(f"{API}/guest-petitions", json=sent, headers=key())


def pair(slip: dict[str, Any], **special: Any) -> dict[str, Any]:
    known = {name: slip[name] for name in ("number", "year", "code")}
    return known | {"institution_id": slip["institution"]["id"]} | special


# Who may.


async def test_without_the_right_code_no_file_is_taken_and_the_tries_are_counted(
    client: httpx2.AsyncClient, code: EmailCode, means: Means
) -> None:
    wrong = "000000" if code.code != "000000" else "000001"
    assert slug(await send(client, code, **{"code-id": str(ids.new_id())})) == "petition-proof-refused"
    for _ in range(5):
        assert slug(await send(client, code, code=wrong)) == "petition-proof-refused"
    assert slug(await send(client, code)) == "petition-proof-refused"
    assert [name async for name in means.store.names(clock.now() + timedelta(days=1))] == []


async def test_nobody_files_with_what_another_guest_or_an_account_uploaded(
    client: httpx2.AsyncClient,
    code: EmailCode,
    sessions: Any,
    master: MasterKey,
    body: dict[str, Any],
    as_ana: dict[str, str],
) -> None:
    theirs = await uploaded(client, await a_code(sessions, master))
    by_account = await client.post(
        f"{API}/attachments", content=PDF, headers=as_ana | {"file-name": "cerere.pdf"}
    )
    for file_id in (theirs, by_account.json()["id"]):
        assert slug(await file(client, body, code, file_id)) == "attachment-unknown"
    mine = await uploaded(client, code)
    refused = await client.post(PETITIONS, json=body | {"attachment_ids": [mine]}, headers=as_ana | key())
    assert slug(refused) == "attachment-unknown"
    assert (await file(client, body, code, mine)).status_code == 201


async def test_only_a_service_that_may_learns_where_letters_go_and_only_of_guests(
    client: httpx2.AsyncClient, code: EmailCode, body: dict[str, Any], signed_in: Any, filed: Any
) -> None:
    slip = (await file(client, body, code)).json()
    path = f"/internal/v1/guest-petitions/{slip['id']}/message"
    assert (await client.get(path)).status_code == 401
    assert (await client.get(path, headers=signed_in(scopes={"petitions:read"}))).status_code == 403
    told = (await client.get(path, headers=signed_in(scopes=CONTACT))).json()
    assert (told["email"], told["language"]) == (code.email, "ro")
    same = ("number", "year", "code", "registered_on", "answer_due_on")
    assert {name: told[name] for name in same} == {name: slip[name] for name in same}
    for other in (await filed(), ids.new_id()):
        path = f"/internal/v1/guest-petitions/{other}/message"
        assert (await client.get(path, headers=signed_in(scopes=CONTACT))).status_code == 404


async def test_a_slip_of_an_account_tells_no_steps_and_opens_no_answer(
    office: Office, filed: Any, as_ana: dict[str, str]
) -> None:
    petition_id = await filed()
    slip = (await office.client.get(f"{PETITIONS}/{petition_id}/slip", headers=as_ana)).json()
    await office.bring(petition_id, "ANSWERED")
    told = (await office.client.post(STATUS, json=pair(slip))).json()
    assert (told["state"], told["followed"]) == ("ANSWERED", None)
    wrong = pair(slip, code="AAAAAAAA")
    refused = [await office.client.post(ANSWER, json=each) for each in (pair(slip), wrong)]
    assert [slug(one) for one in refused] == ["petition-status-not-found"] * 2


# What is taken.


async def test_a_guest_s_files_are_the_petition_s(
    office: Office, code: EmailCode, body: dict[str, Any]
) -> None:
    files = [await uploaded(office.client, code) for _ in range(2)]
    filed = await file(office.client, body, code, *files)
    assert filed.status_code == 201, filed.text
    path = f"{API}/files/{filed.json()['id']}/attachments"
    listed = await office.client.get(path, headers=office.as_(office.handler))
    assert [one["id"] for one in listed.json()["items"]] == files
    spent = await send(office.client, code)
    assert slug(spent) == "petition-proof-refused"


async def test_a_guest_uploads_as_many_files_as_a_petition_may_have_and_no_infected_one(
    client: httpx2.AsyncClient, code: EmailCode
) -> None:
    assert slug(await send(client, code, PDF + EICAR)) == "attachment-infected"
    for _ in range(10):
        await uploaded(client, code)
    assert slug(await send(client, code)) == "too-many-attachments"


# What they follow.


async def test_a_guest_follows_the_petition_by_its_slip_up_to_the_sealed_answer(
    office: Office, code: EmailCode, body: dict[str, Any], looking: asyncpg.Connection
) -> None:
    slip = (await file(office.client, body, code)).json()
    assert slug(await office.client.post(ANSWER, json=pair(slip))) == "answer-document-missing"
    await office.bring(slip["id"], "IN_ANALYSIS")
    asked = await office.step(slip["id"], "clarification", office.handler, {"question": "La ce ghișeu?"})
    assert asked.status_code == 200, asked.text
    told = (await office.client.post(STATUS, json=pair(slip))).json()["followed"]
    assert [step["state"] for step in told["steps"]][-1] == "AWAITING_CLARIFICATION"
    assert told["clarifications"][0]["question"] == "La ce ghișeu?"
    assert str(office.handler) not in str(told)
    await office.step(slip["id"], "resume", office.handler)
    answer = {"solution": "FAVOURABLE", "text": "Da.", "legal_basis": "OG nr. 27/2002 art. 8"}
    for step, who, given in (
        ("draft", office.handler, answer),
        ("approve", office.chief, None),
        ("sign", office.head, None),
        ("send", office.registrar, None),
    ):
        assert (await office.step(slip["id"], step, who, given)).status_code == 200
    document = await office.client.post(ANSWER, json=pair(slip))
    assert document.content.startswith(b"%PDF"), document.text
    assert document.headers["cache-control"] == "no-store"
    assert slug(await office.client.post(ANSWER, json=pair(slip, code="AAAAAAAA"))) == (
        "petition-status-not-found"
    )
    rows = await looking.fetch(
        "SELECT body FROM petitions.outbox WHERE key = $1 AND subject ~ 'petitions.petition'", slip["id"]
    )
    told_of = [json.loads(row["body"])["data"] for row in rows]
    assert {one["channel"] for one in told_of} == {"GUEST"}
    assert code.email not in str(told_of)


async def test_who_signs_what_a_guest_filed_reads_it_by_their_account(
    client: httpx2.AsyncClient, code: EmailCode, body: dict[str, Any], ana: Any, as_ana: dict[str, str]
) -> None:
    slip = (await file(client, body, code)).json()
    signed = await client.post(f"{API}/signatures", json=pair(slip), headers=as_ana | key())
    assert signed.status_code == 201, signed.text
    read = await client.get(f"{PETITIONS}/{slip['id']}", headers=as_ana)
    assert (read.json()["standing"], read.json()["acting_person_id"]) == ("CO_SIGNED", str(ana))
    (listed,) = (await client.get(PETITIONS, headers=as_ana)).json()["items"]
    assert listed["id"] == slip["id"]
