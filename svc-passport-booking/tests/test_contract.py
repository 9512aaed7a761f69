"""The committed contract is the code, and every text has its translations."""

from pathlib import Path

import pytest

import svc_passport_booking
from hub_events.envelope import Event
from hub_testing import contract, texts
from svc_passport_booking import errors
from svc_passport_booking.main import create_app
from svc_passport_booking.pages import rendering, words
from svc_passport_booking.settings import Settings

from . import told

FOLDER = Path(__file__).parents[1] / "contract"
LOCALE = Path(svc_passport_booking.__path__[0]) / "locale"
EVENTS: list[Event] = [
    *told.EVENTS,
]


def test_the_contract_is_the_code() -> None:
    contract.check(FOLDER, app=create_app(Settings()), events=EVENTS)


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_text_of_a_problem_is_translated(language: str) -> None:
    catalog = texts.translations(LOCALE, language)
    assert {*texts.of_problems(errors)} <= catalog.keys()
    assert all(catalog.values())


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_text_of_the_pages_is_translated(language: str) -> None:
    templates = Path(rendering.__file__).parent / "templates"
    assert texts.of_templates(templates) | words.ALL <= texts.translations(LOCALE, language).keys()
