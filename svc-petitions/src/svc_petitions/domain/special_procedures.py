"""What looks like a petition and has a procedure of its own (OMAI 33/2020). No I/O."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hub_core.text import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialProcedure:
    """A procedure that is no petition; `title` and `guidance` are English message ids.

    `address` is where it is done in the hub, where it is. `rule` is the catalog's term in days that stands
    for `{days}` in the guidance, `signs` are regular expressions over folded text by which a submission of
    this kind is known.
    """

    code: str
    title: str
    guidance: str
    legal_basis: str
    phone: str | None = None
    address: str | None = None
    rule: str | None = None
    signs: tuple[re.Pattern[str], ...]


def find(procedures: Iterable[SpecialProcedure], subject: str, text: str) -> SpecialProcedure | None:
    """The procedure that a submission has signs of, the first that is named; None for a petition."""
    folded = " ".join(fold(f"{subject}. {text}").split())
    return next(
        (procedure for procedure in procedures if any(sign.search(folded) for sign in procedure.signs)),
        None,
    )
