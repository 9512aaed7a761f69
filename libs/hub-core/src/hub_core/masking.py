"""Counts for the public, from which no one person can be made out.

A count under five is not told; nor is another of the same sum, where the total would give it away.
"""

from collections.abc import Collection, Mapping
from typing import Final

LEAST: Final = 5
"""The smallest count that is told, apart from none at all."""

Masked = Mapping[str, int | None]
"""Counts by code; none for one that is not told."""


def mask(
    cells: Mapping[str, int], least: int = LEAST, withheld: Collection[str] = ()
) -> tuple[int | None, Masked]:
    """The total of these counts and the counts, as they may be told; no counts where all are one.

    None under `least` is told, nor any that is `withheld` for another reason; that there are none at all is.

    >>> mask({"CJ": 40, "BH": 3, "SJ": 12})
    (55, {'CJ': 40, 'BH': None, 'SJ': None})
    """
    total = sum(cells.values())
    if 0 < total < least:
        return None, dict.fromkeys(cells)
    hidden = {code: count for code, count in cells.items() if count and (count < least or code in withheld)}
    rest = {code: count for code, count in cells.items() if count and code not in hidden}
    for count, code in sorted((count, code) for code, count in rest.items()):
        if not hidden or _are_safe(hidden, least):
            break
        hidden[code] = count
    if hidden and not _are_safe(hidden, least):
        return total, {}
    return total, {code: None if code in hidden else count for code, count in cells.items()}


def _are_safe(hidden: Mapping[str, int], least: int) -> bool:
    """Whether none of these counts follows from their sum and from each being one at least."""
    together = sum(hidden.values())
    return len(hidden) > 1 and together >= least and together > len(hidden)
