"""By what a stranger may see that a certificate belongs to the person before them."""

import re
from dataclasses import dataclass
from typing import Final, Self

_MOST_INITIALS: Final = 6
_NAME: Final = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True, repr=False)
class Hint:
    """Initials (`A. M. P.`) and the last four digits of the CNP or CUI, None for who has none."""

    initials: str
    last_four: str | None

    @classmethod
    def of(cls, names: str, number: str | None) -> Self:
        """From the given names and the family name, in this order, or an organisation's name."""
        initials = [name[0].upper() for name in _NAME.findall(names)][:_MOST_INITIALS]
        return cls(" ".join(f"{letter[0]}." for letter in initials), number[-4:] if number else None)
