"""The committed contract is the code, and every text has its translations."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from hub_core.principal import Kind
from hub_core.problem import Problem
from hub_service.access import Action, Channel, Result
from hub_service.settings import ServiceSettings
from hub_testing import contract, texts
from svc_petitions import domain, errors, events, schemas
from svc_petitions.main import create_app

FOLDER = Path(__file__).parents[1] / "contract"
LOCALE = Path(errors.__file__).parent / "locale"
REGISTERED = events.PetitionRegistered(
    petition_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"),
    person_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b71"),
    acting_person_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b73"),
    mandate_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b74"),
    institution_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b72"),
    number=123,
    year=2026,
    registered_on=date(2026, 11, 21),
    answer_due_on=date(2026, 12, 21),
    kind=domain.PetitionKind.REQUEST,
    version=1,
)

ACCESSED = events.RecordAccessed(
    line_id=UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b75"),
    actor_id="0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b73",
    actor_kind=Kind.PERSON,
    roles=(),
    institution_id=None,
    on_behalf_of=REGISTERED.person_id,
    mandate_id=REGISTERED.mandate_id,
    client_id="demo-portal",
    action=Action.READ,
    resource_type="petition",
    resource_id=str(REGISTERED.petition_id),
    subject_person_id=REGISTERED.person_id,
    purpose=None,
    file=None,
    legal_basis=domain.REPRESENTATION,
    channel=Channel.API,
    result=Result.GRANTED,
    request_id="0199f2a47c1e7b3a9d523f6a1c8e4b76",
    withheld_until=None,
    version=1,
)

SANDBOX_REGISTERED = events.SandboxPetitionRegistered(
    client_id="app-0123456789abcdef", version=1, **REGISTERED.model_dump(exclude={"version"})
)


def test_the_contract_is_the_code() -> None:
    contract.check(
        FOLDER, app=create_app(ServiceSettings()), events=[REGISTERED, SANDBOX_REGISTERED, ACCESSED]
    )


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_every_text_of_a_problem_is_translated(language: str) -> None:
    ours = [
        one for one in vars(errors).values() if isinstance(one, type) and one.__module__ == errors.__name__
    ]
    assert all(issubclass(one, Problem) for one in ours)
    needed = {text for one in ours for text in (one.title, one.detail, one.remedy)}
    assert len(needed) == 3 * len(ours)
    catalog = texts.translations(LOCALE, language, "svc_petitions")
    assert catalog.keys() == needed
    assert all(catalog.values())


@pytest.mark.parametrize("language", ["ro", "hu"])
def test_a_copy_of_a_persons_data_calls_things_by_their_names(language: str) -> None:
    catalog = texts.translations(LOCALE, language, "personal_data")
    labels = schemas.PERSONAL_DATA_LABELS.values()
    assert catalog.keys() == {schemas.PERSONAL_DATA, schemas.LEFT_OUT, *labels}
    assert all(catalog.values())
