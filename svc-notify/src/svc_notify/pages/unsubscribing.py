"""The page on which people unsubscribe: a button, and another one that takes it back."""

from pathlib import Path
from typing import Final

from fastapi.responses import HTMLResponse, Response

from hub_core.language import Language
from hub_service import i18n, pages

from ..domain import kinds
from ..operations import unsubscribing
from ..operations.unsubscribing import Shown

_HERE: Final = Path(__file__).parent
_STYLE: Final = pages.style_sheet((_HERE / "unsubscribe.css").read_bytes())
_POLICY: Final = pages.policy()
NOT_FOUND: Final = 404


class UnsubscribePage:
    """Renders the page in a person's language."""

    def __init__(self, texts: i18n.Texts) -> None:
        self._environments = {
            language: pages.environment(_HERE / "templates", texts, language) for language in Language
        }
        for environment in self._environments.values():
            environment.globals.update(style=f"{unsubscribing.PAGE}/style.css?v={pages.fingerprint(_STYLE)}")

    def show(
        self, language: Language, token: str, shown: Shown | None, *, done: bool = False
    ) -> HTMLResponse:
        """What a link is about, and whether it was just changed; without one, that the link does not work."""
        template = self._environments[language].get_template("unsubscribe.html")
        body = template.render(
            address=f"{unsubscribing.PAGE}/{token}",
            shown=shown,
            done=done,
            group=kinds.GROUP_NAMES[shown.subject.group][language] if shown else "",
            institution=(shown.names.get(language) or shown.names.get(Language.RO) or "") if shown else "",
        )
        return pages.answer(body, language, _POLICY, status=200 if shown else NOT_FOUND)


def style() -> Response:
    """The style sheet; its address changes with its content."""
    return pages.file(_STYLE, "text/css")
