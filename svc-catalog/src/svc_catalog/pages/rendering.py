"""Pages for people: Jinja2 templates, one environment for each language, a strict content policy."""

import hashlib
from pathlib import Path
from typing import Any, Final

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from hub_core.language import Language
from hub_service import i18n

from ..domain.text import Texts

_HERE: Final = Path(__file__).parent
_STYLE: Final = (_HERE / "style.css").read_bytes()
STYLE_ADDRESS: Final = f"/contact/style.css?v={hashlib.sha256(_STYLE).hexdigest()[:12]}"
LANGUAGES: Final = {Language.RO: "Română", Language.HU: "Magyar", Language.EN: "English"}
_DAY: Final = {Language.RO: "dd.MM.y", Language.HU: "y.MM.dd.", Language.EN: "d MMMM y"}
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'"
)


class Pages:
    """Renders a template in a person's language."""

    def __init__(self, texts: i18n.Texts) -> None:
        self._environments = {language: _environment(texts, language) for language in Language}

    def render(self, template: str, language: Language, address: str, **shown: Any) -> HTMLResponse:
        """The page that stands at an address."""
        body = self._environments[language].get_template(template).render(address=address, **shown)
        return HTMLResponse(
            body,
            headers={
                "content-language": language,
                "content-security-policy": _POLICY,
                "cache-control": "public, max-age=60",
                "vary": "Accept-Language",
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


def _environment(texts: i18n.Texts, language: Language) -> Environment:
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
    environment.filters["day"] = lambda day: format_date(day, _DAY[language], locale=language.value)
    environment.filters["said"] = lambda said: _said(said, language)
    environment.globals.update(language=language, languages=LANGUAGES, style=STYLE_ADDRESS)
    return environment


def _said(texts: Texts, language: Language) -> str:
    return dict(texts.said()).get(language, texts.ro)
