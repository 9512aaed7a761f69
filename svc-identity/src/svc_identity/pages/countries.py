"""The countries of the world, for forms."""

from functools import cache
from typing import Final

from babel import Locale

from hub_core.language import Language
from hub_core.text import fold

_LETTERS: Final = 2
_NO_COUNTRIES: Final = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
)
"""Two-letter codes of Unicode CLDR that ISO 3166-1 does not give to a country or territory."""


@cache
def in_language(language: Language) -> tuple[tuple[str, str], ...]:
    """Codes (ISO 3166-1 alpha-2) and names in a language, by name."""
    named = [
        (code, str(name))
        for code, name in Locale(language.value).territories.items()
        if len(code) == _LETTERS and code.isalpha() and code not in _NO_COUNTRIES
    ]
    return tuple(sorted(named, key=lambda one: fold(one[1])))
