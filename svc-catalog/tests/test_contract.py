from datetime import date
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any
from uuid import UUID

import pytest
from babel.messages.pofile import read_po

import svc_catalog
from hub_core.problem import Problem
from hub_service.settings import ServiceSettings
from hub_testing import contract
from svc_catalog import errors
from svc_catalog.domain import completeness, parity, references
from svc_catalog.events.institutions import InstitutionChanged, Titles
from svc_catalog.events.rules import RuleChanged
from svc_catalog.events.services import (
    EntryPublished,
    EntryResumed,
    EntryRetired,
    EntryStale,
    EntrySuspended,
    ServiceTitles,
)
from svc_catalog.main import create_app
from svc_catalog.reference.rules import rule_tables
from svc_catalog.schemas import wording

FOLDER = Path(__file__).parents[1] / "contract"
LOCALE = Path(svc_catalog.__path__[0]) / "locale"
CHANGED = InstitutionChanged(
    version=1,
    institution_id=UUID("0199f2a4-7c1e-5b3a-9d52-3f6a1c8e4b70"),
    code="IPJ-CV",
    names=Titles(
        ro="Inspectoratul de Poliție Județean Covasna",
        hu="Kovászna Megyei Rendőr-felügyelőség",
        en="Covasna County Police Inspectorate",
    ),
    kind="COUNTY_POLICE",
    county="CV",
    accepts_petitions=True,
    valid_from=date(2026, 1, 1),
    valid_to=None,
)
ENTRY: dict[str, Any] = {
    "version": 4,
    "entry_id": UUID("0199f2a4-7c1e-5b3a-9d52-3f6a1c8e4b71"),
    "code": "petition",
    "entry_version": 1,
    "status": "ACTIVE",
    "provider_id": UUID("0199f2a4-7c1e-5b3a-9d52-3f6a1c8e4b70"),
}
ENTRIES = [
    EntryPublished(**ENTRY),
    EntrySuspended(**ENTRY | {"version": 5, "status": "SUSPENDED"}, until=date(2026, 12, 1)),
    EntryResumed(**ENTRY | {"version": 6}),
    EntryStale(
        **ENTRY | {"version": 7},
        titles=ServiceTitles(ro="Petiție", hu="Petíció", en="Petition"),
        due_on=date(2027, 5, 22),
        reminder=1,
    ),
    EntryRetired(**ENTRY | {"version": 8, "status": "RETIRED"}),
]
TABLES = [RuleChanged.of(table) for table in rule_tables()]
FINE_POINT = next(table for table in TABLES if table.code == "traffic.fine-point")


def test_the_contract_is_the_code() -> None:
    contract.check(
        FOLDER,
        app=create_app(ServiceSettings()),
        events=[CHANGED, *ENTRIES, FINE_POINT],
        not_personal={"names"},
    )


def test_the_first_tables_are_committed_as_they_are_told() -> None:
    """What other services test on: `hub_testing.rules`."""
    contract.compare(FOLDER / "rules.json", [table.model_dump(mode="json") for table in TABLES])


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
    assert len(needed) == 3 * len(problems()) > 0
    needed |= {*completeness.TEXTS, *parity.TEXTS, *references.TEXTS, *wording.messages()}
    catalog: dict[str, str] = {}
    for path in (LOCALE / language / "LC_MESSAGES").glob("*.po"):
        with path.open("rb") as file:
            catalog |= {message.id: message.string for message in read_po(file) if message.id}
    assert needed <= catalog.keys()
    assert all(catalog.values())
