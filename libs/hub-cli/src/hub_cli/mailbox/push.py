"""A local push service (RFC 8030), with the browsers that subscribe to it and read what comes.

    POST   /api/push-subscriptions  {"owner": "ana", "key": "<public VAPID key>"}: a browser subscribes, and
                                    its page gets {"endpoint": "…", "keys": {"p256dh": "…", "auth": "…"}}
    DELETE /api/push-subscriptions  every browser unsubscribes
    PUT    /api/push-behaviour      {"status": 503, "retry_after": 5, "seconds": 2, "times": 3}: from now on
    DELETE /api/push-behaviour      messages are taken again
    POST   /push/{token}            a message

A message is taken as RFC 8030 wants it: with TTL, at most 4096 bytes, and of the one server whose key the
browser named (RFC 8292). It is decrypted with the browser's keys as RFC 8291 says, by code that shares
nothing with who sends. `status` refuses with it and takes nothing; 404 and 410 end the subscription.
Subscriptions live as long as this process, as those of a private window.
"""

import asyncio
import hmac
import json
import re
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub_core import clock

from .store import Channel, Store

LARGEST: Final = 4096
"""Bytes of a message (RFC 8030, 7.2)."""
_LONGEST_TTL: Final = 28 * 86_400
_DAY: Final = 86_400
_TOPIC: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")
_URGENCIES: Final = frozenset({"very-low", "low", "normal", "high"})
_VAPID: Final = re.compile(r"vapid t=([A-Za-z0-9_.-]+), ?k=([A-Za-z0-9_-]+)")
_SALT_BYTES: Final = 16
_POINT_BYTES: Final = 65
_HEADER_BYTES: Final = _SALT_BYTES + 5 + _POINT_BYTES
_ENDS: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})


class _Refused(Exception):
    def __init__(self, status: HTTPStatus, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


class Subscribe(BaseModel):
    """Whose browser it is, and the public key of the server that it listens to; any server without one."""

    model_config = ConfigDict(extra="forbid")

    owner: Annotated[str, Field(min_length=1, max_length=200)]
    key: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9_-]{87}=?$")] = None


class Behaviour(BaseModel):
    """How messages are treated."""

    model_config = ConfigDict(extra="forbid")

    status: Annotated[int, Field(ge=400, le=599)] | None = None
    retry_after: Annotated[int, Field(ge=0)] | None = None
    seconds: Annotated[float, Field(ge=0, le=120)] = 0
    times: Annotated[int, Field(ge=1)] | None = None


@dataclass(frozen=True, slots=True)
class Browser:
    """One subscription, with the keys that only its browser has."""

    owner: str
    key: bytes | None
    private: ec.EllipticCurvePrivateKey
    auth: bytes

    @property
    def public(self) -> bytes:
        """The point that messages to it are encrypted for."""
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def read(self, message: bytes) -> bytes:
        """A message as its page gets it (RFC 8291, 3.4; RFC 8188, 2); `ValueError` for any other."""
        if len(message) <= _HEADER_BYTES or message[20] != _POINT_BYTES:
            raise ValueError("no header of aes128gcm")
        salt, size = message[:_SALT_BYTES], int.from_bytes(message[16:20])
        sender, record = message[21:_HEADER_BYTES], message[_HEADER_BYTES:]
        if len(record) > size:
            raise ValueError("more than one record")
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self.private.exchange(ec.ECDH(), point)
        key = _derive(shared, self.auth, b"WebPush: info\0" + self.public + sender, 32)
        content_key = _derive(key, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derive(key, salt, b"Content-Encoding: nonce\0", 12)
        try:
            padded = AESGCM(content_key).decrypt(nonce, record, None)
        except InvalidTag as error:
            raise ValueError("not for this browser") from error
        text, delimiter, padding = padded.rpartition(b"\2")
        if not delimiter or padding.strip(b"\0"):
            raise ValueError("no last record")
        return text


class PushService:
    """Takes messages for its browsers; what they read goes to the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._browsers: dict[str, Browser] = {}
        self._behaviour = Behaviour()

    def subscribe(self, wanted: Subscribe, origin: str) -> dict[str, Any]:
        """What the page of a new browser gets; messages come to `origin`."""
        token = secrets.token_urlsafe(24)
        key = _decoded(wanted.key) if wanted.key else None
        browser = Browser(
            wanted.owner, key, ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(_SALT_BYTES)
        )
        self._browsers[token] = browser
        return {
            "endpoint": f"{origin}/push/{token}",
            "expirationTime": None,
            "keys": {"p256dh": _encoded(browser.public), "auth": _encoded(browser.auth)},
        }

    def unsubscribe_all(self) -> None:
        """Every browser listens no more."""
        self._browsers.clear()

    def behave(self, told: Behaviour) -> None:
        """Treat messages so from now on."""
        self._behaviour = told

    async def receive(self, request: Request) -> Response:
        """A push message (RFC 8030, 5)."""
        behaviour = self._next()
        await asyncio.sleep(behaviour.seconds)
        token = request.path_params["token"]
        if behaviour.status:
            if behaviour.status in _ENDS:
                self._browsers.pop(token, None)
            after = {} if behaviour.retry_after is None else {"retry-after": str(behaviour.retry_after)}
            return Response(status_code=behaviour.status, headers=after)
        try:
            ttl = self._take(self._browsers.get(token), request, await request.body())
        except _Refused as refusal:
            return JSONResponse({"error": refusal.why}, refusal.status)
        location = f"{_origin(request)}/push-messages/{secrets.token_urlsafe(12)}"
        return Response(status_code=HTTPStatus.CREATED, headers={"location": location, "ttl": str(ttl)})

    def _take(self, browser: Browser | None, request: Request, body: bytes) -> int:
        """How long a message would be kept, in seconds; raises `_Refused`."""
        headers = request.headers
        if browser is None:
            raise _Refused(HTTPStatus.GONE, "no such subscription")
        ttl = headers.get("ttl", "")
        if not (ttl.isascii() and ttl.isdigit()):
            raise _Refused(HTTPStatus.BAD_REQUEST, "no TTL")
        if len(body) > LARGEST:
            raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too large")
        topic = headers.get("topic", "")
        if (topic and not _TOPIC.fullmatch(topic)) or headers.get("urgency", "normal") not in _URGENCIES:
            raise _Refused(HTTPStatus.BAD_REQUEST, "topic or urgency")
        if headers.get("content-encoding") != "aes128gcm":
            raise _Refused(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "not aes128gcm")
        _must_be_its_server(headers.get("authorization", ""), browser, _origin(request))
        try:
            text = browser.read(body)
        except ValueError as error:
            raise _Refused(HTTPStatus.BAD_REQUEST, str(error)) from error
        self._keep(browser, topic or secrets.token_urlsafe(12), text)
        return min(int(ttl), _LONGEST_TTL)

    def _keep(self, browser: Browser, topic: str, text: bytes) -> None:
        try:
            said = json.loads(text)["notification"]["title"]
        except (ValueError, KeyError, TypeError):
            said = ""
        self._store.add(Channel.PUSH, topic, "", [browser.owner], said, text, clock.now())

    def _next(self) -> Behaviour:
        behaviour = self._behaviour
        if behaviour.times is not None:
            left = behaviour.times - 1
            self._behaviour = behaviour.model_copy(update={"times": left}) if left else Behaviour()
        return behaviour


def _must_be_its_server(authorization: str, browser: Browser, origin: str) -> None:
    """Refuse who is not the server that the browser listens to (RFC 8292, 4.2)."""
    found = _VAPID.fullmatch(authorization)
    if found is None:
        raise _Refused(HTTPStatus.UNAUTHORIZED, "no VAPID")
    token, key = found[1], _decoded(found[2])
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key).public_numbers()
        coordinates = {name: _encoded(getattr(point, name).to_bytes(32)) for name in ("x", "y")}
        known = ECKey.import_key({"kty": "EC", "crv": "P-256", **coordinates})
        claims = jwt.decode(token, known, algorithms=["ES256"]).claims
    except (JoseError, ValueError) as error:
        raise _Refused(HTTPStatus.FORBIDDEN, "the token does not fit the key") from error
    left = claims.get("exp", 0) - time.time()
    if claims.get("aud") != origin or not 0 < left <= _DAY:
        raise _Refused(HTTPStatus.FORBIDDEN, "another audience, or no such time")
    if browser.key is not None and not hmac.compare_digest(browser.key, key):
        raise _Refused(HTTPStatus.FORBIDDEN, "another server's subscription")


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length=length, salt=salt, info=info).derive(secret)


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _encoded(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()
