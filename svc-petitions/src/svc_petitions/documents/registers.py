"""A part of a register, as a sealed document."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hub_core.clock import BUCHAREST
from hub_documents.seal import Sealed

from ..domain.registers import Direction, Shown, StrikeReason
from .press import Press
from .seals import Owner

_DIRECTIONS: Final = {Direction.IN: "intrare", Direction.OUT: "ieșire", Direction.INTERNAL: "intern"}

_REASONS: Final = {
    StrikeReason.ENTERED_TWICE: "înregistrat de două ori",
    StrikeReason.WRONG_REGISTER: "alt registru",
    StrikeReason.NOT_A_PETITION: "nu este petiție",
    StrikeReason.CLERICAL_ERROR: "eroare materială",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """Lines that follow one another. `before` is the link of the line before the first of them."""

    institution: Owner
    year: int
    before: bytes
    lines: Sequence[Shown]


async def make(press: Press, extract: Extract, now: datetime) -> Sealed:
    """The sealed PDF: each line with its link, and the links before the first and of the last in full.

    Raises `render.Unprintable` for letters that no font has, and `SealNotInForce`.
    """
    names, entries = extract.institution.names, [line.entry for line in extract.lines]
    counted = Counter(entry.direction for entry in entries)
    data = {
        "institution": {"ro": names["ro"], "en": names.get("en", names["ro"])},
        "year": extract.year,
        "first": entries[0].number,
        "last": entries[-1].number,
        "counts": {direction.lower(): counted[direction] for direction in Direction},
        "strikes": sum(entry.strikes is not None for entry in entries),
        "before": extract.before.hex(),
        "link": entries[-1].entry_sha256.hex(),
        "lines": [_line(line) for line in extract.lines],
        "at": now.astimezone(BUCHAREST).isoformat(),
    }
    return await press.sealed("register.typ", data, await press.seals.of(extract.institution, now), now)


def _line(line: Shown) -> dict[str, Any]:
    entry, strikes = line.entry, line.entry.strikes
    return {
        "number": entry.number,
        "at": f"{entry.entered_at.astimezone(BUCHAREST):%d.%m.%Y %H:%M:%S}",
        "direction": _DIRECTIONS[entry.direction],
        "petition": str(entry.petition_id),
        "strikes": strikes and f"{strikes.number}/{strikes.year}",
        "reason": strikes and _REASONS[strikes.reason],
        "struck_by": line.struck_by,
        "link": entry.entry_sha256.hex()[:16],
    }
