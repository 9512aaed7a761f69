"""Telling clients that a session has ended (OpenID Connect Back-Channel Logout 1.0)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids

from ..callbacks import Unreachable
from ..domain import logout
from ..domain.client import Client
from ..domain.logout import LogoutMessage
from ..domain.session import Session
from ..domain.signing_key import Use
from ..provider import Provider
from ..storage import clients
from ..storage import logouts as storage
from . import keys, subjects

TYPE: Final = "logout+jwt"
_EVENT: Final = "http://schemas.openid.net/event/backchannel-logout"
_AT_ONCE: Final = 16
_log = structlog.get_logger("logout")


@dataclass(frozen=True, slots=True)
class _Sending:
    """A message, with the client that it goes to and the token that says it."""

    message: LogoutMessage
    client: Client
    token: str


async def record(session: AsyncSession, ended: Session, now: datetime) -> None:
    """Note, in the transaction that ends a session, which clients have to be told."""
    concerned = await storage.concerned(session, ended.id)
    messages = [logout.begin(ids.new_id(), one, ended.id, ended.account_id, now) for one in concerned]
    if messages:
        await storage.add(session, messages)


async def deliver(session: AsyncSession, provider: Provider, now: datetime) -> int:
    """Send what is due, a few at a time; how many were tried.

    A try is stored before it is made: whatever ends this process, the message is sent again, with the
    same `jti`. No connection to the database waits for a client.
    """
    if provider.key_ring.is_stale(now):
        await keys.refresh(session, provider, now)
    sending = await _take(session, provider, now)
    outcomes = await asyncio.gather(*(_send(provider, one) for one in sending))
    for one, fault in zip(sending, outcomes, strict=True):
        await _note(session, one, fault, now)
    return len(sending)


async def _take(session: AsyncSession, provider: Provider, now: datetime) -> Sequence[_Sending]:
    taken = []
    async with session.begin():
        for due in await storage.lock_due(session, now, _AT_ONCE):
            client = await clients.find(session, due.client_id)
            message = logout.try_(due, now)
            if client is None or client.backchannel_logout_uri is None:
                await storage.remove(session, message.id)
                continue
            await storage.store(session, message)
            taken.append(_Sending(message, client, _token(provider, message, client, now)))
    return taken


async def _send(provider: Provider, sending: _Sending) -> str:
    """Why it did not arrive; empty when it did."""
    try:
        await provider.callbacks.post(
            sending.client.backchannel_logout_uri or "", {"logout_token": sending.token}
        )
    except Unreachable as fault:
        return str(fault)
    return ""


async def _note(session: AsyncSession, sent: _Sending, fault: str, now: datetime) -> None:
    given_up = logout.is_given_up(sent.message, now)
    if fault:
        _log.warning(
            "logout not told",
            client=sent.client.id,
            reason=fault,
            tries=sent.message.tries,
            given_up=given_up,
        )
    if not fault or given_up:
        async with session.begin():
            await storage.remove(session, sent.message.id)


def _token(provider: Provider, message: LogoutMessage, client: Client, now: datetime) -> str:
    """The logout token (2.4): no nonce, so that it can never pass for an ID token."""
    claims = {
        "iss": provider.issuer,
        "sub": subjects.of(provider.master_key, client, message.account_id),
        "aud": client.id,
        "iat": int(now.timestamp()),
        "exp": int((now + logout.validity(now)).timestamp()),
        "jti": str(message.id),
        "sid": str(message.session_id),
        "events": {_EVENT: {}},
    }
    return provider.key_ring.sign(Use.ID_TOKEN, claims, now, kind=TYPE)
