"""A client from its registration on: changed, reviewed, put into production, suspended and blocked."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.decisions import OwnCase

from ..errors.applications import ReviewNeeded, WrongState
from . import rules
from .client import Authentication, Client, Environment, Plan, State
from .client_metadata import Metadata, metadata_of, said
from .rules import RuleId


class ReviewState(StrEnum):
    """REQUESTED waits for an administrator; the others are final."""

    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class Review:
    """A request that a client may serve everybody, with this metadata; and how it was decided."""

    id: UUID
    client_id: str
    metadata: Metadata
    purpose: str
    requested_by: UUID
    requested_at: datetime
    state: ReviewState
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    reason: str | None = None


def register(client_id: str, metadata: Metadata, owner_id: UUID, now: datetime) -> Client:
    """A new client in the sandbox; one that proves itself by a secret gets it afterwards.

    Pairwise subjects are those of the host that answers; without one the client is a sector by itself.
    """
    return Client(
        id=client_id,
        secret_hash=None,
        created_at=now,
        owner_id=owner_id,
        environment=Environment.SANDBOX,
        plan=Plan.SANDBOX,
        sector=_sector(client_id, metadata),
        **said(metadata),
    )


def _sector(client_id: str, metadata: Metadata) -> str:
    alone = all(uri.startswith("https://") for uri in metadata.redirect_uris) and metadata.redirect_uris
    return "" if alone else client_id


def amend(client: Client, metadata: Metadata) -> Client:
    """The client with other metadata; its secret goes when it proves itself in another way.

    `ReviewNeeded` for a client in production: only its keys may change without a look at them.
    """
    if metadata == metadata_of(client):
        return client
    if not client.is_sandbox and replace(metadata, jwks=client.jwks) != metadata_of(client):
        raise ReviewNeeded
    return _changed(client, metadata)


def _changed(client: Client, metadata: Metadata) -> Client:
    changed = replace(
        client, version=client.version + 1, sector=_sector(client.id, metadata), **said(metadata)
    )
    if metadata.authentication in (Authentication.SECRET_BASIC, Authentication.SECRET_POST):
        return changed
    return replace(changed, secret_hash=None, former_secret_hash=None, former_secret_until=None)


def renew_secret(client: Client, secret_hash: bytes, now: datetime, *, overlap: bool) -> Client:
    """The client with a new secret; the one before serves for some days more, unless it has leaked."""
    until = now + rules.duration(RuleId.CLIENT_SECRET_OVERLAP, now)
    former = client.secret_hash if overlap else None
    return replace(
        client,
        secret_hash=secret_hash,
        former_secret_hash=former,
        former_secret_until=until if former else None,
        version=client.version + 1,
    )


_MOVES: Final = {
    (State.ACTIVE, State.SUSPENDED),
    (State.SUSPENDED, State.ACTIVE),
    *((before, State.BLOCKED) for before in (State.ACTIVE, State.SUSPENDED)),
    (State.BLOCKED, State.ACTIVE),
}


def move(client: Client, state: State, *, by_owner: bool) -> Client:
    """The client in another state; the same one when it is there already.

    A client that an administrator has blocked is not opened by its owner. `WrongState` names what is open.
    """
    if client.state is state:
        return client
    allowed = {after for before, after in _MOVES if before is client.state}
    if by_owner:
        allowed = set() if client.state is State.BLOCKED else allowed - {State.BLOCKED}
    if state is State.DELETED:
        allowed = {State.DELETED}
    if state not in allowed:
        raise WrongState(state=client.state, open=", ".join(sorted(allowed)) or "-")
    return replace(client, state=state, version=client.version + 1)


def decide(review: Review, state: ReviewState, decided_by: UUID, reason: str | None, now: datetime) -> Review:
    """The review, decided; nobody decides on a client of their own (`OwnCase`)."""
    if decided_by == review.requested_by:
        raise OwnCase
    return close(review, state, decided_by, reason, now)


def close(review: Review, state: ReviewState, decided_by: UUID, reason: str | None, now: datetime) -> Review:
    """The review in a final state; `WrongState` when it is in one already."""
    if review.state is not ReviewState.REQUESTED:
        raise WrongState(state=review.state, open="-")
    return replace(review, state=state, decided_by=decided_by, decided_at=now, reason=reason)


def publish(client: Client, review: Review, plan: Plan) -> Client:
    """The client in production, as it was reviewed; keys that were replaced meanwhile stay replaced."""
    reviewed = review.metadata
    if reviewed.authentication is client.authentication:
        reviewed = replace(reviewed, jwks=client.jwks)
    return replace(_changed(client, reviewed), environment=Environment.PRODUCTION, plan=plan)
