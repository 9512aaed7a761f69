"""Pages for people: Jinja2 templates, one environment for each language, a strict content policy."""

from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from babel.dates import format_datetime
from jinja2 import Environment
from starlette.responses import HTMLResponse, Response

from hub_core import clock
from hub_core.language import Language
from hub_service import pages
from hub_service.i18n import Texts

from .mandate_words import SERVICES

_HERE: Final = Path(__file__).parent
_STYLE: Final = pages.style_sheet((_HERE / "style.css").read_bytes())
_SCRIPT: Final = (_HERE / "passkeys.js").read_bytes()
SCRIPT_ADDRESS: Final = f"/account/passkeys.js?v={pages.fingerprint(_SCRIPT)}"
STYLE_ADDRESS: Final = f"/account/style.css?v={pages.fingerprint(_STYLE)}"
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
        self,
        template: str,
        language: Language,
        *,
        status: int = 200,
        sends_to: str = "",
        scripted: bool = False,
        **shown: Any,
    ) -> HTMLResponse:
        """The page; `sends_to` is the address outside that its form may lead to.

        Only a page that is `scripted` may run a script, and only ours.
        """
        script = SCRIPT_ADDRESS if scripted else ""
        body = self._environments[language].get_template(template).render(script=script, **shown)
        scripts = ["script-src 'self'"] if scripted else []
        policy = pages.policy(*scripts, forms_to=_source(sends_to) if sends_to else "")
        return pages.answer(body, language, policy, status=status)


def style() -> Response:
    """The style sheet; its address changes with its content."""
    return pages.file(_STYLE, "text/css")


def script() -> Response:
    """The script of passkeys; its address changes with its content."""
    return pages.file(_SCRIPT, "text/javascript")


def _environment(texts: Texts, language: Language) -> Environment:
    environment = pages.environment(_HERE / "templates", texts, language)
    catalog = texts.catalog(language)
    environment.filters["time"] = lambda instant: format_datetime(
        instant, _TIME[language], tzinfo=clock.BUCHAREST, locale=language.value
    )
    environment.filters["service"] = lambda scope: str(catalog.gettext(SERVICES[scope]))
    environment.globals.update(style=STYLE_ADDRESS)
    return environment


def _source(address: str) -> str:
    """The source expression (CSP 3) of an address; a scheme alone where hosts cannot be named."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or "[" in parts.netloc:
        return f"{parts.scheme}:"
    return f"{parts.scheme}://{parts.netloc}"
