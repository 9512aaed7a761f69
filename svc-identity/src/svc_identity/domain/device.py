"""Devices: known ones are never locked out by what others do; all have a name for their owner's eyes."""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from datetime import datetime
from typing import Final
from uuid import UUID

from . import rules
from .rules import RuleId

_MOST: Final = 5
NONCE_BYTES: Final = 16
_ID: Final = 16
_TIME: Final = 8
_MAC: Final = 32
_BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def describe(user_agent: str) -> str:
    """Browser and system, coarsely (“Firefox, Linux”); empty when neither is recognised."""
    parts = (
        next((name for mark, name in names if mark in user_agent), None) for names in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(part for part in parts if part)


def remember(cookie: str, key: bytes, account_id: UUID, nonce: bytes, now: datetime) -> str:
    """The device cookie with this account in front; the oldest of six leaves.

    An entry is the account, the time and 16 random bytes, authenticated with the service's key
    (OWASP, device cookies): no table is needed, and nobody can make one up.
    """
    facts = account_id.bytes + int(now.timestamp()).to_bytes(_TIME) + nonce
    entry = urlsafe_b64encode(facts + hmac.digest(key, facts, hashlib.sha256)).decode()
    others = [held for held in _entries(cookie) if not _is_of(held, account_id)]
    return ".".join([entry, *(urlsafe_b64encode(held).decode() for held in others)][:_MOST])


def recognise(cookie: str, key: bytes, account_id: UUID, now: datetime) -> bytes | None:
    """The device's own nonce, when the account signed in on it before and not too long ago."""
    for entry in _entries(cookie):
        facts, mac = entry[:-_MAC], entry[-_MAC:]
        if _is_of(entry, account_id) and hmac.compare_digest(mac, hmac.digest(key, facts, hashlib.sha256)):
            age = now.timestamp() - int.from_bytes(facts[_ID : _ID + _TIME])
            if age < rules.duration(RuleId.DEVICE_KNOWN, now).total_seconds():
                return facts[_ID + _TIME :]
    return None


def _entries(cookie: str) -> list[bytes]:
    try:
        entries = [urlsafe_b64decode(part) for part in cookie.split(".")[:_MOST]]
    except (Error, ValueError):
        return []
    return [entry for entry in entries if len(entry) == _ID + _TIME + NONCE_BYTES + _MAC]


def _is_of(entry: bytes, account_id: UUID) -> bool:
    return entry[:_ID] == account_id.bytes
