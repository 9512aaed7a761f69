"""The page for people: three languages, one script of ours, and opening it changes nothing."""

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

import hub_service
import svc_criminal_record
from hub_cli.outside.trust import authority
from hub_core import typed_codes
from hub_core.language import Language
from hub_testing import texts
from svc_criminal_record.domain.certificates import RevocationReason
from svc_criminal_record.pages.words import DOCUMENTS

from .build import a_stored_certificate, sealed_for

FOLDER = Path(svc_criminal_record.__file__).parent
VALID = {"ro": "Certificatul este valabil", "hu": "Az igazolás érvényes", "en": "The certificate is valid"}


@pytest.mark.parametrize("language", list(Language))
async def test_the_page_speaks_one_language_and_runs_no_script_but_ours(
    client: httpx2.AsyncClient, language: Language
) -> None:
    answer = await client.get("/verify", headers={"accept-language": language})
    assert answer.headers["content-language"] == language
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= {*policy.split("; ")}
    assert "unsafe" not in policy
    assert f'<html lang="{language}">' in answer.text
    assert re.findall(r"<script[^>]*>", answer.text) == [
        re.search(r'<script type="module" src="/verify/verify\.mjs\?v=[0-9a-f]{12}">', answer.text)[0]  # type: ignore[index]
    ]
    assert not re.search(r"\s(on\w+|style)=", answer.text)
    chosen = await client.get("/verify", params={"lang": language}, headers={"accept-language": "de"})
    assert chosen.text == answer.text


async def test_opening_the_page_with_a_code_verifies_nothing(
    client: httpx2.AsyncClient, looking: Any, sessions: Any
) -> None:
    made, code = await a_stored_certificate(sessions)
    html = (await client.get(f"/verify/{typed_codes.grouped(code)}")).text
    assert f'value="{typed_codes.grouped(code)}"' in html
    assert 'name="way" value="QR"' in html
    assert made.label not in html
    assert not await looking.fetchval(
        'SELECT count(*) FROM "criminal-record".verifications WHERE certificate_id = $1', made.id
    )


@pytest.mark.parametrize("language", list(Language))
async def test_the_button_verifies_and_says_it_in_words(
    client: httpx2.AsyncClient, looking: Any, sessions: Any, language: Language
) -> None:
    made, code = await a_stored_certificate(sessions)
    sent = {"code": code.lower(), "way": "QR", "lang": language}
    answer = await client.post("/verify", data=sent)
    assert answer.status_code == 200
    assert VALID[language] in answer.text
    assert made.label in answer.text
    assert "A. M. P." in answer.text
    kept = await looking.fetchrow(
        'SELECT way, standing FROM "criminal-record".verifications WHERE certificate_id = $1', made.id
    )
    assert tuple(kept) == ("QR", "VALID")


async def test_every_end_has_its_words_and_a_revocation_its_day(
    client: httpx2.AsyncClient, sessions: Any
) -> None:
    _, revoked = await a_stored_certificate(
        sessions,
        revoked_at=datetime(2026, 11, 21, 10, tzinfo=UTC),
        revocation_reason=RevocationReason.COURT_DECISION,
    )
    html = (await client.post("/verify", data={"code": revoked, "lang": "ro"})).text
    assert "Certificatul a fost revocat" in html
    assert "21.11.2026" in html
    assert "COURT" not in html
    unknown = (await client.post("/verify", data={"code": "<b>", "lang": "en"})).text
    assert "There is no document with this code" in unknown
    assert "<b>" not in unknown


async def test_a_file_is_verified_on_the_page_too(
    client: httpx2.AsyncClient, sessions: Any, trust_folder: Path
) -> None:
    sealed = await sealed_for("the page", trust_folder)
    await a_stored_certificate(sessions, file_sha256=hashlib.sha256(sealed).digest())
    pdf = {"content-type": "application/pdf"}
    html = (await client.post("/verify/file?lang=hu", content=sealed, headers=pdf)).text
    assert VALID["hu"] in html
    assert "Sértetlen" in html
    changed = (await client.post("/verify/file?lang=hu", content=sealed + b" ", headers=pdf)).text
    assert "megváltoztatták" in changed


async def test_what_another_service_has_sealed_is_sent_on_to_it(
    client: httpx2.AsyncClient, trust_folder: Path, tmp_path: Path
) -> None:
    """One page for every document of the hub: codes that begin with a letter, and files sealed by others."""
    opened = await client.get("/verify/P-K7QF-2M9X-T4PA-8WDC", params={"lang": "hu"})
    assert (opened.status_code, opened.headers["location"]) == (
        307,
        "/answers/verify/P-K7QF-2M9X-T4PA-8WDC?lang=hu",
    )
    for typed in ("P-K7QF-2M9X-T4PA-8WDC", " p k7qf2m9xt4pa8wdc "):
        typing = await client.post("/verify", data={"code": typed, "lang": "ro"})
        assert (typing.status_code, typing.headers["location"]) == (307, "/answers/verify?lang=ro")
    history = await client.post("/verify", data={"code": "t-k7qf-2m9x-t4pa-8wdc", "lang": "ro"})
    assert (history.status_code, history.headers["location"]) == (307, "/histories/verify?lang=ro")
    for typed in ("A-K7QF-2M9X-T4PA-8WDC", "PK7QF2M9XT4PA8WD"):
        assert (await client.post("/verify", data={"code": typed})).status_code == 200
    authority.make(str(tmp_path), "http://127.0.0.1:1/trust")
    theirs = await sealed_for("another service", tmp_path)
    pdf = {"content-type": "application/pdf"}
    sent = await client.post("/verify/file?lang=en", content=theirs, headers=pdf)
    assert (sent.status_code, sent.headers["location"]) == (307, "/answers/verify/file?lang=en")
    no_certificate = await sealed_for("the same seal", trust_folder)
    sent = await client.post("/verify/file?lang=en", content=no_certificate, headers=pdf)
    assert (sent.status_code, sent.headers["location"]) == (307, "/histories/verify/file?lang=en")
    altered = await client.post("/verify/file?lang=en", content=no_certificate + b" ", headers=pdf)
    assert altered.status_code == 200


async def test_who_tries_too_often_reads_how_long_to_wait(client: httpx2.AsyncClient) -> None:
    code = typed_codes.code_of(b"page tries")
    for _ in range(30):
        assert (await client.post("/verify", data={"code": code})).status_code == 200
    refused = await client.post("/verify", data={"code": code, "lang": "en"})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 3000
    assert "Verified too often" in refused.text


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"&".join(b"code=1" for _ in range(100)), "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"", ""),
    ],
)
async def test_what_is_no_form_is_a_code_that_does_not_exist(
    client: httpx2.AsyncClient, content: bytes, kind: str
) -> None:
    answer = await client.post("/verify?lang=en", content=content, headers={"content-type": kind})
    assert answer.status_code in {200, 429}


async def test_a_hostile_address_stays_text(client: httpx2.AsyncClient) -> None:
    html = (await client.get('/verify/"><script>alert(1)')).text
    assert html.count("<script") == 1
    assert "<script>" not in html


async def test_style_and_script_may_be_kept_for_ever(client: httpx2.AsyncClient) -> None:
    html = (await client.get("/verify")).text
    for address in re.findall(r'"(/verify/[a-z.]+\?v=[0-9a-f]{12})"', html):
        answer = await client.get(address)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].split(";")[0] in {"text/css", "text/javascript"}


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_text_of_the_page_is_translated(language: str) -> None:
    known = texts.translations(FOLDER / "locale", language)
    shared = texts.translations(Path(hub_service.__path__[0]) / "locale", language, "pages")
    needed = texts.of_templates(FOLDER / "pages/templates") | {*DOCUMENTS.values()}
    assert len(needed) > 30
    needed -= shared.keys()
    assert {text for text in needed if not known.get(text)} == set()
