"""Client applications in the hands of their owners, and the reviews that let them serve everybody."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_events import outbox
from hub_service.problems import InvalidRequest, NotFound, PreconditionFailed

from ..domain import application, client_metadata, rules, scopes, usage
from ..domain.application import Review, ReviewState
from ..domain.client import Authentication, Client, Environment, Plan, State
from ..domain.client_metadata import Metadata
from ..domain.conduct import Behaviour, Seen
from ..domain.grant import hash_of
from ..domain.rules import RuleId
from ..domain.usage import Count, DayOfUse
from ..errors.applications import NoSecret, ReviewOpen, TooManyApplications
from ..events.applications import ClientChanged
from ..storage import applications as storage
from ..storage import clients, conduct
from . import sandbox_people

SECRET_PREFIX: Final = "hub_cs_"
_BY_SECRET: Final = (Authentication.SECRET_BASIC, Authentication.SECRET_POST)


@dataclass(frozen=True, slots=True)
class WithSecret:
    """A client, and its new secret: given out this once."""

    client: Client
    secret: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A review that waits, the client as it is now, and what it was seen to do in the sandbox."""

    review: Review
    client: Client
    seen: Sequence[Seen]


async def register(session: AsyncSession, owner_id: UUID, metadata: Metadata, now: datetime) -> Client:
    """A new client in the sandbox; raises `TooManyApplications`, and `InvalidRequest` with every flaw."""
    _check(metadata, Environment.SANDBOX, scopes.SELF_SERVICE)
    most = rules.value(RuleId.CLIENTS_OF_PERSON, now)
    async with session.begin():
        await storage.lock_owner(session, owner_id)
        if await storage.count_of(session, owner_id) >= most:
            raise TooManyApplications(most=most)
        made = application.register(f"app-{secrets.token_hex(8)}", metadata, owner_id, now)
        await _put(session, made, now)
    return made


async def list_own(
    session: AsyncSession, owner_id: UUID, *, before: str | None, limit: int
) -> Sequence[Client]:
    """A person's clients, by id; `before` is the last of the page before."""
    async with session.begin():
        return await storage.of_owner(session, owner_id, before=before, limit=limit)


async def read(session: AsyncSession, owner_id: UUID, client_id: str) -> Client:
    """A client of one's own; `NotFound`."""
    async with session.begin():
        return _own(await storage.read(session, client_id), owner_id)


async def change(
    session: AsyncSession, owner_id: UUID, client_id: str, metadata: Metadata, version: int, now: datetime
) -> Client:
    """Replace what a client says of itself.

    Raises `PreconditionFailed` unless `version` is the current one, `ReviewNeeded` in production,
    `InvalidRequest` with every flaw.
    """
    async with session.begin():
        held = _own(await storage.lock(session, client_id), owner_id)
        if held.version != version:
            raise PreconditionFailed
        changed = application.amend(held, metadata)
        _check(metadata, held.environment, _open_to(held))
        if changed is not held:
            await _put(session, changed, now)
    return changed


async def renew_secret(
    session: AsyncSession, owner_id: UUID, client_id: str, now: datetime, *, overlap: bool
) -> WithSecret:
    """Make a secret; the one before serves for some days more if it may overlap. Raises `NoSecret`."""
    secret = SECRET_PREFIX + secrets.token_urlsafe(32)
    async with session.begin():
        held = _own(await storage.lock(session, client_id), owner_id)
        if held.authentication not in _BY_SECRET:
            raise NoSecret
        renewed = application.renew_secret(held, hash_of(secret), now, overlap=overlap)
        await _put(session, renewed, now)
    return WithSecret(renewed, secret)


async def add_key(
    session: AsyncSession, owner_id: UUID, client_id: str, key: dict[str, object], now: datetime
) -> Client:
    """Add a public key, so that the next one is known before it signs; `InvalidRequest` for a bad one."""
    async with session.begin():
        held = _own(await storage.lock(session, client_id), owner_id)
        metadata = replace(client_metadata.metadata_of(held), jwks=(*held.jwks, key))
        _check(metadata, held.environment, _open_to(held))
        changed = application.amend(held, metadata)
        await _put(session, changed, now)
    return changed


async def remove_key(
    session: AsyncSession, owner_id: UUID, client_id: str, kid: str, now: datetime
) -> Client:
    """Remove a public key; `NotFound` when there is none of this name, `InvalidRequest` for the last."""
    async with session.begin():
        held = _own(await storage.lock(session, client_id), owner_id)
        left = tuple(key for key in held.jwks if key["kid"] != kid)
        if len(left) == len(held.jwks):
            raise NotFound
        metadata = replace(client_metadata.metadata_of(held), jwks=left)
        _check(metadata, held.environment, _open_to(held))
        changed = application.amend(held, metadata)
        await _put(session, changed, now)
    return changed


async def move(session: AsyncSession, owner_id: UUID, client_id: str, state: State, now: datetime) -> Client:
    """Suspend, resume or delete one's own client; raises `WrongState`. A review that waits is withdrawn."""
    async with session.begin():
        held = _own(await storage.lock(session, client_id), owner_id)
        moved = application.move(held, state, by_owner=True)
        if moved is not held:
            await _put(session, moved, now)
        if state is State.DELETED:
            await _withdraw(session, client_id, owner_id, now)
            await sandbox_people.remove_of(session, client_id, now)
    return moved


async def move_any(session: AsyncSession, client_id: str, state: State, now: datetime) -> Client:
    """Block a client, or open it again, as an administrator; raises `NotFound`, `WrongState`."""
    async with session.begin():
        held = await storage.lock(session, client_id)
        if held is None:
            raise NotFound
        moved = application.move(held, state, by_owner=False)
        if moved is not held:
            await _put(session, moved, now)
    return moved


async def request_review(
    session: AsyncSession,
    owner_id: UUID,
    client_id: str,
    purpose: str,
    metadata: Metadata | None,
    now: datetime,
) -> Review:
    """Ask that a client may serve everybody, as it is or with other metadata.

    Raises `ReviewOpen`, and `InvalidRequest` for what may not be in production.
    """
    async with session.begin():
        held = _own(await storage.lock(session, client_id), owner_id)
        wanted = metadata or client_metadata.metadata_of(held)
        _check(wanted, Environment.PRODUCTION, scopes.SCOPES)
        if await storage.open_review(session, client_id) is not None:
            raise ReviewOpen
        review = Review(
            id=ids.new_id(),
            client_id=client_id,
            metadata=wanted,
            purpose=purpose,
            requested_by=owner_id,
            requested_at=now,
            state=ReviewState.REQUESTED,
        )
        await storage.add_review(session, review)
    return review


async def withdraw_review(session: AsyncSession, owner_id: UUID, client_id: str, now: datetime) -> None:
    """Take back the request that waits; without one nothing changes."""
    async with session.begin():
        _own(await storage.lock(session, client_id), owner_id)
        await _withdraw(session, client_id, owner_id, now)


async def list_reviews(
    session: AsyncSession, owner_id: UUID, client_id: str, *, before: UUID | None, limit: int
) -> Sequence[Review]:
    """The reviews of one's own client, newest first."""
    async with session.begin():
        _own(await storage.read(session, client_id), owner_id)
        return await storage.reviews_of(session, client_id, before=before, limit=limit)


async def list_waiting(session: AsyncSession, *, after: UUID | None, limit: int) -> list[Waiting]:
    """The queue of reviews, oldest first, with the clients as they are now."""
    async with session.begin():
        reviews = await storage.waiting(session, after=after, limit=limit)
        found = [(review, await storage.read(session, review.client_id)) for review in reviews]
        return [
            Waiting(review, client, await conduct.of_client(session, client.id))
            for review, client in found
            if client is not None
        ]


async def approve(
    session: AsyncSession, reviewer_id: UUID, review_id: UUID, plan: Plan, now: datetime
) -> Review:
    """Let the client serve everybody, as reviewed. Raises `OwnCase`, `WrongState`, `NotFound`."""
    async with session.begin():
        client, review = await _decided_on(session, review_id)
        decided = application.decide(review, ReviewState.APPROVED, reviewer_id, None, now)
        await storage.store_review(session, decided)
        await sandbox_people.remove_of(session, client.id, now)
        await _put(session, application.publish(client, decided, plan), now)
    return decided


async def refuse(
    session: AsyncSession, reviewer_id: UUID, review_id: UUID, reason: str, now: datetime
) -> Review:
    """Refuse with a reason, which the owner reads. Raises `OwnCase`, `WrongState`, `NotFound`."""
    async with session.begin():
        _, review = await _decided_on(session, review_id)
        decided = application.decide(review, ReviewState.REFUSED, reviewer_id, reason, now)
        await storage.store_review(session, decided)
    return decided


async def report_usage(
    session: AsyncSession,
    replica: UUID,
    sequence: int,
    counts: Sequence[Count],
    seen: Mapping[str, Collection[Behaviour]],
    now: datetime,
) -> None:
    """Add what a gateway has counted and seen; a tally that comes again changes nothing."""
    async with session.begin():
        if not await storage.take_report(session, replica, sequence, now):
            return
        if counts:
            await storage.add_usage(session, counts)
        if seen:
            await conduct.note(session, seen, now)


async def usage_of(
    session: AsyncSession, owner_id: UUID, client_id: str, first: date, last: date
) -> list[DayOfUse]:
    """How one's own client was used, by day; days without requests are left out."""
    last = min(last, first + usage.LONGEST)
    async with session.begin():
        _own(await storage.read(session, client_id), owner_id)
        return await storage.usage_of(session, client_id, first, last)


async def _decided_on(session: AsyncSession, review_id: UUID) -> tuple[Client, Review]:
    """The client and the review, locked; the client first, as where its owner withdraws."""
    seen = await storage.read_review(session, review_id)
    client = await storage.lock(session, seen.client_id) if seen else None
    review = await storage.lock_review(session, review_id) if client else None
    if client is None or review is None:
        raise NotFound
    return client, review


async def _withdraw(session: AsyncSession, client_id: str, owner_id: UUID, now: datetime) -> None:
    waits = await storage.open_review(session, client_id)
    if waits is not None:
        closed = application.close(waits, ReviewState.WITHDRAWN, owner_id, None, now)
        await storage.store_review(session, closed)


async def _put(session: AsyncSession, client: Client, now: datetime) -> None:
    await clients.put(session, client)
    await outbox.record(session, ClientChanged.of(client), now)


def _own(found: Client | None, owner_id: UUID) -> Client:
    if found is None or found.owner_id != owner_id:
        raise NotFound
    return found


def _open_to(client: Client) -> Collection[str]:
    """What needs no review, and what a review has given already."""
    return scopes.SELF_SERVICE if client.is_sandbox else scopes.SELF_SERVICE | client.scopes


def _check(metadata: Metadata, environment: Environment, open_scopes: Collection[str]) -> None:
    flaws = client_metadata.flaws(metadata, environment, open_scopes)
    if flaws:
        raise InvalidRequest(errors=flaws)
