import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from hub_documents import qr
from hub_documents.render import Renderer

from .conftest import AT

QUIET = 4
LINK = "https://hub.example.ro/verify/K7QF2M9XT4PA8WDC#" + "0oRDoQEmoQRCMzGg" * 20


@pytest.fixture
def scanned(renderer: Renderer, program: Any, tmp_path: Path) -> Callable[[str, int], str]:
    """What a scanner reads from a print of 31 mm, at so many dots per inch."""

    def read(text: str, dots: int) -> str:
        path = tmp_path / "code.pdf"
        path.write_bytes(renderer.pdf("picture.typ", {}, AT, {"code": qr.picture(text)}))
        program("pdftoppm", "-r", str(dots), "-gray", path, tmp_path / "print")
        found: str = program("zbarimg", "--quiet", "--raw", tmp_path / "print-1.pgm").decode()
        return found.removesuffix("\n")

    return read


@pytest.mark.parametrize("dots", [150, 200, 300])
def test_a_code_is_read_from_a_print_of_31_mm(scanned: Callable[[str, int], str], dots: int) -> None:
    assert scanned(LINK, dots) == LINK


def test_a_code_is_one_path_of_whole_modules() -> None:
    picture = qr.picture(LINK)
    assert (picture.width, picture.height) == (77, 77)
    assert re.fullmatch(rb"0 g\n(\d+ \d+ [1-8] 1 re\n)+f", picture.drawing)


@settings(max_examples=50, deadline=None)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=800))
def test_what_is_drawn_is_read_again(text: str) -> None:
    code = qr.picture(text)
    side = code.width + 2 * QUIET
    pixels = bytearray(b"\xff" * side**2)
    for x, y, wide in (map(int, bar) for bar in re.findall(rb"(\d+) (\d+) (\d) 1 re", code.drawing)):
        begin = (y + QUIET) * side + x + QUIET
        pixels[begin : begin + wide] = bytes(wide)
    (found,) = zxingcpp.read_barcodes(memoryview(pixels).cast("B", (side, side)), is_pure=True)
    assert (found.text, found.ec_level) == (text, "M")


@settings(max_examples=20, deadline=None)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=800))
def test_equal_texts_have_equal_codes(text: str) -> None:
    assert qr.picture(text) == qr.picture(text)


def test_a_text_that_no_code_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="long"):
        qr.picture("x" * 3000)
