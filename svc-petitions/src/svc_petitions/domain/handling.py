"""What officials may do with a file, and when (OG 27/2002 art. 6^1 to 13). `now` is an argument."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.clock import local_date
from hub_core.decisions import FourEyes, OwnCase
from hub_core.language import Language
from hub_terms.terms import end_civil

from ..errors.handling import (
    AlreadySentOn,
    AnswerWanted,
    AuthorityComplainedOf,
    ConflictOfInterest,
    CrimeReportGoesOn,
    ExtendedAlready,
    ExtensionTooLong,
    NotAnsweredBefore,
    NotTheHandler,
    TermHasPassed,
)
from .files import File, Solution
from .states import EXTENDABLE, PetitionState
from .structure import Member

ANSWER_FORWARDED_RULE: Final = "petition.answer-forwarded"
ARCHIVE_RULE: Final = "petition.archive"

JOINED_AT_ONCE: Final = 1_000
"""Petitions that one act may name; without names it joins all that are about the same."""
REASON_MAX: Final = 2_000
"""Characters of a reason in words."""
TEXT_MAX: Final = 50_000
"""Characters of an answer."""


class ClassReason(StrEnum):
    """Why a petition is filed away (art. 7, art. 10(2)); or a suggestion that wants no answer."""

    ANONYMOUS = "ANONYMOUS"
    REPEATED = "REPEATED"
    NO_ANSWER_WANTED = "NO_ANSWER_WANTED"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Answer:
    """What is written as an answer: the official text is Romanian, a courtesy text may stand beside it."""

    solution: Solution
    text: str
    legal_basis: str
    courtesy_language: Language | None = None
    courtesy_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Draft:
    """An answer on its way: written, approved, signed, sent; or returned, with the reason."""

    petition_id: UUID
    ordinal: int
    answer: Answer
    drafted_by: UUID
    drafted_at: datetime
    approved_by: UUID | None = None
    approved_at: datetime | None = None
    signed_by: UUID | None = None
    signed_at: datetime | None = None
    delegation_id: UUID | None = None
    returned_by: UUID | None = None
    returned_at: datetime | None = None
    return_reason: str | None = None
    sent_at: datetime | None = None
    out_year: int | None = None
    out_number: int | None = None

    @property
    def authors(self) -> set[UUID]:
        """Whoever has put their name to it so far."""
        return {one for one in (self.drafted_by, self.approved_by, self.signed_by) if one is not None}


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Clarification:
    """What a handler asked the petitioner, and what they answered."""

    ordinal: int
    question: str
    asked_at: datetime
    answer: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Forwarding:
    """Where a file was before: its number and clock there, and to whom it was sent.

    `forward_by` was the last day for it; `addressee` is the name of somebody outside the hub.
    `choice` is the ordinal of what the registry had chosen, where it went there.
    """

    petition_id: UUID
    ordinal: int
    institution_id: UUID
    year: int
    number: int
    registered_at: datetime
    registered_on: date
    answer_due_on: date
    forwarded_at: datetime
    forwarded_on: date
    forward_by: date
    forwarded_by: UUID
    to_institution_id: UUID | None
    addressee: str | None
    out_number: int
    reason: str
    choice: int | None = None

    @property
    def is_late(self) -> bool:
        """Whether it was sent on after the term of art. 6^1; it is sent on all the same."""
        return self.forwarded_on > self.forward_by


def refuse_own_case(file: File, official: UUID) -> None:
    """`OwnCase` for who made the petition or filed it."""
    if official in (file.person_id, file.acting_person_id):
        raise OwnCase


def refuse_conflict(
    file: File, people: Collection[UUID], below: Collection[UUID], known: Mapping[UUID, Member]
) -> None:
    """`ConflictOfInterest` for the one complained of and whoever works under them (art. 11).

    `below` are all who do, `known` those of `people` who work at the institution: of whom it is not known
    under whom they work, it is not known either that it is not under the one complained of.
    """
    if not file.complained_of:
        return
    if {*people} & {*file.complained_of, *below} or {*people} - known.keys():
        raise ConflictOfInterest


def refuse_own_authority(file: File, known: Mapping[UUID, Member]) -> None:
    """`AuthorityComplainedOf` where the petition is against the head: everybody there works under them."""
    if any(known[one].superior_id is None for one in file.complained_of if one in known):
        raise AuthorityComplainedOf


def refuse_other_handler(file: File, official: UUID) -> None:
    """`NotTheHandler` unless the file is theirs."""
    if file.handler_id != official:
        raise NotTheHandler


def refuse_author(draft: Draft, official: UUID) -> None:
    """`FourEyes` for who wrote the draft: another approves and signs it (art. 13)."""
    if draft.drafted_by == official:
        raise FourEyes


def extension(file: File, days: int, most: int, now: datetime) -> date:
    """The last day for the answer when it is extended by so many days, `most` at most (art. 9).

    `ExtendedAlready`, `TermHasPassed` after the last day, `ExtensionTooLong`. In which states it may be
    is of the table of transitions.
    """
    if file.extended_until is not None:
        raise ExtendedAlready
    if local_date(now) > file.answer_due_on:
        raise TermHasPassed
    if days > most:
        raise ExtensionTooLong(most)
    return end_civil(file.answer_due_on, days)


def is_extendable(state: PetitionState) -> bool:
    """Whether the term may be extended in this state."""
    return state in EXTENDABLE


def refuse_withdrawal(file: File) -> None:
    """`CrimeReportGoesOn`: what reports a crime goes on, whatever the petitioner wants."""
    if file.reports_crime:
        raise CrimeReportGoesOn


def refuse_repeated(file: File, answered: File | None, *, is_same: bool) -> None:
    """`NotAnsweredBefore` unless the earlier one is of the same petitioner and was answered (art. 10)."""
    if (
        answered is None
        or answered.id == file.id
        or not is_same
        or answered.closed_on is None
        or answered.solution is None
    ):
        raise NotAnsweredBefore


def refuse_unanswered(file: File) -> None:
    """`AnswerWanted` unless its sender wants no answer: then it may be filed away."""
    if file.answer_wanted:
        raise AnswerWanted


def refuse_loop(before: Collection[UUID], to_institution_id: UUID | None, again_reason: str | None) -> None:
    """`AlreadySentOn` for an institution that has sent the file on, unless the head says why again."""
    if to_institution_id in before and again_reason is None:
        raise AlreadySentOn
