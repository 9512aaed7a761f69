"""What is signed of a certificate apart from its file: the facts of its QR, and what a wallet keeps.

The QR is for whoever is shown the paper. It says what verification says (whose certificate, for what,
until when), so that it may be photographed: never the result, never a name or a whole number. A wallet
is the holder's own, who chooses what to show of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from hub_core.clock import BUCHAREST

from .hints import Hint
from .products import Product

EXPIRES: Final = 4
ISSUED: Final = 6
ID: Final = 7
STATUS: Final = 65535
"""Claims of a CWT (RFC 8392, Token Status List)."""
FACTS: Final = -65537
"""Our own: a map of `type`, `no` (series and number), `holder` (initials), `last4` (digits), `motive`."""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Facts:
    """What the QR of a certificate says.

    `number` is the label on every page (`CJ 0048213`), `code` the verification code without hyphens,
    `motive` the id of the motive, `valid_until` the last day; `status_list` is the address of the list
    in which `status_index` tells whether the certificate was revoked since.
    """

    product: Product
    number: str
    code: str
    holder: Hint
    motive: str
    issued_at: datetime
    valid_until: date
    status_list: str
    status_index: int

    def claims(self) -> Mapping[int | str, Any]:
        """The claims of the token in the QR."""
        return {
            EXPIRES: int(expires_at(self.valid_until).timestamp()),
            ISSUED: int(self.issued_at.timestamp()),
            ID: self.code.encode(),
            STATUS: {"status_list": {"idx": self.status_index, "uri": self.status_list}},
            FACTS: {
                "type": self.product.value,
                "no": self.number,
                "holder": self.holder.initials,
                "last4": self.holder.last_four,
                "motive": self.motive,
            },
        }


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Credential:
    """What a wallet keeps of a certificate: each claim is shown when its holder shows it.

    `number` and `code` as in `Facts`; `holder` comes from `person` or `organisation`; `purpose` is the
    motive in words. `has_entries` is the result; the entries themselves stand in the document only.
    """

    number: str
    code: str
    holder: Mapping[str, str]
    purpose: str
    issued_on: date
    valid_until: date
    has_entries: bool

    def claims(self) -> Mapping[str, Any]:
        """The claims, by the names that the type's metadata describe."""
        return {
            **self.holder,
            "document_number": self.number,
            "verification_code": self.code,
            "purpose": self.purpose,
            "issuance_date": self.issued_on.isoformat(),
            "expiry_date": self.valid_until.isoformat(),
            "has_entries": self.has_entries,
        }


def expires_at(valid_until: date) -> datetime:
    """The first instant, by the clock of Bucharest, after the last day of a certificate."""
    return datetime.combine(valid_until + timedelta(days=1), time(), BUCHAREST)


def person(family_name: str, given_names: str, birth_date: date, cnp: str | None) -> Mapping[str, str]:
    """A natural person in a wallet's claims (names as in the EU's person identification data)."""
    known = {
        "family_name": family_name,
        "given_name": given_names,
        "birthdate": birth_date.isoformat(),
    }
    return {**known, "personal_administrative_number": cnp} if cnp else known


def organisation(name: str, cui: str) -> Mapping[str, str]:
    """A legal person in a wallet's claims."""
    return {"legal_name": name, "registration_number": cui}
