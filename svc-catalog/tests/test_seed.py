"""Loading twice changes nothing; a difference is one new version and one event."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest

from hub_events.session import Session
from hub_service.database import Database
from hub_service.settings import ServiceSettings
from svc_catalog.domain import text
from svc_catalog.domain.institutions import Filter, Institution, InstitutionKind, institution_id
from svc_catalog.domain.services import ServiceStatus, service_id
from svc_catalog.domain.text import Texts
from svc_catalog.events.institutions import InstitutionChanged
from svc_catalog.events.services import EntryPublished
from svc_catalog.operations import institutions, loading, places, searching
from svc_catalog.reference import siruta
from svc_catalog.reference.institutions import institutions as first_institutions
from svc_catalog.reference.services import services as first_services
from svc_catalog.seed import seed

LONG_AGO = date(2020, 2, 29)
DAY = timedelta(days=1)
NOON = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.fixture
async def session(settings: ServiceSettings) -> AsyncIterator[Session]:
    database = Database(settings)
    async with database.sessions() as made:
        yield made
    await database.close()


async def events_of(looking: asyncpg.Connection, key: object) -> list[dict[str, Any]]:
    rows = await looking.fetch("SELECT body FROM catalog.outbox WHERE key = $1 ORDER BY seq", str(key))
    return [orjson.loads(row["body"]) for row in rows]


async def test_the_first_load_tells_of_everything_once(looking: asyncpg.Connection) -> None:
    rows = await looking.fetch("SELECT subject, count(*) AS count FROM catalog.outbox GROUP BY subject")
    told = {row["subject"]: row["count"] for row in rows}
    assert told[InstitutionChanged.subject] >= len(first_institutions())
    assert told[EntryPublished.subject] >= len(first_services())
    [event] = await events_of(looking, institution_id("ISUBIF"))
    attributions = event["data"].pop("attributions")
    assert [one["topic"] for one in attributions] == ["FIRE", "MEDICAL_EMERGENCY", "FIRE_SAFETY", "ALERTS"]
    assert attributions[1] == {
        "topic": "MEDICAL_EMERGENCY",
        "texts": {
            "ro": "Serviciul SMURD în județ",
            "hu": "A SMURD mentőszolgálat a megyében",
            "en": "The SMURD emergency medical service in the county",
        },
        "keywords": {
            "ro": ["ambulanță", "SMURD", "paramedic", "descarcerare"],
            "hu": ["mentő", "mentős", "mentőszolgálat"],
            "en": ["ambulance", "extrication"],
        },
    }
    assert event["data"] == {
        "version": 1,
        "institution_id": str(institution_id("ISUBIF")),
        "code": "ISUBIF",
        "names": {
            "ro": "Inspectoratul pentru Situații de Urgență București\u2013Ilfov",
            "hu": "Bukarest\u2013Ilfov Katasztrófavédelmi Felügyelőség",
            "en": "Bucharest\u2013Ilfov Inspectorate for Emergency Situations",
        },
        "kind": "COUNTY_EMERGENCY",
        "parent_id": str(institution_id("IGSU")),
        "county": None,
        "counties": ["B", "IF"],
        "aliases": [],
        "accepts_petitions": True,
        "addressee": None,
        "valid_from": "2026-01-01",
        "valid_to": None,
    }


async def test_the_second_load_tells_nothing(settings: ServiceSettings, looking: asyncpg.Connection) -> None:
    before = await looking.fetchval("SELECT max(seq) FROM catalog.outbox")
    await seed(settings)
    assert await looking.fetchval("SELECT max(seq) FROM catalog.outbox") == before


async def test_what_the_former_release_told_with_fewer_facts_is_told_again_once(
    settings: ServiceSettings, looking: asyncpg.Connection
) -> None:
    stored = "SELECT version FROM catalog.institutions WHERE code = 'IPJ-CV'"
    before = await looking.fetchval(stored)
    last = await looking.fetchval("SELECT max(seq) FROM catalog.outbox")
    # as an upgrade leaves what the former release has stored
    await looking.execute("UPDATE catalog.institutions SET told = DEFAULT WHERE code = 'IPJ-CV'")
    await seed(settings)
    await seed(settings)
    told = await looking.fetch("SELECT subject, body FROM catalog.outbox WHERE seq > $1", last)
    [again] = [orjson.loads(row["body"])["data"] for row in told]
    assert again["institution_id"] == str(institution_id("IPJ-CV"))
    assert again["version"] == await looking.fetchval(stored) == before + 1
    assert "WEAPONS" in [one["topic"] for one in again["attributions"]]
    reasons = await looking.fetch(
        "SELECT reason, changed_by FROM catalog.institution_versions WHERE institution_id = $1"
        " ORDER BY version DESC LIMIT 1",
        institution_id("IPJ-CV"),
    )
    assert [tuple(row) for row in reasons] == [(institutions.TOLD_AGAIN, None)]


async def test_what_an_official_has_changed_is_told_again_as_they_left_it(
    session: Session, looking: asyncpg.Connection
) -> None:
    first = replace(
        first_institutions()[0],
        id=institution_id("TEST-3"),
        code="TEST-3",
        valid_from=LONG_AGO,
        valid_to=LONG_AGO,
    )
    await institutions.load(session, [first], NOON)
    await looking.execute("UPDATE catalog.institutions SET told = DEFAULT WHERE code = 'TEST-3'")
    assert await institutions.load(session, [], NOON) == 1
    assert await institutions.load(session, [first], NOON) == 0
    assert await institutions.read(session, first.id) == replace(first, version=2)


async def test_a_changed_institution_is_a_new_version_and_one_event(
    session: Session, looking: asyncpg.Connection
) -> None:
    first = Institution(
        id=institution_id("TEST-1"),
        code="TEST-1",
        names=Texts(ro="Proba", en="Trial"),
        kind=InstitutionKind.DIRECTORATE,
        parent_id=institution_id("MAI"),
        counties=("CV",),
        accepts_petitions=False,
        valid_from=LONG_AGO,
        valid_to=LONG_AGO,
    )
    renamed = replace(first, names=Texts(ro="Altă probă", en="Trial"))
    for wanted, changed in ((first, 1), (first, 0), (renamed, 1), (renamed, 0)):
        assert await institutions.load(session, [wanted], NOON) == changed
    stored = await institutions.read(session, first.id)
    assert stored == replace(renamed, version=2)
    for day, listed in ((LONG_AGO - DAY, []), (LONG_AGO, ["TEST-1"]), (LONG_AGO + DAY, [])):
        wanted_then = Filter(on=day, question=text.question("alta proba"))
        found = await institutions.find(session, wanted_then, None, 10)
        assert [each.code for _, each in found.rows] == listed
    told = [event["data"] for event in await events_of(looking, first.id)]
    assert [(data["version"], data["names"]["hu"], data["county"]) for data in told] == [
        (1, "Proba", "CV"),
        (2, "Altă probă", "CV"),
    ]


async def test_a_new_edition_of_the_register_writes_only_the_places_that_differ(
    session: Session, looking: asyncpg.Connection
) -> None:
    register = list(siruta.places(siruta.content()))
    county, *others = register
    renamed = replace(county, name="Ținutul Probei")
    stored = "SELECT siruta, xmin::text, name, sort_key, words::text FROM catalog.places ORDER BY siruta"
    before = {row["siruta"]: row for row in await looking.fetch(stored)}
    noted = await looking.fetchval("SELECT version FROM catalog.changes WHERE kind = 'PLACES'")
    try:
        assert await places.load(session, b"another edition", [renamed, *others], NOON) == 1
        assert await places.load(session, b"another edition", register, NOON) == 0
        after = {row["siruta"]: row for row in await looking.fetch(stored)}
        [changed] = [code for code, row in after.items() if row != before[code]]
        assert changed == county.siruta
        assert tuple(after[changed])[2:] == ("Ținutul Probei", "tinutul probei", "'probei' 'tinutul'")
        assert (
            await looking.fetchval("SELECT version FROM catalog.changes WHERE kind = 'PLACES'") == noted + 1
        )
    finally:
        assert await places.load(session, b"the first again", register, NOON) == 1


async def test_a_place_that_the_register_no_longer_has_stays(
    session: Session, looking: asyncpg.Connection
) -> None:
    counted = "SELECT count(*) FROM catalog.places"
    before = await looking.fetchval(counted)
    [county, *_] = siruta.places(siruta.content())
    assert await places.load(session, b"a shorter edition", [county], NOON) == 0
    assert await looking.fetchval(counted) == before


async def test_a_draft_is_stored_and_not_told(session: Session, looking: asyncpg.Connection) -> None:
    petition = next(each for each in first_services() if each.code == "petition")
    draft = replace(petition, id=service_id("test-draft"), code="test-draft", status=ServiceStatus.DRAFT)
    assert await loading.load(session, [draft], NOON) == 1
    assert await loading.load(session, [draft], NOON) == 0
    assert await events_of(looking, draft.id) == []


async def test_an_unknown_parent_is_refused_whole(session: Session, looking: asyncpg.Connection) -> None:
    orphan = replace(
        first_institutions()[0],
        id=institution_id("TEST-2"),
        code="TEST-2",
        parent_id=institution_id("NOBODY"),
    )
    with pytest.raises(Exception, match="fk_institutions_parent_id"):
        await institutions.load(session, [orphan], NOON)
    assert await events_of(looking, orphan.id) == []


def test_the_data_lie_in_the_package() -> None:
    assert Path(str(files("svc_catalog"))).joinpath("data/institutions.toml").is_file()


async def test_what_other_rules_derived_is_derived_anew(
    session: Session, looking: asyncpg.Connection
) -> None:
    for table in ("services", "institutions"):
        derived = f"SELECT id, labels, name_words::text, words::text FROM catalog.{table} ORDER BY id"
        before = await looking.fetch(derived)
        await looking.execute(
            f"UPDATE catalog.{table} SET edition = 0, labels = '', name_words = '', words = ''"
        )
        await searching.derive_anew(session)
        assert await looking.fetch(derived) == before
