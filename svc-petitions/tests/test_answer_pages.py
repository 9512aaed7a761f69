"""The page that verifies an answer: one look with that of certificates, and it tells nobody's name."""

import re
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy.ext.asyncio import async_sessionmaker

import hub_service
import svc_petitions
from hub_core import ids, typed_codes
from hub_core.language import Language
from hub_documents import facts
from hub_events.session import Session
from hub_testing import texts
from svc_petitions.domain import answers as domain
from svc_petitions.operations import answer_documents as operations
from svc_petitions.operations.answer_documents import AnswerMeans
from svc_petitions.pages.rendering import DOCUMENT

from .office import API, PETITIONS, Office, key

PDF = {"content-type": "application/pdf"}
GENUINE = {"ro": "Răspunsul este autentic", "hu": "A válasz hiteles", "en": "The answer is genuine"}
FILE = f"{API}/verifications/file"


class Answered:
    """A petition that was answered: its code, its file, and its numbers."""

    def __init__(self, petition: dict[str, Any], code: str, file: bytes) -> None:
        self.petition = petition
        self.code = code
        self.file = file


@pytest.fixture
async def answered(
    client: httpx2.AsyncClient,
    office: Office,
    as_ana: dict[str, str],
    body: dict[str, Any],
    means: AnswerMeans,
    sessions: async_sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
) -> Answered:
    filed = await client.post(PETITIONS, json=body, headers=as_ana | key())
    petition: dict[str, Any] = filed.json()
    await office.bring(petition["id"], "ANSWERED")
    chance = ids.new_id().bytes[-typed_codes.RANDOM_BYTES :]
    with monkeypatch.context() as patch:
        patch.setattr(operations.secrets, "token_bytes", lambda _: chance)
        async with sessions() as session:
            file = await operations.document_of(session, means, UUID(petition["id"]), datetime.now(UTC))
    assert file is not None
    return Answered(petition, typed_codes.grouped(typed_codes.code_of(chance), domain.CODE_LETTER), file)


async def test_a_code_says_whose_answer_it_is_and_nothing_of_what_it_says(
    client: httpx2.AsyncClient, answered: Answered, body: dict[str, Any]
) -> None:
    for typed in (answered.code, answered.code.lower().replace("-", " ")):
        shown = await client.post("/answers/verify", data={"code": typed, "lang": "ro"})
        assert GENUINE["ro"] in shown.text
        assert "Direcția Generală de Pașapoarte" in shown.text
        assert answered.petition["registration_label"] in shown.text
        assert body["subject"] not in shown.text
        assert "Ghișeul este deschis" not in shown.text
        assert shown.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("language", list(Language))
async def test_the_page_speaks_one_language_and_runs_no_script_but_ours(
    client: httpx2.AsyncClient, answered: Answered, language: Language
) -> None:
    shown = await client.post("/answers/verify", data={"code": answered.code, "lang": language})
    assert GENUINE[language] in shown.text
    assert shown.headers["content-language"] == language
    assert f'<html lang="{language}">' in shown.text
    assert "unsafe" not in shown.headers["content-security-policy"]
    assert re.findall(r"<script[^>]*>", shown.text) == [
        re.search(r'<script type="module" src="/answers/verify\.mjs\?v=[0-9a-f]{12}">', shown.text)[0]  # type: ignore[index]
    ]
    assert not re.search(r"\s(on\w+|style)=", shown.text)


async def test_opening_the_page_with_a_code_verifies_nothing_and_leads_to_the_one_page(
    client: httpx2.AsyncClient, answered: Answered
) -> None:
    html = (await client.get(f"/answers/verify/{answered.code}", params={"lang": "en"})).text
    assert f'value="{answered.code}"' in html
    assert GENUINE["en"] not in html
    assert re.findall(r'<form[^>]* action="([^"?]*)', html) == ["/verify", "/verify/file"]


@pytest.mark.parametrize("typed", ["P-K7QF-2M9X-T4PA-8WDC", "<b>", "", "P" * 500])
async def test_every_other_code_is_answered_alike(client: httpx2.AsyncClient, typed: str) -> None:
    shown = await client.post("/answers/verify", data={"code": typed, "lang": "en"})
    assert shown.status_code == 200
    assert "No answer has this code" in shown.text
    assert "<b>" not in shown.text


async def test_the_file_is_verified_to_the_byte_and_kept_nowhere(
    client: httpx2.AsyncClient, answered: Answered, means: AnswerMeans
) -> None:
    before = {name async for name in means.store.names(datetime.max.replace(tzinfo=UTC))}
    shown = await client.post("/answers/verify/file?lang=hu", content=answered.file, headers=PDF)
    assert GENUINE["hu"] in shown.text
    assert "Sértetlen" in shown.text
    changed = bytearray(answered.file)
    changed[5000] ^= 1
    refused = await client.post("/answers/verify/file?lang=en", content=bytes(changed), headers=PDF)
    assert "This file was changed after it was sealed" in refused.text
    none = await client.post("/answers/verify/file?lang=en", content=b"%PDF-1.7 nothing", headers=PDF)
    assert "This file is none of our documents" in none.text
    assert {name async for name in means.store.names(datetime.max.replace(tzinfo=UTC))} == before


async def test_programs_verify_a_file_too(client: httpx2.AsyncClient, answered: Answered) -> None:
    told = await client.post(FILE, content=answered.file, headers=PDF)
    assert told.status_code == 200, told.text
    by_code = await client.get(f"{API}/verify/{answered.code}")
    assert told.json() == {"seal": "INTACT", "answer": by_code.json()}
    longer = await client.post(FILE, content=answered.file + b" ", headers=PDF)
    assert longer.json() == {"seal": "ALTERED", "answer": None}
    refused = await client.post(FILE, content=answered.file, headers={"content-type": "text/plain"})
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (415, "answer-file-not-pdf")


async def test_what_an_institution_sealed_that_is_no_answer_is_none(
    client: httpx2.AsyncClient, office: Office, answered: Answered
) -> None:
    year = datetime.now(UTC).year
    extract = await client.get(f"{API}/registers/{year}/pdf", headers=office.as_(office.registrar))
    told = await client.post(FILE, content=extract.content, headers=PDF)
    assert told.json() == {"seal": "INTACT", "answer": None}


async def test_the_qr_code_is_read_with_the_keys_that_the_page_is_given(
    client: httpx2.AsyncClient, means: AnswerMeans
) -> None:
    told = await client.get("/answers/keys")
    assert told.headers["cache-control"] == "public, max-age=3600"
    (told_key,) = [key["jwk"] for key in told.json()["facts"]]
    x, y = (int.from_bytes(urlsafe_b64decode(told_key[name] + "=")) for name in "xy")
    known = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    kid = urlsafe_b64decode(told_key["kid"] + "=")
    assert facts.read(facts.sign({7: b"P"}, means.press.facts), {kid: known}) == {7: b"P"}


async def test_style_and_script_may_be_kept_for_ever(client: httpx2.AsyncClient) -> None:
    html = (await client.get("/answers/verify/P")).text
    addresses = re.findall(r'"(/answers/[a-z.]+\?v=[0-9a-f]{12})"', html)
    assert len(addresses) == 2
    for address in addresses:
        answer = await client.get(address)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_text_of_the_page_is_translated(language: str) -> None:
    folder = Path(svc_petitions.__file__).parent
    known = texts.translations(folder / "locale", language)
    shared = texts.translations(Path(hub_service.__path__[0]) / "locale", language, "pages")
    needed = texts.of_templates(folder / "pages/templates") | {DOCUMENT}
    assert len(needed) > 15
    assert {text for text in needed - shared.keys() if not known.get(text)} == set()
