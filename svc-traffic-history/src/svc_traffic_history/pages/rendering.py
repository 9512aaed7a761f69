"""Pages for people: who verifies a history document, and who opens a link to one."""

from pathlib import Path
from typing import Any, Final

from fastapi.responses import HTMLResponse, Response

from hub_core import clock
from hub_core.language import Language
from hub_service import i18n, pages

_HERE: Final = Path(__file__).parent
_STYLE: Final = pages.style_sheet(pages.VERIFICATION_STYLE + (_HERE / "histories.css").read_bytes())
_VERIFYING: Final = pages.VERIFICATION_SCRIPT
_OPENING: Final = (_HERE / "link.mjs").read_bytes()
_POLICY: Final = pages.policy("script-src 'self'", "connect-src 'self'")
DOCUMENT: Final = "History of sanctions"
"""What the document is called, as an English message id."""


class Pages:
    """Renders the pages in a person's language."""

    def __init__(self, texts: i18n.Texts) -> None:
        self._environments = {
            language: pages.environment(_HERE / "templates", texts, language) for language in Language
        }
        for language, environment in self._environments.items():
            environment.filters["local"] = lambda instant: instant.astimezone(clock.BUCHAREST)
            environment.globals.update(
                style=f"/histories/style.css?v={pages.fingerprint(_STYLE)}",
                trust="/histories/keys",
                words={"TRAFFIC_HISTORY": texts.translate(language, DOCUMENT)},
            )

    def verification(self, language: Language, **shown: Any) -> HTMLResponse:
        """The page on which a history is verified; what it shows is of one, so nobody keeps it."""
        script = f"/histories/verify.mjs?v={pages.fingerprint(_VERIFYING)}"
        return self._page("verify.html", language, 200, script=script, **shown)

    def link(self, language: Language, status: int = 200, **shown: Any) -> HTMLResponse:
        """The page on which a link is opened; nobody keeps it."""
        script = f"/histories/link.mjs?v={pages.fingerprint(_OPENING)}"
        return self._page("link.html", language, status, script=script, **shown)

    def _page(self, name: str, language: Language, status: int, **shown: Any) -> HTMLResponse:
        body = self._environments[language].get_template(name).render(**shown)
        return pages.answer(body, language, _POLICY, status=status)


def style() -> Response:
    """The style sheet; its address changes with its content."""
    return pages.file(_STYLE, "text/css")


def verifying_script() -> Response:
    """The script of the page that verifies; its address changes with its content."""
    return pages.file(_VERIFYING, "text/javascript")


def opening_script() -> Response:
    """The script of the page that opens links; its address changes with its content."""
    return pages.file(_OPENING, "text/javascript")
