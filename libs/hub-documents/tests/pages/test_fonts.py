from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from hub_documents import render

FOLDER = Path(render.__file__).parent / "fonts"
FONTS = sorted(FOLDER.glob("*.ttf"))
OF_EUROPE = [path for path in FONTS if path.name.startswith("Hub")]
LETTERS = (Path(__file__).parent / "letters.txt").read_text().split()


FACES = {"HubSerif-Regular": ("ss02", "ss03"), "HubSans-Regular": ("ss01",)}


def exchanged(font: TTFont, feature: str) -> dict[str, str]:
    """What a stylistic set makes of glyphs."""
    rules = font["GSUB"].table
    (lookup,) = {
        number
        for one in rules.FeatureList.FeatureRecord
        if one.FeatureTag == feature
        for number in one.Feature.LookupListIndex
    }
    (table,) = rules.LookupList.Lookup[lookup].SubTable
    mapping: dict[str, str] = getattr(table, "ExtSubTable", table).mapping
    return mapping


@pytest.mark.parametrize("path", OF_EUROPE, ids=lambda path: path.stem)
def test_each_face_of_a_family_has_the_letters_of_europe_and_draws_them_its_own_way(path: Path) -> None:
    font, drawn = TTFont(path), TTFont(FOLDER.with_name("glyphs") / path.name)
    known = font.getBestCmap()

    def shape(glyph: str) -> object:
        return drawn["glyf"][drawn.getGlyphName(font["glyf"][glyph].xMin)]

    letters = {known[ord(letter)] for line in LETTERS for letter in line}
    for feature in FACES[path.stem]:
        other = exchanged(font, feature)
        assert not letters - set(other)
        assert not {glyph for glyph in letters if shape(glyph) == shape(other[glyph])}
        assert all(font["hmtx"][other[glyph]][0] for glyph in letters)


@pytest.mark.parametrize("path", OF_EUROPE, ids=lambda path: path.stem)
def test_every_style_has_the_letters_of_europe(path: Path) -> None:
    known = TTFont(path).getBestCmap()
    assert not {letter for line in LETTERS for letter in line if ord(letter) not in known}


@pytest.mark.parametrize("path", FONTS, ids=lambda path: path.stem)
def test_no_font_bears_a_reserved_name_or_forbids_to_be_embedded(path: Path) -> None:
    font = TTFont(path)
    names = {font["name"].getDebugName(number) or "" for number in (1, 4, 6, 16)}
    assert not any("Source" in name for name in names)
    assert font["OS/2"].fsType == 0


def test_each_family_has_its_licence_beside_it_and_all_are_small() -> None:
    families = {"HubSans", "HubSerif", "Noto"}
    assert {path.stem.removeprefix("LICENSE-") for path in FOLDER.glob("LICENSE-*.txt")} == families
    assert all(any(path.name.startswith(family) for family in families) for path in FONTS)
    assert sum(path.stat().st_size for path in FONTS) < 2_000_000
