"""Which pages of other origins may call the API from a browser (Fetch standard, CORS)."""

from collections.abc import Collection
from typing import Final

from .headers import Pair

_METHODS: Final = b"GET, HEAD, POST, PUT, PATCH, DELETE"
_ACCEPTED: Final = (
    b"Accept, Accept-Language, Authorization, Code, Code-Id, Content-Type, DPoP, File-Name, Idempotency-Key, "
    b"If-Match, If-None-Match, If-Range, Purpose, Range, Traceparent, Tracestate, Tus-Resumable, "
    b"Upload-Checksum, Upload-Length, Upload-Metadata, Upload-Offset, X-HTTP-Method-Override, X-Request-Id"
)
_EXPOSED: Final = (
    b"Accept-Ranges, Content-Language, Content-Range, Deprecation, ETag, Idempotent-Replay, Link, Location, "
    b"RateLimit, RateLimit-Policy, Retry-After, Sunset, Tus-Checksum-Algorithm, Tus-Extension, Tus-Max-Size, "
    b"Tus-Resumable, Tus-Version, Upload-Expires, Upload-Length, Upload-Metadata, Upload-Offset, "
    b"WWW-Authenticate, X-Request-Id"
)
_REMEMBERED: Final = b"7200"


class CrossOrigin:
    """The origins that are let in. Their cookies never are: the API takes tokens."""

    def __init__(self, origins: Collection[str]) -> None:
        self._everybody = "*" in origins
        self._origins = {origin.encode() for origin in origins}

    def headers(self, origin: bytes | None) -> list[Pair]:
        """What an answer says to the browser about a page of `origin`."""
        return [*self._admission(origin), (b"access-control-expose-headers", _EXPOSED)]

    def preflight(self, origin: bytes | None) -> list[Pair]:
        """What the browser is told when it asks before the request itself."""
        return [
            *self._admission(origin),
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", _ACCEPTED),
            (b"access-control-max-age", _REMEMBERED),
        ]

    def _admission(self, origin: bytes | None) -> list[Pair]:
        if self._everybody:
            return [(b"access-control-allow-origin", b"*")]
        varies = (b"vary", b"Origin")
        if origin and origin in self._origins:
            return [varies, (b"access-control-allow-origin", origin)]
        return [varies]
