"""The e-mail address as login name."""

import re
from dataclasses import dataclass
from typing import Final

LONGEST: Final = 254  # RFC 5321, 4.5.3.1.3, less the angle brackets
LONGEST_LOCAL: Final = 64  # RFC 5321, 4.5.3.1.1
_LOCAL: Final = re.compile(r"[^\s@\"(),:;<>\[\]\\.\x00-\x1f\x7f]+(\.[^\s@\"(),:;<>\[\]\\.\x00-\x1f\x7f]+)*")
_DOMAIN: Final = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class LoginName:
    """`address` is where mail goes; `key` is unique among accounts, whatever the letter case."""

    address: str
    key: str


def parse(text: str) -> LoginName:
    """The login name a person typed: trimmed, domain in lower case; `ValueError` if it is none.

    Quoted local parts and address literals (RFC 5321) are not taken: no person has one. Nor are
    addresses outside ASCII (RFC 6531): few servers take mail for them, and who cannot be written to
    could never confirm. A domain of another script has an ASCII form (RFC 5890), which browsers send.
    """
    local, at, domain = text.strip().rpartition("@")
    domain = domain.lower()
    address = f"{local}@{domain}"
    if (
        not at
        or not address.isascii()
        or len(address) > LONGEST
        or len(local) > LONGEST_LOCAL
        or not _LOCAL.fullmatch(local)
        or not _DOMAIN.fullmatch(domain)
    ):
        raise ValueError("not an e-mail address")
    return LoginName(address, address.lower())
