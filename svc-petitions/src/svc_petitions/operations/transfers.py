"""Hand-overs of files between compartments: given, accepted, refused, read."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_service.policy import Official

from ..domain import transfers as domain
from ..domain.transfers import Transfer
from ..errors.structure import CompartmentNotFound
from ..errors.transfers import TransferNotFound, TransferWaiting
from ..storage import files, structure
from ..storage import transfers as storage
from .handling import actor, refuse_conflict, take


async def hand_over(
    session: AsyncSession, official: Official, petition_id: UUID, compartment_id: UUID, now: datetime
) -> Transfer:
    """Hand a file over to a compartment; it stays where it is until somebody there accepts it.

    Raises `CompartmentNotFound`, `CompartmentClosed`, `FileNotToHandOver`, `TransferWaiting`.
    """
    async with session.begin():
        file = await take(session, official, petition_id)
        to = await structure.compartment(session, official.institution_id, compartment_id)
        if to is None:
            raise CompartmentNotFound
        transfer = domain.hand_over(file, to, transfer_id=ids.new_id(), official=official.person_id, now=now)
        if not await storage.add(session, transfer):
            raise TransferWaiting
        return transfer


async def accept(session: AsyncSession, official: Official, transfer_id: UUID, now: datetime) -> Transfer:
    """Accept a file for one's compartment, which has it from now on.

    Raises `TransferNotFound`, `NotYourCompartment`, `TransferDecided`, `ConflictOfInterest`, and
    `FileNotToHandOver` where somebody has come to work on it meanwhile.
    """
    async with session.begin():
        found = await storage.find(session, official.institution_id, transfer_id)
        if found is None:
            raise TransferNotFound
        # The file first, as whoever hands it over does: nobody waits in a circle.
        file = await take(session, official, found.petition_id)
        transfer = await _decided(session, official, transfer_id, None, now)
        await refuse_conflict(session, file, official.person_id)
        to = await structure.compartment(session, official.institution_id, transfer.to_compartment_id)
        if to is None:
            raise CompartmentNotFound
        domain.hand_over(file, to, transfer_id=transfer.id, official=transfer.handed_by, now=now)
        await files.move(
            session,
            file,
            file.state,
            actor(official),
            now,
            reason="HANDED_OVER",
            compartment_id=transfer.to_compartment_id,
        )
        return transfer


async def refuse(
    session: AsyncSession, official: Official, transfer_id: UUID, refusal: str, now: datetime
) -> Transfer:
    """Refuse a file, and say why; it stays with who handed it over.

    Raises `TransferNotFound`, `NotYourCompartment`, `TransferDecided`.
    """
    async with session.begin():
        return await _decided(session, official, transfer_id, refusal, now)


async def list_waiting(
    session: AsyncSession, official: Official, *, after: UUID | None, limit: int
) -> Sequence[Transfer]:
    """What waits for the official's compartment, the oldest first; nothing for who works in none."""
    async with session.begin():
        member = await structure.member(session, official.institution_id, official.person_id)
        if member is None:
            return []
        return await storage.waiting(session, member.compartment_id, after=after, limit=limit)


async def list_of_file(
    session: AsyncSession, official: Official, petition_id: UUID, *, after: UUID | None, limit: int
) -> Sequence[Transfer]:
    """Every hand-over of a file of the official's institution, in order. `FileNotFound`."""
    async with session.begin():
        file = await files.read(session, petition_id, official.institution_id)
        return await storage.of_file(session, file, after=after, limit=limit)


async def _decided(
    session: AsyncSession, official: Official, transfer_id: UUID, refusal: str | None, now: datetime
) -> Transfer:
    transfer = await storage.lock(session, official.institution_id, transfer_id)
    if transfer is None:
        raise TransferNotFound
    member = await structure.member(session, official.institution_id, official.person_id)
    decided = domain.decide(transfer, member, now, refusal)
    await storage.put(session, decided)
    return decided
