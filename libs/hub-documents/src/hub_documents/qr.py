"""QR codes (ISO/IEC 18004) as vectors.

>>> qr.svg("https://hub.example/verify/K7QF-2M9X-T4PA-8WDC#0oRDoQEm…")
b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 69 69">…'
"""

import re
from typing import Final, cast

import zxingcpp

INK: Final = "#000"
_ROW: Final = re.compile(b"^\xff+|\x00+\xff*")


class _Steps(dict[bytes, str]):
    """The path of some dark pixels and the light ones after them, on to the next dark one."""

    def __missing__(self, pixels: bytes) -> str:
        dark = pixels.count(b"\x00")
        bar = f"h{dark}v1h-{dark}z" if dark else ""
        self[pixels] = step = f"{bar}m{len(pixels)} 0"
        return step


_STEPS: Final = _Steps()


def svg(text: str) -> bytes:
    """The QR code of a text, as an SVG picture of one path; a module is one unit wide.

    Error correction M: 15 % of it may be unreadable. There is no quiet zone: whoever places the picture
    leaves four modules of white around it. Raises ValueError where the text is too long (2,331 bytes).
    """
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image = code.to_image(scale=1, add_quiet_zones=False)
    height, width = image.shape
    pixels = memoryview(cast("bytes", image)).tobytes()  # its stub hides that it is a buffer
    rows = (pixels[at : at + width] for at in range(0, len(pixels), width))
    path = "".join(
        f"M0 {y}{''.join(map(_STEPS.__getitem__, _ROW.findall(row)))}" for y, row in enumerate(rows)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<path fill="{INK}" d="{path}"/></svg>'
    ).encode()
