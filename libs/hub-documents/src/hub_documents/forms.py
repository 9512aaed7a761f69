"""Drawings that come into a document after Typst, which would write and pack each of them anew.

In its place a template shows an image of one row of pixels, of a length that nothing else has. `changes`
makes of each such image a form (ISO 32000-1, 8.10): both are drawn by the same operator, into the same
square.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .objects import Change

_HOUSE: Final = Path(__file__).parent / "packages/hub/house/1.0.0"
_FAST: Final = 1


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing: operators of PDF, in units from the upper left corner to the right and down.

    Colours are those of a device (`g`, `rg`): PDF/A takes them for what the file's output intent says.
    """

    width: int
    height: int
    drawing: bytes


class NotPlaced(Exception):
    """The template has left out a picture that it was given."""


def _form(picture: Picture, packing: int = _FAST) -> bytes:
    """The picture, in a square of one unit."""
    packed = zlib.compress(picture.drawing, packing)
    return (
        b"<</Type/XObject/Subtype/Form/BBox[0 0 %d %d]/Matrix[%.7f 0 0 %.7f 0 1]/Resources<<>>"
        b"/Filter/FlateDecode/Length %d>>\nstream\n%b\nendstream"
    ) % (picture.width, picture.height, 1 / picture.width, -1 / picture.height, len(packed), packed)


_ORNAMENTS: Final = tuple(
    _form(Picture(width, height, (_HOUSE / name).read_bytes()), packing=9)
    for name, width, height in (("rosette.ops", 400, 400), ("ribbon.ops", 1660, 44))
)
"""What `house.typ` shows as rows of one pixel and of two."""


def stand_in(order: int) -> str:
    """What a template is given for the picture of this order, from 0: a function of Typst that shows it.

    Its arguments are those of `image`: width, height, alternative text.
    """
    pixels = len(_ORNAMENTS) + 1 + order
    return (
        f"image.with(bytes((0,) * {pixels}), "
        f'format: (encoding: "luma8", width: {pixels}, height: 1), fit: "stretch")'
    )


def changes(pdf: bytes, pictures: Iterable[Picture]) -> Iterator[Change]:
    """What puts these pictures, and the house's, in their places. Raises `NotPlaced`."""
    for pixels, form in enumerate((*_ORNAMENTS, *map(_form, pictures)), 1):
        image = pdf.find(b"/Subtype/Image/Filter/FlateDecode/Width %d/Height 1/" % pixels)
        if image >= 0:
            yield Change(pdf.rindex(b"<<", 0, image), pdf.index(b"\nendobj\n", image), form)
        elif pixels > len(_ORNAMENTS):
            raise NotPlaced
