"""The rules of petitions (Constitution art. 51, OG 27/2002). No I/O; `now` is an argument."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.clock import local_date
from hub_core.language import Language
from hub_core.rules import Rule
from hub_terms.terms import end_civil

from .institutions import Institution
from .states import PetitionState

SUBJECT_MAX: Final = 200
"""Characters of a subject; it is one line of the register."""

TEXT_MAX: Final = 50_000
"""Characters of a petition's text, about twenty pages; longer papers belong in attachments."""

SANDBOX_MARK: Final = "SANDBOX"
"""What stands before a number that nobody may take for one of an institution's register."""

REPRESENTATION: Final = "Civil Code art. 1295, 2009"
"""By what a representative files and reads in another's name."""


class PetitionKind(StrEnum):
    """What a petition is (OG 27/2002 art. 2): cerere, reclamație, sesizare, propunere.

    And what is none and stands in the same register: opinii și sugestii, Legea 544/2001 with its
    administrative complaints, audiențe, and prior complaints (Legea 554/2004 art. 7).
    """

    REQUEST = "REQUEST"
    COMPLAINT = "COMPLAINT"
    NOTIFICATION = "NOTIFICATION"
    PROPOSAL = "PROPOSAL"
    SUGGESTION = "SUGGESTION"
    INFO_544 = "INFO_544"
    INFO_544_COMPLAINT = "INFO_544_COMPLAINT"
    AUDIENCE = "AUDIENCE"
    PRIOR_COMPLAINT = "PRIOR_COMPLAINT"


ANSWER_RULE: Final = "petition.answer"
"""The term in which a petition is answered, in calendar days (OG 27/2002 art. 8)."""

_OTHER_ANSWER_RULES: Final[Mapping[PetitionKind, str]] = {
    PetitionKind.SUGGESTION: "suggestion.answer",
    PetitionKind.INFO_544: "public-information.answer",
    PetitionKind.INFO_544_COMPLAINT: "public-information.complaint-answer",
    PetitionKind.AUDIENCE: "audience.answer",
    PetitionKind.PRIOR_COMPLAINT: "petition.prior-complaint",
}


def answer_rule(kind: PetitionKind) -> str:
    """The rule of the term in which a submission of this kind is answered."""
    return _OTHER_ANSWER_RULES.get(kind, ANSWER_RULE)


class Channel(StrEnum):
    """How a petition came: by an account, without one, or entered by a registrar."""

    ONLINE = "ONLINE"
    GUEST = "GUEST"
    POST = "POST"
    COUNTER = "COUNTER"
    EMAIL = "EMAIL"
    PHONE = "PHONE"


@dataclass(frozen=True, slots=True)
class Submission:
    """What the petitioner sent, with its texts already normalised (NFC, comma-below letters).

    `is_petition` says so against the signs of a special procedure. `topic` says what an audience is about.
    `attachment_ids` are uploads of who files or enters it. Who sends a suggestion may say that no answer is
    wanted.
    """

    institution_id: UUID
    kind: PetitionKind
    subject: str
    text: str
    language: Language
    is_petition: bool = False
    attachment_ids: tuple[UUID, ...] = ()
    topic: str | None = None
    answer_wanted: bool = True

    def sha256(self) -> str:
        """The receipt: SHA-256, in hex, of the submission's canonical JSON (RFC 8785), UTF-8.

        Anybody who holds the petition can compute it again and so prove what was sent.
        """
        content = {
            "institution_id": str(self.institution_id),
            "kind": self.kind,
            "language": self.language,
            "subject": self.subject,
            "text": self.text,
        }
        canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Acting:
    """Who files or reads: `person_id` acts, for `on_behalf_of` under `mandate_id` or in their own name.

    Nobody who filed without an account, or whose paper a registrar entered, has a `person_id`.
    `sandbox` is the application that is being tested with it; none for what is done in earnest. The two
    never meet: neither sees what was filed in the other, and each has registers of its own.
    """

    person_id: UUID | None
    on_behalf_of: UUID | None = None
    mandate_id: UUID | None = None
    sandbox: str | None = None

    @property
    def signatory(self) -> UUID | None:
        """The person or organisation in whose name it is done, if they have an account."""
        return self.on_behalf_of or self.person_id


@dataclass(frozen=True, slots=True)
class Registration:
    """The line of the register: number, date, and the term that runs from it.

    `registered_on` is the legal date (Europe/Bucharest) of `registered_at`. The rule of the term is
    kept as it was applied, so that a later change of the law moves no date.
    """

    number: int
    registered_at: datetime
    registered_on: date
    answer_due_on: date
    answer_rule_id: str
    answer_legal_basis: str

    @property
    def year(self) -> int:
        """The year of the register; numbers begin anew on 1 January, local time."""
        return self.registered_on.year

    @property
    def label(self) -> str:
        """Number and date, as the field writes them: `123/21.11.2026`."""
        return f"{self.number}/{self.registered_on:%d.%m.%Y}"


class Standing(StrEnum):
    """What a petition is to who reads it: theirs, signed by them too, or theirs without their signature."""

    OWN = "OWN"
    CO_SIGNED = "CO_SIGNED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A registered petition without its text, as a list shows it.

    `acting` says in whose name it was made and by whom. Who has an account is identified, so that
    the petition is never one to be filed away as anonymous (OG 27/2002 art. 7). Who has none is known by
    what they gave (`petitioners.Identity`). `read_by` is who it is shown to, if they have an account, and
    `has_withdrawn` whether that one has withdrawn their signature.
    """

    id: UUID
    acting: Acting
    institution: Institution
    kind: PetitionKind
    subject: str
    language: Language
    content_sha256: str
    registration: Registration
    state: PetitionState
    version: int
    channel: Channel = Channel.ONLINE
    read_by: UUID | None = None
    has_withdrawn: bool = False

    @property
    def standing(self) -> Standing:
        """What it is to who reads it."""
        if self.has_withdrawn:
            return Standing.WITHDRAWN
        return Standing.OWN if self.read_by in {None, self.signatory} else Standing.CO_SIGNED

    @property
    def signatory(self) -> UUID | None:
        """The person or organisation in whose name it was made, if they have an account."""
        return self.acting.signatory

    @property
    def is_sandbox(self) -> bool:
        """Whether it was filed to test an application: it stands in no institution's register."""
        return self.acting.sandbox is not None

    @property
    def label(self) -> str:
        """Number and date; one that no institution has given says so: `SANDBOX 1/21.11.2026`."""
        return f"{SANDBOX_MARK} {self.registration.label}" if self.is_sandbox else self.registration.label


@dataclass(frozen=True, slots=True, kw_only=True)
class Petition(Summary):
    """A registered petition, whole."""

    text: str
    answer_wanted: bool = True


def register(
    submission: Submission,
    *,
    petition_id: UUID,
    acting: Acting,
    institution: Institution,
    answer_rule: Rule,
    number: int,
    now: datetime,
    channel: Channel = Channel.ONLINE,
    runs_from: date | None = None,
) -> Petition:
    """Enter a submission in the register under its number, with the day by which it is answered.

    The day of registration is not counted, and the last day is not moved past a holiday: for a duty
    of the authority the stricter date is shown. The term runs from `runs_from` where the institution had it
    before it was registered.
    """
    registered_on = local_date(now)
    return Petition(
        id=petition_id,
        acting=acting,
        institution=institution,
        kind=submission.kind,
        subject=submission.subject,
        text=submission.text,
        language=submission.language,
        content_sha256=submission.sha256(),
        registration=Registration(
            number=number,
            registered_at=now,
            registered_on=registered_on,
            answer_due_on=end_civil(runs_from or registered_on, answer_rule.whole),
            answer_rule_id=answer_rule.code,
            answer_legal_basis=answer_rule.legal_basis,
        ),
        state=PetitionState.REGISTERED,
        version=1,
        channel=channel,
        answer_wanted=submission.answer_wanted,
    )
