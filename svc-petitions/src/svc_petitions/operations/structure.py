"""What heads say of their institution: its compartments, who works there, who signs for them."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_service.policy import Official

from ..domain.structure import Compartment, Delegation, Member
from ..errors.structure import (
    CompartmentClosed,
    CompartmentCodeTaken,
    CompartmentNotFound,
    DelegationNotFound,
    MemberNotFound,
    SuperiorUnknown,
)
from ..storage import structure as storage


async def list_compartments(
    session: AsyncSession, official: Official, *, after: str | None, limit: int
) -> Sequence[Compartment]:
    """The compartments of the official's institution."""
    async with session.begin():
        return await storage.compartments(session, official.institution_id, after=after, limit=limit)


async def add_compartment(session: AsyncSession, official: Official, code: str, name: str) -> Compartment:
    """A new compartment. `CompartmentCodeTaken`."""
    made = Compartment(ids.new_id(), official.institution_id, code, name, is_closed=False)
    async with session.begin():
        if not await storage.add_compartment(session, made):
            raise CompartmentCodeTaken
    return made


async def close_compartment(session: AsyncSession, official: Official, compartment_id: UUID) -> Compartment:
    """A compartment that gets no more files; those it has stay where they are. `CompartmentNotFound`."""
    async with session.begin():
        await _compartment(session, official, compartment_id)
        await storage.close_compartment(session, compartment_id)
        return await _compartment(session, official, compartment_id)


async def list_members(
    session: AsyncSession, official: Official, *, after: UUID | None, limit: int
) -> Sequence[Member]:
    """Who works at the official's institution."""
    async with session.begin():
        return await storage.members(session, official.institution_id, after=after, limit=limit)


async def put_member(
    session: AsyncSession,
    official: Official,
    compartment_id: UUID,
    person_id: UUID,
    superior_id: UUID | None,
) -> Member:
    """Where somebody works from now on, and under whom.

    `CompartmentNotFound`, `CompartmentClosed`, and `SuperiorUnknown` for a superior who does not work
    there or works below this member: nobody is above themselves.
    """
    institution_id = official.institution_id
    made = Member(institution_id, person_id, compartment_id, superior_id)
    async with session.begin():
        if (await _compartment(session, official, compartment_id)).is_closed:
            raise CompartmentClosed
        if superior_id is not None:
            circle = {person_id, *await storage.below(session, institution_id, [person_id])}
            if superior_id in circle or await storage.member(session, institution_id, superior_id) is None:
                raise SuperiorUnknown
        await storage.put_member(session, made)
    return made


async def remove_member(session: AsyncSession, official: Official, person_id: UUID) -> None:
    """Somebody works there no more. `MemberNotFound`."""
    async with session.begin():
        if not await storage.remove_member(session, official.institution_id, person_id):
            raise MemberNotFound


async def list_delegations(
    session: AsyncSession, official: Official, *, before: UUID | None, limit: int
) -> Sequence[Delegation]:
    """The delegations of signature that the official's institution has given, the newest first."""
    async with session.begin():
        return await storage.delegations(session, official.institution_id, before=before, limit=limit)


async def delegate(
    session: AsyncSession,
    official: Official,
    delegate_id: UUID,
    days: tuple[date, date],
    act: str,
    now: datetime,
) -> Delegation:
    """Let somebody who works there sign answers from the first to the last of these days.

    `MemberNotFound`, also for the head who would delegate to themselves.
    """
    made = Delegation(
        id=ids.new_id(),
        institution_id=official.institution_id,
        delegate_id=delegate_id,
        given_by=official.person_id,
        given_at=now,
        valid_from=days[0],
        valid_to=days[1],
        act=act,
        revoked_at=None,
    )
    async with session.begin():
        is_member = await storage.member(session, official.institution_id, delegate_id)
        if is_member is None or delegate_id == official.person_id:
            raise MemberNotFound
        await storage.add_delegation(session, made)
    return made


async def revoke(session: AsyncSession, official: Official, delegation_id: UUID, now: datetime) -> Delegation:
    """End a delegation at once. `DelegationNotFound`."""
    async with session.begin():
        revoked = await storage.revoke(session, official.institution_id, delegation_id, now)
    if revoked is None:
        raise DelegationNotFound
    return revoked


async def _compartment(session: AsyncSession, official: Official, compartment_id: UUID) -> Compartment:
    found = await storage.compartment(session, official.institution_id, compartment_id)
    if found is None:
        raise CompartmentNotFound
    return found
