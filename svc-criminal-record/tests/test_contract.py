"""The committed contract is the code, and every text has its translations."""

from pathlib import Path
from uuid import UUID

import pytest

import svc_criminal_record
from hub_events.envelope import Event
from hub_testing import contract, texts
from svc_criminal_record import errors
from svc_criminal_record.domain.verification import Way
from svc_criminal_record.events.verification import CertificateVerified
from svc_criminal_record.main import create_app
from svc_criminal_record.settings import Settings

from . import told

FOLDER = Path(__file__).parents[1] / "contract"
LOCALE = Path(svc_criminal_record.__path__[0]) / "locale"
VERIFIED = CertificateVerified(
    certificate_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"),
    verification_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b71"),
    person_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b72"),
    way=Way.CODE,
    version=1,
)
EVENTS: list[Event] = [
    VERIFIED,
    *told.EVENTS,
]


def test_the_contract_is_the_code() -> None:
    contract.check(FOLDER, app=create_app(Settings()), events=EVENTS)


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_text_of_a_problem_is_translated(language: str) -> None:
    catalog = texts.translations(LOCALE, language)
    assert {*texts.of_problems(errors)} <= catalog.keys()
    assert all(catalog.values())
