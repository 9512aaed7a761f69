"""Whose numbers lead to whom: established by the register, once, and followed when they change."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.cnp import Cnp
from hub_core.decisions import OwnCase
from hub_events import outbox

from ..domain import account as accounts
from ..domain.account import Account
from ..domain.person import Identifier, Person, Scheme, Source
from ..domain.population import RegisteredPerson
from ..domain.proofing import is_own_case
from ..domain.session import EndReason
from ..errors.proofing import AlreadyVerified, NumberTaken
from ..events.people import PersonDied, PersonMerged
from ..provider import Provider
from ..storage import access_log
from ..storage import accounts as account_storage
from ..storage import people as storage
from . import consents, mandate_ends, sessions


async def establish(
    session: AsyncSession, provider: Provider, account: Account, registered: RegisteredPerson, now: datetime
) -> Person:
    """Let the register's entry be the person of an account, within the caller's transaction.

    Somebody who was recorded before under another id (a child, a principal) becomes this person, and
    that is told. Raises `NumberTaken` when a number of the entry leads to a person with an account of
    their own, `AlreadyVerified` when the account is somebody else's in the register.
    """
    key = provider.master_key
    numbers = _numbers(registered)
    for number in sorted(numbers, key=lambda one: one.value):
        await storage.lock_number(session, key, number)
    own = await storage.lock(session, account.id)
    before = await storage.numbers_of(session, key, account.id, Scheme.CNP)
    if before and not set(before) & set(numbers):
        raise AlreadyVerified
    person = _person(account.id, registered, own, now)
    await (storage.add if own is None else storage.store)(session, person)
    for former in await _owners(session, provider, numbers):
        if former.id == account.id:
            continue
        if await account_storage.is_there(session, former.id):
            raise NumberTaken
        await storage.move(session, key, former.id, account.id)
        await mandate_ends.forget_principal(session, account.id, now)
        await access_log.remember_former(session, former.id, account.id)
        await outbox.record(session, PersonMerged.of(person, former.id), now)
    await _follow_numbers(session, provider, account.id, registered, now)
    return person


async def note(
    session: AsyncSession, provider: Provider, registered: RegisteredPerson, now: datetime
) -> None:
    """Store what the register has just said of somebody who is known here; others are passed over.

    Names, a new number and a death are taken over; a death ends every mandate of the person, closes the
    account, ends its sign-ins and is told. In a transaction of its own.
    """
    async with session.begin():
        for known in await _owners(session, provider, _numbers(registered)):
            held = await storage.lock(session, known.id)
            if held is None:
                continue
            person = _person(held.id, registered, held, now)
            await storage.store(session, person)
            await _follow_numbers(session, provider, held.id, registered, now)
            if person.died_on is not None and held.died_on is None:
                await outbox.record(session, PersonDied.of(person), now)
                await mandate_ends.end_of_dead(session, person.id, now)
                await consents.end_all(session, person.id, now)
                await _close(session, person.id, now)


async def refuse_own_case(
    session: AsyncSession,
    provider: Provider,
    official_id: UUID,
    subject_id: UUID,
    registered: RegisteredPerson | None,
) -> None:
    """Raise `OwnCase` when the official is the subject, their spouse or a relative, as the register knows.

    Not inside a transaction: the register is asked, and `RegisterUnavailable` when it is away.
    """
    if official_id == subject_id:
        raise OwnCase
    if registered is None:
        return
    async with session.begin():
        own = await storage.numbers_of(session, provider.master_key, official_id, Scheme.CNP)
    relatives = await provider.population.relatives(registered.cnp) if own else ()
    if is_own_case([Cnp(number.value) for number in own], registered, relatives):
        raise OwnCase


async def _close(session: AsyncSession, account_id: UUID, now: datetime) -> None:
    await sessions.end_all(session, account_id, EndReason.PERSON_DIED, now)
    account = await account_storage.find(session, account_id)
    if account is not None and account.state is accounts.State.CREATED:
        await account_storage.store(session, accounts.close_for_death(account))


async def _owners(session: AsyncSession, provider: Provider, numbers: list[Identifier]) -> list[Person]:
    """The people whom these numbers lead to, each once."""
    found: dict[UUID, Person] = {}
    for number in numbers:
        owner = await storage.by_identifier(session, provider.master_key, number)
        if owner is not None:
            found[owner.id] = owner
    return list(found.values())


async def _follow_numbers(
    session: AsyncSession, provider: Provider, person_id: UUID, registered: RegisteredPerson, now: datetime
) -> None:
    """Let every number of the entry lead to the person, and only the one in force be the person's own."""
    key = provider.master_key
    numbers = _numbers(registered)
    known = await storage.numbers_of(session, key, person_id, Scheme.CNP)
    for number in numbers:
        if number not in known:
            await storage.add_identifier(session, key, person_id, number, now)
    await storage.keep_in_force(session, key, person_id, numbers[0], now)


def _person(person_id: UUID, registered: RegisteredPerson, held: Person | None, now: datetime) -> Person:
    """The person as the register has it; the version grows when that is something new."""
    person = Person(
        id=person_id,
        family_name=registered.family_name,
        given_name=registered.given_name,
        birth_date=registered.birth_date,
        died_on=registered.died_on,
        source=Source.POPULATION_REGISTER,
        version=held.version if held else 1,
        established_at=held.established_at if held else now,
        checked_at=now,
    )
    changed = held is not None and replace(held, checked_at=now) != person
    return replace(person, version=person.version + 1) if changed else person


def _numbers(registered: RegisteredPerson) -> list[Identifier]:
    """The number in force, then those before it."""
    return [Identifier(Scheme.CNP, one.number) for one in (registered.cnp, *registered.former)]
