"""Pages for who has no account: a history is verified, a link is opened. No name, no script but ours."""

import re
from base64 import urlsafe_b64decode
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

import hub_service
import svc_traffic_history
from hub_core import clock
from hub_core.language import Language
from hub_core.principal import Assurance
from hub_documents import facts
from hub_testing import texts
from svc_traffic_history.documents import histories
from svc_traffic_history.documents.histories import History
from svc_traffic_history.operations.means import Archive
from svc_traffic_history.pages.rendering import DOCUMENT

from .outside import Outside, a_report

V1 = "/traffic-history/v1"
DOCUMENTS = f"{V1}/history-documents"
PDF = {"content-type": "application/pdf"}
GENUINE = {
    "ro": "Istoricul este autentic",
    "hu": "A szankciótörténet hiteles",
    "en": "The history is genuine",
}
BOTH = frozenset({"traffic-history:read", "traffic-history:write"})
TODAY = clock.local_date(clock.now())
WHO = {"organisation": "Transport Exemplu SRL", "purpose": "angajare ca șofer"}


@pytest.fixture(autouse=True)
async def from_nowhere_before(client: httpx2.AsyncClient, looking: Any) -> None:
    """Nobody has tried a link from this network yet."""
    assert client
    await looking.execute('DELETE FROM "traffic-history".tries')


@pytest.fixture
async def issued(client: httpx2.AsyncClient, signed_in: Any, outside: Outside) -> Any:
    """A document, its file, and the secret of a link to it that can be opened twice."""
    ana = outside.add_driver(a_report(TODAY - timedelta(days=3), "speed-21"))
    headers = signed_in(ana, BOTH, Assurance.SUBSTANTIAL)
    document = (await client.post(DOCUMENTS, headers=headers, json={"motive": "angajare"})).json()
    file = await client.get(f"{DOCUMENTS}/{document['id']}/file", headers=headers)
    wanted = {"ends_at": (clock.now() + timedelta(days=1)).isoformat(), "most_openings": 2}
    link = await client.post(f"{DOCUMENTS}/{document['id']}/links", headers=headers, json=wanted)
    return document, file.content, link.json()["address"].partition("#")[2]


def scripts_and_styles(html: str) -> list[str]:
    """Everything that could run or style."""
    return re.findall(r"<script[^>]*>|<style[^>]*>|\s(?:on\w+|style)=", html)


@pytest.mark.parametrize("language", list(Language))
async def test_a_code_is_answered_in_each_language_with_no_script_but_ours(
    client: httpx2.AsyncClient, issued: Any, language: Language
) -> None:
    document, _, _ = issued
    shown = await client.post("/histories/verify", data={"code": document["code"], "lang": language})
    assert GENUINE[language] in shown.text
    assert document["number"] in shown.text
    assert "Popescu" not in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert shown.headers["content-language"] == language
    assert "unsafe" not in shown.headers["content-security-policy"]
    (script,) = scripts_and_styles(shown.text)
    assert re.fullmatch(r'<script type="module" src="/histories/verify\.mjs\?v=[0-9a-f]{12}">', script)


@pytest.mark.parametrize("typed", ["T-9ZQW-41HK-YB7T-E0RM", "<b>", "", "T" * 500])
async def test_every_other_code_is_answered_alike(client: httpx2.AsyncClient, typed: str) -> None:
    shown = await client.post("/histories/verify", data={"code": typed, "lang": "en"})
    assert shown.status_code == 200
    assert "No history has this code" in shown.text
    assert "<b>" not in shown.text


async def test_opening_the_page_with_a_code_verifies_nothing_and_leads_to_the_one_page(
    client: httpx2.AsyncClient, issued: Any
) -> None:
    document, _, _ = issued
    html = (await client.get(f"/histories/verify/{document['code']}", params={"lang": "en"})).text
    assert f'value="{document["code"]}"' in html
    assert GENUINE["en"] not in html
    assert re.findall(r'<form[^>]* action="([^"?]*)', html) == ["/verify", "/verify/file"]


async def test_a_file_is_verified_to_the_byte(client: httpx2.AsyncClient, issued: Any) -> None:
    _, file, _ = issued
    shown = await client.post("/histories/verify/file?lang=hu", content=file, headers=PDF)
    assert GENUINE["hu"] in shown.text
    refused = await client.post("/histories/verify/file?lang=en", content=file + b" ", headers=PDF)
    assert "This file was changed after it was sealed" in refused.text
    none = await client.post("/histories/verify/file?lang=en", content=b"%PDF-1.7 nothing", headers=PDF)
    assert "This file is none of our documents" in none.text


async def test_what_bears_the_seal_and_was_never_issued_is_not_genuine(
    client: httpx2.AsyncClient, archive: Archive
) -> None:
    """Such as the file of a process that died before its row was written."""
    never_issued = History(
        label="IS 0000000",
        code="K7QF2M9XT4PA8WDC",
        origin=archive.origin,
        motive={Language.RO: "angajare"},
        first=None,
        last=None,
        family_name="Popescu",
        given_name="Ana",
        licence="C00900123X",
        categories=("B",),
        licence_valid_to=TODAY,
        right="VALID",
        suspended_from=None,
        suspended_to=None,
        points=0,
        limit=15,
        sanctions=[],
        issued_at=clock.now(),
    )
    file = (await histories.make(archive.press, never_issued)).content
    shown = await client.post("/histories/verify/file?lang=en", content=file, headers=PDF)
    assert "This file is neither a certificate nor a history" in shown.text
    assert GENUINE["en"] not in shown.text


async def test_the_qr_code_is_read_with_the_keys_that_the_page_is_given(
    client: httpx2.AsyncClient, archive: Archive
) -> None:
    told = await client.get("/histories/keys")
    (told_key,) = [key["jwk"] for key in told.json()["facts"]]
    x, y = (int.from_bytes(urlsafe_b64decode(told_key[name] + "=")) for name in "xy")
    known = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
    kid = urlsafe_b64decode(told_key["kid"] + "=")
    assert facts.read(facts.sign({7: b"T"}, archive.press.facts), {kid: known}) == {7: b"T"}


@pytest.mark.parametrize("language", list(Language))
async def test_a_link_is_opened_without_an_account_and_gives_the_file(
    client: httpx2.AsyncClient, issued: Any, language: Language
) -> None:
    document, file, secret = issued
    empty = await client.get("/histories/link", params={"lang": language})
    assert empty.status_code == 200
    assert f'<html lang="{language}">' in empty.text
    assert "unsafe" not in empty.headers["content-security-policy"]
    (script,) = scripts_and_styles(empty.text)
    assert re.fullmatch(r'<script type="module" src="/histories/link\.mjs\?v=[0-9a-f]{12}">', script)
    shown = await client.post("/histories/link", data=WHO | {"secret": secret, "lang": language})
    assert shown.status_code == 200
    assert document["number"] in shown.text
    assert f'href="/verify/{document["code"]}?lang={language}"' in shown.text
    assert "Popescu" not in shown.text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', shown.text))
    given = await client.post("/histories/link/file", data=fields)
    assert given.content == file
    assert re.fullmatch(r'attachment; filename="istoric-\d{7}\.pdf"', given.headers["content-disposition"])
    assert given.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("special", "status", "said"),
    [
        ({"secret": "L-9ZQW-41HK-YB7T-E0RM"}, 404, "This link opens nothing"),
        ({"secret": "<b>"}, 404, "This link opens nothing"),
        ({"organisation": ""}, 422, "Something is missing"),
        ({"purpose": " "}, 422, "Something is missing"),
    ],
    ids=["unknown", "no code", "nobody", "no purpose"],
)
async def test_what_opens_nothing_says_so_and_is_counted_nowhere(
    client: httpx2.AsyncClient, issued: Any, special: dict[str, str], status: int, said: str
) -> None:
    _, _, secret = issued
    form = WHO | {"secret": secret, "lang": "en"} | special
    shown = await client.post("/histories/link", data=form)
    assert shown.status_code == status
    assert said in shown.text
    assert "<b>" not in shown.text
    again = await client.post("/histories/link", data=WHO | {"secret": secret, "lang": "en"})
    assert "The link is open" in again.text


async def test_a_file_without_an_opening_is_not_given(client: httpx2.AsyncClient, issued: Any) -> None:
    _, _, secret = issued
    for opening in ("", "none", "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"):
        form = {"secret": secret, "opening": opening, "lang": "en"}
        shown = await client.post("/histories/link/file", data=form)
        assert (shown.status_code, shown.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "This link opens nothing" in shown.text


async def test_who_tries_too_often_reads_how_long_to_wait(client: httpx2.AsyncClient) -> None:
    form = WHO | {"secret": "L-9ZQW-41HK-YB7T-E0RM", "lang": "en"}
    for _ in range(60):
        assert (await client.post("/histories/link", data=form)).status_code == 404
    refused = await client.post("/histories/link", data=form)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert re.search(r"Try again in \d+ minutes", refused.text)


async def test_style_and_scripts_may_be_kept_for_ever(client: httpx2.AsyncClient) -> None:
    html = (await client.get("/histories/verify/T")).text + (await client.get("/histories/link")).text
    addresses = set(re.findall(r'"(/histories/[a-z.]+\?v=[0-9a-f]{12})"', html))
    assert len(addresses) == len(("style", "verify", "link"))
    for address in addresses:
        answer = await client.get(address)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_text_of_the_pages_is_translated(language: str) -> None:
    folder = Path(svc_traffic_history.__path__[0])
    known = texts.translations(folder / "locale", language)
    shared = texts.translations(Path(hub_service.__path__[0]) / "locale", language, "pages")
    needed = texts.of_templates(folder / "pages/templates") | {DOCUMENT}
    assert len(needed) > 15
    assert {each for each in needed - shared.keys() if not known.get(each)} == set()
