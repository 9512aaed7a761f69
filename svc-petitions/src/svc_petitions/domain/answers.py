"""Answers that were sent: what their documents say, and the codes they are verified by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.language import Language
from hub_core.rules import Rules

from .petitions import PetitionKind

REDRESS_RULE: Final = "petition.redress"
"""What a petitioner can do who is not content with the answer, in sentences."""
INFORMATION_REDRESS_RULE: Final = "public-information.redress"
"""The same of who asked for public information (Legea 544/2001 art. 21 and 22)."""
_COURT: Final = "COURT"
_REDRESS_TERMS: Final[Mapping[str, Mapping[str, str]]] = {
    REDRESS_RULE: {
        "prior_complaint": "petition.redress-prior-complaint",
        "court": "petition.redress-court",
    },
    INFORMATION_REDRESS_RULE: {
        "complaint": "public-information.complaint",
        "complaint_answer": "public-information.complaint-answer",
        "court": "public-information.court",
    },
}
"""The terms that stand for the words in braces of the sentences of each."""
_OF_INFORMATION: Final = frozenset({PetitionKind.INFO_544, PetitionKind.INFO_544_COMPLAINT})
_COMPLAINTS: Final = frozenset({PetitionKind.INFO_544_COMPLAINT, PetitionKind.PRIOR_COMPLAINT})

CODE_LETTER: Final = "P"
"""What codes of answers begin with, so that the one page for all documents knows whose they are."""
_FEW: Final = 20
"""From so many on, Romanian counts with *de*: 19 semnatari, 20 de semnatari, 101 semnatari."""


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Sent:
    """An answer that was sent. `number` and `petition` are labels: number and date.

    Of who made the petition the id is known (`petitioner_id`), or the name and the postal address;
    `others` have signed it too. `signed_by` is a person, `delegation` the act by which they signed for the
    head; `joined` are the labels of the petitions that it answers as well.
    """

    petition_id: UUID
    kind: PetitionKind
    institution_id: UUID
    institution_code: str
    institution: Mapping[str, str]
    compartment: str | None
    number: str
    petition: str
    petitioner_id: UUID | None
    petitioner: str | None
    address: str | None
    others: int
    subject: str
    text: str
    legal_basis: str
    courtesy_language: Language | None
    courtesy_text: str | None
    signed_by: UUID | None
    delegation: str | None
    joined: Sequence[str]
    sent_at: datetime

    def addressee(self, name: str | None) -> str | None:
        """To whom the answer is addressed; `name` is what svc-identity says of `petitioner_id`."""
        first = self.petitioner or name
        if first is None or not self.others:
            return first
        if self.others == 1:
            return f"{first} și încă un semnatar"
        of = "" if 0 < self.others % 100 < _FEW else "de "
        return f"{first} și alți {self.others} {of}semnatari"

    def signature(self, name: str | None) -> tuple[str, ...]:
        """Who signs, a line each: the name, where it is known, and the function, as acts name it."""
        if self.delegation is None:
            function: tuple[str, ...] = ("Conducătorul instituției",)
        else:
            function = ("Pentru conducătorul instituției", f"prin delegare: {self.delegation}")
        return (name, *function) if name else function


class AnswerSeal(StrEnum):
    """What the seal of a file says."""

    INTACT = "INTACT"
    ALTERED = "ALTERED"
    UNTRUSTED = "UNTRUSTED"
    REVOKED_SEAL = "REVOKED_SEAL"
    NOT_SEALED = "NOT_SEALED"
    NOT_A_PDF = "NOT_A_PDF"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What anybody is told who has the code of an answer: nobody's name, and nothing of what it says."""

    institution: Mapping[str, str]
    number: str
    petition: str
    sent_on: date
    sha256: bytes


def redress_rules(kind: PetitionKind) -> tuple[str, ...]:
    """The codes that the redress of an answer takes: first that of the sentences, then their terms."""
    rule = INFORMATION_REDRESS_RULE if kind in _OF_INFORMATION else REDRESS_RULE
    return (rule, *_REDRESS_TERMS[rule].values())


def redress(kind: PetitionKind, on: date, legal: Rules) -> tuple[str, ...]:
    """What can be done against an answer sent on a day, in Romanian, as the answer says it.

    After a complaint there is the court alone.
    """
    rule = redress_rules(kind)[0]
    terms = {name: legal.on(code, on).whole for name, code in _REDRESS_TERMS[rule].items()}
    return tuple(
        option.texts[Language.RO].format(**terms)
        for option in legal.on(rule, on).options
        if kind not in _COMPLAINTS or option.code == _COURT
    )
