"""Endpoints of partners: what their clients do with them."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.principal import Kind, Principal
from hub_core.problem import FieldError
from hub_service import rules
from hub_service.outside import NoAnswer, Outside, Refused
from hub_service.problems import InsufficientScope, InvalidRequest, PreconditionFailed

from ..domain import feed, webhooks
from ..domain.webhook_messages import SECRET_BYTES, Challenge, show_secret
from ..domain.webhooks import RULES, Client, Endpoint, Terms, Wanted
from ..errors.webhooks import (
    AddressRefused,
    ClientRequired,
    EndpointNotFound,
    EndpointNotVerified,
    EndpointStateForbids,
    SecretMissing,
    TooManyEndpoints,
)
from ..keys import MasterKey
from ..storage import webhooks as storage

_CHALLENGE_BYTES: Final = 24
_ANOTHER_ANSWER: Final = "answer"


@dataclass(frozen=True, slots=True)
class Means:
    """What operations on endpoints need: the service's key, and who calls addresses of others."""

    key: MasterKey
    outside: Outside


def sealed_with(endpoint_id: UUID) -> str:
    """The context that the secrets of an endpoint are sealed in."""
    return f"webhook-secret:{endpoint_id}"


def client_of(principal: Principal) -> str:
    """The client that stands for itself or its institution; `ClientRequired` for everybody else."""
    if principal.kind is not Kind.CLIENT:
        raise ClientRequired
    return principal.client_id


async def create(
    session: AsyncSession, means: Means, principal: Principal, wanted: Wanted, now: datetime
) -> Endpoint:
    """A new endpoint, which gets nothing before it is verified.

    Raises `ClientRequired`, `InsufficientScope` for one that may not read events, `InvalidRequest`,
    `AddressRefused`, `TooManyEndpoints`.
    """
    client_id = client_of(principal)
    if feed.EVENTS_READ not in principal.scopes:
        raise InsufficientScope(scope=feed.EVENTS_READ)
    _check(means, wanted)
    endpoint = Endpoint(
        id=ids.new_id(),
        client_id=client_id,
        institution_id=principal.institution_id,
        is_sandbox=principal.is_sandbox,
        wanted=wanted,
        created_at=now,
        state_since=now,
    )
    async with session.begin():
        most = (await terms(session, now)).endpoints
        if await storage.count_of_client(session, client_id) >= most:
            raise TooManyEndpoints(most=most)
        await storage.add(session, means.key, endpoint)
    return endpoint


async def list_own(
    session: AsyncSession, means: Means, principal: Principal, after: UUID | None, limit: int
) -> list[Endpoint]:
    """The client's endpoints, the oldest first. Raises `ClientRequired`."""
    client_id = client_of(principal)
    async with session.begin():
        return await storage.find_of_client(session, means.key, client_id, after, limit)


async def read(session: AsyncSession, means: Means, principal: Principal, endpoint_id: UUID) -> Endpoint:
    """One of the client's endpoints. Raises `ClientRequired`, `EndpointNotFound`."""
    async with session.begin():
        return await own(session, means, principal, endpoint_id)


async def change(
    session: AsyncSession,
    means: Means,
    principal: Principal,
    endpoint_id: UUID,
    wanted: Wanted,
    version: int,
    now: datetime,
) -> Endpoint:
    """The endpoint as it is wanted now; at another address it gets nothing before it is verified.

    Raises `EndpointNotFound`, `PreconditionFailed`, `InvalidRequest`, `AddressRefused`.
    """
    _check(means, wanted)
    async with session.begin():
        held = await own(session, means, principal, endpoint_id, lock=True)
        if held.version != version:
            raise PreconditionFailed
        changed = webhooks.change(held, wanted, now)
        await storage.store(session, means.key, changed)
    return changed


async def renew_secret(
    session: AsyncSession,
    means: Means,
    principal: Principal,
    endpoint_id: UUID,
    now: datetime,
    *,
    overlap: bool,
) -> tuple[Endpoint, str]:
    """With a new secret, and the secret itself, which is shown this once. Raises `EndpointNotFound`."""
    made = secrets.token_bytes(SECRET_BYTES)
    sealed = means.key.seal(made, sealed_with(endpoint_id))
    async with session.begin():
        held = await own(session, means, principal, endpoint_id, lock=True)
        renewed = webhooks.renew_secret(held, sealed, now, await terms(session, now), overlap=overlap)
        await storage.store(session, means.key, renewed)
    return renewed, show_secret(made)


async def verify(
    session: AsyncSession, means: Means, principal: Principal, endpoint_id: UUID, now: datetime
) -> Endpoint:
    """Send a challenge; who answers it as only the holder of the secret can gets events from now on.

    Raises `EndpointNotFound`, `SecretMissing`, `EndpointNotVerified`, and `EndpointStateForbids` where the
    endpoint was changed in between.
    """
    async with session.begin():
        asked = await own(session, means, principal, endpoint_id)
        seconds = (await terms(session, now)).timeout.total_seconds()
    known = unsealed(means.key, asked, now)
    if not known:
        raise SecretMissing
    challenge = Challenge(ids.new_id(), asked.id, secrets.token_urlsafe(_CHALLENGE_BYTES), now)
    try:
        answer = await means.outside.post(
            asked.wanted.address, challenge.body, challenge.headers(known), seconds
        )
    except NoAnswer as error:
        raise EndpointNotVerified(reason=error.reason) from error
    if not any(challenge.is_met_by(secret, answer.status, answer.body) for secret in known):
        raise EndpointNotVerified(reason=_ANOTHER_ANSWER)
    async with session.begin():
        held = await own(session, means, principal, endpoint_id, lock=True)
        if (held.wanted.address, held.secrets) != (asked.wanted.address, asked.secrets):
            raise EndpointStateForbids(state=held.state)
        verified = webhooks.verify(held, now)
        await storage.store(session, means.key, verified)
    return verified


async def pause(
    session: AsyncSession, means: Means, principal: Principal, endpoint_id: UUID, now: datetime
) -> Endpoint:
    """Send nothing for now. Raises `EndpointNotFound`, `EndpointStateForbids`."""
    async with session.begin():
        held = await own(session, means, principal, endpoint_id, lock=True)
        return await _store(session, means, held, webhooks.pause(held, now))


async def resume(
    session: AsyncSession, means: Means, principal: Principal, endpoint_id: UUID, now: datetime
) -> Endpoint:
    """Send again. Raises `EndpointNotFound`, `EndpointStateForbids`."""
    async with session.begin():
        held = await own(session, means, principal, endpoint_id, lock=True)
        return await _store(session, means, held, webhooks.resume(held, now))


async def delete(session: AsyncSession, means: Means, principal: Principal, endpoint_id: UUID) -> None:
    """Remove the endpoint with everything that was to be handed to it. Raises `EndpointNotFound`."""
    async with session.begin():
        held = await own(session, means, principal, endpoint_id, lock=True)
        await storage.remove(session, held.id)


async def keep_client(session: AsyncSession, told: Client) -> None:
    """Keep which applications there are; what is heard late changes nothing."""
    async with session.begin():
        await storage.keep_client(session, told)


async def own(
    session: AsyncSession, means: Means, principal: Principal, endpoint_id: UUID, *, lock: bool = False
) -> Endpoint:
    """One of the client's endpoints, in the caller's transaction."""
    held = await storage.find(session, means.key, client_of(principal), endpoint_id, lock=lock)
    if held is None:
        raise EndpointNotFound
    return held


async def terms(session: AsyncSession, now: datetime) -> Terms:
    """The numbers of the day, in the caller's transaction."""
    return Terms.of(await rules.read(session, *RULES), now)


def unsealed(key: MasterKey, endpoint: Endpoint, now: datetime) -> list[bytes]:
    """The secrets that sign at that moment, the newest first."""
    return [key.unseal(one, sealed_with(endpoint.id)) for one in webhooks.signing(endpoint, now)]


async def _store(session: AsyncSession, means: Means, held: Endpoint, moved: Endpoint | None) -> Endpoint:
    if moved is None:
        raise EndpointStateForbids(state=held.state)
    await storage.store(session, means.key, moved)
    return moved


def _check(means: Means, wanted: Wanted) -> None:
    unknown = [number for number, one in enumerate(wanted.event_types) if not feed.meant([one])]
    if unknown:
        raise InvalidRequest(
            errors=[
                FieldError(f"/event_types/{number}", "unknown", "No event has this type")
                for number in unknown
            ]
        )
    try:
        means.outside.parse(wanted.address)
    except Refused as error:
        raise AddressRefused from error
