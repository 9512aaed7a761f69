"""QR codes (ISO/IEC 18004) as vectors.

>>> qr.picture("https://hub.example/verify/K7QF-2M9X-T4PA-8WDC#0oRDoQEm…")
Picture(width=69, height=69, drawing=b'0 0 7 1 re …')
"""

import re
from typing import Final, cast

import zxingcpp

from .forms import Picture

_MASK: Final = 4
_DARK: Final = re.compile(b"\x00+")
_STEP: Final = 8
"""Modules that are looked up at once."""


class _Bars(dict[tuple[int, bytes], str]):
    """What draws the modules that stand in a row from a column on; `y` is the row."""

    def __missing__(self, place: tuple[int, bytes]) -> str:
        column, modules = place
        bars = "".join(
            f"{column + dark.start()} y {dark.end() - dark.start()} 1 re\n"
            for dark in _DARK.finditer(modules)
        )
        self[place] = bars
        return bars


_BARS: Final = _Bars()


def picture(text: str) -> Picture:
    """The QR code of a text, in one path; a module is one unit wide.

    Error correction M: 15 % of it may be unreadable. There is no quiet zone: whoever places the picture
    leaves four modules of white around it. Raises ValueError where the text is too long (2,331 bytes).
    """
    # Of the eight masks always the same: to try each and rate it takes four times as long as the code.
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M", dataMask=_MASK)
    image = code.to_image(scale=1, add_quiet_zones=False)
    height, width = image.shape
    pixels = memoryview(cast("bytes", image)).tobytes()  # its stub hides that it is a buffer
    path = []
    for y in range(height):
        row = pixels[y * width : (y + 1) * width]
        bars = [_BARS[x, row[x : x + _STEP]] for x in range(0, width, _STEP)]
        path.append("".join(bars).replace("y", str(y)))
    return Picture(width, height, f"0 g\n{''.join(path)}f".encode())
