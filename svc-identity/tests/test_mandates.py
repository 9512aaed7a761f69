"""Mandates in use: in force or not, asked of their registers again, and ended with all that hangs on them."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.cnp import Cnp
from hub_events.session import Session
from hub_testing import rules
from svc_identity.domain import mandate as mandates
from svc_identity.domain import mandate_type
from svc_identity.domain.account import Account
from svc_identity.domain.mandate import EndCause, Mandate, State
from svc_identity.domain.mandate_type import Bounds, MandateType, PrincipalKind
from svc_identity.domain.person import Identifier, Person, Scheme, Source
from svc_identity.domain.population import Kin, RegisteredPerson, Relative, Sex
from svc_identity.operations import mandate_ends
from svc_identity.operations import mandates as operations
from svc_identity.provider import Provider
from svc_identity.storage import mandates as storage
from svc_identity.storage import people

LAW = rules.values(Path(__file__).parents[2] / "svc-catalog/contract/rules.json")
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
Sessions = async_sessionmaker[Session]
MakeParty = Callable[..., Awaitable[Person]]


@pytest.fixture
def a_party(sessions: Sessions, provider: Provider, population: Any, a_cnp: Any) -> MakeParty:
    """Make `a_party(person_id=…, born=…)`: somebody whose identity is established, and registered."""

    async def make(person_id: UUID | None = None, born: date | None = None) -> Person:
        born = born or date(1940, 1, 1) + timedelta(days=secrets.randbelow(20_000))
        cnp = a_cnp(born)
        person = Person(
            id=person_id or ids.new_id(),
            family_name="Popescu",
            given_name="Ana",
            birth_date=born,
            died_on=None,
            source=Source.POPULATION_REGISTER,
            version=1,
            established_at=NOW,
            checked_at=NOW,
        )
        population.put(RegisteredPerson(cnp, "Popescu", "Ana", born, Sex.FEMALE))
        async with sessions() as session, session.begin():
            await people.add(session, person)
            number = Identifier(Scheme.CNP, cnp.number)
            await people.add_identifier(session, provider.master_key, person.id, number, NOW)
        return person

    return make


@pytest.fixture
def number_of(sessions: Sessions, provider: Provider) -> Callable[[Person], Awaitable[Cnp]]:
    async def find(person: Person) -> Cnp:
        async with sessions() as session, session.begin():
            found = await people.identifier_of(session, provider.master_key, person.id, Scheme.CNP)
        assert found is not None
        return Cnp(found.value)

    return find


@pytest.fixture
def a_mandate(sessions: Sessions) -> Callable[..., Awaitable[Mandate]]:
    """Make `a_mandate(principal, representative, now=…)`: PARENT for a minor, DELEGATE else."""

    async def make(principal: Person, representative: Person, now: datetime = NOW, **special: Any) -> Mandate:
        if not special and principal.birth_date > date(2008, 11, 21):
            last_day = mandate_type.last_day_of_minor(principal.birth_date, now, LAW)
            made = mandates.from_register(
                *(ids.new_id(), MandateType.PARENT, PrincipalKind.PERSON),
                *(principal.id, representative.id, last_day, now),
            )
        else:
            facts: dict[str, Any] = {
                "services": ("petitions:read",),
                "purpose": "",
                "valid_from": clock.local_date(now),
                "valid_to": None,
            }
            offered = mandates.offer(
                ids.new_id(),
                MandateType.DELEGATE,
                PrincipalKind.PERSON,
                principal.id,
                principal.id,
                Bounds(**(facts | special)),
                now,
                LAW,
            )
            made = mandates.accept(offered, representative.id, now)
        async with sessions() as session, session.begin():
            await storage.add(session, made)
        return made

    return make


@pytest.fixture
async def parent(a_party: MakeParty) -> Person:
    return await a_party()


@pytest.fixture
async def child(
    a_party: MakeParty, parent: Person, population: Any, number_of: Callable[[Person], Awaitable[Cnp]]
) -> Person:
    born = await a_party(born=date(2010, 1, 1) + timedelta(days=secrets.randbelow(4_000)))
    known = await population.find(await number_of(parent))
    population.put(known, Relative(Kin.CHILD, await number_of(born)))
    return born


async def in_force(sessions: Sessions, mandate: Mandate, person: Person, now: datetime) -> Mandate | None:
    async with sessions() as session, session.begin():
        return await operations.in_force(session, mandate.id, person.id, now)


async def confirm(
    sessions: Sessions, provider: Provider, mandate: Mandate, person: Person, now: datetime
) -> Mandate:
    async with sessions() as session:
        await operations.confirm(session, provider, mandate.id, person.id, now)
        async with session.begin():
            held = await storage.read(session, mandate.id)
    assert held is not None
    return held.mandate


async def test_a_mandate_is_in_force_for_its_representative(
    sessions: Sessions, a_mandate: Any, parent: Person, child: Person
) -> None:
    made = await a_mandate(child, parent)
    held = await in_force(sessions, made, parent, NOW)
    assert held == made
    assert held is not None
    assert held.principal_id == child.id
    assert await in_force(sessions, made, child, NOW) is None
    assert await in_force(sessions, replace(made, id=ids.new_id()), parent, NOW) is None


async def test_it_is_not_in_force_after_its_last_day_although_nothing_has_ended_it(
    sessions: Sessions, a_mandate: Any, a_party: MakeParty
) -> None:
    ana, ion = await a_party(), await a_party()
    made = await a_mandate(ana, ion, valid_to=date(2026, 11, 21))
    last_moment = datetime(2026, 11, 21, 21, 59, 59, tzinfo=UTC)
    assert await in_force(sessions, made, ion, last_moment)
    assert await in_force(sessions, made, ion, last_moment + timedelta(seconds=1)) is None


async def test_the_job_ends_what_is_past_and_tells_it_once(
    sessions: Sessions, a_mandate: Any, parent: Person, child: Person, looking: asyncpg.Connection
) -> None:
    made = await a_mandate(child, parent)
    birthday = mandates.ends_at(made)
    assert birthday is not None
    async with sessions() as session:
        await mandate_ends.expire(session, birthday - timedelta(seconds=1))
        assert (
            await in_force(sessions, made, parent, birthday - timedelta(seconds=1)) is None
        )  # register silent
        await mandate_ends.expire(session, birthday)
        await mandate_ends.expire(session, birthday)
        async with session.begin():
            held = await storage.read(session, made.id)
    assert held is not None
    assert (held.mandate.state, held.mandate.end_cause) == (State.EXPIRED, EndCause.FULL_AGE)
    told = await looking.fetch("SELECT subject FROM outbox WHERE key = $1", str(made.id))
    assert [row["subject"] for row in told] == ["hub.identity.mandate.ended.v1"]


async def test_the_job_knows_when_the_next_one_ends(
    sessions: Sessions, a_mandate: Any, a_party: MakeParty
) -> None:
    await a_mandate(await a_party(), await a_party(), valid_to=date(2026, 11, 21))
    almost = datetime(2026, 11, 21, 21, 59, tzinfo=UTC)
    async with sessions() as session:
        await mandate_ends.expire(session, almost)
        assert await mandate_ends.next_end(session, almost, timedelta(hours=1)) == timedelta(minutes=1)
        assert await mandate_ends.next_end(session, almost, timedelta(seconds=5)) == timedelta(seconds=5)


async def test_an_end_ends_the_tokens_under_it_and_tells_of_their_sessions(
    sessions: Sessions,
    a_mandate: Any,
    a_party: MakeParty,
    flow: Any,
    ana: Account,
    resolve: Any,
    looking: asyncpg.Connection,
) -> None:
    representative, principal = await a_party(ana.id), await a_party()
    made = await a_mandate(principal, representative)
    given = await flow.tokens(ana)
    session_id = (await resolve(given["access_token"])).json()["session_id"]
    await looking.execute("UPDATE grants SET mandate_id = $1 WHERE account_id = $2", made.id, ana.id)
    async with sessions() as session, session.begin():
        held = await storage.lock(session, made.id)
        assert held is not None
        await mandate_ends.end_locked(session, held.mandate, EndCause.REVOKED_BY_PRINCIPAL, clock.now())
    assert (await resolve(given["access_token"])).status_code == 401
    grant = await looking.fetchrow("SELECT * FROM grants WHERE mandate_id = $1", made.id)
    assert grant["end_reason"] == "MANDATE_ENDED"
    told = await looking.fetch("SELECT subject FROM outbox WHERE key = $1", session_id)
    assert [row["subject"] for row in told] == ["hub.identity.token.revoked.v1"]


# The registers are asked again.


async def test_a_register_that_says_the_same_is_believed_for_another_day(
    sessions: Sessions, provider: Provider, a_mandate: Any, parent: Person, child: Person
) -> None:
    made = await a_mandate(child, parent)
    later = NOW + timedelta(days=10)
    assert await in_force(sessions, made, parent, later) is None
    asked = await confirm(sessions, provider, made, parent, later)
    assert asked.checked_at == later
    assert await in_force(sessions, made, parent, later)


async def test_it_is_not_asked_twice_on_one_day(
    sessions: Sessions, provider: Provider, a_mandate: Any, population: Any, parent: Person, child: Person
) -> None:
    made = await a_mandate(child, parent)
    population.is_away = True
    assert (await confirm(sessions, provider, made, parent, NOW + timedelta(hours=1))).version == 1


async def test_while_it_is_away_its_last_word_counts_for_three_days(
    sessions: Sessions, provider: Provider, a_mandate: Any, population: Any, parent: Person, child: Person
) -> None:
    made = await a_mandate(child, parent)
    population.is_away = True
    for hours, good in ((71, True), (72, False)):
        now = NOW + timedelta(hours=hours)
        assert (await confirm(sessions, provider, made, parent, now)).state is State.ACTIVE
        assert bool(await in_force(sessions, made, parent, now)) is good


async def test_who_is_no_longer_the_parent_is_refused(
    sessions: Sessions,
    provider: Provider,
    a_mandate: Any,
    population: Any,
    parent: Person,
    child: Person,
    number_of: Any,
) -> None:
    made = await a_mandate(child, parent)
    population.put(await population.find(await number_of(parent)))
    ended = await confirm(sessions, provider, made, parent, NOW + timedelta(days=1))
    assert (ended.state, ended.end_cause) == (State.EXPIRED, EndCause.REGISTER)


@pytest.mark.parametrize("who", ["principal", "representative"])
async def test_a_death_ends_every_mandate_of_the_person(
    sessions: Sessions,
    provider: Provider,
    a_mandate: Any,
    a_party: MakeParty,
    population: Any,
    number_of: Any,
    who: str,
) -> None:
    ana, ion = await a_party(), await a_party()
    made, other = await a_mandate(ana, ion), await a_mandate(ion, ana)
    dead = ana if who == "principal" else ion
    entry = await population.find(await number_of(dead))
    population.put(replace(entry, died_on=date(2026, 11, 22)))
    ended = await confirm(sessions, provider, made, ion, NOW + timedelta(days=2))
    assert ended.end_cause == f"DEATH_OF_{who.upper()}"
    async with sessions() as session, session.begin():
        held = await storage.read(session, other.id)
        person = await people.read(session, dead.id)
    assert held is not None
    assert held.mandate.state is State.EXPIRED
    assert person is not None
    assert person.died_on == date(2026, 11, 22)


async def test_who_comes_under_guardianship_acts_for_nobody(
    sessions: Sessions,
    provider: Provider,
    a_mandate: Any,
    a_party: MakeParty,
    a_cnp: Any,
    population: Any,
    number_of: Any,
) -> None:
    ana, ion = await a_party(), await a_party()
    made = await a_mandate(ana, ion)
    population.put(await population.find(await number_of(ion)), Relative(Kin.GUARDIAN, a_cnp()))
    ended = await confirm(sessions, provider, made, ion, NOW + timedelta(days=1))
    assert ended.end_cause is EndCause.LOSS_OF_CAPACITY


async def test_when_a_principal_gets_another_id_tokens_in_their_name_are_asked_for_anew(
    sessions: Sessions,
    a_mandate: Any,
    a_party: MakeParty,
    flow: Any,
    ana: Account,
    resolve: Any,
    looking: asyncpg.Connection,
) -> None:
    representative, principal = await a_party(ana.id), await a_party()
    made = await a_mandate(principal, representative, now=clock.now())
    given = await flow.tokens(ana)
    session_id = (await resolve(given["access_token"])).json()["session_id"]
    await looking.execute("UPDATE grants SET mandate_id = $1 WHERE account_id = $2", made.id, ana.id)
    async with sessions() as session, session.begin():
        await mandate_ends.forget_principal(session, principal.id, clock.now())
    told = await looking.fetch("SELECT subject FROM outbox WHERE key = $1", session_id)
    assert [row["subject"] for row in told] == ["hub.identity.token.revoked.v1"]
    assert (await resolve(given["access_token"])).status_code == 200


async def test_who_deletes_their_account_acts_for_nobody_and_leaves_nobody_acting_by_their_word(
    sessions: Sessions, a_mandate: Any, a_party: MakeParty, parent: Person, child: Person
) -> None:
    ion = await a_party()
    held = {
        "given": (await a_mandate(parent, ion), EndCause.REVOKED_BY_PRINCIPAL),
        "had": (await a_mandate(ion, parent), EndCause.RENOUNCED),
        "parental": (await a_mandate(child, parent), EndCause.RENOUNCED),
        "of a grandmother": (await a_mandate(child, ion), None),
    }
    async with sessions() as session, session.begin():
        await mandate_ends.end_of_account(session, parent.id, NOW)
        await mandate_ends.end_of_account(session, child.id, NOW)
        for name, (mandate, cause) in held.items():
            found = await storage.read(session, mandate.id)
            assert found is not None
            assert found.mandate.end_cause == cause, name
