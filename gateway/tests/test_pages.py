import re
from importlib.resources import files
from typing import Any

import httpx2
import pytest
from playwright.async_api import async_playwright

from gateway.errors import (
    AddressTooLong,
    BadGateway,
    ConflictingHeaders,
    ContractIncomplete,
    GatewayTimeout,
    HeadersTooLarge,
    RequestTimeout,
    UnknownProblem,
)
from hub_core.language import Language
from hub_service.i18n import Texts

STATIC = files("gateway").joinpath("static")
OUTSIDE = re.compile(r"(?:src|href|url\()\s*=?\s*[\"']?\s*(?:https?:)?//")


@pytest.mark.parametrize("path", ["/", "/docs", "/problems/gateway-timeout"])
async def test_pages_ask_nothing_of_the_outside(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert not OUTSIDE.search(answer.text)
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "script-src" not in policy
    assert not re.search(r"<script(?![^>]*src=)|<style|style=|onclick", answer.text)
    for linked in re.findall(r'(?:src|href)="(/static/[^"]+)"', answer.text):
        assert (await client.get(linked)).status_code == 200


async def test_the_reference_page_runs_our_own_copy(client: httpx2.AsyncClient) -> None:
    script = await client.get("/static/redoc.standalone.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cache-control"] == "public, max-age=86400"
    assert "cdn.redoc.ly" not in script.text
    assert 'Version: "2.5.4"' in STATIC.joinpath("redoc.LICENSE.txt").read_text("utf-8")


async def test_the_reference_page_draws_itself_under_its_policy(
    start: Any, routes: dict[str, Any], service: Any, chromium: str
) -> None:
    operation = {"operationId": "list_things", "summary": "List the things", "responses": {}}
    service.document = {
        "openapi": "3.1.0",
        "paths": {"/petitions/v1/things": {"get": operation}},
        "components": {"schemas": {"Problem": {"type": "object"}}},
    }
    complaints: list[str] = []
    only = routes | {"route": routes["route"][:1], "operations": {}}
    async with start(only) as port, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = await browser.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "request",
            lambda request: complaints.append(request.url) if is_outside(request.url, port) else None,
        )
        await page.goto(f"http://127.0.0.1:{port}/docs")
        await page.wait_for_selector("h2 >> text=List the things", timeout=10_000)
        await browser.close()
    assert complaints == []


def is_outside(url: str, port: int) -> bool:
    return not url.removeprefix("blob:").startswith(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("ro", "Serviciul nu a răspuns la timp"),
        ("hu", "A szolgáltatás nem válaszolt időben"),
        ("en", "The service did not answer in time"),
    ],
)
async def test_a_problem_has_a_page_in_each_language(
    client: httpx2.AsyncClient, language: str, title: str
) -> None:
    answer = await client.get("/problems/gateway-timeout", headers={"accept-language": language})
    assert f"<h1>{title}</h1>" in answer.text
    assert f'<html lang="{language}">' in answer.text
    assert answer.headers["content-language"] == language
    assert answer.headers["vary"] == "Accept-Language"
    assert "504" in answer.text


async def test_facts_of_a_single_case_are_left_out_of_the_page(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/problems/content-too-large", headers={"accept-language": "en"})
    assert "{limit}" not in answer.text
    assert "…" in answer.text


@pytest.mark.parametrize("slug", ["nothing", "Gateway-Timeout", "x" * 100, "%3Cscript%3E"])
async def test_an_unknown_problem_is_not_found(client: httpx2.AsyncClient, slug: str) -> None:
    answer = await client.get(f"/problems/{slug}")
    assert answer.status_code == 404
    assert answer.json()["type"].endswith("/problems/unknown-problem")


async def test_the_contract_needs_all_services(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/openapi.json")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert answer.json()["type"].endswith("/problems/contract-incomplete")
    assert (await client.get("/openapi/nobody.json")).status_code == 404


async def test_a_services_contract_is_served_with_its_etag(client: httpx2.AsyncClient, service: Any) -> None:
    answer = await client.get("/openapi/petitions.json")
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json()["servers"][0]["url"] == "http://localhost:8080"
    again = await client.get("/openapi/petitions.json", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_events_are_served_as_asyncapi(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/asyncapi.json")
    assert answer.json()["asyncapi"].startswith("3.")
    assert "petitions_petition_registered_v1" in answer.json()["channels"]
    again = await client.get("/asyncapi.json", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_short_address_leads_to_the_account(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/account")
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/overview")


async def test_the_index_leads_everywhere(client: httpx2.AsyncClient) -> None:
    text = (await client.get("/", headers={"accept-language": "en"})).text
    for link in (
        "/docs",
        "/openapi.json",
        "/asyncapi.json",
        "/openapi/petitions.json",
        "/.well-known/openid-configuration",
    ):
        assert f'href="{link}"' in text


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
async def test_the_gateway_says_that_it_lives(client: httpx2.AsyncClient, path: str) -> None:
    assert (await client.get(path)).json() == {"status": "ok"}


@pytest.mark.parametrize(
    "path", ["/static/../main.py", "/static/%2e%2e/main.py", "/static/", "/static/nothing.js"]
)
async def test_only_our_static_files_are_served(client: httpx2.AsyncClient, path: str) -> None:
    assert (await client.get(path)).status_code in {400, 404}


def test_every_text_exists_in_every_language() -> None:
    texts = Texts([files("gateway").joinpath("locale")])  # type: ignore[list-item]  # a folder on disk
    own = (
        AddressTooLong,
        BadGateway,
        ConflictingHeaders,
        ContractIncomplete,
        GatewayTimeout,
        HeadersTooLarge,
        RequestTimeout,
        UnknownProblem,
    )
    said = {text for problem in own for text in (problem.title, problem.detail, problem.remedy)}
    for template in files("gateway").joinpath("templates").iterdir():
        said |= set(re.findall(r"\{% trans %\}(.+?)\{% endtrans %\}", template.read_text("utf-8")))
    for language in (Language.RO, Language.HU):
        assert [text for text in said if texts.translate(language, text) == text] == []


async def test_search_engines_find_the_sitemaps(client: httpx2.AsyncClient) -> None:
    robots = await client.get("/robots.txt")
    assert robots.headers["content-type"].startswith("text/plain")
    [sitemap] = re.findall(r"^Sitemap: (\S+)$", robots.text, re.MULTILINE)
    index = await client.get(httpx2.URL(sitemap).path)
    assert (index.status_code, index.headers["content-type"]) == (200, "application/xml")
    assert f"<loc>{sitemap.replace('/sitemap.xml', '/catalog/v1/sitemap.xml')}</loc>" in index.text
