"""QR codes (ISO/IEC 18004) as vectors.

>>> qr.svg("https://hub.example/verify/K7QF-2M9X-T4PA-8WDC#0oRDoQEm…")
b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 69 69">…'
"""

import re
from typing import Final, cast

import zxingcpp

INK: Final = "#000"
_DARK: Final = re.compile(b"\x00+")
_LARGEST: Final = 177  # modules of version 40
_BARS: Final = tuple(f"h{length}v1h-{length}z" for length in range(_LARGEST + 1))


def svg(text: str) -> bytes:
    """The QR code of a text, as an SVG picture of one path; a module is one unit wide.

    Error correction M: 15 % of it may be unreadable. There is no quiet zone: whoever places the picture
    leaves four modules of white around it. Raises ValueError where the text is too long (2,331 bytes).
    """
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image = code.to_image(scale=1, add_quiet_zones=False)
    height, width = image.shape
    pixels = memoryview(cast("bytes", image)).tobytes()  # its stub hides that it is a buffer
    runs = []
    for y in range(height):
        for run in _DARK.finditer(pixels, y * width, (y + 1) * width):
            start, end = run.span()
            runs.append(f"M{start - y * width} {y}{_BARS[end - start]}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<path fill="{INK}" d="{"".join(runs)}"/></svg>'
    ).encode()
