"""Files in requests and answers of officials."""

from datetime import date
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from hub_core.language import Language
from hub_core.text import Line, Text
from hub_service import schemas

from ..domain import handling
from ..domain.files import ActorKind, File, Solution, Step
from ..domain.handling import Answer, Clarification, ClassReason, Draft, Forwarding
from ..domain.petitions import SUBJECT_MAX, TEXT_MAX
from ..domain.states import TRANSITIONS, PetitionState
from ..operations.files import Opened
from ..operations.handling import Addressee, Joined
from ..storage.workload import Load
from .links import LinkedPetitionView, Links
from .petitions import Kind

_PEOPLE_MOST: Final = 50
_PEOPLE: Final = Field(
    max_length=_PEOPLE_MOST,
    description="The officials against whom the petition is; neither they nor who is below them work on it.",
    examples=[[]],
)
Complained = Annotated[list[schemas.Id], _PEOPLE]
Crime = Annotated[
    bool, Field(description="Whether it reports a crime: then it is not withdrawn.", examples=[False])
]
ReasonInWords = Annotated[
    Text,
    Field(
        min_length=3,
        max_length=handling.REASON_MAX,
        description="Why, in words.",
        examples=["Sunt necesare verificări la fața locului."],
    ),
]
_SAID: Final = Field(max_length=handling.REASON_MAX, description="In words.", examples=["Verificări."])
_SOLUTION: Final = Field(description="How the petition was solved.", examples=["FAVOURABLE"])
_ANSWER: Final = Field(
    min_length=1,
    max_length=handling.TEXT_MAX,
    description="The answer in Romanian, which is the official text.",
    examples=["Ghișeul este deschis de luni până vineri, între orele 8:30 și 16:30."],
)
_BASIS: Final = Field(
    min_length=3,
    max_length=500,
    description="The law that the solution rests on (OG 27/2002 art. 13).",
    examples=["OG nr. 27/2002 art. 8 alin. (1); Legea nr. 248/2005 art. 12"],
)
_COURTESY_LANGUAGE: Final = Field(
    description="The language of a courtesy text beside it, if there is one.", examples=["hu"]
)
_COURTESY: Final = Field(
    min_length=1,
    max_length=handling.TEXT_MAX,
    description="The same in the petitioner's language; it has no legal effect.",
    examples=["Az ablak hétfőtől péntekig 8:30 és 16:30 között tart nyitva."],
)
_STATE: Final = Field(description="Where it stands.", examples=["IN_ANALYSIS"])
_MAY_BECOME: Final = {state: sorted(to) for state, to in TRANSITIONS.items()}


class FileView(schemas.Resource):
    """A file in a list of work: enough to act, and nothing of what the petition says."""

    id: Annotated[schemas.Id, Field(description="The file, and the petition.")]
    number: Annotated[
        schemas.Int32, Field(ge=1, description="Its number in the institution's register.", examples=[123])
    ]
    year: Annotated[schemas.Int32, Field(description="The year of the register.", examples=[2026])]
    label: Annotated[
        str, Field(max_length=32, description="Number and date, as quoted.", examples=["123/21.11.2026"])
    ]
    kind: Kind
    state: Annotated[PetitionState, _STATE]
    registered_on: Annotated[schemas.LegalDate, Field(description="The date of registration here.")]
    answer_due_on: Annotated[schemas.LegalDate, Field(description="The last day for the answer.")]
    is_overdue: Annotated[
        bool, Field(description="Whether that day has passed without an answer.", examples=[False])
    ]
    extended_until: Annotated[
        schemas.LegalDate | None, Field(description="The last day by the extension, if there was one.")
    ]
    compartment_id: Annotated[schemas.Id | None, Field(description="The compartment that has it.")]
    handler_id: Annotated[schemas.Id | None, Field(description="The official who works on it.")]
    leader_id: Annotated[schemas.Id | None, Field(description="The file that it is joined to.")]
    forwarded_from: Annotated[
        schemas.Id | None, Field(description="The institution that sent it here, if one did.")
    ]
    complained_of: Complained
    reports_crime: Crime
    answer_wanted: Annotated[bool, Field(description="Whether its sender wants an answer.", examples=[True])]
    solution: Annotated[Solution | None, _SOLUTION]
    closed_on: Annotated[schemas.LegalDate | None, Field(description="The day on which its clock ended.")]
    version: Annotated[schemas.Int32, Field(ge=1, description="Grows with every step.", examples=[4])]
    may_become: Annotated[
        list[PetitionState],
        Field(max_length=20, description="Where it may go from here.", examples=[["DRAFTED"]]),
    ]

    @classmethod
    def of(cls, file: File, today: date) -> "FileView":
        """The view of a file on a day; what a file is made of is in order, and is not looked at again."""
        return cls.model_construct(
            **{name: getattr(file, name) for name in _AS_IN_FILE},
            complained_of=list(file.complained_of),
            is_overdue=not file.is_ended and today > file.answer_due_on,
            may_become=_MAY_BECOME[file.state],
        )


_AS_IN_FILE: Final = FileView.model_fields.keys() - {"complained_of", "is_overdue", "may_become"}


class LoadView(schemas.Resource):
    """How many files stand in one state."""

    state: Annotated[PetitionState, _STATE]
    files: Annotated[schemas.Int32, Field(description="All of them.", examples=[41])]
    overdue: Annotated[schemas.Int32, Field(description="Those whose term is over.", examples=[2])]
    due_soon: Annotated[
        schemas.Int32,
        Field(
            description="Those due from today to the day on which attention is drawn again (the rule "
            "`petition.warning`).",
            examples=[7],
        ),
    ]

    @classmethod
    def of(cls, state: PetitionState, load: Load) -> Self:
        """The view of the figures of a state."""
        return cls(state=state, files=load.all, overdue=load.overdue, due_soon=load.soon)


class WorkloadView(schemas.Resource):
    """How much there is to do, by state; states without files are left out."""

    items: Annotated[list[LoadView], Field(max_length=20, description="The figures.")]


class FileStepView(schemas.Resource):
    """A step that a file has taken."""

    version: Annotated[schemas.Int32, Field(description="The file's version after it.", examples=[2])]
    at: Annotated[schemas.Instant, Field(description="When.")]
    institution_id: Annotated[schemas.Id, Field(description="Who had the file.")]
    came_from: Annotated[PetitionState, Field(description="Where it stood.", examples=["REGISTERED"])]
    state: Annotated[PetitionState, _STATE]
    actor_kind: Annotated[ActorKind, Field(description="What took the step.", examples=["OFFICIAL"])]
    actor_id: Annotated[schemas.Id | None, Field(description="Who; null for the hub itself.")]
    reason: Annotated[str | None, Field(max_length=64, description="A code.", examples=["EXTENDED"])]
    note: Annotated[str | None, _SAID]

    @classmethod
    def of(cls, step: Step) -> Self:
        """The view of a step."""
        return cls(
            version=step.version,
            at=step.at,
            institution_id=step.institution_id,
            came_from=step.came_from,
            state=step.state,
            actor_kind=step.actor.kind,
            actor_id=step.actor.id,
            reason=step.reason,
            note=step.note,
        )


class DraftAnswer(schemas.Resource):
    """An answer as its handler writes it."""

    solution: Annotated[Solution, _SOLUTION]
    text: Annotated[Text, _ANSWER]
    legal_basis: Annotated[Line, _BASIS]
    courtesy_language: Annotated[Language | None, _COURTESY_LANGUAGE] = None
    courtesy_text: Annotated[Text | None, _COURTESY] = None

    @model_validator(mode="after")
    def _courtesy_is_whole(self) -> Self:
        if (self.courtesy_language is None) != (self.courtesy_text is None):
            raise ValueError("a courtesy text and its language come together")
        return self

    def answer(self) -> Answer:
        """What was written, as a domain value."""
        return Answer(
            solution=self.solution,
            text=self.text,
            legal_basis=self.legal_basis,
            courtesy_language=self.courtesy_language,
            courtesy_text=self.courtesy_text,
        )


class DraftView(schemas.Resource):
    """A draft, or the answer that it became."""

    ordinal: Annotated[schemas.Int32, Field(ge=1, description="The how manyeth it is.", examples=[1])]
    solution: Annotated[Solution, _SOLUTION]
    text: Annotated[str, _ANSWER]
    legal_basis: Annotated[str, _BASIS]
    courtesy_language: Annotated[Language | None, _COURTESY_LANGUAGE]
    courtesy_text: Annotated[str | None, _COURTESY]
    drafted_by: Annotated[schemas.Id, Field(description="Who wrote it.")]
    drafted_at: Annotated[schemas.Instant, Field(description="When.")]
    approved_by: Annotated[schemas.Id | None, Field(description="Who approved it.")]
    signed_by: Annotated[schemas.Id | None, Field(description="Who signed it.")]
    signed_at: Annotated[schemas.Instant | None, Field(description="When it was signed.")]
    delegation_id: Annotated[
        schemas.Id | None, Field(description="The delegation by which it was signed for the head.")
    ]
    returned_by: Annotated[schemas.Id | None, Field(description="Who returned it.")]
    return_reason: Annotated[str | None, _SAID]
    sent_at: Annotated[schemas.Instant | None, Field(description="When it was sent.")]
    out_year: Annotated[schemas.Int32 | None, Field(description="The year of its number.", examples=[2026])]
    out_number: Annotated[
        schemas.Int32 | None, Field(description="Under which it left the register.", examples=[130])
    ]

    @classmethod
    def of(cls, draft: Draft) -> Self:
        """The view of a draft."""
        written = ("solution", "text", "legal_basis", "courtesy_language", "courtesy_text")
        return cls.model_validate(
            {name: getattr(draft.answer, name) for name in written}
            | {name: getattr(draft, name) for name in cls.model_fields if name not in written}
        )


class ClarificationView(schemas.Resource):
    """A question to the petitioner; the term of the answer goes on."""

    ordinal: Annotated[schemas.Int32, Field(ge=1, description="The how manyeth it is.", examples=[1])]
    question: Annotated[
        str,
        Field(
            max_length=handling.REASON_MAX, description="The question.", examples=["La ce ghișeu ați fost?"]
        ),
    ]
    asked_at: Annotated[schemas.Instant, Field(description="When it was asked.")]
    answer: Annotated[
        str | None, Field(max_length=TEXT_MAX, description="The answer.", examples=["La ghișeul 3."])
    ]
    answered_at: Annotated[schemas.Instant | None, Field(description="When it was answered.")]

    @classmethod
    def of(cls, clarification: Clarification) -> Self:
        """The view of a question."""
        return cls(
            ordinal=clarification.ordinal,
            question=clarification.question,
            asked_at=clarification.asked_at,
            answer=clarification.answer,
            answered_at=clarification.answered_at,
        )


class ForwardingView(schemas.Resource):
    """Once that a petition was sent on: the number and clock it had there, and to whom it went."""

    petition_id: Annotated[schemas.Id, Field(description="The petition.")]
    institution_id: Annotated[schemas.Id, Field(description="Who sent it on.")]
    number: Annotated[schemas.Int32, Field(ge=1, description="Its number there.", examples=[123])]
    year: Annotated[schemas.Int32, Field(description="The year of that register.", examples=[2026])]
    registered_on: Annotated[schemas.LegalDate, Field(description="When it was registered there.")]
    forwarded_at: Annotated[schemas.Instant, Field(description="When it was sent on.")]
    forward_by: Annotated[schemas.LegalDate, Field(description="The last day of the term for that.")]
    is_late: Annotated[bool, Field(description="Whether that term was over.", examples=[False])]
    to_institution_id: Annotated[schemas.Id | None, Field(description="To which institution of the hub.")]
    addressee: Annotated[
        str | None,
        Field(max_length=300, description="The name of another one.", examples=["Primăria Cluj-Napoca"]),
    ]
    out_number: Annotated[
        schemas.Int32, Field(ge=1, description="Under which it left the register.", examples=[127])
    ]
    reason: Annotated[str, _SAID]

    @classmethod
    def of(cls, forwarding: Forwarding) -> Self:
        """The view of a forwarding."""
        return cls.model_validate({name: getattr(forwarding, name) for name in cls.model_fields})


class OpenedFileView(schemas.Resource):
    """A file that an official has opened."""

    file: Annotated[FileView, Field(description="The file.")]
    person_id: Annotated[
        schemas.Id | None, Field(description="The petitioner, if they have an account in the hub.")
    ]
    subject: Annotated[
        str, Field(max_length=SUBJECT_MAX, description="What it is about.", examples=["Program"])
    ]
    text: Annotated[
        str, Field(max_length=TEXT_MAX, description="The petition.", examples=["Vă rog să îmi comunicați."])
    ]
    language: Annotated[Language, Field(description="The language it is written in.", examples=["ro"])]
    extension_reason: Annotated[str | None, _SAID]
    steps: Annotated[list[FileStepView], Field(max_length=10_000, description="What has happened.")]
    drafts: Annotated[list[DraftView], Field(max_length=1_000, description="What was written.")]
    clarifications: Annotated[
        list[ClarificationView], Field(max_length=1_000, description="What the petitioner was asked.")
    ]
    forwardings: Annotated[list[ForwardingView], Field(max_length=1_000, description="Where it was before.")]
    links: Links

    @classmethod
    def of(cls, opened: Opened, today: date) -> Self:
        """The view of an opened file."""
        return cls(
            file=FileView.of(opened.file, today),
            person_id=opened.file.person_id,
            subject=opened.subject,
            text=opened.text,
            language=Language(opened.language),
            extension_reason=opened.file.extension_reason,
            steps=[FileStepView.of(one) for one in opened.steps],
            drafts=[DraftView.of(one) for one in opened.drafts],
            clarifications=[ClarificationView.of(one) for one in opened.clarifications],
            forwardings=[ForwardingView.of(one) for one in opened.forwardings],
            links=[LinkedPetitionView.of(one) for one in opened.links],
        )


class SayOfWhom(schemas.Resource):
    """Whom a petition complains of, and whether it reports a crime."""

    complained_of: Complained
    reports_crime: Crime


class ClassFile(schemas.Resource):
    """Why a petition is filed away."""

    reason: Annotated[
        ClassReason,
        Field(
            description="ANONYMOUS: nobody signed it (art. 7). REPEATED: the same was answered before "
            "(art. 10(2)). NO_ANSWER_WANTED: a suggestion whose sender said so.",
            examples=["REPEATED"],
        ),
    ]
    repeats: Annotated[
        schemas.Id | None, Field(description="The earlier petition of the same petitioner, with REPEATED.")
    ] = None
    says_something_new: Annotated[
        bool,
        Field(description="Whether it says anything that the earlier one did not.", examples=[False]),
    ] = False
    sent_to: Annotated[
        Line | None,
        Field(
            min_length=3,
            max_length=300,
            description="To whom a copy goes: needed of what reports a crime, also when nobody signed it.",
            examples=["Inspectoratul de Poliție Județean Cluj"],
        ),
    ] = None


class JoinFiles(schemas.Resource):
    """What is joined to a file: those named, or, with null, all of the petitioner with the same subject."""

    petition_ids: Annotated[
        list[schemas.Id] | None,
        Field(
            min_length=1,
            max_length=handling.JOINED_AT_ONCE,
            description="The petitions; null for all of the same petitioner and subject.",
        ),
    ]


class JoinedView(schemas.Resource):
    """A file after others were joined to it."""

    leader: Annotated[FileView, Field(description="The file that leads.")]
    joined: Annotated[schemas.Int32, Field(description="How many were joined by this act.", examples=[16999])]
    left_out: Annotated[
        list[schemas.Id],
        Field(
            max_length=handling.JOINED_AT_ONCE,
            description="Those named that are of another petitioner, are elsewhere, ended or lead others.",
        ),
    ]

    @classmethod
    def of(cls, joined: Joined, today: date) -> Self:
        """The view of a join."""
        return cls(
            leader=FileView.of(joined.leader, today), joined=joined.count, left_out=list(joined.left_out)
        )


class ForwardFile(schemas.Resource):
    """To whom a file is sent, and why: an institution of the hub, or the name of another one.

    With neither it goes to the structure that the registry has chosen; the reason may be left out then.
    """

    institution_id: Annotated[
        schemas.Id | None, Field(description="The institution, if it is one of the hub.")
    ] = None
    addressee: Annotated[
        Line | None,
        Field(
            min_length=3,
            max_length=300,
            description="The name of an institution outside the hub.",
            examples=["Primăria Municipiului Cluj-Napoca"],
        ),
    ] = None
    reason: ReasonInWords | None = None
    again_reason: Annotated[
        Text | None,
        Field(
            min_length=3,
            max_length=handling.REASON_MAX,
            description="Why it goes to an institution that has sent it on before.",
            examples=["Competența a fost lămurită între cele două instituții."],
        ),
    ] = None

    @model_validator(mode="after")
    def _is_one_addressee(self) -> Self:
        named = (self.institution_id is not None) + (self.addressee is not None)
        if named > 1:
            raise ValueError("either an institution of the hub or the name of another one")
        if named and self.reason is None:
            raise ValueError("who names the addressee says why")
        if not named and self.again_reason is not None:
            raise ValueError("who sends it again names the institution")
        return self

    def to(self) -> Addressee | None:
        """The addressee, as a domain value; none for the one that was chosen."""
        if self.institution_id is None and self.addressee is None:
            return None
        return Addressee(self.institution_id, self.addressee, self.again_reason)


class AssignFile(schemas.Resource):
    """Who works on a file."""

    compartment_id: Annotated[schemas.Id, Field(description="The compartment that gets it.")]
    handler_id: Annotated[schemas.Id, Field(description="The official of that compartment who works on it.")]
    instruction: Annotated[
        Text | None,
        Field(
            max_length=handling.REASON_MAX,
            description="What the head wants done (rezoluție).",
            examples=["Pentru verificare și răspuns."],
        ),
    ] = None


class GiveReason(schemas.Resource):
    """Why."""

    reason: ReasonInWords


class AskClarification(schemas.Resource):
    """A question to the petitioner."""

    question: Annotated[
        Text,
        Field(
            min_length=3,
            max_length=handling.REASON_MAX,
            description="The question.",
            examples=["La ce ghișeu ați fost, și în ce zi?"],
        ),
    ]


class ExtendTerm(schemas.Resource):
    """By how many days a term is extended, and why (OG 27/2002 art. 9)."""

    days: Annotated[
        int,
        Field(
            ge=1,
            le=365,
            strict=True,
            description="Days more; the law says how many at most.",
            examples=[15],
            json_schema_extra={"format": "int32"},
        ),
    ]
    reason: ReasonInWords
