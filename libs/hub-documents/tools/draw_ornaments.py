"""Draws the ornaments of the house's page: a rosette behind the text and a ribbon under the masthead.

    .venv/bin/python libs/hub-documents/tools/draw_ornaments.py

Fine interlaced lines, as on banknotes: a poor copy shows. What came out is committed.
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
    curves = (f"C{at(turn, handle)} {at(turn + 1, -handle)} {at(turn + 1)}" for turn in range(petals * 2))
    return f"M{at(0)}{''.join(curves)}z"


def rosette() -> str:
    """Three wreaths of interlaced rings, 400 units wide."""
    rings = [
        ring(radius, swing, petals, phase * 2 * pi / lines)
        for radius, swing, petals, lines in ((164, 32, 20, 4), (104, 30, 13, 4), (50, 26, 7, 3))
        for phase in range(lines)
    ]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-200 -200 400 400">'
        f'<path fill="none" stroke="#e6ebf4" stroke-width=".55" d="{"".join(rings)}"/></svg>\n'
    )


def ribbon() -> str:
    """Interlaced waves, 1660 by 44 units; a half wave is one cubic curve."""
    width, half, lines, swing = 1660, 40, 4, 20
    path = []
    for line in range(lines):
        path.append(f"M{-half * 2 * line // lines} 22")
        for turn in range(width // half + 2):
            top = round(-swing * 4 / 3) * (-1) ** turn
            path.append(f"c{half * BEND:.0f} {top} {half * (1 - BEND):.0f} {top} {half} 0")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1660 44">'
        '<path fill="none" stroke="#8fa0bf" stroke-width="1.6" '
        f'd="{"".join(path)}"/></svg>\n'
    )


def main() -> None:
    """Both ornaments, into the house."""
    (HOUSE / "rosette.svg").write_text(rosette())
    (HOUSE / "ribbon.svg").write_text(ribbon())


if __name__ == "__main__":
    main()
