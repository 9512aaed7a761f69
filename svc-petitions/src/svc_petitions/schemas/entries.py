"""What registrars enter, and the slip."""

from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue, model_validator

from hub_core.text import Line, Text
from hub_service import schemas

from ..domain import petitioners as people
from ..domain import petitions as domain
from ..operations.entries import Slip, Wanted
from ..operations.guests import Filed
from .attachments import AttachmentIds
from .institutions import AddresseeView
from .petitioners import AccountPetitioner, NamedPetitioner
from .petitions import AnswerWanted, AudienceTopic, IsPetition, Kind, WrittenIn, refuse_silence

_EXAMPLE: Final[dict[str, JsonValue]] = {
    "channel": "POST",
    "received_on": "2026-11-20",
    "kind": "REQUEST",
    "subject": "Programul ghișeului de pașapoarte",
    "text": "Vă rog să îmi comunicați programul de lucru cu publicul în luna decembrie.",
    "language": "ro",
    "petitioners": [
        {
            "family_name": "Popescu",
            "given_name": "Ana",
            "address": "Strada Exemplului nr. 1, 400001 Cluj-Napoca",
        }
    ],
}

ChannelField = Annotated[
    domain.Channel,
    Field(
        description="How it came: ONLINE by an account, GUEST online without one, or another way.",
        examples=["POST"],
    ),
]


class EnterPetition(schemas.Resource):
    """What came on paper, by telephone, by e-mail or at the counter."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    channel: Annotated[
        Literal[domain.Channel.POST, domain.Channel.COUNTER, domain.Channel.EMAIL, domain.Channel.PHONE],
        Field(description="How it came.", examples=["POST"]),
    ]
    received_on: Annotated[
        schemas.LegalDate,
        Field(description="The day on which it came to the institution. It is registered today."),
    ]
    kind: Kind
    subject: Annotated[
        Line,
        Field(
            min_length=1,
            max_length=domain.SUBJECT_MAX,
            description="What it is about, in one line.",
            examples=["Programul ghișeului de pașapoarte"],
        ),
    ]
    text: Annotated[
        Text,
        Field(
            min_length=1,
            max_length=domain.TEXT_MAX,
            description="The petition itself, or what was said on the telephone.",
            examples=["Petiționara întreabă care este programul de lucru cu publicul în decembrie."],
        ),
    ]
    language: WrittenIn
    is_petition: IsPetition = False
    audience_topic: AudienceTopic = None
    answer_wanted: AnswerWanted = True
    complains_of: Annotated[
        schemas.Id | None,
        Field(
            description="With INFO_544_COMPLAINT: the request for public information of which it complains. "
            "The two are linked."
        ),
    ] = None
    attachment_ids: Annotated[AttachmentIds, Field(default_factory=list)]
    petitioners: Annotated[
        list[NamedPetitioner | AccountPetitioner],
        Field(
            max_length=people.MOST,
            description="Who signed it, the first one first. None of a petition without the data by which "
            "somebody is identified: it is anonymous (OG 27/2002 art. 7).",
        ),
    ]

    @model_validator(mode="after")
    def _is_answered(self) -> Self:
        if self.complains_of and self.kind is not domain.PetitionKind.INFO_544_COMPLAINT:
            raise ValueError("only an administrative complaint complains of a request")
        refuse_silence(self.kind, answer_wanted=self.answer_wanted)
        return self

    def wanted(self, institution_id: UUID) -> Wanted:
        """What was entered, as a value; it is registered where the registrar works."""
        return Wanted(
            channel=self.channel,
            received_on=self.received_on,
            submission=domain.Submission(
                institution_id=institution_id,
                kind=self.kind,
                subject=self.subject,
                text=self.text,
                language=self.language,
                is_petition=self.is_petition,
                topic=self.audience_topic,
                answer_wanted=self.answer_wanted,
                attachment_ids=tuple(dict.fromkeys(self.attachment_ids)),
            ),
            petitioners=[one.petitioner() for one in self.petitioners],
            complains_of=self.complains_of,
            alone=[
                one.birth_date
                for one in self.petitioners
                if isinstance(one, NamedPetitioner) and one.birth_date and one.signs_alone
            ],
        )


class _Slip(schemas.Resource):
    id: Annotated[schemas.Id, Field(description="The petition's identifier.")]
    number: Annotated[
        schemas.Int32, Field(ge=1, description="Its number in the register of the year.", examples=[123])
    ]
    year: Annotated[schemas.Int32, Field(description="The year of the register.", examples=[2026])]
    registration_label: Annotated[
        str,
        Field(
            max_length=32,
            description="Number and date of registration, as they are quoted.",
            examples=["123/21.11.2026"],
        ),
    ]
    code: Annotated[
        str,
        Field(
            max_length=20,
            description="With the number it tells anybody how the petition stands. Keep it.",
            examples=["K7QF2M9X"],
        ),
    ]
    institution: AddresseeView
    registered_at: Annotated[schemas.Instant, Field(description="The instant of registration.")]
    registered_on: Annotated[
        schemas.LegalDate, Field(description="The date of registration in Europe/Bucharest.")
    ]
    answer_due_on: Annotated[schemas.LegalDate, Field(description="The last day for the answer.")]
    kind: Kind
    channel: ChannelField


class GuestSlipView(_Slip):
    """A petition that was registered, as its slip says (bonul)."""

    @classmethod
    def of(cls, filed: Filed) -> Self:
        """The slip of what was filed without an account."""
        return cls(**_members(filed.petition, filed.code))


class SlipView(_Slip):
    """A petition that a registrar entered, as its slip says (bonul)."""

    received_on: Annotated[schemas.LegalDate, Field(description="The day on which it came in.")]
    register_by: Annotated[
        schemas.LegalDate,
        Field(description="The last day on which it had to reach the register (OMAI 33/2020)."),
    ]
    is_late: Annotated[
        bool, Field(description="Whether it reached the register after that day.", examples=[False])
    ]

    @classmethod
    def of(cls, slip: Slip) -> Self:
        """The view of a slip."""
        return cls(
            **_members(slip.petition, slip.code),
            received_on=slip.received_on,
            register_by=slip.register_by,
            is_late=slip.is_late,
        )


def _members(petition: domain.Petition, code: str) -> dict[str, Any]:
    entry = petition.registration
    return {
        "id": petition.id,
        "number": entry.number,
        "year": entry.year,
        "registration_label": entry.label,
        "code": code,
        "institution": AddresseeView.of(petition.institution),
        "registered_at": entry.registered_at,
        "registered_on": entry.registered_on,
        "answer_due_on": entry.answer_due_on,
        "kind": petition.kind,
        "channel": petition.channel,
    }
