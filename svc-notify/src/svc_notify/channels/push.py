"""How a short notice gets to a person's browsers: web push (RFC 8030), readable by them alone (RFC 8291)."""

import asyncio
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Final, TypeAlias
from uuid import UUID

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec

from hub_core import clock
from hub_core.language import Language
from hub_service.outside import NoAnswer, Outside, Refused

from ..domain.deliveries import Answer, Outcome
from .vapid import Vapid

LARGEST: Final = 3584
"""Bytes of a text: with what encryption adds it has to fit into the 4096 that every push service takes."""
_PADDED_TO: Final = 512
_SECONDS: Final = 6.0
_LONGEST_WAIT: Final = timedelta(hours=1)
_LONGEST_NUMBER: Final = 9

Forget: TypeAlias = Callable[[Collection[UUID]], Coroutine[None, None, None]]


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """One browser: its subscription's id, where its push service listens, and what is sent there."""

    subscription_id: UUID
    endpoint: str
    content: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Push:
    """A notice for all browsers of a person; `forget` is told the ids of those that have given up.

    `seconds_to_live`, `urgency` and `topic` are those of RFC 8030.
    """

    language: Language
    targets: Sequence[Target]
    seconds_to_live: int
    urgency: str
    topic: str
    forget: Forget


class _End(StrEnum):
    """How it went at one push service."""

    TAKEN = "TAKEN"
    GONE = "GONE"
    REFUSED = "REFUSED"
    UNUSABLE = "UNUSABLE"
    LATER = "LATER"


@dataclass(frozen=True, slots=True)
class _Said:
    end: _End
    status: int | None = None
    retry_after: timedelta = timedelta()


_ORDER: Final = (
    (_End.TAKEN, Answer.ACCEPTED),
    (_End.LATER, Answer.DEFERRED),
    (_End.REFUSED, Answer.REFUSED),
    (_End.UNUSABLE, Answer.ADDRESS_UNUSABLE),
    (_End.GONE, Answer.RECIPIENT_GONE),
)
"""What comes of a notice to several browsers: the first of these that happened to one of them."""
_GONE: Final = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
_LATER: Final = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}


class WebPush:
    """The push services of people's browsers."""

    def __init__(self, outside: Outside, vapid: Vapid) -> None:
        self._outside = outside
        self._vapid = vapid
        self._forgetting: set[asyncio.Task[None]] = set()

    async def hand_over(self, push: Push) -> Outcome:
        """Give a notice to the push service of each browser, and say what came of it.

        One browser that gets it is enough. Without any that could, its recipient is gone.
        """
        said = await asyncio.gather(*(self._send(push, target) for target in push.targets))
        told = zip(push.targets, said, strict=True)
        gone = [target.subscription_id for target, one in told if one.end is _End.GONE]
        if gone:
            self._forget(push, gone)
        for end, answer in _ORDER:
            met = [one for one in said if one.end is end]
            if met:
                return Outcome(answer, met[0].status, retry_after=max(one.retry_after for one in met))
        return Outcome(Answer.RECIPIENT_GONE)

    async def close(self) -> None:
        """End every connection."""
        await asyncio.gather(*self._forgetting)
        await self._outside.close()

    def _forget(self, push: Push, gone: Collection[UUID]) -> None:
        """Beside what is under way: who hands over holds a connection of the database already."""
        forgetting = asyncio.create_task(push.forget(gone))
        self._forgetting.add(forgetting)
        forgetting.add_done_callback(self._forgetting.discard)

    async def _send(self, push: Push, target: Target) -> _Said:
        try:
            address = self._outside.parse(target.endpoint)
        except Refused:
            return _Said(_End.UNUSABLE)
        headers = {
            "authorization": self._vapid.authorization(f"{address.scheme}://{address.netloc}", clock.now()),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(push.seconds_to_live),
            "urgency": push.urgency,
            "topic": push.topic,
        }
        try:
            answer = await self._outside.post(target.endpoint, target.content, headers, _SECONDS)
        except Refused:
            return _Said(_End.UNUSABLE)
        except NoAnswer:
            return _Said(_End.LATER)
        return _Said(_end(answer.status), answer.status, _retry_after(answer.headers))


def encrypt(text: bytes, key: bytes, secret: bytes) -> bytes:
    """A text for one browser, in one record; its length says little of the text's.

    Raises `ValueError` for a text that is too long, or a key that is no point of P-256.
    """
    if len(text) > LARGEST:
        raise ValueError("too long for a push")
    padded = text.ljust(-(-len(text) // _PADDED_TO) * _PADDED_TO)
    sealed: bytes = http_ece.encrypt(
        padded, private_key=ec.generate_private_key(ec.SECP256R1()), dh=key, auth_secret=secret
    )
    return sealed


def is_point(key: bytes) -> bool:
    """Whether a browser's key is a point of P-256 (RFC 8291, 3.1)."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)
    except ValueError:
        return False
    return True


def _end(status: int) -> _End:
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return _End.TAKEN
    if status in _GONE:
        return _End.GONE
    later = status in _LATER or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return _End.LATER if later else _End.REFUSED


def _retry_after(headers: Mapping[str, str]) -> timedelta:
    """What a push service asks for (RFC 9110, 10.2.3); a date is not read."""
    said = headers.get("retry-after", "")
    known = said.isascii() and said.isdigit() and len(said) < _LONGEST_NUMBER
    return min(timedelta(seconds=int(said)), _LONGEST_WAIT) if known else timedelta()
