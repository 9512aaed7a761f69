"""Asking the owner of a vehicle who drove it (OUG 195/2002 art. 39)."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from ..errors.owner_inquiries import AnswerDayWrong, InquiryAnswered


class HolderKind(StrEnum):
    """What a holder of a vehicle is."""

    PERSON = "PERSON"
    COMPANY = "COMPANY"


class Part(StrEnum):
    """In what part somebody was asked."""

    OWNER = "OWNER"
    USER = "USER"
    """Who has the vehicle on lease, or to whom its owner gave it."""


class Outcome(StrEnum):
    """What came of an inquiry."""

    DRIVER_NAMED = "DRIVER_NAMED"
    HANDED_ON = "HANDED_ON"
    """Another person or company had the vehicle, and is asked next."""
    NOT_SAID = "NOT_SAID"
    """An answer came, and named nobody."""
    NO_ANSWER = "NO_ANSWER"
    """The term passed without an answer."""


@dataclass(frozen=True, slots=True, repr=False)
class Holder:
    """A person by CNP, or a company by CUI; `name` is as the register or the answer writes it."""

    kind: HolderKind
    number: str
    name: str


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Inquiry:
    """An inquiry: `asked` until `answer_by`. `named` is who drove, or who is asked next.

    `asked` and `named` are none once they were deleted by rule.
    """

    id: UUID
    report_id: UUID
    part: Part
    asked: Holder | None
    asked_on: date
    answer_by: date
    asked_by: UUID
    answered_on: date | None = None
    outcome: Outcome | None = None
    named: Holder | None = None
    recorded_by: UUID | None = None
    version: int = 1


def answered(
    inquiry: Inquiry, outcome: Outcome, named: Holder | None, on: date, recorded_by: UUID, today: date
) -> Inquiry:
    """The inquiry with its answer of a day. Silence is an outcome after the term, by the day of recording.

    Raises `InquiryAnswered`, `AnswerDayWrong`.
    """
    if inquiry.outcome is not None:
        raise InquiryAnswered
    first = inquiry.asked_on if outcome is not Outcome.NO_ANSWER else inquiry.answer_by
    if on > today or on < first or (outcome is Outcome.NO_ANSWER and on == first):
        raise AnswerDayWrong
    return replace(
        inquiry,
        answered_on=on,
        outcome=outcome,
        named=named,
        recorded_by=recorded_by,
        version=inquiry.version + 1,
    )
