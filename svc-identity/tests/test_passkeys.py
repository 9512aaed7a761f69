"""Passkeys in a real browser, with Chromium's virtual authenticator (Web Authentication, 11)."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pyotp
import pytest
import uvicorn
from axe_playwright_python.async_playwright import Axe
from fastapi import FastAPI
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from hub_core import clock
from hub_core.language import Language
from svc_identity import passkeys
from svc_identity.domain.account import Account
from svc_identity.operations import means
from svc_identity.passkeys import Ceremony
from svc_identity.provider import Provider

ORIGIN = "http://localhost:8080"
PASSWORD = "patru cuvinte fara rost"


def test_a_challenge_is_for_one_browser_one_ceremony_and_half_an_hour(provider: Provider) -> None:
    now = clock.now()
    party = means.party(provider)
    asked = json.loads(passkeys.request_options(party, "this browser", (), now))
    challenge = passkeys.base64url_to_bytes(asked["challenge"])
    assert passkeys.is_ours(party, Ceremony.SIGN_IN, "this browser", challenge, now)
    assert not passkeys.is_ours(party, Ceremony.SIGN_IN, "another", challenge, now)
    assert not passkeys.is_ours(party, Ceremony.REGISTER, "this browser", challenge, now)
    assert not passkeys.is_ours(party, Ceremony.SIGN_IN, "this browser", challenge[:-1] + b"\0", now)
    late = clock.now().fromtimestamp(passkeys.ends(challenge), now.tzinfo)
    assert not passkeys.is_ours(party, Ceremony.SIGN_IN, "this browser", challenge, late)
    assert (asked["rpId"], asked["userVerification"]) == ("localhost", "required")


@pytest.mark.parametrize("said", ["", "{}", "[]", "null", '{"id": 1, "response": {}}', "x" * 20_000])
def test_what_is_no_answer_is_none(said: str) -> None:
    assert passkeys.read(said) is None


@pytest.fixture(scope="module")
async def browser(app: FastAPI, chromium: str) -> AsyncIterator[Browser]:
    """A browser for which the hub's origin is the service itself."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, ws="none")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listening]))
    rules = f"MAP localhost:8080 127.0.0.1:{listening.getsockname()[1]}"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", f"--host-resolver-rules={rules}"]
        )
        yield browser
        await browser.close()
    server.should_exit = True
    await serving


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    made = await browser.new_context(locale="en")
    yield made
    await made.close()


async def with_authenticator(
    context: BrowserContext, *, offering: bool = False, **options: Any
) -> tuple[Page, Any, str]:
    """A page whose browser has a virtual authenticator that knows its person.

    It chooses a passkey by itself as soon as one is offered beside the form, unless nothing is.
    """
    page = await context.new_page()
    if not offering:
        await page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
    session = await context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    wanted = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    } | options
    made = await session.send("WebAuthn.addVirtualAuthenticator", {"options": wanted})
    return page, session, made["authenticatorId"]


async def sign_in(page: Page, account: Account) -> None:
    await page.goto(f"{ORIGIN}/account/sign-in")
    await page.fill("#email", account.email)
    await page.fill("#password", PASSWORD)
    await page.click("form[novalidate] button.main")


async def add_passkey(page: Page, name: str = "My telephone") -> None:
    await page.goto(f"{ORIGIN}/account/security/passkeys/new")
    await page.fill("#name", name)
    await page.click("form[data-passkey] button")
    await page.wait_for_selector(".codes")


async def test_a_passkey_is_added_and_signs_in_without_name_and_password(
    context: BrowserContext, ana: Account, looking: asyncpg.Connection
) -> None:
    page, session, authenticator = await with_authenticator(context)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    await sign_in(page, ana)
    await add_passkey(page)
    assert await page.locator(".codes li").count() == 10
    held = (await session.send("WebAuthn.getCredentials", {"authenticatorId": authenticator}))["credentials"]
    assert held[0]["isResidentCredential"]
    assert held[0]["rpId"] == "localhost"
    await context.clear_cookies()
    await page.goto(f"{ORIGIN}/account/sign-in")
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await page.wait_for_url("**/account/overview")
    made = await looking.fetchrow(
        "SELECT methods FROM sessions WHERE account_id = $1 ORDER BY id DESC LIMIT 1", ana.id
    )
    assert made["methods"] == ["hwk", "user", "mfa"]
    stored = await looking.fetchrow("SELECT * FROM passkeys WHERE account_id = $1", ana.id)
    assert stored["sign_count"] > 0
    assert stored["last_used_at"] is not None
    assert faults == []


async def test_the_browser_offers_a_passkey_beside_the_form(context: BrowserContext, ana: Account) -> None:
    page, _, _ = await with_authenticator(context, offering=True)
    await sign_in(page, ana)
    await add_passkey(page)
    await context.clear_cookies()
    await page.goto(f"{ORIGIN}/account/sign-in")
    await page.wait_for_url("**/account/overview")


async def test_after_the_password_a_passkey_is_the_second_step(context: BrowserContext, ana: Account) -> None:
    page, _, _ = await with_authenticator(context)
    await sign_in(page, ana)
    await add_passkey(page)
    await context.clear_cookies()
    await sign_in(page, ana)
    assert page.url == f"{ORIGIN}/account/second-step"
    await page.get_by_role("button", name="Use a passkey").click()
    await page.wait_for_url("**/account/overview")


async def test_an_answer_of_a_passkey_serves_once(
    context: BrowserContext, ana: Account, a_browser: Any
) -> None:
    page, _, _ = await with_authenticator(context)
    await sign_in(page, ana)
    await add_passkey(page)
    await context.clear_cookies()
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.post_data or "") if asked.method == "POST" else None)
    await page.goto(f"{ORIGIN}/account/sign-in")
    before = await context.cookies()
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await page.wait_for_url("**/account/overview")
    (cookie,) = [one["value"] for one in before if one["name"] == "hub_session"]
    copied = a_browser().http
    copied.cookies.set("hub_session", cookie)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    again = await copied.post("/account/sign-in/passkey", content=sent[-1], headers=headers)
    assert again.status_code == 422
    assert "The passkey was not accepted" in again.text


async def test_a_passkey_whose_count_goes_back_is_a_copy(
    context: BrowserContext, ana: Account, looking: asyncpg.Connection
) -> None:
    page, _, _ = await with_authenticator(context)
    await sign_in(page, ana)
    await add_passkey(page)
    await looking.execute("UPDATE passkeys SET sign_count = 1000 WHERE account_id = $1", ana.id)
    await context.clear_cookies()
    await page.goto(f"{ORIGIN}/account/sign-in")
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await page.get_by_text("The passkey was not accepted").wait_for()


async def test_a_device_that_does_not_know_its_person_is_not_enough(
    context: BrowserContext, ana: Account
) -> None:
    page, session, authenticator = await with_authenticator(context)
    await sign_in(page, ana)
    await add_passkey(page)
    await session.send(
        "WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False}
    )
    await context.clear_cookies()
    await page.goto(f"{ORIGIN}/account/sign-in")
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await page.get_by_text("The passkey could not be used").wait_for()


async def test_a_passkey_is_renamed_and_removed(
    context: BrowserContext, ana: Account, looking: asyncpg.Connection
) -> None:
    page, _, _ = await with_authenticator(context)
    await sign_in(page, ana)
    await add_passkey(page)
    await page.goto(f"{ORIGIN}/account/security")
    await page.get_by_role("link", name="Rename My telephone").click()
    await page.fill("#name", "Old telephone")
    await page.click("main button.main")
    await page.get_by_role("button", name="Remove Old telephone").click()
    await page.get_by_text("The passkey was removed.").wait_for()
    count = "SELECT count(*) FROM passkeys WHERE account_id = $1"
    assert await looking.fetchval(count, ana.id) == 0


async def test_without_scripts_the_page_says_what_passkeys_need(browser: Browser) -> None:
    context = await browser.new_context(locale="en", java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{ORIGIN}/account/sign-in")
    await page.get_by_text("Passkeys need JavaScript").wait_for()
    assert not await page.get_by_role("button", name="Sign in with a passkey").is_visible()
    await context.close()


RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.mark.parametrize(
    ("language", "width", "scheme"), [("ro", 360, "light"), ("hu", 320, "dark"), ("en", 1280, "light")]
)
async def test_the_pages_of_means_have_no_barriers(
    browser: Browser, a_person: Any, language: str, width: int, scheme: Any, tmp_path: Path
) -> None:
    context = await browser.new_context(
        locale=language, color_scheme=scheme, viewport={"width": width, "height": 800}
    )
    person = await a_person(language=Language(language))
    page, _, _ = await with_authenticator(context)
    faults: list[str] = []

    async def look(name: str) -> None:
        await page.screenshot(path=tmp_path / f"{language}-{name}.png", full_page=True)
        found = await Axe().run(page, options=RULES)
        if found.violations_count:
            faults.append(f"{name}: {found.generate_report()}")
        if not await page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth"):
            faults.append(f"{name} is too wide")

    await page.goto(f"{ORIGIN}/account/forgot-password")
    await look("forgot")
    await page.fill("#email", person.email)
    await page.click("main button.main")
    await page.wait_for_url("**/account/reset-password**")
    await look("reset")
    await page.click("main form[novalidate] button.main")
    await page.locator(".summary").wait_for()
    await look("reset-wrong")
    await page.goto(f"{ORIGIN}/account/sign-in")
    await look("sign-in")
    await sign_in(page, person)
    await page.goto(f"{ORIGIN}/account/security")
    await look("security")
    await page.click("form[action='/account/security/app'] button")
    await page.wait_for_url("**/account/security/app")
    await look("app")
    secret = (await page.locator(".key").inner_text()).replace(" ", "")
    await page.fill("#code", pyotp.TOTP(secret).now())
    await page.click("main button.main")
    await page.locator(".codes").wait_for()
    await look("codes")
    await page.goto(f"{ORIGIN}/account/security/passkeys/new")
    await look("passkey")
    await page.fill("#name", "Telefonul meu")
    await page.click("form[data-passkey] button")
    await page.get_by_role("status").wait_for()
    await look("security-full")
    await page.goto(f"{ORIGIN}/account/security/password")
    await look("password")
    await context.clear_cookies()
    await sign_in(page, person)
    await look("second-step")
    await page.fill("#code", "000000")
    await page.click("form[novalidate] button")
    await page.locator(".summary").wait_for()
    await look("second-step-wrong")
    await context.close()
    assert faults == []
