"""What passes with a request and with an answer, and what does not.

Inwards: hop-by-hop headers end here (RFC 9110, 7.6.1); whatever only the gateway may say about a
request (who sent it, on whose behalf, by which way) is replaced, never trusted; a header that must be
unique and is not refuses the request. Outwards: nothing of our inside, and what protects a browser.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from hub_core.problem import Problem

from .errors import ConflictingHeaders, HeadersTooLarge

Pair = tuple[bytes, bytes]
"""A header: lower-case name and value."""

MOST: Final = 100
LARGEST: Final = 32_768
"""Bytes of all names and values of a request."""

_HOP_BY_HOP: Final = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
_OURS: Final = frozenset(
    {
        b"authorization",
        b"baggage",
        b"content-length",
        b"dpop",
        b"expect",
        b"forwarded",
        b"host",
        b"traceparent",
        b"tracestate",
        b"via",
        b"x-real-ip",
        b"x-request-id",
    }
)
_STOPPED: Final = _HOP_BY_HOP | _OURS
_STOPPED_PREFIXES: Final = (b"x-forwarded-", b"x-hub-", b"x-internal-")
_UNIQUE: Final = frozenset(
    {
        b"authorization",
        b"content-encoding",
        b"content-length",
        b"content-type",
        b"cookie",
        b"expect",
        b"host",
        b"idempotency-key",
        b"origin",
        b"purpose",
        b"transfer-encoding",
    }
)
# of several proofs none is good (RFC 9449, 4.3): together they can be no JWT
_LISTS: Final = frozenset({b"accept-language", b"connection", b"dpop"})
_READ: Final = _STOPPED | _UNIQUE | _LISTS | {b"access-control-request-method"}
_HOST: Final = re.compile(rb"[A-Za-z0-9._~-]{1,253}(?::\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](?::\d{1,5})?")
_STOPPED_BACK: Final = _HOP_BY_HOP | {
    b"date",
    b"ratelimit",
    b"ratelimit-policy",
    b"server",
    b"strict-transport-security",
    b"traceparent",
    b"tracestate",
    b"via",
    b"x-content-type-options",
    b"x-powered-by",
    b"x-request-id",
}
_CROSS_ORIGIN: Final = b"access-control-"
_DATA_POLICY: Final = b"default-src 'none'; frame-ancestors 'none'"
_PAGE_POLICY: Final = b"frame-ancestors 'none'"


@dataclass(slots=True)
class Fields:
    """The headers of a request, read once.

    `passed` go on to the service as they are; `known` holds those that the gateway acts on. `length`
    is the declared size of the body, zero without one, `None` for a chunked one. `flaw` is the
    problem that refuses the request.
    """

    passed: list[Pair]
    known: dict[bytes, bytes]
    length: int | None = 0
    flaw: Problem | None = None


def read(raw: Iterable[Pair], version: str) -> Fields:
    """Sort the headers of a request of HTTP `version` ("1.0", "1.1")."""
    fields = Fields([], {})
    try:
        _sort(raw, fields)
        fields.length = _length(fields.known, version)
    except Problem as flaw:
        fields.flaw = flaw
    return fields


def _sort(raw: Iterable[Pair], fields: Fields) -> None:
    passed, known = fields.passed, fields.known
    size = count = 0
    for pair in raw:
        name, value = pair
        count += 1
        size += len(name) + len(value)
        if name in _READ:
            known[name] = _again(name, known[name], value) if name in known else value
            if name in _STOPPED:
                continue
        if not name.startswith(_STOPPED_PREFIXES) and b"_" not in name:
            passed.append(pair)
    if count > MOST or size > LARGEST:
        raise HeadersTooLarge(count=MOST, limit=LARGEST)
    if b"connection" in known:
        named = {token.strip().lower() for token in known[b"connection"].split(b",")}
        passed[:] = [pair for pair in passed if pair[0] not in named]


def _again(name: bytes, first: bytes, second: bytes) -> bytes:
    """The value of a header that came twice; a trace or request id that did is none at all."""
    if name in _UNIQUE:
        raise ConflictingHeaders(name=name.decode("ascii"))
    return b"%b, %b" % (first, second) if name in _LISTS else b""


def _length(known: dict[bytes, bytes], version: str) -> int | None:
    """The size of the body; checks what says where the request ends, and for whom it is."""
    host = known.get(b"host")
    if (host is None and version != "1.0") or (host is not None and not _HOST.fullmatch(host)):
        raise ConflictingHeaders(name="host")
    coding, length = known.get(b"transfer-encoding"), known.get(b"content-length")
    if coding is not None:
        if coding.lower() != b"chunked" or length is not None or version == "1.0":
            raise ConflictingHeaders(name="transfer-encoding")
        return None
    if length is not None and not length.isdigit():
        raise ConflictingHeaders(name="content-length")
    return int(length or 0)


class Forwarding:
    """What the gateway says about a request: the way it came and who sent it (RFC 7239)."""

    def __init__(self, public_origin: str) -> None:
        parts = urlsplit(public_origin)
        host, scheme = parts.netloc.encode(), parts.scheme.encode()
        self._way = b";host=%b;proto=%b" % (_quoted(host), scheme)
        self._fixed: tuple[Pair, ...] = (
            (b"host", host),
            (b"x-forwarded-host", host),
            (b"x-forwarded-proto", scheme),
        )

    def headers(self, client: str) -> list[Pair]:
        """The headers for a request that came from the address `client`."""
        sender = client.encode("ascii", "replace")
        node = b'"[%b]"' % sender if b":" in sender else sender
        return [*self._fixed, (b"x-forwarded-for", sender), (b"forwarded", b"for=%b%b" % (node, self._way))]


def _quoted(host: bytes) -> bytes:
    return b'"%b"' % host if b":" in host else host


class Dress:
    """What an answer wears on its way out."""

    def __init__(self, public_origin: str) -> None:
        self._always: list[Pair] = [(b"x-content-type-options", b"nosniff")]
        if public_origin.startswith("https://"):
            self._always.append((b"strict-transport-security", b"max-age=63072000; includeSubDomains"))

    def put_on(self, headers: Iterable[Pair], own: Sequence[Pair], *, cookies: bool) -> list[Pair]:
        """The answer's headers as the client gets them; `own` are those of the other policies.

        What a service said about caching, referrers and framing holds; what it left out is filled
        in. Cookies leave only on the routes of pages.
        """
        kept: list[Pair] = []
        cached = referred = framed = False
        page = False
        for pair in headers:
            name = pair[0]
            if (
                name in _STOPPED_BACK
                or name.startswith(_CROSS_ORIGIN)
                or (name == b"set-cookie" and not cookies)
            ):
                continue
            kept.append(pair)
            if name == b"cache-control":
                cached = True
            elif name == b"referrer-policy":
                referred = True
            elif name == b"content-security-policy":
                framed = framed or b"frame-ancestors" in pair[1]
            elif name == b"content-type":
                page = pair[1].startswith(b"text/html")
        if not cached:
            kept.append((b"cache-control", b"no-store"))
        if not referred:
            kept.append((b"referrer-policy", b"same-origin"))
        if not framed:
            kept.append((b"content-security-policy", _PAGE_POLICY if page else _DATA_POLICY))
        return [*kept, *self._always, *own]
