"""The pages for people: contact, frequent questions, advice. Without script, in three languages."""

import re
from pathlib import Path

import httpx2
import pytest

import svc_catalog
from hub_core.language import Language
from hub_testing import texts
from svc_catalog.pages.words import CATEGORIES
from svc_catalog.reference.guidance import advice, contact, faqs

FOLDER = Path(svc_catalog.__file__).parent
PAGES = ("/contact", "/faq", "/advice")
READ_FIRST = {
    "ro": "Citiți înainte să sunați",
    "hu": "Olvassa el, mielőtt telefonál",
    "en": "Read this before",
}


async def page(client: httpx2.AsyncClient, address: str, language: str = "ro", **asked: str) -> str:
    answer = await client.get(address, params=asked, headers={"accept-language": language})
    assert answer.status_code == 200, answer.text
    return answer.text


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", list(Language))
async def test_a_page_speaks_one_language_and_runs_no_script(
    client: httpx2.AsyncClient, address: str, language: Language
) -> None:
    answer = await client.get(address, headers={"accept-language": language})
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-language"] == language
    assert answer.headers["vary"] == "Accept-Language"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
    assert f'<html lang="{language}">' in answer.text
    assert "<script" not in answer.text
    assert not re.search(r"\s(on\w+|style)=", answer.text)
    assert answer.text.count("<h1>") == 1
    chosen = await client.get(address, params={"lang": language}, headers={"accept-language": "de"})
    assert chosen.text == answer.text


@pytest.mark.parametrize("language", list(Language))
async def test_what_telverde_does_not_take_stands_before_its_number(
    client: httpx2.AsyncClient, language: Language
) -> None:
    html = await page(client, "/contact", language)
    disclaimer = dict(contact().disclaimer.said())[language]
    assert html.index(READ_FIRST[language]) < html.index(disclaimer) < html.index("0800 800 624")
    assert html.index("tel:112") < html.index("tel:+40800800624") < html.index("tel:+40800806806")
    assert html.index("08:00\u201320:00") < html.index("0800 800 624")
    assert "0800 806 806" in html


async def test_a_language_that_is_not_known_is_romanian(client: httpx2.AsyncClient) -> None:
    assert '<html lang="ro">' in await page(client, "/contact", "de", lang="de")


async def test_every_question_stands_once_under_its_subject(client: httpx2.AsyncClient) -> None:
    html = await page(client, "/faq")
    for each in faqs():
        assert html.count(f'id="{each.code}"') == 1
    assert html.count("<h2 ") == len(CATEGORIES)


async def test_a_search_says_what_it_found_and_how_it_was_read(client: httpx2.AsyncClient) -> None:
    html = await page(client, "/faq", q="moped")
    assert "1 întrebare găsită" in html
    assert 'id="vehicle-moped" open' in html
    assert "am căutat" in await page(client, "/faq", q="pasaprot gata")
    nothing = await page(client, "/faq", "en", q="xyzzy")
    assert "0 questions found" in nothing
    assert "Try other words" in nothing
    hostile = await page(client, "/faq", q='"><b>moped')
    assert "<b>" not in hostile


async def test_the_advice_of_the_season_comes_first(client: httpx2.AsyncClient) -> None:
    html = await page(client, "/advice", "hu")
    for each in advice():
        assert html.count(f'<h2 id="{each.code}"') == 1
    last_seasonal = html.rfind('class="tag"')
    assert last_seasonal < html.index('<h2 id="fraud"')


async def test_the_style_may_be_kept_for_ever(client: httpx2.AsyncClient) -> None:
    html = await page(client, "/contact")
    [address] = re.findall(r'href="(/contact/style\.css\?v=[0-9a-f]{12})"', html)
    answer = await client.get(address)
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_text_of_a_page_is_translated(language: str) -> None:
    known = texts.translations(FOLDER / "locale", language, "guidance")
    needed = texts.of_templates(FOLDER / "pages/templates") | {*CATEGORIES.values()}
    assert len(needed) > 30
    assert [text for text in needed if not known.get(text)] == []
