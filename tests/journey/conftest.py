"""A browser that sees nothing but the hub."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from ..conftest import Hub
from .looking import CALLBACK, OFFLINE


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(OFFLINE))
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, hub: Hub) -> Iterator[Any]:
    """Open a browser: `visit(language, scheme="light", width=1280, scripts=True)` gives a page."""
    contexts: list[BrowserContext] = []
    elsewhere: list[str] = []
    faults: list[str] = []

    def look(request: Request) -> None:
        if not request.url.startswith((hub.origin, hub.mailbox, CALLBACK)):
            elsewhere.append(request.url)

    def visit(language: str, scheme: Any = "light", width: int = 1280, *, scripts: bool = True) -> Page:
        context = browser.new_context(
            locale=language,
            color_scheme=scheme,
            viewport={"width": width, "height": 800},
            java_script_enabled=scripts,
        )
        context.route(f"{CALLBACK}**", lambda route: route.fulfill(body="back at the application"))
        context.on("request", look)
        context.on("weberror", lambda error: faults.append(str(error.error)))
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert elsewhere == [], "a page asked another origin"
    assert [fault for fault in faults if "422" not in fault] == []
