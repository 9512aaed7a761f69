"""The copy of what is held of a person: all of it, of nobody else, with a title for everything."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.language import Language
from hub_core.principal import Assurance, Kind
from hub_events.session import Session
from hub_service import personal_data
from svc_criminal_record.domain.institutions import Institution
from svc_criminal_record.operations import institutions

from .outside import JUDGMENT, Outside

BOTH = frozenset({"criminal-record:read", "criminal-record:write"})


@pytest.fixture
def as_identity(signed_in: Any) -> dict[str, str]:
    """The headers of svc-identity's question."""
    made: dict[str, str] = signed_in(
        None, {personal_data.SCOPE}, sub="identity", kind=Kind.SERVICE, client_id="identity", sid=None
    )
    return made


@pytest.fixture
async def ana(
    client: httpx2.AsyncClient,
    outside: Outside,
    signed_in: Any,
    fake_identity: Any,
    sessions: async_sessionmaker[Session],
) -> UUID:
    """Somebody with entries, a certificate that was verified, and a consent."""
    person_id = outside.add_person(entries=(JUDGMENT,))
    fake_identity.answer(f"/internal/v1/people/{person_id}/identity", outside.people[person_id])
    as_ana = signed_in(person_id, BOTH, Assurance.SUBSTANTIAL)
    answer = await client.post("/criminal-record/v1/requests", json={"motive": "studii"}, headers=as_ana)
    assert answer.status_code == 201, answer.text
    school = Institution(
        id=ids.new_id(),
        code="ISJ-CJ",
        names={"ro": "Inspectoratul Școlar Județean Cluj"},
        county="CJ",
        valid_from=clock.local_date(clock.now()),
        valid_to=None,
        version=1,
    )
    async with sessions() as session:
        await institutions.copy_institution(session, school)
    consent = {
        "institution_id": str(school.id),
        "motive": "angajare",
        "valid_until": (school.valid_from + timedelta(days=30)).isoformat(),
    }
    given = await client.post("/criminal-record/v1/consents", json=consent, headers=as_ana)
    assert given.status_code == 201, given.text
    return person_id


async def test_only_svc_identity_is_told(client: httpx2.AsyncClient, ana: UUID, signed_in: Any) -> None:
    for headers in ({}, signed_in(ana, BOTH, Assurance.HIGH)):
        assert (await client.get(personal_data.path(ana), headers=headers)).status_code in {401, 403}


async def test_all_that_is_held_is_told_but_for_what_stands_in_the_files(
    client: httpx2.AsyncClient, ana: UUID, as_identity: dict[str, str]
) -> None:
    answer = await client.get(personal_data.path(ana), headers=as_identity)
    told = personal_data.PersonalData.model_validate(answer.json())
    by_name = {section.name: section for section in told.sections}
    assert {name: len(section.items) for name, section in by_name.items()} == {
        "requests": 1,
        "certificates": 1,
        "verifications": 0,
        "consents": 1,
        "extracts": 0,
    }
    assert by_name["requests"].items[0]["motive"] == "studii"
    assert by_name["certificates"].items[0]["standing"] == "VALID"
    assert by_name["consents"].items[0]["institution"] == "Inspectoratul Școlar Județean Cluj"
    assert len(told.left_out) == 1
    assert JUDGMENT.court not in answer.text
    for section in told.sections:
        for text in (section.title, *section.labels.values()):
            assert len({text[language] for language in Language}) > 1 or text[Language.RO] == "Document"


async def test_of_who_never_asked_there_is_nothing(
    client: httpx2.AsyncClient, as_identity: dict[str, str]
) -> None:
    answer = await client.get(personal_data.path(ids.new_id()), headers=as_identity)
    assert personal_data.PersonalData.model_validate(answer.json()).is_empty
