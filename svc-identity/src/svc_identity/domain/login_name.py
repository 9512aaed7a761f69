"""The e-mail address as login name."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 254  # octets; RFC 5321, 4.5.3.1.3, less the angle brackets
LONGEST_LOCAL: Final = 64  # octets; RFC 5321, 4.5.3.1.1
_LOCAL: Final = re.compile(
    r"[^\s@\"(),:;<>\[\]\\.\x00-\x1f\x7f-\x9f]+(\.[^\s@\"(),:;<>\[\]\\.\x00-\x1f\x7f-\x9f]+)*"
)
_DOMAIN: Final = re.compile(r"([^\W_]([\w-]{0,61}[^\W_])?\.)+[^\W\d_]([\w-]{0,61}[^\W_])?")


@dataclass(frozen=True, slots=True)
class LoginName:
    """`address` is where mail goes; `key` is unique among accounts, whatever the letter case."""

    address: str
    key: str


def parse(text: str) -> LoginName:
    """The login name a person typed: trimmed, NFC, domain in lower case; `ValueError` if it is none.

    Quoted local parts and address literals (RFC 5321) are not taken: no person has one.
    """
    local, at, domain = unicodedata.normalize("NFC", text.strip()).rpartition("@")
    domain = domain.lower()
    address = f"{local}@{domain}"
    if (
        not at
        or len(address.encode()) > LONGEST
        or len(local.encode()) > LONGEST_LOCAL
        or not _LOCAL.fullmatch(local)
        or not _DOMAIN.fullmatch(domain)
        or "_" in domain
    ):
        raise ValueError("not an e-mail address")
    return LoginName(address, unicodedata.normalize("NFC", address.casefold()))
