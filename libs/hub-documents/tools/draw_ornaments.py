"""Draws the ornaments of the house's page: a rosette behind the text and a ribbon under the masthead.

    .venv/bin/python libs/hub-documents/tools/draw_ornaments.py

Fine interlaced lines, as on banknotes: a poor copy shows. What came out is committed: operators of PDF
(ISO 32000-1, 8.5), which `hub_documents.forms` puts into the documents.
"""

from math import cos, pi, sin
from pathlib import Path
from typing import Final

HOUSE: Final = Path(__file__).parents[1] / "src/hub_documents/packages/hub/house/1.0.0"
BEND: Final = 0.3642
"""How far the handles of a cubic curve reach, of its length, for it to be half a wave of a sine."""


def ring(radius: float, swing: float, petals: int, phase: float) -> str:
    """A ring that swings in and out; from one extreme to the next it is one curve."""
    half = pi / petals

    def at(turn: int, reach: float = 0.0) -> str:
        """The extreme of this number, or the end of its handle."""
        out, angle = radius + swing * (-1) ** turn, phase / petals + turn * half
        x = out * (cos(angle) - reach * sin(angle))
        y = out * (sin(angle) + reach * cos(angle))
        return f"{x:.1f} {y:.1f}"

    handle = half * BEND
    curves = (f"{at(turn, handle)} {at(turn + 1, -handle)} {at(turn + 1)} c" for turn in range(petals * 2))
    return "\n".join((f"{at(0)} m", *curves, "h"))


def rosette() -> str:
    """Three wreaths of interlaced rings, 400 by 400 units."""
    rings = [
        ring(radius, swing, petals, phase * 2 * pi / lines)
        for radius, swing, petals, lines in ((164, 32, 20, 4), (104, 30, 13, 4), (50, 26, 7, 3))
        for phase in range(lines)
    ]
    return "\n".join(("1 0 0 1 200 200 cm .9020 .9216 .9569 RG .55 w 4 M", *rings, "S\n"))


def ribbon() -> str:
    """Interlaced waves, 1660 by 44 units; a half wave is one cubic curve."""
    width, half, lines, swing = 1660, 40, 4, 20
    path = []
    for line in range(lines):
        x = -half * 2 * line // lines
        path.append(f"{x} 22 m")
        for turn in range(width // half + 2):
            top = 22 + round(-swing * 4 / 3) * (-1) ** turn
            path.append(f"{x + half * BEND:.0f} {top} {x + half * (1 - BEND):.0f} {top} {x + half} 22 c")
            x += half
    return "\n".join((".5608 .6275 .7490 RG 1.6 w 4 M", *path, "S\n"))


def main() -> None:
    """Both ornaments, into the house."""
    (HOUSE / "rosette.ops").write_text(rosette())
    (HOUSE / "ribbon.ops").write_text(ribbon())


if __name__ == "__main__":
    main()
