"""What another service asks before it acts on a person's record: who they are, what a mandate carries."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_core.cnp import Cnp
from hub_service.problems import NotFound

from ..domain.mandate import Mandate
from ..domain.mandate_guard import Obstacle, obstacle
from ..domain.mandate_type import PrincipalKind
from ..domain.organisation import Organisation
from ..domain.person import Person, Scheme, Source
from ..errors.decisions import RegisterUnavailable
from ..provider import Provider
from ..storage import mandates as storage
from ..storage import organisations, people, sandbox_people
from . import identities, mandates

_OF_RESIDENTS: Final = "789"
"""First digits of the numbers of foreign citizens (7, 8: residents; 9)."""
_log = structlog.get_logger("identity")


@dataclass(frozen=True, slots=True)
class CivilIdentity:
    """A person by the population register; `cnp` is none for who has no such number."""

    id: UUID
    cnp: Cnp | None
    family_name: str
    given_name: str
    birth_date: date
    died_on: date | None

    @property
    def is_romanian(self) -> bool:
        """Whether the number is one of a Romanian citizen."""
        return self.cnp is not None and self.cnp.number[0] not in _OF_RESIDENTS


@dataclass(frozen=True, slots=True)
class MandateAnswer:
    """Whether a mandate carries an act; `obstacle` is none when it does.

    `organisation` is the principal where it is one.
    """

    mandate: Mandate
    obstacle: Obstacle | None
    organisation: Organisation | None


async def civil_identity(
    session: AsyncSession, provider: Provider, person_id: UUID, now: datetime
) -> CivilIdentity:
    """A person as the register has them today, or had them last while it is away; `NotFound`.

    The register is asked once a legal day, so that the dead are known to be dead.
    """
    person, number = await _known(session, provider, person_id)
    if number is not None and clock.local_date(person.checked_at) < clock.local_date(now):
        await _look_again(session, provider, person, number, now)
        person, number = await _known(session, provider, person_id)
    return CivilIdentity(
        person.id, number, person.family_name, person.given_name, person.birth_date, person.died_on
    )


async def _known(session: AsyncSession, provider: Provider, person_id: UUID) -> tuple[Person, Cnp | None]:
    async with session.begin():
        person = await people.read(session, person_id)
        if person is None:
            raise NotFound
        number = await people.identifier_of(session, provider.master_key, person_id, Scheme.CNP)
    return person, Cnp(number.value) if number else None


async def _look_again(
    session: AsyncSession, provider: Provider, person: Person, number: Cnp, now: datetime
) -> None:
    async with session.begin():
        is_invented = await sandbox_people.client_of(session, person.id) is not None
    if is_invented or person.source is not Source.POPULATION_REGISTER:
        return
    try:
        entry = await provider.population.find(number)
    except RegisterUnavailable:
        _log.warning("identity not confirmed", person_id=str(person.id))
        return
    if entry is not None:
        await identities.note(session, provider, entry, now)


async def mandate_answer(
    session: AsyncSession,
    provider: Provider,
    mandate_id: UUID,
    person_id: UUID,
    scope: str,
    purposes: Collection[str],
    now: datetime,
) -> MandateAnswer:
    """Whether a person may use `scope` under a mandate now, for a purpose that has any of these wordings.

    Registers are asked again as before any use of a mandate. `NotFound` for a mandate that is not known.
    """
    await mandates.confirm(session, provider, mandate_id, person_id, now)
    async with session.begin():
        held = await storage.read(session, mandate_id)
        if held is None:
            raise NotFound
        met: Obstacle | None = None
        for purpose in purposes or (None,):
            met = obstacle(
                held.mandate,
                held.principal,
                held.representative,
                now,
                held.legal,
                person_id=person_id,
                service=scope,
                purpose=purpose,
            )
            if met is None:
                break
        organisation = None
        principal_id = held.mandate.principal_id
        if principal_id and held.mandate.principal_kind is PrincipalKind.ORGANISATION:
            organisation = await organisations.read(session, principal_id)
    return MandateAnswer(held.mandate, met, organisation)
