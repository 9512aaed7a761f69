"""What every page for people keeps to, in a real browser."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OFFLINE = (
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
CALLBACK = "http://127.0.0.1:8765/callback"


def look_at(page: Page, language: str) -> None:
    """The page has no barrier that axe knows, speaks the language, and fits its width."""
    page.wait_for_load_state()  # also where a form was just sent
    found = Axe().run(page, options=RULES)
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
    assert page.locator("html").get_attribute("lang") == language
    assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth"), (
        f"{page.url} is too wide"
    )
