"""Draws the ornaments of the house's page: a rosette behind the text and a ribbon under the masthead.

    .venv/bin/python libs/hub-documents/tools/draw_ornaments.py

Fine interlaced lines, as on banknotes: a poor copy shows. What came out is committed.
"""

from collections.abc import Sequence
from math import cos, pi, sin
from pathlib import Path
from typing import Final

HOUSE: Final = Path(__file__).parents[1] / "src/hub_documents/packages/hub/house/1.0.0"
Point = tuple[float, float]


def closed(points: Sequence[Point]) -> str:
    """A smooth closed line through the points (Catmull-Rom, as cubic curves)."""
    count = len(points)
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for i in range(count):
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = (points[(i + k) % count] for k in (-1, 0, 1, 2))
        first = (x1 + (x2 - x0) / 6, y1 + (y2 - y0) / 6)
        second = (x2 - (x3 - x1) / 6, y2 - (y3 - y1) / 6)
        path.append(f"C{first[0]:.1f} {first[1]:.1f} {second[0]:.1f} {second[1]:.1f} {x2:.1f} {y2:.1f}")
    return "".join(path) + "z"


def ring(radius: float, swing: float, petals: int, phase: float) -> str:
    """A ring that swings in and out."""
    steps = petals * 4
    return closed(
        [
            (
                (radius + swing * sin(petals * 2 * pi * i / steps + phase)) * cos(2 * pi * i / steps),
                (radius + swing * sin(petals * 2 * pi * i / steps + phase)) * sin(2 * pi * i / steps),
            )
            for i in range(steps)
        ]
    )


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
    width, half, bend, lines = 1660, 30.0, 0.3642, 6
    path = []
    for line in range(lines):
        x, up = -half * 2 * line / lines, 1
        height = 20.0
        path.append(f"M{x:.1f} 22")
        while x < width:
            top = 22 - up * height * 4 / 3
            path.append(
                f"C{x + half * bend:.1f} {top:.1f} {x + half * (1 - bend):.1f} {top:.1f} {x + half:.1f} 22"
            )
            x, up = x + half, -up
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
