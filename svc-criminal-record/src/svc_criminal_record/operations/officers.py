"""What every step of an officer keeps to: at a unit that keeps the record, in sight, not in the own case."""

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

from .. import clients
from ..clients import Identity
from ..domain import review
from ..domain.products import HolderKind
from ..domain.requests import Actor, ActorKind, Request
from ..errors.review import NoRecordsUnit
from ..events.access import RecordAccessed
from ..keys import MasterKey
from ..storage import holders, institutions

LEGAL_BASIS: Final = "Legea nr. 290/2004"


def actor(official: Official) -> Actor:
    """The officer, as the steps of a request name them."""
    return Actor(ActorKind.OFFICIAL, official.person_id)


async def must_be_of_a_unit(session: AsyncSession, official: Official) -> None:
    """`NoRecordsUnit` unless the officer acts for a police unit that keeps the criminal record."""
    institution = await institutions.find(session, official.institution_id)
    if institution is None or not review.is_unit(institution.code):
        raise NoRecordsUnit


async def own_key(identity: Identity, key: MasterKey, official: Official) -> bytes | None:
    """By what a record of the officer's own is found; none for whom no register has confirmed.

    Raises `ServiceUnavailable`.
    """
    person = await clients.find_person(identity, official.person_id)
    return holders.key_of(key, person.number) if person else None


def refuse_own_record(own: bytes | None, *holder_keys: bytes) -> None:
    """`OwnCase` when one of the records is the officer's own."""
    if own is not None and own in holder_keys:
        raise OwnCase


async def leave_line(
    session: AsyncSession,
    official: Official,
    request: Request,
    action: Action,
    purpose: Stated,
    now: datetime,
) -> None:
    """Tell whose record was opened; who has no account in the hub has no log to read."""
    is_person = request.holder.kind is HolderKind.PERSON
    subject = request.holder_id if is_person else request.acting_person_id
    if subject is not None:
        await line(session, official, "certificate-request", request.id, subject, action, purpose, now)


async def line(
    session: AsyncSession,
    official: Official,
    resource: str,
    resource_id: UUID,
    subject: UUID,
    action: Action,
    purpose: Stated,
    now: datetime,
) -> None:
    """The access line of what an officer does with a record of `subject`."""
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
