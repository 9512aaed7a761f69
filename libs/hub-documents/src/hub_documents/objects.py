"""The objects of a file as Typst writes it, some of them exchanged for others (ISO 32000-1, 7.3.10)."""

import re
from bisect import bisect
from collections.abc import Iterable
from itertools import accumulate
from typing import Final, NamedTuple

_OFFSET: Final = re.compile(rb"\d{10}(?= 00000 n)")


class Change(NamedTuple):
    """What comes in the place of these bytes: the whole of an object or a part of it."""

    begin: int
    end: int
    content: bytes


def body(pdf: bytes, number: int, since: int = 0) -> tuple[int, int]:
    """Where an object begins and ends, without its number; `since` is a place before it."""
    mark = b"\n%d 0 obj\n" % number
    begin = pdf.index(mark, since) + len(mark)
    return begin, pdf.index(b"\nendobj\n", begin)


def exchange(pdf: bytes, changes: Iterable[Change]) -> bytes:
    """The file with these changes, and with a table of references that knows them."""
    changes = sorted(changes)
    parts: list[bytes] = []
    done = 0
    for begin, end, content in changes:
        parts += pdf[done:begin], content
        done = end
    begins = [change.begin for change in changes]
    moves = list(accumulate((len(content) - (end - begin) for begin, end, content in changes), initial=0))
    table = pdf.rindex(b"xref\n0 ")
    # Typst's objects stand in the order of their numbers: those before the first change stay.
    first = pdf.rindex(b"\n", 0, pdf.rindex(b" 0 obj\n", 0, begins[0])) + 1 if begins else table
    moved = max(pdf.find(b"\n%010d " % first, table), table)
    end_of_table = pdf.index(b"startxref\n", table)
    parts += (
        pdf[done:moved],
        _OFFSET.sub(
            lambda at: b"%010d" % (int(at[0]) + moves[bisect(begins, int(at[0]))]), pdf[moved:end_of_table]
        ),
        b"startxref\n%d\n%%%%EOF" % (table + moves[-1]),
    )
    return b"".join(parts)
