"""Devices without a browser: they ask, a person decides elsewhere, they poll (RFC 8628)."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids

from ..domain import authorization as authorizations
from ..domain import device_request as requests
from ..domain import scopes as known_scopes
from ..domain import throttle
from ..domain.authorization import Authorization
from ..domain.client import Client, GrantType
from ..domain.device_request import Polled
from ..domain.grant import hash_of
from ..errors.oauth import InvalidGrant, OAuthError
from ..master_key import MasterKey, Purpose
from ..provider import Provider
from ..storage import authorizations as authorization_storage
from ..storage import device_requests as storage
from ..storage import grants as grant_storage
from . import tries
from .minting import Issued, mint

DONE: Final = "/account/device/done"
"""Where the person's browser ends, instead of a redirect address."""
_WAITS: Final = {
    Polled.PENDING: ("authorization_pending", "the person has not decided yet"),
    Polled.SLOW_DOWN: ("slow_down", "wait five seconds longer between two polls than before"),
    Polled.EXPIRED: ("expired_token", "the device code has run out"),
    Polled.DENIED: ("access_denied", "the person did not agree"),
}


@dataclass(frozen=True, slots=True)
class Begun:
    """What a device gets: the code it polls with, and the one it shows. Times in seconds."""

    device_code: str
    user_code: str
    expires_in: int
    interval: int


async def begin(
    session: AsyncSession, provider: Provider, client: Client, asked: tuple[str, ...], now: datetime
) -> Begun:
    """Take the request of a device (RFC 8628, 3.1); `OAuthError` for what its client may not ask."""
    if GrantType.DEVICE_CODE not in client.grant_types:
        raise OAuthError("unauthorized_client", "the client is not registered for devices")
    if not asked or not client.scopes.issuperset(asked):
        raise OAuthError("invalid_scope", "a scope is missing, unknown, or not registered for this client")
    code = secrets.token_urlsafe(32)
    user_code = "".join(secrets.choice(requests.LETTERS) for _ in range(requests.LENGTH))
    begun = requests.begin(
        ids.new_id(),
        client.id,
        known_scopes.ordered(asked),
        hash_of(code),
        _digest(provider.master_key, user_code),
        now,
    )
    async with session.begin():
        await storage.add(session, begun)
    validity = int((begun.expires_at - now).total_seconds())
    return Begun(code, requests.show_code(user_code), validity, begun.interval)


async def take_up(
    session: AsyncSession, provider: Provider, typed: str, address: str, now: datetime
) -> Authorization | None:
    """The authorization request of the device whose code a person typed; none for a wrong or old code.

    Wrong codes are counted by network address, right ones are not; raises `TooManyTries`.
    """
    counter = tries.key(provider.master_key, "user-code", tries.network(address))
    async with session.begin():
        await tries.take(session, {counter: throttle.USER_CODES}, now)
    code = requests.read_code(typed)
    if code is None:
        return None
    async with session.begin():
        request = await storage.by_user_code(session, _digest(provider.master_key, code))
        if request is None or not requests.is_open(request, now):
            return None
        await tries.forgive(session, [counter], now)
        authorization = authorizations.of_device(ids.new_id(), request, f"{provider.issuer}{DONE}", now)
        await authorization_storage.add(session, authorization)
    return authorization


async def poll(
    session: AsyncSession,
    provider: Provider,
    client: Client,
    *,
    device_code: str,
    jkt: str | None = None,
    now: datetime,
) -> Issued:
    """Tokens, once the person has agreed (RFC 8628, 3.4); `OAuthError` says what the device has to do.

    `jkt` is the key that the device has proved to hold; the tokens are bound to it.
    """
    issued = None
    async with session.begin():
        request = await storage.lock_by_code(session, hash_of(device_code))
        if request is None:
            raise InvalidGrant
        polled, answer = requests.poll(request, client.id, now)
        if polled is not request:
            await storage.store(session, polled)
        if answer is Polled.GRANTED and polled.grant_id:
            found = await grant_storage.lock(session, polled.grant_id)
            if found is not None and found[1].ended_at is None:
                grant = found[1]
                issued = await mint(session, provider, client, grant, grant.scopes, now, jkt=jkt)
    if answer in _WAITS:
        raise OAuthError(*_WAITS[answer])
    if issued is None:
        raise InvalidGrant
    return issued


def _digest(master_key: MasterKey, user_code: str) -> bytes:
    return master_key.digest(Purpose.CODES, f"device:{user_code}")
