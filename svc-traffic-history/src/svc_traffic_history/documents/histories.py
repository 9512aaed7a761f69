"""The history of sanctions as a sealed document.

made = await histories.make(press, history, now)       # no transaction is open
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from hub_core import typed_codes
from hub_core.clock import BUCHAREST
from hub_core.language import Language
from hub_documents import facts
from hub_documents.seal import Sealed

from ..domain.history_documents import CODE_LETTER
from ..domain.proces_verbale import Contest
from .press import Press

_ISSUED: Final = 6
_ID: Final = 7
_FACTS: Final = -65537
"""Claims of a CWT (RFC 8392), and our own: a map of `type`, `no`, `from`, `to`."""

_CONTESTS: Final[Mapping[str, Mapping[str, str]]] = {
    Contest.NONE: {"ro": "necontestat", "en": "not contested"},
    Contest.CONTESTED: {"ro": "contestat, pe rol", "en": "contested, before the court"},
    Contest.REJECTED: {"ro": "plângere respinsă", "en": "complaint rejected"},
    Contest.ADMITTED_IN_PART: {"ro": "plângere admisă în parte", "en": "complaint admitted in part"},
    Contest.ADMITTED: {"ro": "anulat de instanță", "en": "cancelled by the court"},
}
_RIGHTS: Final[Mapping[str, Mapping[str, str]]] = {
    "VALID": {"ro": "valabil", "en": "valid"},
    "SUSPENDED": {"ro": "suspendat", "en": "suspended"},
    "EXPIRED": {"ro": "permis expirat", "en": "licence expired"},
    "ANNULLED": {"ro": "anulat", "en": "annulled"},
    "WITHDRAWN": {"ro": "permis retras", "en": "licence withdrawn"},
    "NO_LICENCE": {"ro": "fără permis", "en": "no licence"},
}


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Sanction:
    """One offence of a contravention report. `fine_points` are none where the fine is no multiple of one.

    `suspension_days` are those that the report led to, said of its first offence only.
    """

    found_on: date
    county: str
    place: str
    report: str
    offence: Mapping[Language, str]
    article: str
    committed_on: date | None
    fine: Decimal | None
    fine_points: int | None
    points: int
    suspension_days: int | None
    contest: Contest


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class History:
    """What the document says, on its day. `label` is its series and number, `code` what it is verified by.

    `first` and `last` are the days of finding that it is about, none for open at that end. `right` is the
    state of the right to drive, with the days of a suspension that runs; `points` count today, and from
    `limit` on the right is suspended. `origin` is where people verify it.
    """

    label: str
    code: str
    origin: str
    motive: Mapping[Language, str]
    first: date | None
    last: date | None
    family_name: str
    given_name: str
    licence: str
    categories: Sequence[str]
    licence_valid_to: date
    right: str
    suspended_from: date | None
    suspended_to: date | None
    points: int
    limit: int
    sanctions: Sequence[Sanction]
    issued_at: datetime


async def make(press: Press, history: History) -> Sealed:
    """The sealed PDF. Raises `render.Unprintable` and `TrafficSealAway`; nothing is stored."""
    code = typed_codes.grouped(history.code, CODE_LETTER)
    token = facts.sign(claims(history, code), press.facts)
    data = asdict(history) | {
        "code": code,
        "motive": _glossed(history.motive),
        "right": _RIGHTS[history.right],
        "categories": ", ".join(history.categories),
        "sanctions": [_sanction(one) for one in history.sanctions],
        "issued_at": history.issued_at.astimezone(BUCHAREST).isoformat(),
    }
    address = facts.address(history.origin, code, token)
    return await press.sealed("history.typ", data, history.issued_at, {"qr": address})


def claims(history: History, code: str) -> facts.Claims:
    """What the QR code states: that this was issued, when, and of which days. Nobody's name, no content.

    `code` is as it is printed.
    """
    said = {"type": "TRAFFIC_HISTORY", "no": history.label}
    days = {"from": history.first, "to": history.last}
    said |= {name: day.isoformat() for name, day in days.items() if day}
    return {_ISSUED: int(history.issued_at.timestamp()), _ID: code.encode(), _FACTS: said}


def _sanction(one: Sanction) -> dict[str, Any]:
    return asdict(one) | {
        "offence": _glossed(one.offence),
        "fine": lei(one.fine) if one.fine is not None else None,
        "contest": _CONTESTS[one.contest],
    }


def _glossed(texts: Mapping[Language, str]) -> dict[str, str]:
    return {"ro": texts[Language.RO], "en": texts.get(Language.EN, texts[Language.RO])}


def lei(amount: Decimal) -> str:
    """An amount as Romanian writes it: `1.012,50`."""
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
