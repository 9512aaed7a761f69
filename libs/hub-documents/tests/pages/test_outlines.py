"""Fonts without outlines are given to Typst, and every letter of a document has its outline all the same."""

import io
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont
from pyhanko.pdf_utils.reader import PdfFileReader

from hub_documents import outlines, render

HERE = Path(render.__file__).parent
FONTS = sorted((HERE / "fonts").glob("Hub*.ttf"))
ROMANIAN = "Țurcan Ștefănel-Bălaș, Szőke Ágnes „1908”, Mureș"
Letter = Callable[..., bytes]


def numbers(font: TTFont) -> dict[str, int]:
    return {glyph: font["glyf"][glyph].xMin for glyph in font.getGlyphOrder()}


def shape(font: TTFont, glyph: str) -> list[tuple[str, Any]]:
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[glyph].draw(pen)
    drawn: list[tuple[str, Any]] = pen.value
    return drawn


def fonts_of(pdf: bytes) -> Iterator[Mapping[str, Any]]:
    reader = PdfFileReader(io.BytesIO(pdf))
    page, _ = reader.find_page_for_modification(0)
    for font in page.get_object()["/Resources"]["/Font"].values():
        yield font.get_object()["/DescendantFonts"][0].get_object()


def widths(font: Mapping[str, Any]) -> dict[int, float]:
    """By CID (ISO 32000-1, 9.7.4.3): `first last width`, or `first [widths]`."""
    found: dict[int, float] = {}
    rest = list(font["/W"])
    while rest:
        first, second = int(rest.pop(0)), rest.pop(0)
        if isinstance(second, list):
            found |= {first + place: float(width) for place, width in enumerate(second)}
        else:
            found |= dict.fromkeys(range(first, int(second) + 1), float(rest.pop(0)))
    return found


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.stem)
def test_each_glyph_bears_the_number_of_its_outline(path: Path) -> None:
    font = TTFont(path)
    drawn, daily = (TTFont(HERE / f"glyphs/{path.stem}{which}.ttf") for which in ("", "-Daily"))
    known = numbers(font)
    assert sorted(known.values()) == list(range(len(drawn.getGlyphOrder())))
    assert known[".notdef"] == 0
    for glyph, number in known.items():
        there = drawn.getGlyphName(number)
        assert font["hmtx"][glyph][0] == drawn["hmtx"][there][0]
        if number < daily["maxp"].numGlyphs:
            mine = daily.getGlyphName(number)
            assert daily["hmtx"][mine] == drawn["hmtx"][there]
            assert shape(daily, mine) == shape(drawn, there)
    letters = font.getBestCmap()
    assert max(known[letters[ord(letter)]] for letter in ROMANIAN) < daily["maxp"].numGlyphs


@pytest.mark.parametrize("name", [ROMANIAN, "Łukasz Ελένη Вчера", "Ана الخطيب"])
def test_every_letter_has_an_outline_as_wide_as_the_document_says(letter: Letter, name: str) -> None:
    count = 0
    for font in fonts_of(letter(name, sans=name)):
        if font["/CIDToGIDMap"] == "/Identity":
            continue
        embedded = TTFont(io.BytesIO(font["/FontDescriptor"]["/FontFile2"].data))
        which = font["/CIDToGIDMap"].data
        said = widths(font)
        assert set(said) == set(range(len(which) // 2))
        for cid, width in said.items():
            glyph = embedded.getGlyphName(int.from_bytes(which[2 * cid : 2 * cid + 2]))
            advance = embedded["hmtx"][glyph][0] * 1000 / embedded["head"].unitsPerEm
            assert advance == pytest.approx(width, abs=0.01)
            count += embedded["glyf"][glyph].numberOfContours != 0
    assert count > len(set(name)) / 2


def test_the_letters_of_most_days_take_less_than_all(letter: Letter) -> None:
    assert len(letter(ROMANIAN)) < len(letter("Łukasz")) < len(letter("Łukasz", sans="Łukasz"))


def test_a_font_that_stands_there_otherwise_is_not_passed_over() -> None:
    with pytest.raises(outlines.NotKnown):
        list(outlines.changes(b"<</FontName/ABCDEF+HubSans-Regular/FontFile2 7 0 R>>"))
