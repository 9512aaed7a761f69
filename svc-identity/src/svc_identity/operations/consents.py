"""The applications a person has connected: seen with what they may do, and disconnected at once."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_events import outbox
from hub_service.problems import NotFound

from ..domain.consent import Receipt
from ..domain.session import EndReason
from ..events.consents import ConsentWithdrawn
from ..storage import consents as storage
from . import sessions


async def list_own(
    session: AsyncSession, person_id: UUID, *, after: str | None = None, limit: int
) -> Sequence[Receipt]:
    """What a person has agreed to, by client; `after` is the last of the page before."""
    async with session.begin():
        return await storage.of_person(session, person_id, after=after, limit=limit)


async def withdraw(session: AsyncSession, person_id: UUID, client_id: str, now: datetime) -> None:
    """Disconnect an application; all it holds of the person ends, at every sign-in. Raises `NotFound`.

    Access of a person ends with the transaction, refresh tokens too; gateways hear of it in a moment.
    """
    async with session.begin():
        consent_id = await storage.withdraw(session, person_id, client_id)
        if consent_id is None:
            raise NotFound
        held = await storage.lock_sessions(session, person_id, client_id)
        await storage.end_grants(session, person_id, client_id, EndReason.CONSENT_WITHDRAWN, now)
        for signed_in in held:
            await sessions.tell_revoked(session, signed_in, EndReason.CONSENT_WITHDRAWN, now)
        await _tell_withdrawn(session, consent_id, person_id, client_id, now)


async def end_all(session: AsyncSession, person_id: UUID, now: datetime) -> None:
    """Withdraw every consent of an account that ends, within the transaction that ends the rest of it."""
    for consent_id, client_id in (await storage.withdraw_all(session, person_id)).items():
        await _tell_withdrawn(session, consent_id, person_id, client_id, now)


async def _tell_withdrawn(
    session: AsyncSession, consent_id: UUID, person_id: UUID, client_id: str, now: datetime
) -> None:
    told = ConsentWithdrawn(
        withdrawal_id=ids.new_id(), consent_id=consent_id, person_id=person_id, client_id=client_id, version=1
    )
    await outbox.record(session, told, now)
