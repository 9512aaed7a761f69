from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub_documents import qr
from hub_documents.render import Renderer

from .conftest import AT

LINK = "https://hub.example.ro/verify/K7QF2M9XT4PA8WDC#" + "0oRDoQEmoQRCMzGg" * 20


@pytest.fixture
def scanned(renderer: Renderer, program: Any, tmp_path: Path) -> Callable[[str, int], str]:
    """What a scanner reads from a print of 31 mm, at so many dots per inch."""

    def read(text: str, dots: int) -> str:
        path = tmp_path / "code.pdf"
        path.write_bytes(renderer.pdf("picture.typ", {}, AT, {"code": qr.svg(text)}))
        program("pdftoppm", "-r", str(dots), "-gray", path, tmp_path / "print")
        found: str = program("zbarimg", "--quiet", "--raw", tmp_path / "print-1.pgm").decode()
        return found.removesuffix("\n")

    return read


@pytest.mark.parametrize("dots", [150, 200, 300])
def test_a_code_is_read_from_a_print_of_31_mm(scanned: Callable[[str, int], str], dots: int) -> None:
    assert scanned(LINK, dots) == LINK


def test_a_code_is_one_path_of_whole_modules() -> None:
    picture = qr.svg(LINK).decode()
    assert picture.startswith('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 77 77"><path ')
    assert picture.count("<path") == 1
    assert "." not in picture.partition(' d="')[2]


@settings(max_examples=20, deadline=None)
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=800))
def test_equal_texts_have_equal_codes(text: str) -> None:
    assert qr.svg(text) == qr.svg(text)


def test_a_text_that_no_code_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="long"):
        qr.svg("x" * 3000)
