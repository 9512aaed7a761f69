"""The page of the public figures: a table that says everything, and a plot of it."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from fastapi.responses import HTMLResponse, Response

from hub_core.language import Language
from hub_service import i18n, pages

from ..domain.figures import Figure, Figures, by_channel
from ..domain.kinds import Lane
from ..domain.messages import Channel

_HERE: Final = Path(__file__).parent
_STYLE: Final = pages.style_sheet((_HERE / "figures.css").read_bytes())
_POLICY: Final = pages.policy()
_FRESH: Final = "public, max-age=60"
CHANNELS: Final = {Channel.EMAIL: "E-mail", Channel.SMS: "Text message", Channel.PUSH: "Push message"}
LANES: Final = {
    Lane.CODE: "One-time codes",
    Lane.NOTICE: "Notices",
    Lane.REMINDER: "Reminders",
    Lane.BULK: "News to many",
}
"""What they are called, as English message ids."""
_MARKS: Final = {Language.RO: (".", ","), Language.HU: ("\N{NO-BREAK SPACE}", ","), Language.EN: (",", ".")}
"""Between thousands, and before decimals."""
BAR: Final = 10
"""Width of a day in the plot, in units of its picture."""


@dataclass(frozen=True, slots=True)
class _Bar:
    """A day in a plot: where it stands, and its height out of 100; none where nothing is told."""

    left: int
    height: float
    label: str


class FiguresPage:
    """Renders the page in a person's language."""

    def __init__(self, texts: i18n.Texts) -> None:
        self._texts = texts
        self._environments = {
            language: pages.environment(_HERE / "templates", texts, language) for language in Language
        }
        for language, environment in self._environments.items():
            environment.filters["count"] = partial(_count, language)
            environment.filters["percent"] = partial(_percent, language)
            environment.globals.update(
                style=f"/notify/figures/style.css?v={pages.fingerprint(_STYLE)}",
                channels={one: texts.translate(language, name) for one, name in CHANNELS.items()},
                lanes={one: texts.translate(language, name) for one, name in LANES.items()},
            )

    def show(self, language: Language, figures: Figures) -> HTMLResponse:
        """The page; the same for everybody, at most a minute old."""
        environment = self._environments[language]
        days = list(reversed(figures.days()))
        totals = by_channel(figures.told)
        day = environment.filters["day"]

        def bars(channel: Channel) -> list[_Bar]:
            return [
                _Bar(
                    index * BAR,
                    round(100 * one.share, 2),
                    f"{day(one.day)}: {_percent(language, one.share)}",
                )
                for index, each in enumerate(days)
                if (one := totals.get((each, channel)))
            ]

        body = environment.get_template("figures.html").render(
            address="/notify/figures",
            figures=figures,
            rows=_rows(figures),
            plots={channel: made for channel in CHANNELS if (made := bars(channel))},
            width=len(days) * BAR,
        )
        return pages.answer(body, language, _POLICY, cache=_FRESH)


def style() -> Response:
    """The style sheet; its address changes with its content."""
    return pages.file(_STYLE, "text/css")


def _rows(figures: Figures) -> list[tuple[Figure, bool]]:
    """Every cell in the order of the table, and whether it is told."""
    cells = [*((one, True) for one in figures.told), *((one, False) for one in figures.untold)]
    order = list(CHANNELS)
    return sorted(
        cells, key=lambda cell: (-cell[0].day.toordinal(), order.index(cell[0].channel), cell[0].lane)
    )


def _count(language: Language, number: int) -> str:
    """A number with the language's mark between thousands."""
    return f"{number:,}".replace(",", _MARKS[language][0])


def _percent(language: Language, share: float) -> str:
    """A share with two decimals, rounded down: nothing short of all is called all."""
    return f"{int(share * 10_000) / 100:.2f}".replace(".", _MARKS[language][1]) + "\N{NO-BREAK SPACE}%"
