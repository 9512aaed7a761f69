"""Files: who may, what is taken, who looks at them, and what is left of those that nobody attached."""

import io
import zipfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI

from hub_core import clock, ids
from hub_core.principal import Role
from hub_documents.store import DocumentMissing, Store
from svc_petitions import dependencies
from svc_petitions.clients import scanner as scanners
from svc_petitions.clients.scanner import Clamd, Infected, Nobody, ScannerUnavailable
from svc_petitions.domain.attachments import media_type
from svc_petitions.domain.institutions import Institution
from svc_petitions.errors.attachments import AttachmentsUnavailable
from svc_petitions.keys import MasterKey, Purpose
from svc_petitions.operations import attachments
from svc_petitions.operations.attachments import Means
from svc_petitions.settings import Settings

from . import clamd
from .clamd import EICAR
from .officials import API, AT_COUNTER, FOR_FILE, official

UPLOAD = f"{API}/attachments"
PDF = b"%PDF-1.7\n" + b"0" * 500
NAME = {"file-name": "cerere%20semnat%C4%83.pdf"}


def slug(answer: httpx2.Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


def a_zip(**content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as folder:
        for name, inside in content.items():
            folder.writestr(name.replace("__", "/").replace("_DOT_", "."), inside)
    return made.getvalue()


@pytest.fixture
async def means(app: FastAPI, master: MasterKey, tmp_path: Path) -> AsyncIterator[Means]:
    """A store of this test and somebody who looks; the running service uses them."""
    async with clamd.spoken() as address:
        store = Store.open(tmp_path.as_uri(), master.of(Purpose.DOCUMENTS))
        made, before = Means(master, store, Clamd(address)), app.state.filing
        app.state.filing = lambda: made
        yield made
        app.state.filing = before


async def send(
    client: httpx2.AsyncClient, headers: dict[str, str], content: bytes = PDF, path: str = UPLOAD
) -> httpx2.Response:
    return await client.post(path, content=content, headers=headers | NAME)


# Who may.


async def test_nobody_uploads_without_a_token_or_its_scope(
    client: httpx2.AsyncClient, means: Means, signed_in: Any, dgp: Institution
) -> None:
    assert (await send(client, {})).status_code == 401
    assert slug(await send(client, signed_in(scopes={"petitions:read"}))) == "insufficient-scope"
    path = f"{API}/entries/attachments"
    handler = official(signed_in, dgp.id, "petitions:register", role=Role.HANDLER)
    assert slug(await send(client, handler, path=path)) == "role-required"
    assert (
        await send(client, official(signed_in, dgp.id, "petitions:register"), path=path)
    ).status_code == 201


async def test_nobody_attaches_what_another_uploaded(
    client: httpx2.AsyncClient,
    means: Means,
    as_ana: dict[str, str],
    as_ion: dict[str, str],
    body: dict[str, Any],
    looking: asyncpg.Connection,
) -> None:
    uploaded = (await send(client, as_ion)).json()["id"]
    for ids_ in ([uploaded], [str(ids.new_id())]):
        refused = await client.post(f"{API}/petitions", json=body | {"attachment_ids": ids_}, headers=as_ana)
        assert (refused.status_code, slug(refused)) == (422, "attachment-unknown")
    count = "SELECT count(*) FROM petitions.petitions WHERE institution_id::text = $1"
    assert await looking.fetchval(count, body["institution_id"]) == 0
    kept = await client.post(f"{API}/petitions", json=body | {"attachment_ids": [uploaded]}, headers=as_ion)
    assert kept.status_code == 201


async def test_only_the_petitioner_and_officials_of_the_institution_get_a_file(
    client: httpx2.AsyncClient,
    means: Means,
    as_ana: dict[str, str],
    as_ion: dict[str, str],
    body: dict[str, Any],
    signed_in: Any,
    dgp: Institution,
    an_institution: Any,
) -> None:
    uploaded = (await send(client, as_ana)).json()["id"]
    filed = await client.post(f"{API}/petitions", json=body | {"attachment_ids": [uploaded]}, headers=as_ana)
    of_petition = f"{API}/petitions/{filed.json()['id']}/attachments"
    of_file = f"{API}/files/{filed.json()['id']}/attachments"
    for path in (of_petition, f"{of_petition}/{uploaded}"):
        assert slug(await client.get(path, headers=as_ion)) == "petition-not-found"
    there = official(signed_in, (await an_institution()).id, "petitions:handle", role=Role.HANDLER)
    here = official(signed_in, dgp.id, "petitions:handle", role=Role.HANDLER)
    for path in (of_file, f"{of_file}/{uploaded}"):
        assert slug(await client.get(path, headers=there | FOR_FILE)) == "file-not-found"
        assert slug(await client.get(path, headers=here)) == "purpose-required"
        assert slug(await client.get(path, headers=as_ana | FOR_FILE)) == "insufficient-scope"
    for headers, path in ((as_ana, of_petition), (here | FOR_FILE, of_file)):
        (listed,) = (await client.get(path, headers=headers)).json()["items"]
        assert (listed["name"], listed["size"]) == ("cerere semnată.pdf", len(PDF))
        given = await client.get(f"{path}/{uploaded}", headers=headers)
        assert given.content == PDF
        assert given.headers["content-disposition"].startswith("attachment;")
        assert given.headers["x-content-type-options"] == "nosniff"
        missing = await client.get(f"{path}/{ids.new_id()}", headers=headers)
        assert (missing.status_code, slug(missing)) == (404, "attachment-not-found")


# What is taken.


@pytest.mark.parametrize(
    ("content", "known"),
    [
        (PDF, "application/pdf"),
        (b"\xff\xd8\xff\xe0JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        ("Stimată doamnă,\nați primit?".encode(), "text/plain"),
        (
            a_zip(**{"[Content_Types]_DOT_xml": b"x", "word__document_DOT_xml": b"x"}),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            a_zip(mimetype=b"application/vnd.oasis.opendocument.text", content_DOT_xml=b"x"),
            "application/vnd.oasis.opendocument.text",
        ),
        (
            a_zip(
                **{
                    "[Content_Types]_DOT_xml": b"x",
                    "word__document_DOT_xml": b"x",
                    "word__vbaProject_DOT_bin": b"x",
                }
            ),
            None,
        ),
        (a_zip(virus_DOT_exe=b"MZ"), None),
        (a_zip(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), None),
        (b"PK\x03\x04broken", None),
        (b"MZ\x90\x00\x03", None),
        (b"\x7fELF\x02\x01", None),
        (b"\xfe\xff\x00a", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_content_says(content: bytes, known: str | None) -> None:
    assert media_type(content) == known


async def test_a_program_called_pdf_is_refused(
    client: httpx2.AsyncClient, means: Means, as_ana: dict[str, str]
) -> None:
    refused = await send(client, as_ana, b"MZ\x90\x00\x03")
    assert (refused.status_code, slug(refused)) == (415, "attachment-type-refused")


async def test_an_infected_file_is_refused_and_nothing_of_it_is_stored(
    client: httpx2.AsyncClient, means: Means, ana: UUID, as_ana: dict[str, str], looking: asyncpg.Connection
) -> None:
    """Edge 81."""
    refused = await send(client, as_ana, EICAR)
    assert (refused.status_code, slug(refused)) == (422, "attachment-infected")
    assert await looking.fetchval("SELECT count(*) FROM petitions.uploads WHERE person_id = $1", ana) == 0
    later = clock.now() + timedelta(days=1)
    assert [name async for name in means.store.names(later)] == []


async def test_what_is_too_large_is_refused_while_it_comes(
    client: httpx2.AsyncClient, means: Means, as_ana: dict[str, str]
) -> None:
    refused = await send(client, as_ana, PDF + bytes(10 * 1_048_576))
    assert refused.status_code == 413
    largest = PDF + bytes(10 * 1_048_576 - len(PDF))
    assert (await send(client, as_ana, largest)).status_code == 201


async def test_ten_files_and_no_more_come_with_a_petition(
    client: httpx2.AsyncClient, means: Means, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    uploaded = [(await send(client, as_ana)).json()["id"] for _ in range(11)]
    refused = await client.post(f"{API}/petitions", json=body | {"attachment_ids": uploaded}, headers=as_ana)
    assert (refused.status_code, slug(refused)) == (422, "too-many-attachments")
    ten = body | {"attachment_ids": uploaded[:10]}
    filed = await client.post(f"{API}/petitions", json=ten, headers=as_ana)
    listed = await client.get(f"{API}/petitions/{filed.json()['id']}/attachments", headers=as_ana)
    assert [each["id"] for each in listed.json()["items"]] == uploaded[:10]


async def test_a_registrar_enters_a_scanned_paper(
    client: httpx2.AsyncClient, means: Means, signed_in: Any, dgp: Institution, body: dict[str, Any]
) -> None:
    person_id = ids.new_id()

    def by() -> dict[str, str]:
        return official(signed_in, dgp.id, "petitions:register", person_id=person_id) | AT_COUNTER

    uploaded = (await send(client, by(), path=f"{API}/entries/attachments")).json()["id"]
    entry = {name: body[name] for name in ("kind", "subject", "text", "language")} | {
        "channel": "POST",
        "received_on": clock.local_date(clock.now()).isoformat(),
        "petitioners": [],
        "attachment_ids": [uploaded],
    }
    entered = await client.post(f"{API}/entries", json=entry, headers=by())
    assert entered.status_code == 201, entered.text
    reading = official(signed_in, dgp.id, "petitions:handle") | FOR_FILE
    listed = await client.get(f"{API}/files/{entered.json()['id']}/attachments", headers=reading)
    assert [each["id"] for each in listed.json()["items"]] == [uploaded]


async def test_without_a_scanner_no_file_is_taken_and_the_petition_is(
    client: httpx2.AsyncClient,
    app: FastAPI,
    means: Means,
    as_ana: dict[str, str],
    body: dict[str, Any],
) -> None:
    for scanner in (Nobody(), Clamd("127.0.0.1:1")):
        app.state.filing = lambda scanner=scanner: Means(means.key, means.store, scanner)
        refused = await send(client, as_ana)
        assert (refused.status_code, slug(refused)) == (503, "attachments-unavailable")
    assert (await client.post(f"{API}/petitions", json=body, headers=as_ana)).status_code == 201


async def test_where_nobody_is_to_look_a_file_is_taken_and_says_so(
    client: httpx2.AsyncClient, app: FastAPI, means: Means, as_ana: dict[str, str]
) -> None:
    app.state.filing = lambda: Means(means.key, means.store, scanners.of("none"))
    taken = await send(client, as_ana)
    assert (taken.status_code, taken.json()["scanned_by"]) == (201, "none")


# Who looks.


async def test_the_protocol_of_clamd_is_spoken_in_parts_of_any_length() -> None:
    async with clamd.spoken() as address:
        assert (await Clamd(address).scan(bytes(1_000_000))).startswith("ClamAV")
        with pytest.raises(Infected):
            await Clamd(address).scan(bytes(200_000) + EICAR)


@pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"stream: maybe\0"])
async def test_whatever_is_not_a_clear_answer_lets_no_file_in(answer: bytes) -> None:
    async with clamd.spoken(answer) as address:
        with pytest.raises(ScannerUnavailable):
            await Clamd(address).scan(PDF)


async def test_debians_clamd_lets_a_clean_file_in_and_finds_its_own_signature(tmp_path: Path) -> None:
    async with clamd.real(tmp_path) as socket:
        scanner = Clamd(socket)
        assert (await scanner.scan(PDF)).startswith("ClamAV")
        with pytest.raises(Infected):
            await scanner.scan(b"text " * 50_000 + EICAR)


# What is left.


async def test_what_nobody_attached_is_swept_and_what_belongs_to_a_petition_stays(
    client: httpx2.AsyncClient, means: Means, sessions: Any, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    kept, left = [(await send(client, as_ana)).json()["id"] for _ in range(2)]
    await client.post(f"{API}/petitions", json=body | {"attachment_ids": [kept]}, headers=as_ana)
    orphan = ids.new_id()
    await means.store.put(f"attachments/{orphan}", PDF)  # who put it was killed before the commit
    later = clock.now() + timedelta(days=2)
    async with sessions() as session:
        assert await attachments.sweep(session, means, later) >= 2
    assert await means.store.get(f"attachments/{kept}") == PDF
    for gone in (left, orphan):
        with pytest.raises(DocumentMissing):
            await means.store.get(f"attachments/{gone}")


async def test_nothing_of_a_file_lies_in_the_open(
    client: httpx2.AsyncClient, means: Means, as_ana: dict[str, str], looking: asyncpg.Connection
) -> None:
    uploaded = (await send(client, as_ana)).json()["id"]
    row = await looking.fetchrow("SELECT * FROM petitions.uploads WHERE id = $1", UUID(uploaded))
    assert b"cerere" not in row["sealed_name"]
    assert "cerere" not in str({**row})


def test_without_a_place_for_files_none_is_taken(master: MasterKey) -> None:
    with pytest.raises(AttachmentsUnavailable):
        dependencies.filing(Settings(petitions_store=""), master)()
