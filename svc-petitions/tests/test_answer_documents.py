"""The answer as a sealed document: made once, under its number, whatever is killed on the way."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import ids, typed_codes
from hub_core.clock import local_date
from hub_documents import verification
from hub_documents.store import StoreUnavailable
from hub_events.session import Session
from hub_testing.identity import FakeIdentity
from svc_petitions.domain import answers as domain
from svc_petitions.domain.petitioners import Identity
from svc_petitions.domain.petitions import PetitionKind
from svc_petitions.domain.registers import Direction, Line, faults
from svc_petitions.errors.documents import DocumentStoreAway
from svc_petitions.operations import answer_documents as operations
from svc_petitions.operations.answer_documents import AnswerMeans
from svc_petitions.storage import answer_documents as storage
from svc_petitions.storage import petitioners as petitioner_rows
from svc_petitions.storage import registers

from .office import API, Office

Looking = asyncpg.Connection
Answered = Callable[..., Awaitable[dict[str, Any]]]
PETITIONS = "/petitions/v1/petitions"
DRAFT = {
    "solution": "FAVOURABLE",
    "text": "Stimată doamnă,\nGhișeul este deschis până la ora 18.30.",
    "legal_basis": "Legea nr. 248/2005 art. 34",
    "courtesy_language": "hu",
    "courtesy_text": "Tisztelt Asszonyom!\nAz ügyfélszolgálat 18.30-ig tart nyitva.",
}


class Killed(Exception):
    """Where the process ends."""


@pytest.fixture
def answered(
    client: httpx2.AsyncClient,
    sessions: async_sessionmaker[Session],
    looking: Looking,
    as_ana: dict[str, str],
    body: dict[str, Any],
) -> Answered:
    """File a petition, and send an answer to it under a number of the register."""

    async def make(**special: Any) -> dict[str, Any]:
        filed = await client.post(PETITIONS, json=body | special, headers=as_ana)
        assert filed.status_code == 201, filed.text
        petition: dict[str, Any] = filed.json()
        now = datetime.now(UTC)
        line = Line(
            institution_id=UUID(body["institution_id"]),
            direction=Direction.OUT,
            petition_id=UUID(petition["id"]),
            subject=body["subject"],
            correspondent="Ana",
            entered_at=now,
        )
        async with sessions() as session, session.begin():
            entered = await registers.enter(session, line)
        row = DRAFT | {
            "petition_id": line.petition_id,
            "ordinal": 1,
            "institution_id": line.institution_id,
            "drafted_by": ids.new_id(),
            "drafted_at": now,
            "signed_by": ids.new_id(),
            "signed_at": now,
            "sent_at": now,
            "out_year": entered.year,
            "out_number": entered.number,
        }
        names, places = ", ".join(row), ", ".join(f"${place}" for place in range(1, len(row) + 1))
        await looking.execute(f"INSERT INTO petitions.drafts ({names}) VALUES ({places})", *row.values())
        return petition | {"out": entered.number}

    return make


def of(petition: dict[str, Any]) -> str:
    """The address of the document."""
    return f"{PETITIONS}/{petition['id']}/answer-document"


async def test_nobody_else_fetches_an_answer(
    client: httpx2.AsyncClient, answered: Answered, as_ion: dict[str, str], signed_in: Any, ana: UUID
) -> None:
    petition = await answered()
    assert (await client.get(of(petition))).status_code == 401
    assert (await client.get(of(petition), headers=as_ion)).status_code == 404
    writes = signed_in(ana, frozenset({"petitions:write"}))
    assert (await client.get(of(petition), headers=writes)).status_code == 403


async def test_officials_of_the_institution_fetch_it_with_a_purpose_and_leave_a_line(
    client: httpx2.AsyncClient, answered: Answered, office: Office, looking: Looking
) -> None:
    petition = await answered()
    path, headers = f"{API}/files/{petition['id']}/answer-document", office.as_(office.registrar)
    foreign = office.as_(office.registrar, institution=str(ids.new_id()))
    assert (await client.get(path, headers=foreign)).status_code == 404
    aimless = {name: value for name, value in headers.items() if name != "purpose"}
    assert (await client.get(path, headers=aimless)).status_code in {400, 403, 422}
    answer = await client.get(path, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    lines = await looking.fetch(
        "SELECT convert_from(body, 'UTF8') AS body FROM petitions.outbox"
        " WHERE subject = 'hub.petitions.record.accessed.v1'"
    )
    assert sum(petition["id"] in row["body"] for row in lines) == 1


async def test_before_an_answer_is_sent_there_is_no_document(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    petition = (await client.post(PETITIONS, json=body, headers=as_ana)).json()
    missing = await client.get(of(petition), headers=as_ana)
    assert (missing.status_code, missing.json()["type"].rpartition("/")[2]) == (
        404,
        "answer-document-missing",
    )


async def test_an_answer_says_number_law_redress_and_the_same_in_the_petitioners_language(
    client: httpx2.AsyncClient,
    answered: Answered,
    as_ana: dict[str, str],
    trust_folder: Any,
    program: Any,
    tmp_path: Any,
) -> None:
    """Edge 83: the Romanian text is the official one, and the Hungarian stands under it."""
    petition = await answered()
    answer = await client.get(of(petition), headers=as_ana)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    trust = verification.trust_in(trust_folder / "root.pem")
    verdict = verification.verify(answer.content, trust, datetime.now(UTC))
    assert verdict.outcome is verification.Outcome.INTACT
    path = tmp_path / "answer.pdf"
    path.write_bytes(answer.content)
    page = " ".join(program("pdftotext", path, "-").decode().split())
    for said in (
        f"{petition['out']}/",
        f"nr. {petition['number']}/",
        "Programul ghișeului",
        "Ghișeul este deschis până la ora 18.30.",
        "Legea nr. 248/2005 art. 34",
        "plângere prealabilă la autoritatea care v-a răspuns, în 30 de zile",
        "Conducătorul instituției",
        "Tájékoztató fordítás",
        "Az ügyfélszolgálat 18.30-ig tart nyitva.",
    ):
        assert said in page


async def test_an_answer_names_its_petitioner_its_signatory_and_whose_seal_it_bears(
    client: httpx2.AsyncClient,
    office: Office,
    as_ana: dict[str, str],
    ana: UUID,
    body: dict[str, Any],
    fake_identity: FakeIdentity,
    trust_folder: Any,
    program: Any,
    tmp_path: Any,
    looking: Looking,
) -> None:
    """The names come from svc-identity for the document, and stay in it alone."""
    names = {ana: "Anamaria Popescu-Doroftei", office.head: "Veronica Adelina Marin"}
    for person, name in names.items():
        fake_identity.answer(f"/internal/v1/principals/{person}/name", {"name": name})
    petition = (await client.post(PETITIONS, json=body, headers=as_ana)).json()
    await office.bring(petition["id"], "ANSWERED")
    answer = await client.get(of(petition), headers=as_ana)
    assert answer.status_code == 200, answer.text
    path = tmp_path / "answer.pdf"
    path.write_bytes(answer.content)
    page = " ".join(program("pdftotext", path, "-").decode().split())
    for said in (*names.values(), "Conducătorul instituției", "Direcția Generală de Pașapoarte (TEST)"):
        assert said in page
    trust = verification.trust_in(trust_folder / "root.pem")
    verdict = verification.verify(answer.content, trust, datetime.now(UTC))
    assert verdict.outcome is verification.Outcome.INTACT
    assert verdict.signed_by == "Direcția Generală de Pașapoarte (TEST)"
    tables = await looking.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'petitions'")
    for row in tables:
        for name in names.values():
            assert not await looking.fetchval(
                f"SELECT count(*) FROM petitions.{row['tablename']} AS r WHERE r::text LIKE $1", f"%{name}%"
            )


async def test_while_identity_is_away_the_answer_stays_sent_and_its_document_is_made_later(
    client: httpx2.AsyncClient,
    office: Office,
    as_ana: dict[str, str],
    ana: UUID,
    body: dict[str, Any],
    fake_identity: FakeIdentity,
    means: AnswerMeans,
    sessions: async_sessionmaker[Session],
) -> None:
    address = f"/internal/v1/principals/{ana}/name"
    petition = (await client.post(PETITIONS, json=body, headers=as_ana)).json()
    await office.bring(petition["id"], "ANSWERED")
    fake_identity.answer(address, {}, HTTPStatus.SERVICE_UNAVAILABLE)
    assert (await client.get(of(petition), headers=as_ana)).status_code == 503
    petition_id, now = UUID(petition["id"]), datetime.now(UTC)
    async with sessions() as session:
        await operations.press_waiting(session, means, now)
        assert await storage.find(session, petition_id) is None
    fake_identity.answer(address, {"name": "Ana Popescu"})
    async with sessions() as session:
        assert await operations.press_waiting(session, means, now) >= 1
        assert await storage.find(session, petition_id) is not None


async def test_who_has_no_account_is_named_with_the_address_that_the_letter_goes_to(
    client: httpx2.AsyncClient,
    answered: Answered,
    means: AnswerMeans,
    sessions: async_sessionmaker[Session],
    looking: Looking,
    program: Any,
    tmp_path: Any,
) -> None:
    petition = await answered()
    petition_id, now = UUID(petition["id"]), datetime.now(UTC)
    await looking.execute("DELETE FROM petitions.petitioners WHERE petition_id = $1", petition_id)
    petitioners = [
        Identity(family_name="Pop", given_name="Gheorghe", address="Str. Gării 4, 520009 Sfântu Gheorghe"),
        Identity(family_name="Pop", given_name="Maria", address="Str. Gării 4, 520009 Sfântu Gheorghe"),
    ]
    async with sessions() as session, session.begin():
        await petitioner_rows.add_all(session, means.key, petition_id, petitioners, now)
    async with sessions() as session:
        content = await operations.document_of(session, means, petition_id, now)
    assert content is not None
    path = tmp_path / "answer.pdf"
    path.write_bytes(content)
    page = " ".join(program("pdftotext", path, "-").decode().split())
    assert "Gheorghe Pop și încă un semnatar" in page
    assert "Str. Gării 4, 520009 Sfântu Gheorghe" in page


async def test_an_answer_that_officials_have_sent_is_there_at_once_and_stands_in_the_register(
    client: httpx2.AsyncClient,
    office: Office,
    as_ana: dict[str, str],
    body: dict[str, Any],
    sessions: async_sessionmaker[Session],
) -> None:
    petition = (await client.post(PETITIONS, json=body, headers=as_ana)).json()
    await office.bring(petition["id"], "ANSWERED")
    answer = await client.get(of(petition), headers=as_ana)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    async with sessions() as session:
        lines = await registers.entries_of(session, office.id, local_date(datetime.now(UTC)).year, limit=10)
    assert [shown.entry.direction for shown in lines] == [Direction.IN, Direction.OUT]
    assert {str(shown.entry.petition_id) for shown in lines} == {petition["id"]}
    assert list(faults(shown.entry for shown in lines)) == []


async def test_an_answer_is_made_once_and_stays_the_same(
    client: httpx2.AsyncClient, answered: Answered, as_ana: dict[str, str], looking: Looking
) -> None:
    petition = await answered()
    fetched = await asyncio.gather(*(client.get(of(petition), headers=as_ana) for _ in range(4)))
    assert len({answer.content for answer in fetched}) == 1
    assert (await client.get(of(petition), headers=as_ana)).content == fetched[0].content
    rows = await looking.fetch(
        "SELECT file_key FROM petitions.answer_documents WHERE petition_id = $1", UUID(petition["id"])
    )
    assert len(rows) == 1


async def test_a_petition_that_was_joined_gets_its_leaders_answer(
    client: httpx2.AsyncClient,
    answered: Answered,
    as_ana: dict[str, str],
    body: dict[str, Any],
    looking: Looking,
    program: Any,
    tmp_path: Any,
) -> None:
    """Edge 65: one answer to all, each with its number."""
    leader = await answered()
    joined = (await client.post(PETITIONS, json=body, headers=as_ana)).json()
    await looking.execute(
        "UPDATE petitions.petitions SET leader_id = $1, state = 'JOINED' WHERE id = $2",
        UUID(leader["id"]),
        UUID(joined["id"]),
    )
    answer = await client.get(of(joined), headers=as_ana)
    assert answer.content == (await client.get(of(leader), headers=as_ana)).content
    path = tmp_path / "answer.pdf"
    path.write_bytes(answer.content)
    assert f"{joined['number']}/" in program("pdftotext", path, "-").decode().partition("Răspunde și la")[2]


async def test_what_no_font_can_show_does_not_stop_an_answer(
    client: httpx2.AsyncClient, answered: Answered, as_ana: dict[str, str]
) -> None:
    petition = await answered(subject="Groapa \N{GRINNING FACE} de pe strada mea")
    assert (await client.get(of(petition), headers=as_ana)).status_code == 200


async def test_who_is_killed_after_the_file_was_stored_leaves_one_number_and_one_document(
    answered: Answered,
    means: AnswerMeans,
    sessions: async_sessionmaker[Session],
    looking: Looking,
    monkeypatch: pytest.MonkeyPatch,
    body: dict[str, Any],
) -> None:
    """The clock begins again; the file that no row knows is swept, and nothing else."""
    petition = await answered()
    petition_id, now = UUID(petition["id"]), datetime.now(UTC)

    before = [name async for name in means.store.names(now + timedelta(minutes=1))]

    async def die(*_: Any) -> bool:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(storage, "add", die)
        async with sessions() as session:
            with pytest.raises(Killed):
                await operations.document_of(session, means, petition_id, now)
    stored = [name async for name in means.store.names(now + timedelta(minutes=1))]
    async with sessions() as session:
        await operations.press_waiting(session, means, now)
        kept = await storage.find(session, petition_id)
    assert kept is not None
    async with sessions() as session:
        await operations.sweep(session, means, now + timedelta(hours=2))
    left = [name async for name in means.store.names(now + timedelta(minutes=1))]
    assert kept.file_key in left
    (orphan,) = set(stored) - set(before)
    assert orphan not in left
    numbers = await looking.fetch(
        "SELECT number FROM petitions.register_entries WHERE institution_id = $1 ORDER BY number",
        UUID(body["institution_id"]),
    )
    assert [row["number"] for row in numbers] == [1, 2]


async def test_while_the_store_is_away_the_caller_is_told_to_come_again(
    answered: Answered,
    means: AnswerMeans,
    sessions: async_sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    petition = await answered()

    async def away(*_: Any) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(type(means.store), "put", away)
    async with sessions() as session:
        with pytest.raises(DocumentStoreAway):
            await operations.document_of(session, means, UUID(petition["id"]), datetime.now(UTC))


async def test_anybody_verifies_an_answer_by_its_code_and_learns_no_name(
    client: httpx2.AsyncClient,
    answered: Answered,
    means: AnswerMeans,
    sessions: async_sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
    as_ana: dict[str, str],
) -> None:
    petition, chance = await answered(), ids.new_id().bytes[-typed_codes.RANDOM_BYTES :]
    monkeypatch.setattr(operations.secrets, "token_bytes", lambda _: chance)
    assert (await client.get(of(petition), headers=as_ana)).status_code == 200
    code = typed_codes.grouped(typed_codes.code_of(chance), domain.CODE_LETTER)
    for typed in (code, code.lower(), code.replace("-", "")):
        told = await client.get(f"/petitions/v1/verify/{typed}")
        assert told.status_code == 200
    assert told.json().keys() == {"institution", "number", "petition", "sent_on", "sha256"}
    async with sessions() as session:
        kept = await storage.find(session, UUID(petition["id"]))
    assert kept is not None
    assert told.json()["sha256"] == kept.file_sha256.hex()


@pytest.mark.parametrize("code", ["K7QF-2M9X-T4PA-8WDC", "UUUU-UUUU-UUUU-UUUU"])
async def test_every_wrong_code_gets_the_same_answer(client: httpx2.AsyncClient, code: str) -> None:
    told = await client.get(f"/petitions/v1/verify/{code}")
    assert (told.status_code, told.json()["type"].rpartition("/")[2]) == (404, "answer-not-verified")


@pytest.mark.parametrize("act", [None, "Ordinul nr. 12/2026"])
def test_who_signs_for_the_head_says_by_which_act(act: str | None) -> None:
    sent = domain.Sent(
        petition_id=ids.new_id(),
        kind=PetitionKind.REQUEST,
        institution_id=ids.new_id(),
        institution_code="DGP",
        institution={"ro": "DGP"},
        compartment=None,
        number="2/22.11.2026",
        petition="1/21.11.2026",
        petitioner_id=None,
        petitioner=None,
        address=None,
        others=0,
        subject="",
        text="",
        legal_basis="",
        courtesy_language=None,
        courtesy_text=None,
        signed_by=ids.new_id(),
        delegation=act,
        joined=(),
        sent_at=datetime.now(UTC),
    )
    signature = sent.signature("Elena Marin")
    assert signature[0] == "Elena Marin"
    assert ("prin delegare: Ordinul nr. 12/2026" in signature) == (act is not None)
    assert replace(sent, delegation=None).signature(None) == ("Conducătorul instituției",)
    assert sent.addressee(None) is None
    assert sent.addressee("Ana Popescu") == "Ana Popescu"
    for many, shown in ((19, "19 semnatari"), (20, "20 de semnatari"), (101, "101 semnatari")):
        assert replace(sent, others=many).addressee("Ana Popescu") == f"Ana Popescu și alți {shown}"
    assert replace(sent, others=1).addressee("Ana Popescu") == "Ana Popescu și încă un semnatar"
    assert (
        replace(sent, others=3, petitioner="Ion Ionescu").addressee(None) == "Ion Ionescu și alți 3 semnatari"
    )
