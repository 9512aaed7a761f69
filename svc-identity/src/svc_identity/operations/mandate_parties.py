"""The two sides of a mandate: their names, who stands on which, and who may act at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.cnp import Cnp
from hub_service.problems import NotFound

from ..domain import capacity
from ..domain.capacity import Party
from ..domain.mandate import Mandate, State
from ..domain.mandate_guard import Side
from ..domain.mandate_type import MandateType, PrincipalKind
from ..domain.person import Scheme
from ..errors.mandates import IdentityNotEstablished, WithoutFullCapacity
from ..provider import Provider
from ..storage import legal, organisations, people
from ..storage import mandates as storage
from .mandates import confirm, in_force, party_of


@dataclass(frozen=True, slots=True)
class Shown:
    """A mandate with the names of both sides; empty for a side that is not known yet."""

    held: storage.Held
    principal_name: str
    representative_name: str

    @property
    def mandate(self) -> Mandate:
        """The mandate itself."""
        return self.held.mandate


async def must_represent(
    session: AsyncSession, provider: Provider, person_id: UUID, organisation_id: UUID, now: datetime
) -> None:
    """`NotFound` unless the person represents the organisation by law now, as its register says."""
    if not await _represents(session, provider, person_id, organisation_id, now):
        raise NotFound


async def _represents(
    session: AsyncSession, provider: Provider, person_id: UUID, organisation_id: UUID, now: datetime
) -> bool:
    async with session.begin():
        held = await storage.between(
            session, MandateType.LEGAL_REP, PrincipalKind.ORGANISATION, organisation_id, person_id
        )
    for one in held:
        if one.state is State.ACTIVE:
            await confirm(session, provider, one.id, person_id, now)
            async with session.begin():
                return await in_force(session, one.id, person_id, now) is not None
    return False


async def side_of(
    session: AsyncSession, provider: Provider, held: storage.Held, person_id: UUID, now: datetime
) -> Side | None:
    """The one place that decides who sees a mandate, and as what."""
    mandate = held.mandate
    if mandate.representative_id == person_id:
        return Side.REPRESENTATIVE
    if mandate.principal_id is None:
        return None
    match mandate.principal_kind:
        case PrincipalKind.PERSON:
            is_principal = mandate.principal_id == person_id
        case PrincipalKind.ORGANISATION:
            is_principal = await _represents(session, provider, person_id, mandate.principal_id, now)
        case PrincipalKind.INSTITUTION:
            is_principal = False
    return Side.PRINCIPAL if is_principal else None


async def must_be_able(session: AsyncSession, provider: Provider, person_id: UUID, now: datetime) -> None:
    """`IdentityNotEstablished`, or `WithoutFullCapacity` by what the register says today."""
    async with session.begin():
        person = await people.read(session, person_id)
        if person is None:
            raise IdentityNotEstablished
        number = await people.identifier_of(session, provider.master_key, person_id, Scheme.CNP)
        law = await legal.read(session)
    known = Party(person.birth_date, person.died_on)
    party, _ = await party_of(provider, Cnp(number.value) if number else None, known)
    if not capacity.has_full_capacity(party, now, law):
        raise WithoutFullCapacity


async def must_be_established(session: AsyncSession, person_id: UUID | None) -> None:
    """`IdentityNotEstablished` unless the hub knows the person, within the caller's transaction."""
    if person_id is None or await people.read(session, person_id) is None:
        raise IdentityNotEstablished


async def show(session: AsyncSession, mandate_ids: Sequence[UUID]) -> list[Shown]:
    """These mandates with the names of both sides, in the caller's transaction."""
    found = [await storage.read(session, mandate_id) for mandate_id in mandate_ids]
    return await with_names(session, [held for held in found if held is not None])


async def with_names(session: AsyncSession, found: Sequence[storage.Held]) -> list[Shown]:
    """The same of mandates that were read already."""
    mentioned = {
        one for held in found for one in (held.mandate.principal_id, held.mandate.representative_id) if one
    }
    names = await people.names(session, mentioned)
    names |= {one.id: one.name for one in await organisations.named(session, mentioned)}
    return [
        Shown(
            held,
            names.get(held.mandate.principal_id, "") if held.mandate.principal_id else "",
            names.get(held.mandate.representative_id, "") if held.mandate.representative_id else "",
        )
        for held in found
    ]
