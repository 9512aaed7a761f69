"""The demo's requests at the counter: put there once, and decided as the register answers."""

from datetime import UTC, date, datetime

from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import ids
from hub_events.session import Session
from svc_criminal_record.domain.counter import Applicant, Paper, PaperKind, Visit
from svc_criminal_record.domain.holders import Person
from svc_criminal_record.domain.products import Product
from svc_criminal_record.domain.states import State
from svc_criminal_record.issuing import Means
from svc_criminal_record.operations import seeding
from svc_criminal_record.storage import holders
from svc_criminal_record.storage import requests as storage

from .outside import Outside

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
CARD = Paper(kind=PaperKind.IDENTITY_CARD, number="KV 900123", issued_by="SPCLEP", issued_on=date(2022, 5, 4))


async def test_a_request_of_the_demo_is_put_once_and_decided(
    sessions: async_sessionmaker[Session], means: Means, outside: Outside
) -> None:
    number = outside.number_of(outside.add_person())
    person = Person(family_name="Popescu", given_name="Ana", birth_date=date(1985, 3, 12), cnp=number)
    visit = Visit(applicant=Applicant.HOLDER, papers=(CARD,))
    async with sessions() as session:
        put = [
            await seeding.put_at_counter(
                *(session, means, ids.new_id(), "CV", person, "angajare", visit, NOW)
            )
            for _ in range(2)
        ]
        async with session.begin():
            key = holders.key_of(means.key, person.number)
            held = await storage.of_day(session, Product.CRIMINAL_RECORD, key, "angajare", date(2026, 11, 22))
    assert put == [True, False]
    assert held is not None
    assert held.state is State.ISSUED
