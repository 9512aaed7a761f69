"""The committed contract is the code, and every text has its translations."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from uuid import UUID

import pytest
from babel.messages.pofile import read_po

import svc_criminal_record
from hub_core.problem import Problem
from hub_events.envelope import Event
from hub_testing import contract
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


def problems() -> list[type[Problem]]:
    """The problems of every room of `errors`."""
    rooms = [import_module(f"{errors.__name__}.{found.name}") for found in iter_modules(errors.__path__)]
    return [
        one
        for room in rooms
        for one in vars(room).values()
        if isinstance(one, type) and issubclass(one, Problem) and one.__module__ == room.__name__
    ]


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_text_of_a_problem_is_translated(language: str) -> None:
    needed = {text for one in problems() for text in (one.title, one.detail, one.remedy)}
    catalog: dict[str, str] = {}
    for path in (LOCALE / language / "LC_MESSAGES").glob("*.po"):
        with path.open("rb") as file:
            catalog |= {message.id: message.string for message in read_po(file) if message.id}
    assert needed <= catalog.keys()
    assert all(catalog.values())
