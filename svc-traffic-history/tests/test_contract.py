"""The committed contract is the code, and every text has its translations."""

from pathlib import Path

import pytest

import svc_traffic_history
from hub_testing import contract, texts
from svc_traffic_history import errors
from svc_traffic_history.main import create_app
from svc_traffic_history.schemas import contests, driving_report_words, open311, personal_data
from svc_traffic_history.settings import Settings

from . import told

FOLDER = Path(__file__).parents[1] / "contract"
LOCALE = Path(svc_traffic_history.__path__[0]) / "locale"


def test_the_contract_is_the_code() -> None:
    contract.check(FOLDER, app=create_app(Settings()), events=told.EVENTS)


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_text_is_translated(language: str) -> None:
    catalog = texts.translations(LOCALE, language)
    shown = {*texts.of_problems(errors), *driving_report_words.TEXTS, *open311.TEXTS, *personal_data.TEXTS}
    assert shown <= catalog.keys()
    assert {*contests.TEXTS} <= catalog.keys()
    assert all(catalog.values())
