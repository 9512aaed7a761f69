from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import svc_catalog
from hub_service.settings import ServiceSettings
from hub_testing import contract, texts
from svc_catalog import errors
from svc_catalog.domain import completeness, parity, references
from svc_catalog.events.institutions import (
    AttributionKeywords,
    AttributionTexts,
    AttributionTold,
    InstitutionChanged,
    Titles,
)
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
    parent_id=UUID("0199f2a4-7c1e-5b3a-9d52-3f6a1c8e4b7f"),
    county="CV",
    counties=("CV",),
    aliases=(),
    attributions=(
        AttributionTold(
            topic="WEAPONS",
            texts=AttributionTexts(
                ro="Regimul armelor și munițiilor în județ",
                hu="Fegyverek és lőszerek engedélyezése a megyében",
                en="Weapons and ammunition in the county",
            ),
            keywords=AttributionKeywords(
                ro=("armă", "permis de armă"), hu=("fegyver",), en=("firearm", "weapon permit")
            ),
        ),
    ),
    accepts_petitions=True,
    addressee=None,
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


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_text_of_a_problem_is_translated(language: str) -> None:
    said = texts.of_problems(errors)
    needed = {*said}
    assert len(needed) == len(said) > 0
    needed |= {*completeness.TEXTS, *parity.TEXTS, *references.TEXTS, *wording.messages()}
    catalog = texts.translations(LOCALE, language)
    assert needed <= catalog.keys()
    assert all(catalog.values())
