"""What each kind of message can be asked to say, in every state it can have."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Final

from svc_notify.domain import kinds

_CHANGED: Final = (
    Path(__file__).parents[2]
    / "svc-identity/contract/events/identity.account.security-changed.v1.schema.json"
)
OTHER: Final = "SOMETHING_NEW"
"""A state that this service has not heard of yet."""
ORDINARY: Final[Mapping[str, object]] = {
    "address": "str. Traian nr. 27",
    "answer_due_on": date(2027, 1, 5),
    "application": "app-0123456789abcdef",
    "booking": "K7QF2M9X",
    "changed_on": date(2026, 11, 21),
    "code": "482913",
    "due_on": date(2026, 11, 25),
    "earlier_hour": "09:30",
    "earlier_on": date(2026, 12, 3),
    "institution": "Direcția Generală de Pașapoarte",
    "legal_basis": kinds.OG_27_2002,
    "number": "4821",
    "office": "Ghișeul de pașapoarte Cluj-Napoca",
    "persons": "2",
    "previous_hour": "10:00",
    "previous_on": date(2026, 12, 1),
    "registered_on": date(2026, 11, 21),
    "reminder": "2",
    "starts_at": datetime(2026, 12, 3, 7, 30, tzinfo=UTC),
    "starts_on": date(2026, 12, 3),
    "title_en": "Simple electronic passport",
    "title_hu": "Elektronikus útlevél",
    "title_ro": "Pașaport simplu electronic",
    "told_on": date(2026, 12, 3),
    "upload_hour": "",
    "upload_on": date(2026, 12, 4),
    "valid_on": date(2026, 11, 22),
    "valid_until": datetime(2026, 11, 22, 10, 30, tzinfo=UTC),
    "what": "Pașaport simplu electronic",
    "year": "2026",
}
STATES: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "account.security": {
        "change": (*json.loads(_CHANGED.read_text("utf-8"))["$defs"]["Change"]["enum"], OTHER)
    },
    "audience.scheduled": {"change": ("SCHEDULED", "MOVED")},
    "audience.step": {"state": ("DECLINED", "IN_WRITING", "REQUESTED")},
    "booking.cancelled": {"state": ("CANCELLED_BY_CITIZEN", "CANCELLED_BY_OFFICE")},
    "booking.earlier": {"kept": ("YES", "NO")},
    "booking.expired": {"channel": ("ONLINE", "OFFER", "OFFICE")},
    "booking.offer": {"channel": ("OFFER", "OFFICE")},
    "criminal-record.certificate": {
        "change": ("REVOKED", "SUPERSEDED"),
        "product": ("CRIMINAL_RECORD", "INTEGRITY"),
    },
    "criminal-record.extract": {"change": ("ISSUED", "REVOKED")},
    "criminal-record.registered": {
        "state": ("MANUAL_REVIEW", "AUTO_CHECK"),
        "product": ("CRIMINAL_RECORD", "INTEGRITY"),
    },
    "criminal-record.step": {
        "state": (*sorted(kinds.TOLD_STEPS), OTHER),
        "product": ("CRIMINAL_RECORD", "INTEGRITY"),
    },
    "petition.guest-step": {
        "change": ("CLARIFICATION_ASKED", "ANSWERED", "CLASSED", "EXTENDED", "FORWARDED", "JOINED", OTHER)
    },
    "petition.message": {"documents": ("YES", "NO")},
    "petition.reply": {"state": ("NEW", "UNREAD"), "documents": ("YES", "NO")},
    "petition.step": {
        "change": ("CLARIFICATION_ASKED", "ANSWERED", "CLASSED", "EXTENDED", "FORWARDED", "JOINED", OTHER)
    },
    "petition.term": {"state": ("CLOSE", "OVERDUE")},
    "webhook.stopped": {"state": ("FAILING", "GONE")},
    "registration.step": {"state": ("SUBMITTED", "NEEDS_COMPLETION", "APPROVED", "REJECTED", "EXPIRED")},
    "traffic.report": {
        "state": (
            *("AWAITING_VIDEO", "SUBMITTED", "ELIGIBILITY_CHECK", "UNDER_REVIEW", "OWNER_INQUIRY", "CLOSED"),
            *("NOT_ELIGIBLE", "SANCTIONED", "NO_SANCTION", "FORWARDED_CRIMINAL", OTHER),
        ),
        "reason": ("", "NO_VIDEO", "CANCELLED"),
        "upload_hour": ("", "21:30"),
    },
}
FREE: Final = ("number", "institution", "office", "address", "what", "title_ro", "title_hu", "title_en")
"""The facts whose words somebody else wrote."""


def cases(template: str) -> Iterator[dict[str, object]]:
    """The facts of a template in each state that it can have."""
    axes = STATES.get(template, {})
    for chosen in product(*axes.values()):
        yield {**ORDINARY, **dict(zip(axes, chosen, strict=True))}
