"""The committed contract is the code, and every text has its translations."""

from pathlib import Path

import pytest

import svc_petitions
from hub_testing import contract, texts
from svc_petitions import errors
from svc_petitions.main import create_app
from svc_petitions.schemas import audience_messages, personal_data, terms
from svc_petitions.settings import Settings

from . import told

FOLDER = Path(__file__).parents[1] / "contract"
LOCALE = Path(svc_petitions.__path__[0]) / "locale"


def test_the_contract_is_the_code() -> None:
    contract.check(FOLDER, app=create_app(Settings()), events=told.EVENTS)


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_text_of_a_problem_is_translated(language: str) -> None:
    catalog = texts.translations(LOCALE, language)
    assert {*texts.of_problems(errors)} <= catalog.keys()
    assert all(catalog.values())


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_a_copy_of_a_persons_data_calls_things_by_their_names(language: str) -> None:
    catalog = texts.translations(LOCALE, language, "personal_data")
    said = {personal_data.LEFT_OUT, personal_data.MESSAGES_LEFT_OUT}
    for title, labels in personal_data.SECTIONS.values():
        said |= {title, *labels.values()}
    assert catalog.keys() == said
    assert all(catalog.values())


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_what_a_calendar_shows_is_translated(language: str) -> None:
    catalog = texts.translations(LOCALE, language, "terms")
    assert catalog.keys() == {*terms.CALENDAR_TEXTS}
    assert all(catalog.values())


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_what_a_calendar_shows_of_an_audience_is_translated(language: str) -> None:
    catalog = texts.translations(LOCALE, language, "audiences")
    assert {*audience_messages.CALENDAR_TEXTS} <= catalog.keys()
