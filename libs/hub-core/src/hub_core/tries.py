"""How often something may be tried, and by whom; the numbers stand in the rule tables.

>>> network("2001:db8::7"), network("192.0.2.7")
('2001:0db8:0000:0000', '192.0.2.7')
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address


@dataclass(frozen=True, slots=True)
class Limits:
    """The rule of the period in which tries are counted, and for each thing that counts its rule of how many.

    Many people share one address (a library, a mobile network), so that theirs are the higher numbers.
    """

    period: str
    most: Mapping[StrEnum, str]


@dataclass(frozen=True, slots=True)
class Try:
    """One thing that counts, and of whom: an account, a number, an e-mail address, a code, a network."""

    counted: StrEnum
    of: str

    def __str__(self) -> str:
        return f"{self.counted}:{self.of}"


def network(address: str) -> str:
    """What one caller is known by: an IPv4 address, or an IPv6 network of 64 bits."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped) if parsed.ipv4_mapped else parsed.exploded[:19]
    return str(parsed)


def wait(count: int, limit: int, since: datetime, period: timedelta, now: datetime) -> int:
    """How many seconds to wait with another try, 0 for not at all; `count` are the tries with this one."""
    if count <= limit:
        return 0
    return max(1, int((since + period - now).total_seconds()) + 1)
