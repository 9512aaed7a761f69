"""Where messages to people go: one by one, and hundreds at once."""

from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

from hub_core import clock, ids
from hub_core.language import Language
from hub_events.session import Session
from svc_identity.domain.account import close_for_death
from svc_identity.domain.phone import HeldPhone
from svc_identity.provider import Provider
from svc_identity.storage import accounts, phones

NUMBER = "+40745123456"
MOST = 500


@pytest.fixture
def as_notify(signed_in: Any) -> dict[str, str]:
    made: dict[str, str] = signed_in(scopes={"identity.contact:read"}, kind="service", sub="notify", sid=None)
    return made


@pytest.fixture
def has_phone(session: Session, provider: Provider) -> Any:
    """Give a person a confirmed number: `await has_phone(person_id)`."""

    async def give(person_id: UUID, number: str = NUMBER) -> None:
        async with session.begin():
            await phones.put(session, provider.master_key, HeldPhone(person_id, number, clock.now()))

    return give


async def ask(client: httpx2.AsyncClient, headers: dict[str, str], people: list[UUID]) -> httpx2.Response:
    body = {"people": [str(one) for one in people]}
    return await client.post("/internal/v1/contacts", json=body, headers=headers)


async def test_contacts_want_their_scope(client: httpx2.AsyncClient, signed_in: Any) -> None:
    assert (await ask(client, {}, [])).status_code == 401
    assert (await ask(client, signed_in(scopes={"account:read"}), [])).status_code == 403


async def test_one_contact_has_the_confirmed_number(
    client: httpx2.AsyncClient, as_notify: dict[str, str], a_person: Any, has_phone: Any
) -> None:
    person = await a_person(language=Language.HU)
    await has_phone(person.id)
    answer = await client.get(f"/internal/v1/people/{person.id}/contact", headers=as_notify)
    assert answer.json() == {
        "person_id": str(person.id),
        "email": person.email,
        "language": "hu",
        "phone": NUMBER,
    }


async def test_many_contacts_in_one_answer_without_the_unknown_and_the_closed(
    client: httpx2.AsyncClient, as_notify: dict[str, str], a_person: Any, has_phone: Any, session: Session
) -> None:
    ana, ion, gone = await a_person(), await a_person(), await a_person()
    await has_phone(ana.id)
    await has_phone(gone.id)
    async with session.begin():
        await accounts.store(session, close_for_death(gone))
    answer = await ask(client, as_notify, [ana.id, ion.id, gone.id, ids.new_id()])
    told = {one["person_id"]: (one["email"], one["phone"]) for one in answer.json()["contacts"]}
    assert told == {str(ana.id): (ana.email, NUMBER), str(ion.id): (ion.email, None)}


async def test_500_people_may_be_asked_for_and_no_more(
    client: httpx2.AsyncClient, as_notify: dict[str, str]
) -> None:
    people = [ids.new_id() for _ in range(MOST)]
    assert (await ask(client, as_notify, people)).json() == {"contacts": []}
    assert (await ask(client, as_notify, [*people, ids.new_id()])).status_code == 422


async def test_a_number_lies_sealed(has_phone: Any, ana: Any, looking: asyncpg.Connection) -> None:
    await has_phone(ana.id)
    row = await looking.fetchrow("SELECT * FROM phones WHERE account_id = $1", ana.id)
    assert row is not None
    assert NUMBER.encode() not in row["sealed"]
    assert NUMBER.encode() not in row["digest"]
