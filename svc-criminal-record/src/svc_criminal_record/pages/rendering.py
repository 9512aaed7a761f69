"""The page /verify: Jinja2 templates, one environment for each language, a strict content policy."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from fastapi.responses import HTMLResponse, Response

from hub_core import clock
from hub_core.language import Language
from hub_service import i18n, pages

from .words import DOCUMENTS

_HERE: Final = Path(__file__).parent
_STYLE: Final = pages.style_sheet(pages.VERIFICATION_STYLE)
_SCRIPT: Final = pages.VERIFICATION_SCRIPT
_POLICY: Final = pages.policy("script-src 'self'", "connect-src 'self'")


class Pages:
    """Renders the page in a person's language."""

    def __init__(self, texts: i18n.Texts) -> None:
        self._texts = texts
        self._environments = {
            language: pages.environment(_HERE / "templates", texts, language) for language in Language
        }
        for environment in self._environments.values():
            environment.filters["local"] = lambda instant: instant.astimezone(clock.BUCHAREST)
            environment.globals.update(
                style=f"/verify/style.css?v={pages.fingerprint(_STYLE)}",
                trust="/criminal-record/v1/trust",
                script=f"/verify/verify.mjs?v={pages.fingerprint(_SCRIPT)}",
            )

    def documents(self, language: Language) -> Mapping[str, str]:
        """What each kind of document is called."""
        return {kind.value: self._texts.translate(language, name) for kind, name in DOCUMENTS.items()}

    def render(self, language: Language, status: int = 200, **shown: Any) -> HTMLResponse:
        """The page; what it shows is of one certificate, so nobody keeps it."""
        body = self._environments[language].get_template("verify.html").render(**shown)
        return pages.answer(body, language, _POLICY, status=status)


def style() -> Response:
    """The style sheet; its address changes with its content."""
    return pages.file(_STYLE, "text/css")


def script() -> Response:
    """The script; its address changes with its content."""
    return pages.file(_SCRIPT, "text/javascript")
