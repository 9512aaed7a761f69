"""The addresses of a client: where an answer to a person may be sent, and where the hub itself may call."""

import re
from collections.abc import Collection
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

from .client import ApplicationType

LONGEST: Final = 2000

_ADDRESS: Final = (
    "This is no address that an answer can be sent to: https, without fragment, user or wildcard."
)
_LOOPBACK_WEB: Final = "Only a native application, or one in the sandbox, may answer on its own machine."
_SCHEME: Final = "A scheme of a native application is a reversed domain name, such as ro.example.app."
_RESERVED: Final = "A redirect address may not hold the parameters of the answer."
TEXTS: Final = (_ADDRESS, _LOOPBACK_WEB, _SCHEME, _RESERVED)

_VISIBLE: Final = re.compile(r"[\x21-\x7e]+")
_FORBIDDEN: Final = re.compile(r'[\\"<>^`{}|*\[\]]')
_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_OWN_SCHEME: Final = re.compile(r"[a-z][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+")
_HOST: Final = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_INNER: Final = (".local", ".localhost", ".internal", ".lan", ".home.arpa")
_LOOPBACKS: Final = frozenset({"127.0.0.1", "::1", "localhost"})
_ANSWER: Final = frozenset({"code", "state", "iss", "error", "error_description"})


def flaw(address: str, kind: ApplicationType, *, may_loop: bool) -> tuple[str, str] | None:
    """What is wrong with an address that answers are sent to: a code and a message id; none for a good one.

    `may_loop` says that the client may answer on its own machine (RFC 8252, 7.3).
    """
    parts = _split(address)
    if parts is None:
        return "address", _ADDRESS
    if not _ANSWER.isdisjoint(name for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        return "reserved", _RESERVED
    if parts.scheme == "https":
        return None if _is_public(parts.hostname) else ("address", _ADDRESS)
    if parts.scheme == "http" and parts.hostname in _LOOPBACKS:
        return None if may_loop else ("loopback", _LOOPBACK_WEB)
    if kind is ApplicationType.NATIVE and _OWN_SCHEME.fullmatch(parts.scheme):
        return None
    return "scheme", _SCHEME


def _split(address: str) -> SplitResult | None:
    """The parts of an address without anything that two readers could read in two ways."""
    bare = re.sub(r"^http://\[::1\]", "http://", address)
    if len(address) > LONGEST or not _VISIBLE.fullmatch(address) or _FORBIDDEN.search(bare):
        return None
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    whole = bool(parts.scheme) and address.startswith(f"{parts.scheme}:") and port != 0
    if not whole or "#" in address or "@" in parts.netloc or _PERCENT.search(address):
        return None
    if parts.scheme in ("http", "https") and (not parts.hostname or parts.netloc != parts.netloc.lower()):
        return None
    dots = {".", "..", "%2e", "%2e%2e", ".%2e", "%2e."}
    return None if dots & {step.lower() for step in parts.path.split("/")} else parts


def _is_public(host: str | None) -> bool:
    """Whether a host is a name that the whole world resolves alike, by its look."""
    if not host or not _HOST.fullmatch(host) or host.endswith(_INNER):
        return False
    try:
        ip_address(host)
    except ValueError:
        return True
    return False


def may_be_called(address: str, redirects: Collection[str]) -> bool:
    """Whether the hub itself may send requests there: to a host that answers people as well."""
    parts = _split(address)
    if parts is None or parts.scheme != "https" or not _is_public(parts.hostname):
        return False
    hosts = {known.hostname for known in map(_split, redirects) if known and known.scheme == "https"}
    return parts.hostname in hosts and parts.port in (None, 443)
