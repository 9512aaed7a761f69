"""Requests, as a caller sends and sees them: nothing here tells what stands in the register."""

from typing import Annotated, Any, Final, Self

from pydantic import ConfigDict, Field, JsonValue

from hub_core.language import Language
from hub_core.rules import Option
from hub_core.text import Line
from hub_service import schemas

from ..domain.certificates import Certificate
from ..domain.products import Channel, HolderKind, Product
from ..domain.requests import MOTIVE_TEXT_MAX, Request, Step
from ..domain.review import InviteReason
from ..domain.states import RefusalReason, State
from ..operations.requests import Listed, Shown, Wish
from ..storage.requests import Summary
from .motives import MotiveCode

_EXAMPLE: Final[dict[str, JsonValue]] = {"motive": "angajare", "language": "ro"}
StateField = Annotated[
    State,
    Field(
        description="Where it stands: AUTO_CHECK while the register is asked, MANUAL_REVIEW while an officer "
        "looks at it, NEEDS_COUNTER when you are invited to a counter.",
        examples=["ISSUED"],
    ),
]
ProductField = Annotated[
    Product,
    Field(
        description="CRIMINAL_RECORD (certificat de cazier judiciar) or INTEGRITY (certificat de "
        "integritate comportamentală, asked for at a counter only).",
        examples=["CRIMINAL_RECORD"],
    ),
]


class CreateCertificateRequest(schemas.Resource):
    """What a certificate is asked for; whose it is says the token."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    motive: Annotated[MotiveCode, Field(description="A motive of today's list.")]
    motive_text: Annotated[
        Line | None,
        Field(
            min_length=3,
            max_length=MOTIVE_TEXT_MAX,
            description="The other motive in your own words, for `alt-motiv` and for no other; an officer "
            "reads it.",
            examples=["dosar de tutelă"],
        ),
    ] = None
    language: Annotated[
        Language, Field(description="In which language you are written to (ISO 639-1).", examples=["ro"])
    ] = Language.RO

    def wish(self) -> Wish:
        """What was sent, as a value."""
        return Wish(self.motive, self.motive_text, self.language)


class StepView(schemas.Resource):
    """One step of a request."""

    state: StateField
    at: Annotated[schemas.Instant, Field(description="When it came there.")]

    @classmethod
    def of(cls, step: Step) -> Self:
        """The view of a step: neither who did it nor why."""
        return cls(state=step.state, at=step.at)


class CertificateLink(schemas.Resource):
    """The certificate of a request."""

    id: Annotated[schemas.Id, Field(description="The certificate's identifier.")]
    label: Annotated[str, Field(max_length=32, description="Its series and number.", examples=["CJ 0048213"])]
    issued_at: Annotated[schemas.Instant, Field(description="When it was issued.")]
    valid_until: Annotated[schemas.LegalDate, Field(description="Its last day, in Europe/Bucharest.")]
    file: Annotated[
        str,
        Field(
            max_length=200,
            description="Where the sealed PDF is fetched while the certificate is valid.",
            examples=["/criminal-record/v1/certificates/0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70/file"],
        ),
    ]
    revoked_at: Annotated[
        schemas.Instant | None, Field(description="Since when it is revoked; read the certificate for why.")
    ]
    superseded_by: Annotated[
        schemas.Id | None, Field(description="The corrected certificate that took its place: fetch that one.")
    ]

    @classmethod
    def of(cls, certificate: Certificate) -> Self:
        """The link to a certificate."""
        return cls(
            id=certificate.id,
            label=certificate.label,
            issued_at=certificate.issued_at,
            valid_until=certificate.valid_until,
            file=f"/criminal-record/v1/certificates/{certificate.id}/file",
            revoked_at=certificate.revoked_at,
            superseded_by=certificate.superseded_by,
        )


class RequestSummaryView(schemas.Resource):
    """A request without its steps."""

    id: Annotated[schemas.Id, Field(description="The request's identifier.")]
    number: Annotated[schemas.Int32, Field(ge=1, description="Its number.", examples=[123])]
    label: Annotated[
        str,
        Field(
            max_length=32,
            description="Number and date, as they are written and quoted.",
            examples=["123/22.11.2026"],
        ),
    ]
    product: ProductField
    channel: Annotated[Channel, Field(description="Where it was asked for.", examples=["ONLINE"])]
    state: StateField
    motive: Annotated[MotiveCode, Field(description="What it is for.")]
    requested_on: Annotated[
        schemas.LegalDate, Field(description="The date of the request in Europe/Bucharest.")
    ]
    submitted_at: Annotated[schemas.Instant, Field(description="When it was sent.")]
    due_on: Annotated[schemas.LegalDate, Field(description="The last day of the legal term.")]
    counter_until: Annotated[
        schemas.LegalDate | None,
        Field(description="The last day for coming to the counter, when you are invited to one."),
    ]
    acting_person_id: Annotated[
        schemas.Id | None,
        Field(description="The person who asked online: the holder, or a representative."),
    ]
    mandate_id: Annotated[
        schemas.Id | None, Field(description="The mandate under which a representative asked.")
    ]
    certificate: Annotated[CertificateLink | None, Field(description="The certificate, once it is issued.")]

    @classmethod
    def listed(cls, one: Listed) -> Self:
        """The view of a request in a list."""
        return cls(**_members(one.summary, one.certificate))


class RedressView(schemas.Resource):
    """Something that can be done against a refusal (Law 554/2004)."""

    code: Annotated[str, Field(max_length=32, description="Stable, for programs.", examples=["COURT"])]
    text: Annotated[schemas.LocalisedText, Field(description="What to do, and by when.")]

    @classmethod
    def of(cls, option: Option) -> Self:
        """The view of an option of the rule table."""
        texts = {str(name): text for name, text in option.texts.items()}
        return cls(code=option.code, text=schemas.LocalisedText.of(texts))


class RequestView(RequestSummaryView):
    """A request."""

    holder_kind: Annotated[HolderKind, Field(description="Whose record it is.", examples=["PERSON"])]
    motive_text: Annotated[
        str | None,
        Field(
            max_length=MOTIVE_TEXT_MAX,
            description="The other motive, in the words it was asked in.",
            examples=["dosar de tutelă"],
        ),
    ]
    invited_for: Annotated[
        InviteReason | None,
        Field(
            description="Why you are invited to a counter, until you come: any police unit's that issues the "
            "certificate, or the one where you asked. Bring your identity document.",
            examples=["IDENTITY_TO_PROVE"],
        ),
    ]
    refusal_reason: Annotated[
        RefusalReason | None, Field(description="Why it was refused, if it was; your rights stand with it.")
    ]
    refusal_text: Annotated[
        str | None,
        Field(
            max_length=4_000,
            description="The written reason of the refusal.",
            examples=["Documentul prezentat nu mai este valabil."],
        ),
    ]
    redress: Annotated[
        list[RedressView],
        Field(max_length=10, description="What can be done against a refusal; empty for all others."),
    ]
    steps: Annotated[list[StepView], Field(max_length=20, description="What has happened, in order.")]

    @classmethod
    def of(cls, shown: Shown) -> Self:
        """The view of a request."""
        request = shown.request
        return cls(
            **_members(request, shown.certificate),
            holder_kind=request.holder.kind,
            motive_text=request.motive_text,
            invited_for=shown.invited_for,
            refusal_reason=request.refusal_reason,
            refusal_text=request.refusal_text,
            redress=[RedressView.of(option) for option in shown.redress],
            steps=[StepView.of(step) for step in shown.steps],
        )


def _members(request: Request | Summary, certificate: Certificate | None) -> dict[str, Any]:
    return {
        "id": request.id,
        "number": request.number,
        "label": f"{request.number}/{request.requested_on:%d.%m.%Y}",
        "product": request.product,
        "channel": request.channel,
        "state": request.state,
        "motive": request.motive,
        "requested_on": request.requested_on,
        "submitted_at": request.submitted_at,
        "due_on": request.due_on,
        "counter_until": request.counter_until,
        "acting_person_id": request.acting_person_id,
        "mandate_id": request.mandate_id,
        "certificate": CertificateLink.of(certificate) if certificate else None,
    }
