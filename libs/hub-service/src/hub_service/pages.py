"""Pages for people: what those of every service share. One look, one environment of templates.

STYLE: Final = pages.style_sheet(own_css)
environment = pages.environment(folder, texts, language)
environment.globals.update(style=f"/contact/style.css?v={pages.fingerprint(STYLE)}")
"""

import hashlib
from pathlib import Path
from typing import Final

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

from hub_core.language import Language

from .i18n import Texts

LANGUAGES: Final = {Language.RO: "Română", Language.HU: "Magyar", Language.EN: "English"}
"""The languages of the hub, each in its own words."""

HEADERS: Final = {"referrer-policy": "same-origin", "x-content-type-options": "nosniff"}
"""What every page says to the browser, beside its content policy."""

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


def environment(folder: Path, texts: Texts, language: Language) -> Environment:
    """The templates of a folder in a person's language; a name that is not given is an error.

    `day` writes a date as the language does.
    """
    made = Environment(
        loader=FileSystemLoader(folder),
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
