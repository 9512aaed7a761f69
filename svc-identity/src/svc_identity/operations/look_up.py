"""Officials look a person up: for a stated purpose, and the person sees that they did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_events import outbox
from hub_service import access
from hub_service.policy import Official
from hub_service.problems import NotFound
from hub_service.purpose import Purpose, Stated

from ..domain import account as accounts
from ..domain.account import Account
from ..domain.data_request import RESTRICTED
from ..domain.person import Identifier, Person, Scheme
from ..errors.privacy import ProcessingRestricted
from ..events.access import RecordAccessed
from ..provider import Provider
from ..storage import accounts as account_storage
from ..storage import people, privacy

_LEGAL_BASIS: Final = "GDPR art. 6(1)(e)"
_IN_SPITE: Final = (Purpose.LEGAL_OBLIGATION, Purpose.DATA_PROTECTION, Purpose.SUPERVISION)
"""What art. 18(2) GDPR still allows with data whose processing is restricted."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the hub knows of a person: by a register, by what they say of themselves, or both."""

    person_id: UUID
    established: Person | None
    account: Account | None
    number_ends: str | None
    marks: Sequence[str]


async def by_id(
    session: AsyncSession,
    provider: Provider,
    official: Official,
    person_id: UUID,
    purpose: Stated,
    now: datetime,
) -> Found:
    """A person by their id; raises `NotFound`, `ProcessingRestricted`. Leaves a line."""
    async with session.begin():
        found = await _found(session, provider, person_id)
        await _note(session, official, access.Action.READ, found, purpose, now)
    return found


async def by_number(
    session: AsyncSession,
    provider: Provider,
    official: Official,
    identifier: Identifier,
    purpose: Stated,
    now: datetime,
) -> Found:
    """A person by a number, also one that was replaced since; raises `NotFound`, `ProcessingRestricted`."""
    async with session.begin():
        person = await people.by_identifier(session, provider.master_key, identifier)
        if person is None:
            raise NotFound
        found = await _found(session, provider, person.id)
        await _note(session, official, access.Action.SEARCH, found, purpose, now)
    return found


async def _found(session: AsyncSession, provider: Provider, person_id: UUID) -> Found:
    person = await people.read(session, person_id)
    account = await account_storage.read(session, person_id)
    if person is None and (account is None or account.state is not accounts.State.CREATED):
        raise NotFound
    number = None
    if person is not None:
        number = await people.identifier_of(session, provider.master_key, person_id, Scheme.CNP)
    return Found(
        person_id,
        person,
        account,
        number.value[-4:] if number else None,
        await privacy.marks_of(session, person_id),
    )


async def _note(
    session: AsyncSession,
    official: Official,
    action: access.Action,
    found: Found,
    purpose: Stated,
    now: datetime,
) -> None:
    """Leave the line; `ProcessingRestricted` where the purpose does not open a restricted record."""
    if RESTRICTED in found.marks and purpose.code not in _IN_SPITE:
        raise ProcessingRestricted
    line = access.line(
        official.principal,
        action=action,
        resource_type="person",
        resource_id=found.person_id,
        subject_person_id=found.person_id,
        purpose=purpose,
        legal_basis=_LEGAL_BASIS,
    )
    await outbox.record(session, RecordAccessed.of(line), now)
