from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from babel.messages.pofile import read_po

from hub_core.problem import Problem
from hub_service.settings import ServiceSettings
from hub_testing import contract
from svc_catalog import errors, events
from svc_catalog.main import create_app

FOLDER = Path(__file__).parents[1] / "contract"
LOCALE = Path(errors.__file__).parent / "locale"
CHANGED = events.InstitutionChanged(
    version=1,
    institution_id=UUID("0199f2a4-7c1e-5b3a-9d52-3f6a1c8e4b70"),
    code="IPJ-CV",
    names=events.Titles(
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
PUBLISHED = events.EntryPublished(
    version=1, entry_id=UUID("0199f2a4-7c1e-5b3a-9d52-3f6a1c8e4b71"), code="petition"
)


def test_the_contract_is_the_code() -> None:
    contract.check(
        FOLDER, app=create_app(ServiceSettings()), events=[CHANGED, PUBLISHED], not_personal={"names"}
    )


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_text_of_a_problem_is_translated(language: str) -> None:
    ours = [
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, Problem) and one is not Problem
    ]
    needed = {text for one in ours for text in (one.title, one.detail, one.remedy)}
    assert len(needed) == 3 * len(ours) == 6
    with (LOCALE / language / "LC_MESSAGES" / "svc_catalog.po").open("rb") as file:
        catalog = {message.id: message.string for message in read_po(file) if message.id}
    assert catalog.keys() == needed
    assert all(catalog.values())
