"""Hand-overs between compartments (condica de predare-primire): each accepted or refused by who receives."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from ..errors.structure import CompartmentClosed
from ..errors.transfers import FileNotToHandOver, NotYourCompartment, TransferDecided
from .files import File
from .structure import Compartment, Member

REFUSAL_MAX: Final = 500
"""Characters of the reason of a refusal."""


class TransferState(StrEnum):
    """Where a hand-over stands; until it is accepted, the file stays with who hands it over."""

    WAITING = "WAITING"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A hand-over. `from_compartment_id` is none for what comes from the registry."""

    id: UUID
    institution_id: UUID
    petition_id: UUID
    from_compartment_id: UUID | None
    to_compartment_id: UUID
    handed_by: UUID
    handed_at: datetime
    state: TransferState = TransferState.WAITING
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    refusal: str | None = None


def hand_over(file: File, to: Compartment, *, transfer_id: UUID, official: UUID, now: datetime) -> Transfer:
    """A hand-over of a file that nobody works on. `FileNotToHandOver`, `CompartmentClosed`."""
    if to.is_closed:
        raise CompartmentClosed
    if file.is_ended or file.handler_id is not None or file.compartment_id == to.id:
        raise FileNotToHandOver
    return Transfer(
        id=transfer_id,
        institution_id=file.institution_id,
        petition_id=file.id,
        from_compartment_id=file.compartment_id,
        to_compartment_id=to.id,
        handed_by=official,
        handed_at=now,
    )


def decide(transfer: Transfer, member: Member | None, now: datetime, refusal: str | None = None) -> Transfer:
    """The hand-over accepted, or refused with its reason, once, by a member of the compartment that receives.

    Raises `NotYourCompartment`, also for who has handed it over, and `TransferDecided`.
    """
    if member is None or member.compartment_id != transfer.to_compartment_id:
        raise NotYourCompartment
    if member.person_id == transfer.handed_by:
        raise NotYourCompartment
    if transfer.state is not TransferState.WAITING:
        raise TransferDecided
    state = TransferState.ACCEPTED if refusal is None else TransferState.REFUSED
    return replace(transfer, state=state, decided_by=member.person_id, decided_at=now, refusal=refusal)
