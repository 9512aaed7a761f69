"""The legal numbers of people and mandates, by their codes in the catalog; what is ours is in `rules`.

The values are those of the day that the fact falls on, from the copy of the catalog's tables.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from hub_core.rules import Rules

from .rules import months_later

FULL_AGE: Final = "capacity.full-age"
LIMITED_AGE: Final = "capacity.limited-age"
BIRTHDAY_OF_LEAP_DAY: Final = "capacity.birthday-of-leap-day"
MANDATE_TERM: Final = "mandate.term"
DATA_REQUEST_ANSWER: Final = "data-request.answer"
DATA_REQUEST_EXTENSION: Final = "data-request.extension"
CODES: Final = (
    *(FULL_AGE, LIMITED_AGE, BIRTHDAY_OF_LEAP_DAY, MANDATE_TERM),
    *(DATA_REQUEST_ANSWER, DATA_REQUEST_EXTENSION),
)
"""All of them; the manifest names the same, so that the service is not ready without."""


def months_after(since: date, codes: Sequence[str], legal: Rules) -> date:
    """The last day of terms in months that run one after another from `since` (Regulation 1182/71, art. 3).

    It is not moved to the next working day: what may be answered then may be answered before.
    """
    return months_later(since, sum(legal.on(code, since).whole for code in codes))
