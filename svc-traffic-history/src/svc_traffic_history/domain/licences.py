"""For how long a driving licence is issued, by category."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from hub_core.rules import Rules

_GROUPS: Final = ("licence.group-1", "licence.group-2")
_VALIDITIES: Final = ("licence.validity-group-1", "licence.validity-group-2")
RULES: Final = (*_GROUPS, *_VALIDITIES)


def validities(categories: Sequence[str], on: date, legal: Rules) -> Mapping[str, int]:
    """The administrative validity of each category in years, as the law of a day has it.

    Ten for AM, A1, A2, A, B1, B, BE and Tr1, five for the others (OUG 195/2002); a category that no group
    names has none.
    """
    years = {
        option.code: legal.on(validity, on).whole
        for group, validity in zip(_GROUPS, _VALIDITIES, strict=True)
        for option in legal.on(group, on).options
    }
    return {each: years[each.lower()] for each in categories if each.lower() in years}
