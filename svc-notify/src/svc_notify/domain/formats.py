"""Dates and hours as people write them in each language (8.2)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from hub_core.clock import BUCHAREST
from hub_core.language import Language

_ENGLISH_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_ROMANIAN_MARKS: Final = str.maketrans({",": ".", ".": ","})
_HUNGARIAN_MARKS: Final = str.maketrans({",": "\u00a0", ".": ","})


def day(value: date, language: Language) -> str:
    """A date: `21.11.2026` (ro), `2026.11.21.` (hu), `21 November 2026` (en)."""
    match language:
        case Language.RO:
            return f"{value:%d.%m.%Y}"
        case Language.HU:
            return f"{value:%Y.%m.%d.}"
        case Language.EN:
            return f"{value.day} {_ENGLISH_MONTHS[value.month - 1]} {value.year}"


def hour(instant: datetime) -> str:
    """The hour and minute of an instant in Romania, `21:15`."""
    return f"{instant.astimezone(BUCHAREST):%H:%M}"


def amount(value: Decimal, language: Language) -> str:
    """An amount in lei: `1.202,50 lei` (ro), `1 202,50 lei` (hu), `1,202.50 lei` (en); it does not break."""
    written = f"{value:,.2f}"
    match language:
        case Language.RO:
            written = written.translate(_ROMANIAN_MARKS)
        case Language.HU:
            written = written.translate(_HUNGARIAN_MARKS)
        case Language.EN:
            pass
    return f"{written}\u00a0lei"
