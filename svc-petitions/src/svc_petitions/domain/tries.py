"""How often something may be tried, by whom: the numbers stand in the rule tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from typing import Final

PERIOD_RULE: Final = "petition.tries-period"


class Counted(StrEnum):
    """What is counted."""

    CODES_TO_EMAIL = "codes-to-email"
    CODES_FROM_ADDRESS = "codes-from-address"
    GUESTS_FROM_ADDRESS = "guests-from-address"
    STATUS_OF_NUMBER = "status-of-number"
    STATUS_FROM_ADDRESS = "status-from-address"
    STATUS_OF_OPERATOR = "status-of-operator"


LIMIT_RULES: Final[Mapping[Counted, str]] = {
    Counted.CODES_TO_EMAIL: "petition.codes-email",
    Counted.CODES_FROM_ADDRESS: "petition.codes-address",
    Counted.GUESTS_FROM_ADDRESS: "petition.guests-address",
    Counted.STATUS_OF_NUMBER: "petition.status-number",
    Counted.STATUS_FROM_ADDRESS: "petition.status-address",
    Counted.STATUS_OF_OPERATOR: "petition.status-address",
}
"""The rule that says how many there may be in the period of `PERIOD_RULE`.

Many people share one address (a library, a mobile network), so that theirs are the higher numbers.
"""


@dataclass(frozen=True, slots=True)
class Try:
    """One thing that counts, and of whom: an official, an e-mail address, a number, a network."""

    counted: Counted
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
