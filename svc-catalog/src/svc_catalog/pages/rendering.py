"""Pages for people: Jinja2 templates, one environment for each language, a strict content policy."""

from pathlib import Path
from typing import Any, Final

from jinja2 import Environment
from starlette.responses import HTMLResponse, Response

from hub_core.language import Language
from hub_service import i18n, pages

from ..domain.text import Texts

_HERE: Final = Path(__file__).parent
_STYLE: Final = pages.style_sheet((_HERE / "style.css").read_bytes())
STYLE_ADDRESS: Final = f"/contact/style.css?v={pages.fingerprint(_STYLE)}"
_POLICY: Final = pages.policy()


class Pages:
    """Renders a template in a person's language."""

    def __init__(self, texts: i18n.Texts) -> None:
        self._environments = {language: _environment(texts, language) for language in Language}

    def render(self, template: str, language: Language, address: str, **shown: Any) -> HTMLResponse:
        """The page that stands at an address."""
        body = self._environments[language].get_template(template).render(address=address, **shown)
        return pages.answer(body, language, _POLICY, cache="public, max-age=60")


def style() -> Response:
    """The style sheet; its address changes with its content."""
    return pages.file(_STYLE, "text/css")


def _environment(texts: i18n.Texts, language: Language) -> Environment:
    environment = pages.environment(_HERE / "templates", texts, language)
    environment.filters["said"] = lambda said: _said(said, language)
    environment.globals.update(style=STYLE_ADDRESS)
    return environment


def _said(texts: Texts, language: Language) -> str:
    return dict(texts.said()).get(language, texts.ro)
