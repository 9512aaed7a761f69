"""History documents, as their holder and who verifies them are shown them."""

from typing import Annotated, Self

from pydantic import Field

from hub_core import typed_codes
from hub_core.rules import Option
from hub_service import schemas

from ..domain.history_documents import CODE_LETTER, FileSeal, HistoryDocument, Span, Verified
from ..operations.history_documents import Wanted

HistoryMotive = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$",
        max_length=64,
        json_schema_extra={"examples": ["angajare"]},
    ),
]
HistoryCode = Annotated[str, Field(max_length=24, pattern=r"^T(-[0-9A-Z]{4}){4}$")]
Sha256 = Annotated[
    str,
    Field(
        max_length=64,
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 of the file as it was issued.",
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
    ),
]


class HistoryMotiveView(schemas.Resource):
    """What a history document may be asked for."""

    code: Annotated[HistoryMotive, Field(description="The code that a request names.")]
    name: Annotated[schemas.LocalisedText, Field(description="What it is called.")]

    @classmethod
    def of(cls, option: Option) -> Self:
        """The view of an option of the list."""
        texts = {str(name): text for name, text in option.texts.items()}
        return cls(code=option.code, name=schemas.LocalisedText.of(texts))


class HistoryMotivesView(schemas.Resource):
    """The motives of a day."""

    items: Annotated[list[HistoryMotiveView], Field(max_length=200, description="In the order of the list.")]


class HistoryPeriodView(schemas.Resource):
    """The days of finding that a document is about; with neither, everything."""

    first: Annotated[
        schemas.LegalDate | None, Field(description="The first day; null from the first entry on.")
    ] = None
    last: Annotated[schemas.LegalDate | None, Field(description="The last day; null up to the issue.")] = None

    @classmethod
    def of(cls, span: Span) -> Self:
        """The view of a period."""
        return cls(first=span.first, last=span.last)


class RequestHistory(schemas.Resource):
    """What for, and of which days."""

    motive: Annotated[HistoryMotive, Field(description="What it is for: a code of the list of motives.")]
    period: Annotated[HistoryPeriodView, Field(description="Leave it out for everything.")] = (
        HistoryPeriodView()
    )

    def wanted(self) -> Wanted:
        """The same as the operation takes it."""
        return Wanted(self.motive, Span(self.period.first, self.period.last))


class HistoryDocumentView(schemas.Resource):
    """A history document. What it says stands in its sealed file only."""

    id: Annotated[schemas.Id, Field(description="The document's identifier.")]
    number: Annotated[str, Field(max_length=24, description="Series and number.", examples=["IS 0000123"])]
    motive: Annotated[HistoryMotive, Field(description="What it was asked for.")]
    period: Annotated[HistoryPeriodView, Field(description="The days of finding that it is about.")]
    issued_at: Annotated[schemas.Instant, Field(description="The instant whose situation it shows.")]
    code: Annotated[
        HistoryCode,
        Field(description="What anybody verifies it by.", examples=["T-K7QF-2M9X-T4PA-8WDC"]),
    ]
    sha256: Sha256
    size: Annotated[schemas.Int32, Field(description="Bytes of the file.", examples=[48213])]

    @classmethod
    def of(cls, document: HistoryDocument) -> Self:
        """The view of a document."""
        return cls(
            id=document.id,
            number=document.label,
            motive=document.motive,
            period=HistoryPeriodView.of(document.span),
            issued_at=document.issued_at,
            code=typed_codes.grouped(document.code, CODE_LETTER),
            sha256=document.file_sha256.hex(),
            size=document.file_bytes,
        )


class HistoryVerificationView(schemas.Resource):
    """Whether a history document is genuine. The form is the same for every answer.

    It tells nobody's name, nothing of what the document says, and nothing of what came after it.
    """

    is_genuine: Annotated[
        bool, Field(description="Whether the hub has sealed it, exactly so.", examples=[True])
    ]
    number: Annotated[
        str | None, Field(max_length=24, description="Series and number.", examples=["IS 0000123"])
    ]
    issued_at: Annotated[schemas.Instant | None, Field(description="The instant whose situation it shows.")]
    period: Annotated[HistoryPeriodView | None, Field(description="The days of finding that it is about.")]
    sha256: Sha256 | None
    seal: Annotated[
        FileSeal | None,
        Field(
            description=(
                "What the seal of the file says: INTACT; ALTERED since it was sealed; UNTRUSTED, sealed by "
                "somebody else; REVOKED_SEAL, with a certificate that was revoked; NOT_SEALED; NOT_A_PDF, "
                "or one that cannot be read. Null where no file was given."
            )
        ),
    ]

    @classmethod
    def of(cls, found: Verified | None, seal: FileSeal | None = None) -> Self:
        """The view of an answer."""
        return cls(
            is_genuine=found is not None,
            number=found and found.label,
            issued_at=found and found.issued_at,
            period=HistoryPeriodView.of(found.span) if found else None,
            sha256=found and found.sha256.hex(),
            seal=seal,
        )
