"""Deleting an account: what goes at once, what stays, and for how long (GDPR art. 17)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_events import outbox
from hub_service.problems import NotFound

from ..domain import account as accounts
from ..domain import erasure, rules
from ..domain.account import Account
from ..domain.rules import RuleId
from ..domain.session import EndReason
from ..errors.privacy import StillInOffice
from ..events.privacy import AccountDeleted, DeletionReason
from ..storage import accounts as storage
from ..storage import officials, people, privacy
from . import consents, mandate_ends, sessions


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that stays: why (a law), and until when at the latest; no day where an archive decides."""

    what: str
    legal_basis: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Consequences:
    """What the deletion of an account means."""

    goes: Sequence[str]
    stays: Sequence[Kept]


async def foresee(session: AsyncSession, person_id: UUID, now: datetime) -> Consequences:
    """What would go and what would stay if the person deleted their account now."""
    async with session.begin():
        established = await people.read(session, person_id)
        asked = await privacy.requests_of(session, person_id, before=None, limit=1)
    today = clock.local_date(now)
    lines = rules.months_after(today, [RuleId.ACCESS_LOG_KEPT])
    stays = [Kept(erasure.LINES, rules.legal_basis(RuleId.ACCESS_LOG_KEPT, now), lines)]
    if established:
        stays.append(Kept(erasure.IDENTITY, erasure.ARCHIVES, None))
    if asked:
        until = rules.months_after(today, [RuleId.DATA_REQUEST_KEPT])
        stays.append(Kept(erasure.REQUESTS, rules.legal_basis(RuleId.DATA_REQUEST_KEPT, now), until))
    stays.append(Kept(erasure.ELSEWHERE, erasure.ARCHIVES, None))
    return Consequences(erasure.GOES, stays)


async def delete(session: AsyncSession, person_id: UUID, now: datetime) -> None:
    """Delete one's own account, every sign-in and mandate with it; raises `NotFound`, `StillInOffice`."""
    async with session.begin():
        if await officials.offices(session, person_id, clock.local_date(now)):
            raise StillInOffice
        await mandate_ends.end_of_account(session, person_id, now)
        await sessions.end_all(session, person_id, EndReason.ENDED_BY_OWNER, now)
        account = await storage.find(session, person_id)
        if account is None or account.state is not accounts.State.CREATED:
            raise NotFound
        await _delete(session, account, DeletionReason.ASKED_BY_OWNER, now)


async def unvalidated(
    session: AsyncSession, now: datetime, *, after: UUID | None, limit: int
) -> Sequence[UUID]:
    """Accounts past the term of those that nobody has validated nor used since; by id, from `after` on."""
    async with session.begin():
        return await storage.unvalidated(
            session, now - rules.duration(RuleId.ACCOUNT_UNVALIDATED, now), after=after, limit=limit
        )


async def delete_unvalidated(session: AsyncSession, person_id: UUID, now: datetime) -> bool:
    """Delete such an account, unless it has come to life meanwhile; whether it was deleted."""
    term = now - rules.duration(RuleId.ACCOUNT_UNVALIDATED, now)
    async with session.begin():
        account = await storage.find(session, person_id)
        if account is None or not await storage.is_unvalidated(session, person_id, term):
            return False
        await _delete(session, account, DeletionReason.NEVER_VALIDATED, now)
    return True


async def _delete(session: AsyncSession, account: Account, reason: DeletionReason, now: datetime) -> None:
    await privacy.forget_exports_of(session, account.id)
    await consents.end_all(session, account.id, now)
    await storage.delete_(session, account.id)
    await outbox.record(
        session, AccountDeleted(person_id=account.id, reason=reason, version=account.version + 1), now
    )
