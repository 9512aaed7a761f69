"""Telling clients that a session has ended (OpenID Connect Back-Channel Logout 1.0): when and where."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from . import rules
from .rules import RuleId

_MOST_DOUBLED: Final = 16


@dataclass(frozen=True, slots=True)
class LogoutMessage:
    """One client is to be told of one session's end. `due_at` is the next try, `tries` those made."""

    id: UUID
    client_id: str
    session_id: UUID
    account_id: UUID
    ended_at: datetime
    due_at: datetime
    tries: int = 0


def begin(
    message_id: UUID, client_id: str, session_id: UUID, account_id: UUID, now: datetime
) -> LogoutMessage:
    """A message that is due at once."""
    return LogoutMessage(message_id, client_id, session_id, account_id, now, now)


def try_(message: LogoutMessage, now: datetime) -> LogoutMessage:
    """The message while it is being sent: should this try fail, or never end, the next is due then."""
    first = rules.duration(RuleId.LOGOUT_FIRST_PAUSE, now)
    longest = rules.duration(RuleId.LOGOUT_LONGEST_PAUSE, now)
    pause = min(first * (1 << min(message.tries, _MOST_DOUBLED)), longest)
    return replace(message, due_at=now + pause, tries=message.tries + 1)


def is_given_up(message: LogoutMessage, now: datetime) -> bool:
    """Whether the next try would come too late to be of use."""
    return message.due_at - message.ended_at > rules.duration(RuleId.LOGOUT_GIVEN_UP, now)


def address_allowed(address: str, *, embedded: bool) -> bool:
    """Whether messages may go to this address at all: https, or http on the own machine when embedded."""
    parts = urlsplit(address)
    if not parts.hostname or parts.fragment or parts.username is not None:
        return False
    if parts.scheme == "https":
        return True
    return embedded and parts.scheme == "http" and _is_loopback(parts.hostname)


def host_allowed(resolved: IPv4Address | IPv6Address, *, embedded: bool) -> bool:
    """Whether messages may go to the machine behind a name: no private network, nor our own machine."""
    if isinstance(resolved, IPv6Address) and resolved.ipv4_mapped is not None:
        return host_allowed(resolved.ipv4_mapped, embedded=embedded)
    if resolved.is_loopback:
        return embedded
    return resolved.is_global and not resolved.is_multicast


def validity(now: datetime) -> timedelta:
    """How long a logout token is good: it arrives now or is made anew."""
    return rules.duration(RuleId.LOGOUT_TOKEN_VALIDITY, now)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
