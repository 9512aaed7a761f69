"""The frame of every page for people."""

from pathlib import Path

import pytest

import hub_service
from hub_testing import texts

FOLDER = Path(hub_service.__path__[0])


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_text_of_the_frame_is_translated(language):
    known = texts.translations(FOLDER / "locale", language, "pages")
    assert known.keys() == texts.of_templates(FOLDER / "templates")
    assert all(known.values())
