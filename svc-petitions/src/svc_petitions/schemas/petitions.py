"""Petitions in requests and answers."""

from typing import Annotated, Any, Final, Self

from pydantic import Field, model_validator

from hub_core.language import Language
from hub_core.text import Line, Text
from hub_service import schemas

from ..domain import petitions as domain
from ..domain.states import PetitionState
from .attachments import AttachmentIds
from .institutions import AddresseeView
from .topics import Topic

Sha256 = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{64}$",
        min_length=64,
        max_length=64,
        description=(
            "The receipt: SHA-256, in hex, of the canonical JSON (RFC 8785) of `institution_id`, `kind`, "
            "`language`, `subject` and `text` as they stand in this petition, in UTF-8."
        ),
        examples=["c1a58f4d1b9ec6a6f1d3b9de0f2a6cbd7a7a42a40c04d1be1d2f6a3e1b7e6f90"],
    ),
]
Kind = Annotated[
    domain.PetitionKind,
    Field(
        description="What it is: REQUEST (cerere), COMPLAINT (reclamație), NOTIFICATION (sesizare), "
        "PROPOSAL (propunere); SUGGESTION (opinie sau sugestie), INFO_544 (informații de interes public, "
        "Legea nr. 544/2001), INFO_544_COMPLAINT (reclamație administrativă, art. 21 of the same law), "
        "AUDIENCE (audiență), PRIOR_COMPLAINT (plângere prealabilă, Legea nr. 554/2004 art. 7).",
        examples=["REQUEST"],
    ),
]
_SUBJECT: Final = Field(
    min_length=1,
    max_length=domain.SUBJECT_MAX,
    description="What it is about, in one line.",
    examples=["Programul ghișeului de pașapoarte"],
)
_TEXT: Final = Field(
    min_length=1,
    max_length=domain.TEXT_MAX,
    description="The petition itself, in plain text.",
    examples=["Vă rog să îmi comunicați programul de lucru cu publicul în luna decembrie."],
)
WrittenIn = Annotated[
    Language, Field(description="The language it is written in (ISO 639-1).", examples=["ro"])
]


IsPetition = Annotated[
    bool,
    Field(
        description="That it is a petition although it has signs of a special procedure.",
        examples=[False],
    ),
]


AudienceTopic = Annotated[
    Topic | None, Field(description="What an AUDIENCE is about; not read of any other kind.")
]


AnswerWanted = Annotated[
    bool,
    Field(
        description="Whether an answer is wanted. Who sends a SUGGESTION may say no: it is registered and "
        "counted, and a head may file it away. Everything else is answered.",
        examples=[True],
    ),
]


def refuse_silence(kind: domain.PetitionKind, *, answer_wanted: bool) -> None:
    """`ValueError` for a petition that wants no answer: it is answered all the same (OG 27/2002 art. 8)."""
    if not answer_wanted and kind is not domain.PetitionKind.SUGGESTION:
        raise ValueError("only a suggestion goes without an answer")


class FilePetition(schemas.Resource):
    """A petition to be registered. It is free of charge (Constitution of Romania, art. 51)."""

    institution_id: Annotated[
        schemas.Id, Field(description="The institution it is addressed to, from the catalog.")
    ]
    kind: Kind
    subject: Annotated[Line, _SUBJECT]
    text: Annotated[Text, _TEXT]
    language: WrittenIn
    is_petition: IsPetition = False
    audience_topic: AudienceTopic = None
    answer_wanted: AnswerWanted = True
    attachment_ids: Annotated[AttachmentIds, Field(default_factory=list)]

    @model_validator(mode="after")
    def _is_answered(self) -> Self:
        refuse_silence(self.kind, answer_wanted=self.answer_wanted)
        return self

    def submission(self) -> domain.Submission:
        """What was sent, as a domain value."""
        return domain.Submission(
            institution_id=self.institution_id,
            kind=self.kind,
            subject=self.subject,
            text=self.text,
            language=self.language,
            is_petition=self.is_petition,
            topic=self.audience_topic,
            answer_wanted=self.answer_wanted,
            attachment_ids=tuple(dict.fromkeys(self.attachment_ids)),
        )


class AnswerRuleView(schemas.Resource):
    """The rule that gives the term of the answer, as it held on the day of registration."""

    rule_id: Annotated[
        str, Field(max_length=64, description="The rule's code in the catalog.", examples=["petition.answer"])
    ]
    legal_basis: Annotated[
        str,
        Field(max_length=200, description="The law it comes from.", examples=["OG 27/2002 art. 8(1)"]),
    ]


class _Registered(schemas.Resource):
    """What every view of a registered petition shows."""

    id: Annotated[schemas.Id, Field(description="The petition's identifier.")]
    number: Annotated[
        schemas.Int32,
        Field(ge=1, description="Its number in the institution's register of the year.", examples=[123]),
    ]
    year: Annotated[schemas.Int32, Field(description="The year of the register.", examples=[2026])]
    registration_label: Annotated[
        str,
        Field(
            max_length=32,
            description="Number and date of registration, as they are written and quoted; with the mark "
            "`SANDBOX` before them where no institution has given the number.",
            examples=["123/21.11.2026"],
        ),
    ]
    registered_at: Annotated[schemas.Instant, Field(description="The instant of registration.")]
    registered_on: Annotated[
        schemas.LegalDate, Field(description="The date of registration in Europe/Bucharest.")
    ]
    answer_due_on: Annotated[
        schemas.LegalDate,
        Field(
            description="The last day for the answer: the day of registration is not counted.",
            json_schema_extra={"examples": ["2026-12-21"]},
        ),
    ]
    answer_rule: AnswerRuleView
    state: Annotated[
        PetitionState,
        Field(description="Where it stands.", examples=["REGISTERED"]),
    ]
    institution: AddresseeView
    kind: Kind
    subject: Annotated[str, _SUBJECT]
    language: WrittenIn
    content_sha256: Sha256
    acting_person_id: Annotated[
        schemas.Id,
        Field(
            description="The person who filed it: the petitioner, or a representative. You, where somebody "
            "without an account filed it and you signed it, too."
        ),
    ]
    on_behalf_of: Annotated[
        schemas.Id | None,
        Field(description="The petitioner for whom a representative filed it; null when nobody did."),
    ]
    mandate_id: Annotated[
        schemas.Id | None, Field(description="The mandate under which the representative filed it.")
    ]
    standing: Annotated[
        domain.Standing,
        Field(
            description="What it is to you: `OWN`, in your name; `CO_SIGNED`, of another, and you have "
            "signed it, too; `WITHDRAWN`, in your name, and you have withdrawn your signature.",
            examples=["OWN"],
        ),
    ] = domain.Standing.OWN
    sandbox: Annotated[
        bool,
        Field(
            description="True for one that was filed to test an application: no institution has it, and its "
            "number is of a register of that application's own.",
            examples=[False],
        ),
    ] = False


class PetitionSummaryView(_Registered):
    """A registered petition without its text."""

    @classmethod
    def of(cls, petition: domain.Summary) -> Self:
        """The view of a petition in a list."""
        return cls(**_members(petition))


class PetitionView(_Registered):
    """A registered petition."""

    text: Annotated[str, _TEXT]

    @classmethod
    def of(cls, petition: domain.Petition) -> Self:
        """The view of a whole petition."""
        return cls(**_members(petition), text=petition.text)


def _members(petition: domain.Summary) -> dict[str, Any]:
    entry = petition.registration
    return {
        "id": petition.id,
        "number": entry.number,
        "year": entry.year,
        "registration_label": petition.label,
        "registered_at": entry.registered_at,
        "registered_on": entry.registered_on,
        "answer_due_on": entry.answer_due_on,
        "answer_rule": AnswerRuleView(rule_id=entry.answer_rule_id, legal_basis=entry.answer_legal_basis),
        "state": petition.state,
        "institution": AddresseeView.of(petition.institution),
        "kind": petition.kind,
        "subject": petition.subject,
        "language": petition.language,
        "content_sha256": petition.content_sha256,
        "acting_person_id": petition.acting.person_id or petition.read_by,
        "on_behalf_of": petition.acting.on_behalf_of,
        "mandate_id": petition.acting.mandate_id,
        "standing": petition.standing,
        "sandbox": petition.is_sandbox,
    }
