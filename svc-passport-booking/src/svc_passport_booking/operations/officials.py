"""What every step of an official keeps to: an office of their institution, in sight, no case of their own."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.decisions import OwnCase
from hub_events import outbox
from hub_service import access
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.purpose import Stated

from ..domain.appointments import Actor
from ..domain.offices import Office
from ..domain.states import ActorKind
from ..errors.offices import BookingOfficeNotFound
from ..events.access import RecordAccessed
from ..storage import offices

LEGAL_BASIS: Final = "Legea nr. 248/2005"


def actor(official: Official) -> Actor:
    """The official, as the steps of an appointment name them."""
    return Actor(ActorKind.OFFICIAL, official.person_id)


async def office_of(session: AsyncSession, official: Official, office_id: UUID) -> Office:
    """An office of the official's institution; `BookingOfficeNotFound` for any other."""
    office = await offices.read(session, office_id)
    if office is None or office.institution_id != official.institution_id:
        raise BookingOfficeNotFound
    return office


def refuse_own_case(official: Official, person_id: UUID | None) -> None:
    """`OwnCase` when it is the official's own account."""
    if person_id == official.person_id:
        raise OwnCase


async def leave_line(
    session: AsyncSession,
    official: Official,
    resource: str,
    resource_id: UUID,
    subject: UUID | None,
    action: Action,
    purpose: Stated,
    now: datetime,
) -> None:
    """Tell whose record was opened and why; who has no account in the hub has no log to read."""
    if subject is None:
        return
    told = access.line(
        official.principal,
        action=action,
        resource_type=resource,
        resource_id=resource_id,
        subject_person_id=subject,
        purpose=purpose,
        legal_basis=LEGAL_BASIS,
    )
    await outbox.record(session, RecordAccessed.of(told), now)
