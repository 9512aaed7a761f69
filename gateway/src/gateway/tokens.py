"""Who calls: opaque access tokens turned into internal ones, remembered for a short while.

Outside, a token is 256 random bits and says nothing. svc-identity says what stands behind it; the
answer is kept in memory under the token's hash until it ends, a minute has passed, or its session
or its client is revoked. Never is a caller let through because identity did not answer.
"""

import asyncio
import hashlib
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol

from hub_core.problem import Problem
from hub_service.problems import InvalidToken

REALM: Final = 'Bearer realm="hub"'
_SCHEMES: Final = frozenset({b"bearer", b"dpop"})
_SHAPE: Final = re.compile(rb"hub_at_[A-Za-z0-9_-]{43}")
_KEPT: Final = 60.0
_KEPT_WITHOUT_NEWS: Final = 10.0
_REFUSED_KEPT: Final = 5.0
_MARGIN: Final = 5.0
"""Seconds of an internal token's life that are left for the service's own work."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What stands behind an access token.

    `authorization` is the header value for the service; `caller` the client and the person in one
    string, for the limits; `lifetime` the seconds it was good for when it was given; `jkt` the thumbprint of
    the key that the token is bound to, none for a bearer token; `plan` what the client may send.
    """

    authorization: bytes
    caller: str
    client_id: str
    session_id: str | None
    lifetime: float
    jkt: str | None = None
    plan: str = ""

    @property
    def ended_by(self) -> tuple[str, ...]:
        """The names whose revocation ends it: that of its client, and that of its session."""
        client = name_of_client(self.client_id)
        return (client, self.session_id) if self.session_id else (client,)


def name_of_client(client_id: str) -> str:
    """How a revocation names all tokens of a client; no session is named like that."""
    return f"client {client_id}"


class News(Protocol):
    """Where revocations come from.

    `epoch` changes whenever some may have been missed: after a new connection.
    """

    @property
    def connected(self) -> bool:
        """Whether revocations arrive now."""

    @property
    def epoch(self) -> int:
        """A number that stays the same as long as no revocation can have been missed."""


Ask = Callable[[bytes], Awaitable[Grant]]
"""The question to svc-identity; raises `InvalidToken`, or `ServiceUnavailable` without an answer."""


def missing() -> InvalidToken:
    """The refusal of a caller without a token (RFC 6750, 3)."""
    return InvalidToken(headers={"www-authenticate": REALM})


def invalid() -> InvalidToken:
    """The refusal of a token that is not, or no longer, good (RFC 6750, 3.1)."""
    return InvalidToken(headers={"www-authenticate": f'{REALM}, error="invalid_token"'})


def read(authorization: bytes) -> bytes:
    """The access token of an `Authorization` header; raises `InvalidToken` on any other shape.

    Signed tokens, keys of other systems and guesses are refused here, without asking anybody.
    """
    scheme, _, token = authorization.partition(b" ")
    if scheme.lower() not in _SCHEMES or not _SHAPE.fullmatch(token):
        raise invalid()
    return token


class Tokens:
    """The memory of tokens. `now` is monotonic, in seconds."""

    def __init__(self, ask: Ask, news: News, capacity: int = 20_000) -> None:
        self._ask = ask
        self._news = news
        self._capacity = capacity
        self._epoch = news.epoch
        self._grants: OrderedDict[bytes, tuple[Grant, float]] = OrderedDict()
        self._refused: OrderedDict[bytes, float] = OrderedDict()
        self._by_name: dict[str, set[bytes]] = {}
        self._revoked: OrderedDict[str, float] = OrderedDict()
        self._asking: dict[bytes, asyncio.Task[Grant]] = {}

    def find(self, token: bytes, now: float) -> Grant | None:
        """The grant if it is remembered; raises `InvalidToken` for a token refused a moment ago."""
        if self._epoch != self._news.epoch:
            self._forget_all()
        key = _key(token)
        known = self._grants.get(key)
        if known is None:
            if self._refused.get(key, now) > now:
                raise invalid()
            return None
        grant, since = known
        kept = _KEPT if self._news.connected else _KEPT_WITHOUT_NEWS
        if now - since >= min(kept, grant.lifetime - _MARGIN):
            self._drop(key)
            return None
        self._grants.move_to_end(key)
        return grant

    async def ask(self, token: bytes, now: float) -> Grant:
        """The grant from svc-identity; callers with the same token share one question."""
        key = _key(token)
        task = self._asking.get(key)
        if task is None:
            task = self._asking[key] = asyncio.create_task(self._resolve(key, token, now))
            task.add_done_callback(lambda done: self._answered(key, done))
        try:
            return await asyncio.shield(task)
        except Problem as problem:  # one exception raised to several callers would gather their tracebacks
            raise type(problem)(headers=problem.headers) from problem

    def revoke(self, name: str, now: float) -> None:
        """Forget every token of a session or client, also those that are being asked for."""
        self._revoked[name] = now
        _shorten(self._revoked, self._capacity)
        for key in self._by_name.get(name, set()).copy():
            self._drop(key)

    def __len__(self) -> int:
        return len(self._grants)

    async def _resolve(self, key: bytes, token: bytes, now: float) -> Grant:
        epoch = self._news.epoch
        try:
            grant = await self._ask(token)
            if self._revoked_since(grant, now):  # the answer may be older than the revocation
                grant = await self._ask(token)
        except InvalidToken as refusal:
            self._refused[key] = now + _REFUSED_KEPT
            _shorten(self._refused, self._capacity)
            raise invalid() from refusal
        if epoch == self._news.epoch == self._epoch and not self._revoked_since(grant, now):
            self._remember(key, grant, now)
        return grant

    def _revoked_since(self, grant: Grant, now: float) -> bool:
        return any(self._revoked.get(name, now - 1) >= now for name in grant.ended_by)

    def _answered(self, key: bytes, done: asyncio.Task[Grant]) -> None:
        del self._asking[key]
        if not done.cancelled():
            done.exception()  # seen here, should all who asked have left

    def _remember(self, key: bytes, grant: Grant, now: float) -> None:
        self._grants[key] = grant, now
        for name in grant.ended_by:
            self._by_name.setdefault(name, set()).add(key)
        if len(self._grants) > self._capacity:
            self._drop(next(iter(self._grants)))

    def _drop(self, key: bytes) -> None:
        grant, _ = self._grants.pop(key)
        for name in grant.ended_by:
            keys = self._by_name[name]
            keys.discard(key)
            if not keys:
                del self._by_name[name]

    def _forget_all(self) -> None:
        self._epoch = self._news.epoch
        self._grants.clear()
        self._by_name.clear()


def _key(token: bytes) -> bytes:
    return hashlib.sha256(token).digest()


def _shorten(memory: OrderedDict[bytes, float] | OrderedDict[str, float], capacity: int) -> None:
    if len(memory) > capacity:
        memory.popitem(last=False)
