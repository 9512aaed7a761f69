"""The committed contract is the code, and every text has its translations."""

from pathlib import Path

import pytest

import svc_notify
from hub_testing import contract, texts
from svc_notify import errors
from svc_notify.main import create_app
from svc_notify.schemas import personal_data, preferences
from svc_notify.settings import Settings

from . import told

FOLDER = Path(__file__).parents[1] / "contract"
LOCALE = Path(svc_notify.__path__[0]) / "locale"


def test_the_contract_is_the_code() -> None:
    contract.check(FOLDER, app=create_app(Settings()), events=told.EVENTS)


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_text_is_translated(language: str) -> None:
    catalog = texts.translations(LOCALE, language)
    shown = {*texts.of_problems(errors), *personal_data.TEXTS, *preferences.TEXTS}
    assert shown <= catalog.keys()
    assert all(catalog.values())
