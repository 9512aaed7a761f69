"""A registration request: a person asks an institution to know them (C25).

    SUBMITTED → UNDER_REVIEW ↔ NEEDS_COMPLETION
    UNDER_REVIEW → APPROVED | REJECTED
    SUBMITTED | NEEDS_COMPLETION → EXPIRED

An approval holds in that institution only, unless a rule says that the hub recognises it.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.cnp import Cnp

from ..errors.registration import NotYourReview, TransitionRefused
from . import rules
from .proofing import DocumentKind
from .rules import RuleId


class State(StrEnum):
    """Where a request stands."""

    SUBMITTED = "SUBMITTED"
    UNDER_REVIEW = "UNDER_REVIEW"
    NEEDS_COMPLETION = "NEEDS_COMPLETION"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class Stated:
    """What a person says of themselves: a CNP, or who has none a document of another state.

    `citizenship` and `issued_by` are countries (ISO 3166-1, two letters).
    """

    birth_date: date
    citizenship: str
    cnp: Cnp | None = None
    document: DocumentKind | None = None
    document_number: str = ""
    issued_by: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A copy of a document, kept until the decision; its content is stored sealed."""

    id: UUID
    registration_id: UUID
    media_type: str
    size: int
    added_at: datetime


class Step(StrEnum):
    """What happens to a request."""

    CLAIM = "CLAIM"
    RETURN = "RETURN"
    COMPLETE = "COMPLETE"
    APPROVE = "APPROVE"
    REJECT = "REJECT"
    EXPIRE = "EXPIRE"


class RegisterCheck(StrEnum):
    """What the population register said when the request came; the person is not told."""

    MATCHED = "MATCHED"
    NOT_MATCHED = "NOT_MATCHED"
    NOT_POSSIBLE = "NOT_POSSIBLE"


class Reason(StrEnum):
    """Why a request is rejected; each has its remedy in words."""

    IDENTITY_NOT_PROVEN = "IDENTITY_NOT_PROVEN"
    DOCUMENT_NOT_READABLE = "DOCUMENT_NOT_READABLE"
    DOCUMENT_EXPIRED = "DOCUMENT_EXPIRED"
    WRONG_INSTITUTION = "WRONG_INSTITUTION"
    OTHER = "OTHER"


_STARTS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
)
TRANSITIONS: Final = {
    (State.SUBMITTED, Step.CLAIM): State.UNDER_REVIEW,
    (State.UNDER_REVIEW, Step.RETURN): State.NEEDS_COMPLETION,
    (State.NEEDS_COMPLETION, Step.COMPLETE): State.UNDER_REVIEW,
    (State.UNDER_REVIEW, Step.APPROVE): State.APPROVED,
    (State.UNDER_REVIEW, Step.REJECT): State.REJECTED,
    (State.SUBMITTED, Step.EXPIRE): State.EXPIRED,
    (State.NEEDS_COMPLETION, Step.EXPIRE): State.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Request:
    """One request. What the person stated of themselves is sealed and stored beside it.

    `message` is what the official wants the person to do (RETURN, REJECT); `document` is what the
    official has seen. `expires_at` is when an open request ends if its turn does not come.
    """

    id: UUID
    account_id: UUID
    institution_id: UUID
    state: State
    check: RegisterCheck
    submitted_at: datetime
    changed_at: datetime
    expires_at: datetime | None
    version: int
    reviewer_id: UUID | None = None
    reason: Reason | None = None
    message: str = ""
    document: DocumentKind | None = None
    decided_at: datetime | None = None


def media_type(content: bytes) -> str | None:
    """What a file is by its first bytes; none unless it is JPEG, PNG or PDF."""
    return next((kind for start, kind in _STARTS if content.startswith(start)), None)


def submit(
    request_id: UUID, account_id: UUID, institution_id: UUID, check: RegisterCheck, now: datetime
) -> Request:
    """A request that has just come."""
    return Request(
        id=request_id,
        account_id=account_id,
        institution_id=institution_id,
        state=State.SUBMITTED,
        check=check,
        submitted_at=now,
        changed_at=now,
        expires_at=now + rules.duration(RuleId.REGISTRATION_WAITS, now),
        version=1,
    )


def claim(request: Request, official_id: UUID, now: datetime) -> Request:
    """An official takes the request in hand."""
    taken = _move(request, Step.CLAIM, now)
    return replace(taken, reviewer_id=official_id, expires_at=None)


def give_back(request: Request, official_id: UUID, message: str, now: datetime, *, head: bool) -> Request:
    """The person is asked to complete the request, and has a term for it."""
    returned = _move(request, Step.RETURN, now)
    _refuse_others(request, official_id, head=head)
    term = rules.duration(RuleId.REGISTRATION_COMPLETION, now)
    return replace(returned, message=message, expires_at=now + term)


def complete(request: Request, now: datetime) -> Request:
    """The person has done so; the same official goes on."""
    if request.expires_at is not None and now >= request.expires_at:
        raise TransitionRefused(State.EXPIRED, ())
    return replace(_move(request, Step.COMPLETE, now), message="", expires_at=None)


def approve(
    request: Request, official_id: UUID, document: DocumentKind, now: datetime, *, head: bool
) -> Request:
    """The official has seen the document and found the person to be who they say."""
    approved = _move(request, Step.APPROVE, now)
    _refuse_others(request, official_id, head=head)
    return replace(approved, document=document, message="", reviewer_id=official_id, decided_at=now)


def reject(
    request: Request, official_id: UUID, reason: Reason, message: str, now: datetime, *, head: bool
) -> Request:
    """The official has not; the person is told why and what to do."""
    rejected = _move(request, Step.REJECT, now)
    _refuse_others(request, official_id, head=head)
    return replace(rejected, reason=reason, message=message, reviewer_id=official_id, decided_at=now)


def expire(request: Request, now: datetime) -> Request:
    """Nobody took it in hand, or the person did not complete it, in time."""
    if request.expires_at is None or now < request.expires_at:
        raise TransitionRefused(request.state, steps(request))
    return replace(_move(request, Step.EXPIRE, now), expires_at=None, decided_at=now)


def steps(request: Request) -> tuple[Step, ...]:
    """The steps that are open now."""
    return tuple(step for state, step in TRANSITIONS if state is request.state)


def _move(request: Request, step: Step, now: datetime) -> Request:
    reached = TRANSITIONS.get((request.state, step))
    if reached is None:
        raise TransitionRefused(request.state, steps(request))
    return replace(request, state=reached, changed_at=now, version=request.version + 1)


def _refuse_others(request: Request, official_id: UUID, *, head: bool) -> None:
    """Only who has claimed a request goes on with it, or a head."""
    if request.reviewer_id != official_id and not head:
        raise NotYourReview
