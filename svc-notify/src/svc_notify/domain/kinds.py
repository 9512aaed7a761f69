"""The kinds of messages: what each takes, how long it is worth sending, where it leads."""

from dataclasses import dataclass
from datetime import timedelta
from enum import IntEnum
from typing import Final


class Lane(IntEnum):
    """A queue of its own, with connections of its own: what waits in one never delays another."""

    CODE = 0
    NOTICE = 1


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message: its template and version, its lane, how long it is worth sending."""

    template: str
    version: int
    lane: Lane
    lifetime: timedelta
    variables: frozenset[str]


SUBMISSION_REGISTERED: Final = Kind(
    template="submission.registered",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"number", "registered_on", "answer_due_on", "institution_id", "legal_basis"}),
)
ACCOUNT_CONFIRM: Final = Kind(
    template="account.confirm",
    version=1,
    lane=Lane.CODE,
    lifetime=timedelta(minutes=15),
    variables=frozenset(),
)
PASSWORD_RESET: Final = Kind(
    template="password.reset",
    version=1,
    lane=Lane.CODE,
    lifetime=timedelta(minutes=15),
    variables=frozenset(),
)
ACCOUNT_SECURITY: Final = Kind(
    template="account.security",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=7),
    variables=frozenset({"change", "changed_on"}),
)
REGISTRATION_STEP: Final = Kind(
    template="registration.step",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"state", "told_on", "institution_id"}),
)
ACCOUNT_VALIDATED: Final = Kind(
    template="account.validated",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"told_on"}),
)
CATALOG_STALE: Final = Kind(
    template="catalog.stale",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"title_ro", "title_hu", "title_en", "due_on", "reminder", "institution_id"}),
)
CERTIFICATE_REQUESTED: Final = Kind(
    template="criminal-record.registered",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"product", "number", "state", "registered_on", "due_on"}),
)
CERTIFICATE_STEP: Final = Kind(
    template="criminal-record.step",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"product", "number", "state", "told_on"}),
)
CERTIFICATE_ENDED: Final = Kind(
    template="criminal-record.certificate",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"product", "change", "told_on"}),
)
CERTIFICATE_VERIFIED: Final = Kind(
    template="criminal-record.verified",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=7),
    variables=frozenset({"told_on"}),
)
CERTIFICATE_DUE: Final = Kind(
    template="criminal-record.due",
    version=1,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=2),
    variables=frozenset({"due_on", "told_on"}),
)
EXTRACT: Final = Kind(
    template="criminal-record.extract",
    version=2,
    lane=Lane.NOTICE,
    lifetime=timedelta(days=30),
    variables=frozenset({"change", "institution_id", "told_on"}),
)
TOLD_STEPS: Final = frozenset({"ISSUED", "MANUAL_REVIEW", "NEEDS_COUNTER", "REJECTED", "CANCELLED"})
"""The states of a request for a certificate that its people are written to about."""
_OF_PURPOSE: Final = {"PASSWORD_RESET": PASSWORD_RESET}
_PAGES: Final = {REGISTRATION_STEP.template: "/account/registrations"}

_PETITION_KINDS: Final = frozenset({"REQUEST", "COMPLAINT", "NOTIFICATION", "PROPOSAL"})
SANDBOX_MARK: Final = "SANDBOX "
"""What stands before a number that no institution has given."""

OG_27_2002: Final = "OG_27_2002_ART_8"


def page_of(template: str) -> str:
    """The page of the person's account that a message of this template leads to."""
    return _PAGES.get(template, "/account/overview")


def code_kind(purpose: str) -> Kind:
    """The message that brings a code for this purpose."""
    return _OF_PURPOSE.get(purpose, ACCOUNT_CONFIRM)


def legal_basis(petition_kind: str) -> str:
    """What the term of an answer rests on: OG 27/2002 art. 8 (1) for petitions, else empty."""
    return OG_27_2002 if petition_kind in _PETITION_KINDS else ""
