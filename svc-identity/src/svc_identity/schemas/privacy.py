"""Bodies about people's rights on their data."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from hub_core.language import Language
from hub_core.text import Line, Text
from hub_service import schemas
from hub_service.i18n import Texts

from ..domain import data_request, export
from ..domain.data_request import Answer, Kind, Request, State, Step, Wanted
from ..domain.export import Export
from ..operations.deletion import Consequences, Kept

LongText = Annotated[Text, Field(min_length=3, max_length=4_000)]
LegalBasis = Annotated[
    Line,
    Field(
        min_length=3,
        max_length=200,
        description="The law, with its article.",
        examples=["GDPR art. 17(3)(b)"],
    ),
]


class AskAboutData(schemas.Resource):
    """What a person asks, and of whom."""

    kind: Annotated[Kind, Field(description="Which right is used.", examples=["RECTIFICATION"])]
    field: Annotated[
        data_request.Field | None, Field(description="What is wrong; for a rectification only.")
    ] = None
    details: Annotated[
        LongText, Field(description="What is asked, in one's own words.", examples=["My name is misspelt."])
    ]
    institution_id: Annotated[
        schemas.Id | None, Field(description="The institution; the hub's operator when it is left out.")
    ] = None

    @model_validator(mode="after")
    def _names_its_field(self) -> Self:
        if (self.field is not None) != (self.kind is Kind.RECTIFICATION):
            raise PydanticCustomError("field", "A rectification, and nothing else, names the field")
        return self

    def wanted(self) -> Wanted:
        """The request, as a value."""
        return Wanted(self.kind, self.field, self.details, self.institution_id)


class DataRequestView(schemas.Resource):
    """A request about one's data, and what became of it."""

    id: Annotated[schemas.Id, Field(description="The request.")]
    institution_id: Annotated[schemas.Id, Field(description="The institution that answers.")]
    kind: Annotated[Kind, Field(description="Which right is used.", examples=["RECTIFICATION"])]
    field: Annotated[data_request.Field | None, Field(description="What is wrong.")]
    details: Annotated[
        str, Field(max_length=4_000, description="What was asked.", examples=["My name is misspelt."])
    ]
    state: Annotated[State, Field(description="Where it stands.", examples=["RECEIVED"])]
    received_at: Annotated[schemas.Instant, Field(description="When it was received.")]
    due_on: Annotated[schemas.LegalDate, Field(description="The last day for the answer.")]
    extended_at: Annotated[schemas.Instant | None, Field(description="When the term was extended.")]
    extension_reason: Annotated[
        str | None, Field(max_length=4_000, description="Why.", examples=["Three services hold the data."])
    ]
    forwarded_to: Annotated[
        str | None, Field(max_length=200, description="The register's owner.", examples=["DGEP"])
    ]
    forwarded_at: Annotated[schemas.Instant | None, Field(description="When it was forwarded.")]
    answer: Annotated[
        str | None,
        Field(
            max_length=4_000, description="The answer.", examples=["The name was corrected in all records."]
        ),
    ]
    legal_basis: Annotated[
        str | None,
        Field(max_length=200, description="The law of a refusal.", examples=["GDPR art. 17(3)(b)"]),
    ]
    kept_until: Annotated[
        schemas.LegalDate | None, Field(description="The end of the retention term of a refused erasure.")
    ]
    ended_at: Annotated[schemas.Instant | None, Field(description="When it ended.")]

    @classmethod
    def of(cls, request: Request) -> Self:
        """The view of a request."""
        return cls(**{name: getattr(request, name) for name in cls.model_fields})


class DataRequestForOfficeView(schemas.Resource):
    """A request as the data protection officer works on it."""

    request: Annotated[DataRequestView, Field(description="The request.")]
    person_id: Annotated[schemas.Id, Field(description="Who asks.")]
    steps: Annotated[list[Step], Field(max_length=8, description="What can be done with it now.")]

    @classmethod
    def of(cls, request: Request) -> Self:
        """The view of a request for an official."""
        return cls(
            request=DataRequestView.of(request), person_id=request.person_id, steps=sorted(request.steps)
        )


class DataRequestInQueueView(schemas.Resource):
    """A request that waits for an answer, without its words."""

    id: Annotated[schemas.Id, Field(description="The request.")]
    kind: Annotated[Kind, Field(description="Which right is used.", examples=["ERASURE"])]
    state: Annotated[State, Field(description="Where it stands.", examples=["RECEIVED"])]
    received_at: Annotated[schemas.Instant, Field(description="When it was received.")]
    due_on: Annotated[schemas.LegalDate, Field(description="The last day for the answer.")]

    @classmethod
    def of(cls, request: Request) -> Self:
        """The view of a request in a list."""
        return cls(**{name: getattr(request, name) for name in cls.model_fields})


class ExtendRequest(schemas.Resource):
    """Why two more months are needed."""

    reason: Annotated[
        LongText,
        Field(
            description="Why; the person reads it (GDPR art. 12(3)).",
            examples=["Three services hold the data."],
        ),
    ]


class ForwardRequest(schemas.Resource):
    """To whom the register belongs that the data come from."""

    register_owner: Annotated[
        Line,
        Field(min_length=2, max_length=200, description="The register.", examples=["SNIEP (DGEP)"]),
    ]


class GrantRequest(schemas.Resource):
    """What was done, in words for the person."""

    answer: Annotated[
        LongText,
        Field(description="The answer, for the person.", examples=["The name was corrected in all records."]),
    ]

    def given(self) -> Answer:
        """The answer, as a value."""
        return Answer(self.answer)


class RefuseRequest(schemas.Resource):
    """Why it is refused, by which law, and for how long where a retention term runs."""

    answer: Annotated[
        LongText,
        Field(description="The answer, for the person.", examples=["The name was corrected in all records."]),
    ]
    legal_basis: LegalBasis
    kept_until: Annotated[
        schemas.LegalDate | None,
        Field(description="The end of the retention term, where an erasure is refused for one."),
    ] = None

    def given(self) -> Answer:
        """The answer, as a value."""
        return Answer(self.answer, self.legal_basis, self.kept_until)


class AskForExport(schemas.Resource):
    """In which language the copy is written."""

    language: Annotated[Language, Field(description="The language of the PDF (ISO 639-1).", examples=["ro"])]


class ExportView(schemas.Resource):
    """A copy of one's data."""

    id: Annotated[schemas.Id, Field(description="The copy.")]
    language: Annotated[Language, Field(description="The language of the PDF.", examples=["ro"])]
    state: Annotated[export.State, Field(description="Where it stands.", examples=["READY"])]
    requested_at: Annotated[schemas.Instant, Field(description="When it was asked for.")]
    ready_at: Annotated[schemas.Instant | None, Field(description="When it was made.")]
    expires_at: Annotated[schemas.Instant | None, Field(description="When it is deleted.")]
    sha256: Annotated[
        str | None,
        Field(
            max_length=64,
            description="SHA-256 of the ZIP file, in hex.",
            examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
        ),
    ]

    @classmethod
    def of(cls, shown: Export) -> Self:
        """The view of a copy."""
        return cls(
            id=shown.id,
            language=shown.language,
            state=shown.state,
            requested_at=shown.requested_at,
            ready_at=shown.ready_at,
            expires_at=shown.expires_at,
            sha256=shown.sha256.hex() if shown.sha256 else None,
        )


class KeptView(schemas.Resource):
    """Something that stays."""

    what: Annotated[
        str,
        Field(
            max_length=400,
            description="What stays, in the caller's language.",
            examples=["Petitions in your name"],
        ),
    ]
    legal_basis: Annotated[
        str, Field(max_length=200, description="By which law.", examples=["Legea 16/1996 art. 14"])
    ]
    until: Annotated[
        schemas.LegalDate | None, Field(description="Until when; null where an archive decides.")
    ]

    @classmethod
    def of(cls, kept: Kept, texts: Texts, language: Language) -> Self:
        """The view of what stays."""
        return cls(what=texts.translate(language, kept.what), legal_basis=kept.legal_basis, until=kept.until)


class DeletionView(schemas.Resource):
    """What the deletion of one's account means."""

    goes: Annotated[
        list[Annotated[str, Field(max_length=400, examples=["Your account and its means of signing in"])]],
        Field(max_length=20, description="What goes at once, in the caller's language."),
    ]
    stays: Annotated[list[KeptView], Field(max_length=20, description="What stays, and why.")]

    @classmethod
    def of(cls, found: Consequences, texts: Texts, language: Language) -> Self:
        """The view of the consequences."""
        return cls(
            goes=[texts.translate(language, one) for one in found.goes],
            stays=[KeptView.of(one, texts, language) for one in found.stays],
        )


class DeleteAccount(schemas.Resource):
    """That the person knows what the deletion means."""

    understood: Annotated[bool, Field(description="Must be true: nothing brings the account back.")]

    @model_validator(mode="after")
    def _is_meant(self) -> Self:
        if not self.understood:
            raise PydanticCustomError("understood", "Say that you know what the deletion means")
        return self
