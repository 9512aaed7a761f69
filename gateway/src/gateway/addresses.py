"""Request targets that mean the same to everyone who reads them.

An address that two programs could read in two ways (dot segments, empty segments, encoded slashes,
control characters) is refused rather than repaired: what the gateway decided on is what the service
gets, byte by byte.
"""

import re
from ipaddress import IPv6Address, IPv6Network
from typing import Final

from hub_service.problems import MalformedRequest

from .errors import AddressTooLong

LONGEST: Final = 8192
"""Bytes of path and query together."""

_PLAIN: Final = re.compile(rb"(?:/[A-Za-z0-9_~!$&'()*+,;=:@-][A-Za-z0-9._~!$&'()*+,;=:@-]*)+/?|/")
_SEGMENTS: Final = re.compile(rb"(?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)+/?|/")
_QUERY: Final = re.compile(rb"(?:[\x21\x22\x24\x26-\x5b\x5d-\x7e]|%(?!00)[0-9A-Fa-f]{2})*")
_ESCAPE: Final = re.compile(rb"%([0-9A-Fa-f]{2})")
_FORBIDDEN: Final = re.compile(rb"[\x00-\x1f\x7f/\\]")
_DOTS: Final = frozenset({b".", b".."})


def read_path(path: bytes, query: bytes) -> str:
    """The path as text, still percent-encoded; raises `MalformedRequest` or `AddressTooLong`."""
    if len(path) + len(query) > LONGEST:
        raise AddressTooLong(limit=LONGEST)
    if not _PLAIN.fullmatch(path):
        _check_closely(path)
    if not _QUERY.fullmatch(query):
        raise MalformedRequest
    return path.decode("ascii")


def _check_closely(path: bytes) -> None:
    if not _SEGMENTS.fullmatch(path):
        raise MalformedRequest
    for segment in path.split(b"/")[1:]:
        meant = _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), segment)
        if meant in _DOTS or _FORBIDDEN.search(meant):
            raise MalformedRequest
        try:
            meant.decode("utf-8")
        except UnicodeDecodeError as error:
            raise MalformedRequest from error


def network_of(client: str) -> str:
    """What stands for an anonymous sender: the IPv4 address, or the /64 of an IPv6 address.

    One household or machine owns a whole /64; counting single addresses would count nobody.
    """
    if ":" not in client:
        return client
    address = IPv6Address(client.partition("%")[0])
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), 64), strict=False))
