"""Mandates in use: whether one carries an act now, asking its register again, and every way it ends."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_core.cnp import Cnp
from hub_events import outbox

from ..domain import mandate as mandates
from ..domain.capacity import Party
from ..domain.mandate import EndCause, Mandate, MandateType, PrincipalKind, State
from ..domain.person import Scheme
from ..domain.population import Kin
from ..domain.session import EndReason
from ..errors.decisions import RegisterUnavailable
from ..events.mandates import MandateEnded
from ..provider import Provider
from ..storage import grants, organisations, people
from ..storage import mandates as storage
from ..storage import sessions as session_storage
from . import sessions

_AT_ONCE: Final = 100
"""Mandates that one transaction of the clock ends."""
_log = structlog.get_logger("mandates")


async def in_force(session: AsyncSession, mandate_id: UUID, person_id: UUID, now: datetime) -> Mandate | None:
    """The mandate under which this person may act now; none when there is no such, or it carries nothing.

    It is asked inside the caller's transaction, each time a token under a mandate is made or resolved:
    dates, both people, and how old the register's last word is. It asks no register: `confirm` does.
    """
    held = await storage.read(session, mandate_id)
    if held is None:
        return None
    met = mandates.obstacle(held.mandate, held.principal, held.representative, now, person_id=person_id)
    return held.mandate if met is None else None


async def confirm(
    session: AsyncSession, provider: Provider, mandate_id: UUID, person_id: UUID, now: datetime
) -> None:
    """Ask the registers again whether a mandate still holds, before tokens are made under it.

    They are asked when their last word is not of today, or older than the rule table says. What they say
    is stored; a mandate that they no longer bear out ends. While one is away its last word counts, as
    long as `in_force` lets it. Not inside a transaction: registers are slow.
    """
    async with session.begin():
        held = await storage.read(session, mandate_id)
        if (
            held is None
            or held.mandate.representative_id != person_id
            or held.mandate.state is not State.ACTIVE
            or not mandates.needs_check(held.mandate, now)
        ):
            return
        numbers = await _numbers(session, provider, held.mandate)
        cui = await _cui(session, held.mandate)
    try:
        told = await _ask(provider, held, numbers, cui, now)
    except RegisterUnavailable:
        _log.warning("mandate not confirmed", mandate_id=str(mandate_id))
        return
    async with session.begin():
        await _take_in(session, held.mandate, told, now)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the registers said: of both people, and whether the one still represents the other."""

    principal: Party
    representative: Party
    still: bool


async def _numbers(
    session: AsyncSession, provider: Provider, mandate: Mandate
) -> tuple[Cnp | None, Cnp | None]:
    """The CNPs of principal and representative; none for whom there is none."""
    found: list[Cnp | None] = []
    is_person = mandate.principal_kind is PrincipalKind.PERSON
    for person_id in (mandate.principal_id if is_person else None, mandate.representative_id):
        number = None
        if person_id is not None:
            number = await people.identifier_of(session, provider.master_key, person_id, Scheme.CNP)
        found.append(Cnp(number.value) if number else None)
    return found[0], found[1]


async def _cui(session: AsyncSession, mandate: Mandate) -> str | None:
    if mandate.principal_kind is not PrincipalKind.ORGANISATION or mandate.principal_id is None:
        return None
    organisation = await organisations.read(session, mandate.principal_id)
    return organisation.cui if organisation else None


async def _ask(
    provider: Provider,
    held: storage.Held,
    numbers: tuple[Cnp | None, Cnp | None],
    cui: str | None,
    now: datetime,
) -> _Told:
    of_principal, of_representative = numbers
    principal = await party_of(provider, of_principal, held.principal)
    representative = await party_of(provider, of_representative, held.representative)
    still = True
    if held.mandate.type is MandateType.PARENT and of_principal and of_representative:
        still = await is_child(provider, of_representative, of_principal)
    if cui is not None:
        company = await provider.companies.find(cui)
        today = clock.local_date(now)
        still = company is not None and (company.dissolved_on is None or today < company.dissolved_on)
        if company is not None and held.mandate.type is MandateType.LEGAL_REP:
            still = still and any(
                one.cnp == of_representative and one.represents(today) for one in company.representatives
            )
    return _Told(principal, representative, still)


async def party_of(provider: Provider, number: Cnp | None, known: Party) -> Party:
    """What the population register says of a person; what is known of one whom it does not know."""
    entry = await provider.population.find(number) if number else None
    if entry is None:
        return known
    guarded = False
    if number is not None:
        guarded = any(one.kind is Kin.GUARDIAN for one in await provider.population.relatives(number))
    return Party(entry.birth_date, entry.died_on, guarded)


async def is_child(provider: Provider, parent: Cnp, child: Cnp) -> bool:
    """Whether the population register says so, also under a number that was replaced."""
    entry = await provider.population.find(child)
    if entry is None:
        return False
    numbers = {entry.cnp, *entry.former}
    relatives = await provider.population.relatives(parent)
    return any(one.kind is Kin.CHILD and one.cnp in numbers for one in relatives)


async def _take_in(session: AsyncSession, mandate: Mandate, told: _Told, now: datetime) -> None:
    for person_id, party in (
        (mandate.principal_id, told.principal),
        (mandate.representative_id, told.representative),
    ):
        if person_id is not None and party.died_on is not None:
            await note_death(session, person_id, party.died_on, now)
    held = await storage.lock(session, mandate.id)
    if held is None or held.mandate.state is not State.ACTIVE:
        return
    met = mandates.of_parties(held.mandate, told.principal, told.representative, now)
    cause = (met and mandates.cause_of(met)) or (None if told.still else EndCause.REGISTER)
    if cause is None:
        await storage.store(session, mandates.recheck(held.mandate, now))
    else:
        await end_locked(session, held.mandate, cause, now)


async def note_death(session: AsyncSession, person_id: UUID, died_on: date, now: datetime) -> None:
    """Keep that a person has died, and end every mandate of theirs, inside the caller's transaction."""
    for mandate in await storage.lock_of_person(session, person_id):
        is_principal = mandate.principal_id == person_id
        cause = EndCause.DEATH_OF_PRINCIPAL if is_principal else EndCause.DEATH_OF_REPRESENTATIVE
        await end_locked(session, mandate, cause, now)
    person = await people.lock(session, person_id)
    if person is not None and person.died_on is None:
        dead = replace(person, died_on=died_on, version=person.version + 1, checked_at=now)
        await people.store(session, dead)


async def end_locked(
    session: AsyncSession,
    mandate: Mandate,
    cause: EndCause,
    now: datetime,
    *,
    by: UUID | None = None,
    reason: str = "",
) -> Mandate:
    """End a mandate that the caller has locked, with every token under it; `MandateState`.

    The revocations are told in the same transaction, so that the gateway forgets those tokens at once.
    """
    ended = mandates.end(mandate, cause, now, by=by, reason=reason)
    await storage.store(session, ended)
    locked = [
        await session_storage.lock(session, session_id)
        for session_id in await grants.sessions_under(session, mandate.id)
    ]
    await grants.end_under(session, mandate.id, EndReason.MANDATE_ENDED, now)
    for one in locked:
        if one is not None:
            await sessions.tell_revoked(session, one, EndReason.MANDATE_ENDED, now)
    await outbox.record(session, MandateEnded.of(ended), now)
    return ended


async def expire(session: AsyncSession, now: datetime) -> int:
    """End what is past its last day, and offers that nobody accepted in time; how many they were."""
    today = clock.local_date(now)
    count = 0
    while True:
        async with session.begin():
            past = await storage.lock_past(session, today, now, _AT_ONCE)
            for mandate in past:
                await end_locked(session, mandate, _cause_of_time(mandate, today), now)
        count += len(past)
        if len(past) < _AT_ONCE:
            return count


def _cause_of_time(mandate: Mandate, today: date) -> EndCause:
    if mandate.valid_to is None or today <= mandate.valid_to:
        return EndCause.NOT_ACCEPTED
    return EndCause.FULL_AGE if mandate.type in mandates.OF_MINORS else EndCause.TERM


async def next_end(session: AsyncSession, now: datetime, longest: timedelta) -> timedelta:
    """How long nothing ends by itself: at most `longest`, never less than nothing."""
    async with session.begin():
        last_day = await storage.next_last_day(session)
    if last_day is None:
        return longest
    return min(max(mandates.midnight_after(last_day) - now, timedelta()), longest)
