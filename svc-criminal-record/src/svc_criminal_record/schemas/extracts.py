"""Extracts, as institutions and people are shown them."""

from datetime import datetime
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, Field
from sqlalchemy import RowMapping

from hub_core import cnp
from hub_core.text import Line
from hub_service.schemas import STORABLE, Id, Instant, Int32, LocalisedText, Resource

from ..domain.certificates import Standing
from ..domain.extracts import BATCH_MOST, Batch, ExtractState, Result, Subject
from ..operations.extracts import Asked, Progress
from .consents import InstitutionView
from .motives import MotiveCode


def _without_number(text: str) -> str:
    if any(cnp.find(text)):
        raise ValueError("a reference holds no personal number")
    return text


Reference = Annotated[
    str,
    Field(
        min_length=1,
        max_length=64,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._:/-]*$",
        json_schema_extra={"examples": ["2026/117-4"]},
    ),
    AfterValidator(_without_number),
]
"""An institution's own reference of a file; it stands on the extract, and holds no personal number."""

_AN_ID: Final = "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"

Name = Annotated[Line, Field(min_length=1, max_length=100)]


class AskedPerson(Resource):
    """Somebody whose extract is asked for."""

    reference: Annotated[Reference, Field(description="Your own reference; its answer carries it.")]
    cnp: Annotated[
        str,
        Field(
            min_length=1,
            max_length=40,
            pattern=STORABLE,
            description="The person's CNP. One that is none is answered with INVALID.",
            json_schema_extra={"examples": ["1850312149006"]},
        ),
    ]
    family_name: Annotated[
        Name, Field(description="The family name.", json_schema_extra={"examples": ["Popescu"]})
    ]
    given_name: Annotated[
        Name, Field(description="The given names.", json_schema_extra={"examples": ["Ana Maria"]})
    ]

    def asked(self) -> Asked:
        """The same for the operation."""
        return Asked(
            self.reference,
            Subject(cnp=self.cnp, family_name=self.family_name, given_name=self.given_name),
        )


class AskExtracts(Resource):
    """Up to a thousand people whose extracts are asked for, for one motive."""

    motive: Annotated[MotiveCode, Field(description="What for: the motive that the people consented to.")]
    items: Annotated[
        list[AskedPerson],
        Field(min_length=1, max_length=BATCH_MOST, description="The people, each with your own reference."),
    ]


class ExtractCountsView(Resource):
    """How many items of a batch stand where."""

    waiting: Annotated[Int32, Field(description="Not decided yet.")]
    issued: Annotated[Int32, Field(description="The extract can be fetched.")]
    no_consent: Annotated[Int32, Field(description="No consent was in force at the moment of the decision.")]
    needs_look: Annotated[Int32, Field(description="The register does not answer without an officer.")]
    invalid: Annotated[Int32, Field(description="What was given as CNP is none.")]
    revoked: Annotated[Int32, Field(description="Of those issued, how many were revoked since.")]


class ExtractBatchSummaryView(Resource):
    """One call of your institution."""

    id: Annotated[Id, Field(description="The batch's identifier.")]
    motive: Annotated[MotiveCode, Field(description="What for.")]
    created_at: Annotated[Instant, Field(description="When it was taken.")]
    finished_at: Annotated[Instant | None, Field(description="When its last item was decided; else null.")]

    @classmethod
    def of(cls, batch: Batch) -> Self:
        """The view of a batch."""
        return cls(
            id=batch.id, motive=batch.motive, created_at=batch.created_at, finished_at=batch.finished_at
        )


class ExtractBatchView(ExtractBatchSummaryView):
    """One call of your institution, and how far it has come."""

    counts: Annotated[ExtractCountsView, Field(description="How many items stand where.")]

    @classmethod
    def of_progress(cls, progress: Progress) -> Self:
        """The view of a batch with its counts."""
        counted: dict[str, Any] = {
            state.value.lower(): progress.counts.get(state, 0) for state in ExtractState
        }
        summary = ExtractBatchSummaryView.of(progress.batch)
        counts = ExtractCountsView(**counted, revoked=progress.revoked)
        return cls(**dict(summary), counts=counts)


class ExtractItemView(Resource):
    """What came of one person of a batch."""

    id: Annotated[Id, Field(description="The item's identifier.")]
    reference: Annotated[Reference, Field(description="Your own reference.")]
    state: Annotated[
        ExtractState,
        Field(
            description=(
                "NO_CONSENT whether the person is known or not. NEEDS_LOOK: ask the person for the "
                "certificate. ISSUED: fetch the document."
            )
        ),
    ]
    decided_at: Annotated[Instant | None, Field(description="When it was decided; null until then.")]
    document: Annotated[
        str | None,
        Field(
            max_length=200,
            description="Where the sealed extract is fetched; null unless there is one that is valid.",
            json_schema_extra={
                "examples": [f"/criminal-record/v1/extract-batches/{_AN_ID}/items/{_AN_ID}/document"]
            },
        ),
    ]
    standing: Annotated[
        Standing | None,
        Field(
            description="How the extract stands: use none that is REVOKED. Null unless issued.",
            examples=["VALID"],
        ),
    ]
    revoked_at: Annotated[Instant | None, Field(description="When it was revoked; else null.")]

    @classmethod
    def of(cls, result: Result, address: str, now: datetime) -> Self:
        """The view of an item; `address` is that of its batch's items."""
        standing = result.standing(now)
        return cls(
            id=result.id,
            reference=result.reference,
            state=result.state,
            decided_at=result.decided_at,
            document=f"{address}/{result.id}/document" if standing is Standing.VALID else None,
            standing=standing,
            revoked_at=result.revoked_at,
        )


class GivenExtractView(Resource):
    """An extract about you that an institution was given."""

    id: Annotated[Id, Field(description="The extract's identifier.")]
    institution: Annotated[InstitutionView, Field(description="Who was given it.")]
    motive: Annotated[MotiveCode, Field(description="What for.")]
    consent_id: Annotated[Id, Field(description="The consent it was given on.")]
    given_at: Annotated[Instant, Field(description="When it was given.")]
    revoked_at: Annotated[
        Instant | None, Field(description="When an officer revoked it, so that it is without effect.")
    ]

    @classmethod
    def of(cls, row: RowMapping) -> Self:
        """The view of a row of `storage.extracts.about`."""
        return cls(
            id=row["id"],
            institution=InstitutionView(
                id=row["institution_id"], names=LocalisedText.of(row["institution_names"])
            ),
            motive=row["motive"],
            consent_id=row["consent_id"],
            given_at=row["decided_at"],
            revoked_at=row["revoked_at"],
        )
