"""oidc-client-ts in Chromium: a page of another origin signs people in, without a secret."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

from hub_testing.listener import Answer, Asked, Listener

from ..conftest import Hub
from ..journey.looking import OFFLINE
from .conftest import EMAIL, HERE, PASSWORD, Register

pytestmark = pytest.mark.xdist_group("hub")


@pytest.fixture
def spa(packages: Path) -> Iterator[str]:
    """The origin of the page."""
    files = {
        "/oidc-client-ts.js": (
            packages / "oidc-client-ts/dist/browser/oidc-client-ts.min.js",
            "text/javascript",
        ),
        "/spa.js": (HERE / "spa/spa.js", "text/javascript"),
    }

    def answer(asked: Asked) -> Answer:
        path, kind = files.get(asked.path.partition("?")[0], (HERE / "spa/index.html", "text/html"))
        return Answer(path.read_bytes(), kind)

    listener = Listener(answer)
    listener.start()
    yield listener.url
    listener.stop()


@pytest.fixture
def page(chromium: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(OFFLINE))
        yield browser.new_page(locale="en")
        browser.close()


def said(page: Page) -> dict[str, Any]:
    page.wait_for_function("document.querySelector('#said').textContent")
    told: dict[str, Any] = json.loads(page.text_content("#said") or "")
    page.evaluate("document.querySelector('#said').textContent = ''")
    return told


def test_a_page_signs_in_refreshes_and_signs_out(hub: Hub, register: Register, spa: str, page: Page) -> None:
    registered = register(
        token_endpoint_auth_method="none",
        redirect_uris=[f"{spa}/callback"],
        post_logout_redirect_uris=[f"{spa}/left"],
        scope="openid profile offline_access",
    )
    page.goto(f"{spa}/#issuer={hub.origin}&client_id={registered['client_id']}")
    page.click("#sign-in")
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    page.click("button.main")
    page.click("button[value=agree]")
    page.wait_for_url(f"{spa}/callback**")
    first = said(page)
    assert first["name"] == "Ana Popescu"
    page.click("#refresh")
    fresh = said(page)
    assert fresh["sub"] == first["sub"]
    assert fresh["token"] != first["token"]
    page.click("#sign-out")
    page.locator("main button.main").click()
    page.wait_for_url(f"{spa}/left**")
    assert said(page) == {"left": True}
