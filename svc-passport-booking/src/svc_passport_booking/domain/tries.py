"""How often something may be tried, by whom: the numbers stand in the rule tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from typing import Final

PERIOD_RULE: Final = "booking.tries-period"


class Counted(StrEnum):
    """What is counted."""

    BOOKINGS_OF_PERSON = "bookings-of-person"
    BOOKINGS_OF_CNP = "bookings-of-cnp"
    BOOKINGS_FROM_ADDRESS = "bookings-from-address"
    CODES_TO_EMAIL = "codes-to-email"
    CODES_FROM_ADDRESS = "codes-from-address"
    DIGITS_OF_APPOINTMENT = "digits-of-appointment"
    LOOKUPS_OF_CODE = "lookups-of-code"
    LOOKUPS_FROM_ADDRESS = "lookups-from-address"
    STATES_OF_APPLICATION = "states-of-application"
    STATES_FROM_ADDRESS = "states-from-address"


LIMIT_RULES: Final[Mapping[Counted, str]] = {
    Counted.BOOKINGS_OF_PERSON: "booking.tries-person",
    Counted.BOOKINGS_OF_CNP: "booking.tries-person",
    Counted.BOOKINGS_FROM_ADDRESS: "booking.tries-address",
    Counted.CODES_TO_EMAIL: "booking.codes-email",
    Counted.CODES_FROM_ADDRESS: "booking.codes-address",
    Counted.DIGITS_OF_APPOINTMENT: "booking.digits-tries",
    Counted.LOOKUPS_OF_CODE: "booking.lookups-code",
    Counted.LOOKUPS_FROM_ADDRESS: "booking.lookups-address",
    Counted.STATES_OF_APPLICATION: "booking.states-application",
    Counted.STATES_FROM_ADDRESS: "booking.states-address",
}
"""The rule that says how many there may be in the period of `PERIOD_RULE`.

Many people share one address (a library, a mobile network), so that theirs are the higher numbers.
"""


@dataclass(frozen=True, slots=True)
class Try:
    """One thing that counts, and of whom: an account, a CNP, an e-mail address, a code, a network."""

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
