"""Pages for people: Jinja2 templates, one environment for each language, a strict content policy."""

import hashlib
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from babel.dates import format_datetime
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from hub_core import clock
from hub_core.language import Language
from hub_service.i18n import Texts

_HERE: Final = Path(__file__).parent
_STYLE: Final = (_HERE / "style.css").read_bytes()
STYLE_ADDRESS: Final = f"/account/style.css?v={hashlib.sha256(_STYLE).hexdigest()[:12]}"
LANGUAGES: Final = {Language.RO: "Română", Language.HU: "Magyar", Language.EN: "English"}
_TIME: Final = {
    Language.RO: "dd.MM.y, HH:mm",
    Language.HU: "y.MM.dd. HH:mm",
    Language.EN: "d MMMM y, HH:mm",
}


class Pages:
    """Renders a template in a person's language."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts
        self._environments = {language: _environment(texts, language) for language in Language}

    def render(
        self, template: str, language: Language, *, status: int = 200, sends_to: str = "", **shown: Any
    ) -> HTMLResponse:
        """The page; `sends_to` is the address outside that its form may lead to."""
        body = self._environments[language].get_template(template).render(**shown)
        return HTMLResponse(
            body,
            status,
            headers={
                "content-language": language,
                "content-security-policy": _policy(sends_to),
                "cache-control": "no-store",
                "referrer-policy": "same-origin",
                "x-content-type-options": "nosniff",
            },
        )


def style() -> Response:
    """The style sheet; its address changes with its content."""
    return Response(
        _STYLE,
        media_type="text/css",
        headers={"cache-control": "public, max-age=31536000, immutable", "x-content-type-options": "nosniff"},
    )


def _environment(texts: Texts, language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    catalog = texts.catalog(language)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        catalog.gettext, catalog.ngettext, newstyle=True
    )
    environment.filters["time"] = lambda instant: format_datetime(
        instant, _TIME[language], tzinfo=clock.BUCHAREST, locale=language.value
    )
    environment.globals.update(language=language, languages=LANGUAGES, style=STYLE_ADDRESS)
    return environment


def _policy(sends_to: str) -> str:
    origin = f" {_source(sends_to)}" if sends_to else ""
    return (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
        f"form-action 'self'{origin}"
    )


def _source(address: str) -> str:
    """The source expression (CSP 3) of an address; a scheme alone where hosts cannot be named."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or "[" in parts.netloc:
        return f"{parts.scheme}:"
    return f"{parts.scheme}://{parts.netloc}"
