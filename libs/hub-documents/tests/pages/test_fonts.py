from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from hub_documents import render

FOLDER = Path(render.__file__).parent / "fonts"
FONTS = sorted(FOLDER.glob("*.ttf"))
OF_EUROPE = [path for path in FONTS if path.name.startswith("Hub")]
LETTERS = (Path(__file__).parent / "letters.txt").read_text().split()


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
