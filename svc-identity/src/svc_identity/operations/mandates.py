"""Mandates in use: whether one carries an act now, and asking its registers again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_core.cnp import Cnp

from ..domain import mandate as mandates
from ..domain import mandate_guard
from ..domain.capacity import Party
from ..domain.mandate import EndCause, Mandate, State
from ..domain.mandate_type import MandateType, PrincipalKind
from ..domain.person import Scheme
from ..domain.population import Kin, RegisteredPerson
from ..errors.decisions import RegisterUnavailable
from ..provider import Provider
from ..storage import mandates as storage
from ..storage import organisations, people, sandbox_people
from . import identities
from .mandate_ends import end_locked

_log = structlog.get_logger("mandates")


async def in_force(session: AsyncSession, mandate_id: UUID, person_id: UUID, now: datetime) -> Mandate | None:
    """The mandate under which this person may act now; none when there is no such, or it carries nothing.

    It is asked inside the caller's transaction, each time a token under a mandate is made or resolved:
    dates, both people, and how old the register's last word is. It asks no register: `confirm` does.
    """
    held = await storage.read(session, mandate_id)
    if held is None:
        return None
    met = mandate_guard.obstacle(
        held.mandate, held.principal, held.representative, now, held.legal, person_id=person_id
    )
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
            or not mandate_guard.needs_check(held.mandate, now)
        ):
            return
        if await sandbox_people.client_of(session, person_id) is not None:
            await _stand(session, mandate_id, now)  # no register knows who is invented
            return
        numbers = await _numbers(session, provider, held.mandate)
        cui = await _cui(session, held.mandate)
    try:
        told = await _ask(provider, held, numbers, cui, now)
    except RegisterUnavailable:
        _log.warning("mandate not confirmed", mandate_id=str(mandate_id))
        return
    for entry in told.entries:
        await identities.note(session, provider, entry, now)
    async with session.begin():
        await _take_in(session, mandate_id, told, now)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the registers said: of both people, and whether the one still represents the other."""

    principal: Party
    representative: Party
    entries: Sequence[RegisteredPerson]
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
    principal, principal_entry = await party_of(provider, of_principal, held.principal)
    representative, entry = await party_of(provider, of_representative, held.representative)
    entries = [one for one in (principal_entry, entry) if one is not None]
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
    return _Told(principal, representative, entries, still)


async def party_of(
    provider: Provider, number: Cnp | None, known: Party
) -> tuple[Party, RegisteredPerson | None]:
    """A person as the population register has them, with the entry; as known, where it has none."""
    entry = await provider.population.find(number) if number else None
    if entry is None:
        return known, None
    relatives = await provider.population.relatives(entry.cnp)
    guarded = any(one.kind is Kin.GUARDIAN for one in relatives)
    return Party(entry.birth_date, entry.died_on, guarded), entry


async def is_child(provider: Provider, parent: Cnp, child: Cnp) -> bool:
    """Whether the population register says so, also under a number that was replaced."""
    entry = await provider.population.find(child)
    if entry is None:
        return False
    numbers = {entry.cnp, *entry.former}
    relatives = await provider.population.relatives(parent)
    return any(one.kind is Kin.CHILD and one.cnp in numbers for one in relatives)


async def _stand(session: AsyncSession, mandate_id: UUID, now: datetime) -> None:
    held = await storage.lock(session, mandate_id)
    if held is not None and held.mandate.state is State.ACTIVE:
        await storage.store(session, mandates.recheck(held.mandate, now))


async def _take_in(session: AsyncSession, mandate_id: UUID, told: _Told, now: datetime) -> None:
    held = await storage.lock(session, mandate_id)
    if held is None or held.mandate.state is not State.ACTIVE:
        return
    met = mandate_guard.of_parties(held.mandate, told.principal, told.representative, now, held.legal)
    cause = (met and mandate_guard.cause_of(met)) or (None if told.still else EndCause.REGISTER)
    if cause is None:
        await storage.store(session, mandates.recheck(held.mandate, now))
    else:
        await end_locked(session, held.mandate, cause, now)
