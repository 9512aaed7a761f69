"""Pages for people: what those of every service share. One look, one environment of templates.

STYLE: Final = pages.style_sheet(own_css)
environment = pages.environment(folder, texts, language)
environment.globals.update(style=f"/contact/style.css?v={pages.fingerprint(STYLE)}")
answer = pages.answer(environment.get_template(name).render(...), language, pages.policy())

A page extends `frame.html` and fills its blocks; one on which documents are verified, `verification.html`.
"""

import hashlib
from pathlib import Path
from typing import Final

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from hub_core.language import Language

from .i18n import Texts

LANGUAGES: Final = {Language.RO: "Română", Language.HU: "Magyar", Language.EN: "English"}
"""The languages of the hub, each in its own words."""

VERIFICATION_STYLE: Final = Path(__file__).with_name("verification.css").read_bytes()
"""The style of a page that extends `verification.html`."""
VERIFICATION_SCRIPT: Final = Path(__file__).with_name("verification.mjs").read_bytes()
"""Its script: it checks what a QR code states with the keys at `trust`, and sends a file that is chosen."""

_TEMPLATES: Final = Path(__file__).with_name("templates")
_BASE: Final = Path(__file__).with_name("pages.css").read_bytes()
_DAY: Final = {Language.RO: "dd.MM.y", Language.HU: "y.MM.dd.", Language.EN: "d MMMM y"}


def style_sheet(own: bytes) -> bytes:
    """The common style (colours by day and night, type, frame of the page), then a service's own."""
    return _BASE + own


def fingerprint(content: bytes) -> str:
    """What a file's address carries, so that it changes with its content."""
    return hashlib.sha256(content).hexdigest()[:12]


def file(content: bytes, media_type: str) -> Response:
    """A file whose address has its fingerprint: kept for good."""
    return Response(
        content,
        media_type=media_type,
        headers={"cache-control": "public, max-age=31536000, immutable", "x-content-type-options": "nosniff"},
    )


def policy(*more: str, forms_to: str = "") -> str:
    """The content policy of a page: style, pictures and forms of our own, and what `more` allows.

    `forms_to` is a source outside that a form of the page may lead to.
    """
    forms = f"form-action 'self' {forms_to}".rstrip()
    ours = ("style-src 'self'", "img-src 'self'", "base-uri 'none'", "frame-ancestors 'none'", forms)
    return "; ".join(("default-src 'none'", *more, *ours))


def answer(
    body: str, language: Language, policy: str, *, status: int = 200, cache: str = "no-store"
) -> HTMLResponse:
    """A page in a language; nobody keeps it, unless `cache` says otherwise."""
    headers = {
        "content-language": language,
        "content-security-policy": policy,
        "cache-control": cache,
        "vary": "Accept-Language",
        "referrer-policy": "same-origin",
        "x-content-type-options": "nosniff",
    }
    return HTMLResponse(body, status, headers)


def environment(folder: Path, texts: Texts, language: Language) -> Environment:
    """The templates of a folder, and the frame, in a person's language; a name not given is an error.

    `day` writes a date as the language does.
    """
    made = Environment(
        loader=FileSystemLoader([folder, _TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    catalog = texts.catalog(language)
    made.install_gettext_callables(  # type: ignore[attr-defined]
        catalog.gettext, catalog.ngettext, newstyle=True
    )
    made.filters["day"] = lambda day: format_date(day, _DAY[language], locale=language.value)
    made.globals.update(language=language, languages=LANGUAGES)
    return made
