"""The answer to who verifies an answer: the page `/verify` as this service shows it."""

from pathlib import Path
from typing import Any, Final

from fastapi.responses import HTMLResponse, Response

from hub_core import clock
from hub_core.language import Language
from hub_service import i18n, pages

_HERE: Final = Path(__file__).parent
_STYLE: Final = pages.style_sheet(pages.VERIFICATION_STYLE)
_SCRIPT: Final = pages.VERIFICATION_SCRIPT
_POLICY: Final = pages.policy("script-src 'self'", "connect-src 'self'")
DOCUMENT: Final = "Answer to a petition"
"""What the document is called, as an English message id."""


class Pages:
    """Renders the page in a person's language."""

    def __init__(self, texts: i18n.Texts) -> None:
        self._environments = {
            language: pages.environment(_HERE / "templates", texts, language) for language in Language
        }
        for language, environment in self._environments.items():
            environment.filters["local"] = lambda instant: instant.astimezone(clock.BUCHAREST)
            environment.globals.update(
                style=f"/answers/style.css?v={pages.fingerprint(_STYLE)}",
                script=f"/answers/verify.mjs?v={pages.fingerprint(_SCRIPT)}",
                trust="/answers/keys",
                words={"PETITION_ANSWER": texts.translate(language, DOCUMENT)},
            )

    def render(self, language: Language, **shown: Any) -> HTMLResponse:
        """The page; what it shows is of one answer, so nobody keeps it."""
        body = self._environments[language].get_template("verify.html").render(**shown)
        return pages.answer(body, language, _POLICY)


def style() -> Response:
    """The style sheet; its address changes with its content."""
    return pages.file(_STYLE, "text/css")


def script() -> Response:
    """The script; its address changes with its content."""
    return pages.file(_SCRIPT, "text/javascript")
