"""The pages /appointments: Jinja2 templates, one environment for each language, a strict content policy."""

from datetime import date
from pathlib import Path
from typing import Any, Final

from fastapi.responses import HTMLResponse, Response

from hub_core import clock
from hub_core.language import Language
from hub_service import i18n, pages

_HERE: Final = Path(__file__).parent
_STYLE: Final = pages.style_sheet((_HERE / "style.css").read_bytes())
_SCRIPT: Final = (_HERE / "appointments.mjs").read_bytes()
_POLICY: Final = pages.policy("script-src 'self'", "connect-src 'self'")


class Pages:
    """Renders the pages in a person's language."""

    def __init__(self, texts: i18n.Texts) -> None:
        self._texts = texts
        self._environments = {
            language: pages.environment(_HERE / "templates", texts, language) for language in Language
        }
        for environment in self._environments.values():
            environment.filters["local"] = lambda instant: instant.astimezone(clock.BUCHAREST)
            environment.globals.update(
                style=f"/appointments/style.css?v={pages.fingerprint(_STYLE)}",
                script=f"/appointments/appointments.mjs?v={pages.fingerprint(_SCRIPT)}",
            )

    def say(self, language: Language, message: str) -> str:
        """A text for people in their language."""
        return self._texts.translate(language, message)

    def day(self, language: Language, day: date) -> str:
        """A date as the language writes it."""
        written: str = self._environments[language].filters["day"](day)
        return written

    def render(self, template: str, language: Language, status: int = 200, **shown: Any) -> HTMLResponse:
        """A page; what it shows is of one appointment, so nobody keeps it."""
        body = self._environments[language].get_template(template).render(**shown)
        return pages.answer(body, language, _POLICY, status=status)


def style() -> Response:
    """The style sheet; its address changes with its content."""
    return pages.file(_STYLE, "text/css")


def script() -> Response:
    """The script; its address changes with its content."""
    return pages.file(_SCRIPT, "text/javascript")
