"""Links to history documents, as their holder and who opens them are shown them."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from hub_core import typed_codes
from hub_service import schemas

from ..domain.history_documents import CODE_LETTER
from ..domain.record_links import LinkState, Opening
from ..operations.record_links import Opened, Shown, Wanted
from .history_documents import HistoryCode, HistoryPeriodView, Sha256

_ONE_LINE = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"
_Openings = Annotated[
    int, Field(ge=1, le=10_000, strict=True, json_schema_extra={"format": "int32", "examples": [3]})
]

Secret = Annotated[
    str,
    Field(
        max_length=64,
        pattern=schemas.STORABLE,
        description=(
            "What stands behind `#` in the link. Case, blanks and hyphens do not count. What cannot be one "
            "is answered like one that does not exist."
        ),
        examples=["L-9ZQW-41HK-YB7T-E0RM"],
    ),
]


class MakeRecordLink(schemas.Resource):
    """Until when, for whom, and how often."""

    ends_at: Annotated[schemas.Instant, Field(description="From then on it opens nothing.")]
    note: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=200,
            pattern=_ONE_LINE,
            description="Whom it is for, in your own words; only you read it.",
            examples=["Transport Exemplu SRL"],
        ),
    ] = None
    most_openings: Annotated[
        _Openings | None, Field(description="How often it can be opened; null for no bound.")
    ] = None

    def wanted(self) -> Wanted:
        """The same as the operation takes it."""
        return Wanted(self.ends_at, self.note.strip() if self.note else None, self.most_openings)


class RecordLinkView(schemas.Resource):
    """A link to a history document, for its holder."""

    id: Annotated[schemas.Id, Field(description="The link's identifier.")]
    address: Annotated[
        str,
        Field(
            max_length=200,
            description=(
                "What you hand on. What stands behind `#` opens it, and no browser sends that to a server."
            ),
            examples=["https://hub.example/histories/link#L-9ZQW-41HK-YB7T-E0RM"],
        ),
    ]
    note: Annotated[
        str | None,
        Field(max_length=200, description="Whom it is for.", examples=["Transport Exemplu SRL"]),
    ]
    state: Annotated[LinkState, Field(description="Whether it opens anything now.")]
    made_at: Annotated[schemas.Instant, Field(description="When it was made.")]
    ends_at: Annotated[schemas.Instant, Field(description="From then on it opens nothing.")]
    most_openings: Annotated[
        _Openings | None, Field(description="How often it can be opened; null for no bound.")
    ]
    openings: Annotated[schemas.Int32, Field(description="How often it was opened.", examples=[1])]
    revoked_at: Annotated[schemas.Instant | None, Field(description="When it was revoked.")]

    @classmethod
    def of(cls, shown: Shown, origin: str, now: datetime) -> Self:
        """The view of a link."""
        link = shown.link
        return cls(
            id=link.id,
            address=f"{origin}/histories/link#{shown.secret}",
            note=link.note,
            state=link.state(now),
            made_at=link.made_at,
            ends_at=link.ends_at,
            most_openings=link.most_openings,
            openings=link.openings,
            revoked_at=link.revoked_at,
        )


class RecordLinkOpeningView(schemas.Resource):
    """One opening of a link, for its holder. Nobody has checked what who opened it says of themselves."""

    id: Annotated[schemas.Id, Field(description="The opening's identifier.")]
    at: Annotated[schemas.Instant, Field(description="When it was opened.")]
    organisation: Annotated[
        str, Field(max_length=200, description="Who they say they are.", examples=["Transport Exemplu SRL"])
    ]
    purpose: Annotated[
        str, Field(max_length=200, description="What they say it is for.", examples=["angajare ca șofer"])
    ]

    @classmethod
    def of(cls, opening: Opening) -> Self:
        """The view of an opening."""
        return cls(id=opening.id, at=opening.at, organisation=opening.organisation, purpose=opening.purpose)


class OpenRecordLink(schemas.Resource):
    """The secret of a link, and who opens it."""

    secret: Secret
    organisation: Annotated[
        str,
        Field(
            min_length=1,
            max_length=200,
            pattern=_ONE_LINE,
            description="Who you are: the organisation. The holder reads it.",
            examples=["Transport Exemplu SRL"],
        ),
    ]
    purpose: Annotated[
        str,
        Field(
            min_length=1,
            max_length=200,
            pattern=_ONE_LINE,
            description="What you open it for. The holder reads it.",
            examples=["angajare ca șofer"],
        ),
    ]


class FetchByRecordLink(schemas.Resource):
    """The secret of a link, and an opening of it."""

    secret: Secret
    opening_id: Annotated[schemas.Id, Field(description="What opening the link has answered.")]


class OpenedRecordLinkView(schemas.Resource):
    """A history document that a link has opened. What it says stands in its sealed file."""

    opening_id: Annotated[schemas.Id, Field(description="By it the file is fetched.")]
    until: Annotated[schemas.Instant, Field(description="Until when the file can be fetched by it.")]
    number: Annotated[str, Field(max_length=24, description="Series and number.", examples=["IS 0000123"])]
    period: Annotated[HistoryPeriodView, Field(description="The days of finding that it is about.")]
    issued_at: Annotated[schemas.Instant, Field(description="The instant whose situation it shows.")]
    code: Annotated[
        HistoryCode,
        Field(description="What it is verified by, now and later.", examples=["T-K7QF-2M9X-T4PA-8WDC"]),
    ]
    sha256: Sha256

    @classmethod
    def of(cls, given: Opened) -> Self:
        """The view of what an opening gives."""
        document = given.document
        return cls(
            opening_id=given.opening.id,
            until=given.until,
            number=document.label,
            period=HistoryPeriodView.of(document.span),
            issued_at=document.issued_at,
            code=typed_codes.grouped(document.code, CODE_LETTER),
            sha256=document.file_sha256.hex(),
        )
