"""What others tell: institutions and people, told twice, late, out of order."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import ids
from hub_events import envelope
from hub_events.envelope import Event
from hub_events.session import Session
from svc_criminal_record import consumers
from svc_criminal_record.domain.institutions import Institution
from svc_criminal_record.storage import institutions

CONTRACTS = Path(__file__).parents[2]
Tell = Callable[..., Awaitable[None]]


def an_institution(institution_id: UUID, version: int, **special: Any) -> consumers.InstitutionChanged:
    facts: dict[str, Any] = {
        "institution_id": institution_id,
        "code": "ISJ-CJ",
        "names": {"ro": "Inspectoratul Școlar Județean Cluj"},
        "county": "CJ",
        "valid_from": date(2007, 1, 1),
        "valid_to": None,
        "version": version,
    }
    return consumers.InstitutionChanged(**(facts | special))


@pytest.fixture
def tell(sessions: async_sessionmaker[Session]) -> Tell:
    """Handle events in this order, each in its transaction."""
    handlers = {**consumers.INSTITUTIONS.handlers, **consumers.PEOPLE.handlers}

    async def told(*events: Event) -> None:
        for event in events:
            payload = envelope.encode(ids.new_id(), event, datetime(2026, 11, 22, tzinfo=UTC), None)
            async with sessions() as session, session.unit_of_work():
                await handlers[type(event)](session, envelope.decode(type(event), payload))

    return told


@pytest.mark.parametrize(
    ("model", "file"),
    [
        (consumers.InstitutionChanged, "svc-catalog/contract/events/catalog.institution.changed.v1"),
        (consumers.PersonMerged, "svc-identity/contract/events/identity.person.merged.v1"),
    ],
)
def test_the_publisher_s_example_is_understood(model: type[Event], file: str) -> None:
    envelope.decode(model, (CONTRACTS / f"{file}.example.json").read_bytes())


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 2, 1), (2, 3, 3, 1)])
async def test_the_newest_version_of_an_institution_wins(
    tell: Tell, sessions: async_sessionmaker[Session], order: tuple[int, ...]
) -> None:
    school = ids.new_id()
    await tell(*(an_institution(school, version, code=f"ISJ-{version}") for version in order))
    async with sessions() as session:
        copy = await institutions.find(session, school)
    assert copy == Institution(
        id=school,
        code="ISJ-3",
        names={"ro": "Inspectoratul Școlar Județean Cluj"},
        county="CJ",
        valid_from=date(2007, 1, 1),
        valid_to=None,
        version=3,
    )
    assert copy.is_there(date(2007, 1, 1))
    assert not copy.is_there(date(2006, 12, 31))


async def test_consents_follow_who_got_another_id(tell: Tell, looking: asyncpg.Connection) -> None:
    school, former, now = ids.new_id(), ids.new_id(), ids.new_id()
    await tell(an_institution(school, 1))
    await looking.execute(
        """INSERT INTO "criminal-record".consents
           (id, person_id, holder_key, institution_id, motive, given_at, valid_until)
           VALUES ($1, $2, $3, $4, 'angajare', now(), '2027-01-01')""",
        ids.new_id(),
        former,
        former.bytes,
        school,
    )
    for _ in "twice":
        await tell(consumers.PersonMerged(person_id=now, formerly=former, version=2))
    people = await looking.fetch(
        'SELECT person_id FROM "criminal-record".consents WHERE institution_id = $1', school
    )
    assert [row["person_id"] for row in people] == [now]
