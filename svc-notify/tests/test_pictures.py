"""Letters as people meet them: in a browser, light and dark, narrow and wide, and by their colours."""

import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from hub_core import ids
from hub_core.language import Language
from svc_notify import rendering
from svc_notify.domain import kinds, templates
from svc_notify.domain.channels import Channel
from svc_notify.domain.kinds import Purpose
from svc_notify.domain.templates import Content, Fact, Variable, VariableType, Wording
from svc_notify.rendering import Letter, Links

from . import wording

# A letter is shown inside the page of a mail client, which has the landmarks.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"landmark-one-main": {"enabled": False}, "region": {"enabled": False}},
}
PICTURES = os.environ.get("HUB_LETTER_PICTURES")
"""A folder for pictures of every letter, for who reviews them."""
SHOWN = (
    tuple(kinds.ALL)
    if PICTURES
    else (
        "submission.registered",
        "account.confirm",
        "booking.confirm",
        "booking.reminder",
        "criminal-record.step",
        "traffic.report",
    )
)
LINKS = Links(
    "https://hub.example/account/overview",
    "https://hub.example/account/preferences",
    "https://hub.example/notify/unsubscribe/0",
)
LONG = "Direcția Generală pentru Evidența Persoanelor și Administrarea Bazelor de Date Cluj-Napoca-Mănăștur"
ON = {"ink": "sheet", "quiet": "sheet", "link": "sheet", "pressed": "button"}
"""Each colour of words, and the surface that it stands on."""
READABLE = 4.5
"""WCAG 2.2, 1.4.3."""


def written(template: str, language: Language) -> Letter:
    """A letter with all it can have, and a name that is hard to break."""
    facts = next(wording.cases(template)) | {"institution": LONG, "office": LONG}
    words = rendering.say(template, kinds.ALL[template].version, language, facts)
    return rendering.letter(words, LINKS, sender=LONG)


def written_by_an_institution(language: Language) -> Letter:
    """A letter by an institution's template, with values that somebody else gave."""
    wording = Wording(
        subject="{{ number }}",
        title="Plata este înregistrată",
        text="Am primit plata de {{ amount }} din {{ paid_on }}.\n\nMențiunile dumneavoastră: {{ note }}",
        facts=(Fact("Număr", "{{ number }}"), Fact("Mențiuni", "{{ note }}")),
        next=("Păstrați numărul {{ number }}.",),
        action="Vedeți plata",
    )
    variables = (
        Variable("number", VariableType.NUMBER, "482100000000001"),
        Variable("amount", VariableType.AMOUNT, "123456789.50"),
        Variable("paid_on", VariableType.DATE, "2026-11-21"),
        Variable("note", VariableType.TEXT, "a" * 100),
    )
    content = Content(
        Purpose.REMINDER,
        dict.fromkeys(Language, "Plată"),
        frozenset({Channel.EMAIL}),
        variables,
        dict.fromkeys(Language, wording),
    )
    now = datetime(2026, 11, 23, tzinfo=UTC)
    template = templates.create(ids.new_id(), "institution.payment", content, ids.new_id(), now)
    words = rendering.say_own(template, language, templates.samples(content))
    return rendering.letter(words, LINKS, sender=LONG)


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(params=[390, 800])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": request.param, "height": 900}, offline=True)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", Language)
def test_a_letter_has_no_barrier_that_axe_knows_asks_nothing_of_the_network_and_fits(
    page: Page, language: Language, scheme: Literal["light", "dark"]
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.emulate_media(color_scheme=scheme)
    letters = {template: written(template, language) for template in SHOWN}
    letters["institution.payment"] = written_by_an_institution(language)
    for template, letter in letters.items():
        page.set_content(letter.html)
        found = Axe().run(page, options=RULES)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth"), template
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
            "rgb(242, 244, 246)" if scheme == "light" else "rgb(20, 23, 26)"
        )
        assert float(page.evaluate(SMALLEST)) >= 14
        if PICTURES:
            width = page.evaluate("window.innerWidth")
            picture = Path(PICTURES) / f"{template}-{language}-{scheme}-{width}.png"
            page.screenshot(path=picture, full_page=True)
    assert asked == []


SMALLEST = """Math.min(...[...document.querySelectorAll('p, li, th, td, h1, h2, a')]
  .filter(e => e.checkVisibility() && e.innerText.trim())
  .map(e => parseFloat(getComputedStyle(e).fontSize)))"""


@pytest.mark.parametrize("client", ["prefers-color-scheme", "Outlook"])
def test_words_are_readable_in_light_and_in_dark(client: str) -> None:
    html = written("booking.confirm", Language.RO).html
    light = colours_inline(html)
    dark = colours_of_rules(html, outlook=client == "Outlook")
    for colours in (light, light | dark):
        for words, surface in ON.items():
            assert contrast(colours[words], colours[surface]) >= READABLE, (words, surface)
    assert set(dark) >= {*ON, *ON.values()}


def colours_inline(html: str) -> Mapping[str, str]:
    """The colours of words and of surfaces that stand at the elements, by class."""
    found: dict[str, str] = {}
    for classes, style in re.findall(r'class="([^"]+)"[^>]*style="([^"]+)"', html):
        for name in classes.split():
            wanted = "color" if name in ON else "background-color"
            if value := re.search(rf"(?:^|;){wanted}:(#[0-9a-f]{{6}})", style):
                found.setdefault(name, value[1])
    return found


def colours_of_rules(html: str, *, outlook: bool) -> Mapping[str, str]:
    """The colours that the rules for dark mode give, by class."""
    before = r"\[data-ogs[cb]\] " if outlook else r"(?m)^  "
    return dict(re.findall(before + r"\.(\w+) \{ (?:background-)?color: (#[0-9a-f]{6})", html))


def contrast(one: str, other: str) -> float:
    """The ratio of two colours, `#rrggbb`, by WCAG 2.2 (from 1 to 21)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_black_on_white_is_the_strongest_contrast_and_a_known_one_is_as_known() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
