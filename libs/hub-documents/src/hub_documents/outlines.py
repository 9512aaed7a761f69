"""The outlines of our own fonts, which come into a document after Typst.

Typst picks the glyphs of a document out of its fonts and packs them, for each document anew: a quarter of
the work. So it is given fonts whose glyphs are empty and bear numbers (`tools/subset_fonts.py`). `changes`
puts in the outlines, packed once for all documents, and says which is whose (ISO 32000-1, 9.7.4.2). A
document with the letters of most days alone gets those; a rarer letter brings all outlines of its font.
"""

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from .objects import Change, body

_FOLDER: Final = Path(__file__).parent / "glyphs"
_FONT: Final = re.compile(
    rb"/CIDToGIDMap(/Identity).*?"
    rb"/FontName/[A-Z]{6}\+([^/]+)/.*?(/CIDSet (\d+) 0 R)/FontFile2 (\d+) 0 R",
    re.DOTALL,
)
_GLYPH: Final = 12
"""Bytes of a glyph that bears a number; its third and fourth."""


class NotKnown(Exception):
    """A font stands in the file in another way than Typst has written it so far."""


@dataclass(frozen=True, slots=True)
class _Outlines:
    """A font to be embedded: how many glyphs it has, and its object."""

    glyphs: int
    packed: bytes


@cache
def _outlines(name: str) -> _Outlines:
    font = (_FOLDER / f"{name}.ttf").read_bytes()
    packed = zlib.compress(font, 9)
    head = b"<</Length %d/Length1 %d/Filter/FlateDecode>>" % (len(packed), len(font))
    count = int.from_bytes(_table(font, b"maxp")[4:6])
    return _Outlines(count, b"%b\nstream\n%b\nendstream" % (head, packed))


_OURS: Final = frozenset(path.stem for path in _FOLDER.glob("*.ttf"))


def changes(pdf: bytes) -> Iterator[Change]:
    """What has to change in a file of Typst's, that its letters can be seen. Raises `NotKnown`."""
    found = list(_FONT.finditer(pdf))
    if len(found) != pdf.count(b"/FontFile2 "):
        raise NotKnown
    for font in found:
        name = font[2].decode()
        if name not in _OURS:
            continue
        places = body(pdf, int(font[4]), font.end())
        embedded = body(pdf, int(font[5]), places[1])
        stream = pdf.index(b"stream\n", *embedded) + len(b"stream\n")
        glyphs = _table(zlib.decompressobj().decompress(pdf[stream : embedded[1]]), b"glyf")
        # CIDs are counted in the order of the glyphs.
        numbers = [glyphs[at + 2 : at + 4] for at in range(0, len(glyphs), _GLYPH)]
        drawn = _outlines(f"{name}-Daily")
        if int.from_bytes(max(numbers)) >= drawn.glyphs:
            drawn = _outlines(name)
        yield Change(*font.span(1), b" %b 0 R" % font[4])
        # A set of what is in the file is of no use where it is the same in all, and may be left out.
        yield Change(*font.span(3), b"")
        yield Change(
            *places, b"<</Length %d>>\nstream\n%b\nendstream" % (2 * len(numbers), b"".join(numbers))
        )
        yield Change(*embedded, drawn.packed)


def _table(font: bytes, tag: bytes) -> bytes:
    """A table of a font (OpenType, table directory)."""
    entry = font.index(tag)
    at, length = (int.from_bytes(font[entry + place : entry + place + 4]) for place in (8, 12))
    return font[at : at + length]
