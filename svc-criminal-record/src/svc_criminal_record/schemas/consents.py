"""Consents, as a caller is shown them."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from hub_service.schemas import Id, Instant, LegalDate, LocalisedText, Resource

from ..domain.consents import ConsentState
from ..domain.institutions import Institution
from ..operations.consents import Given
from .motives import MotiveCode


class InstitutionView(Resource):
    """An institution of the catalog."""

    id: Annotated[Id, Field(description="Its identifier in the catalog.")]
    names: Annotated[LocalisedText, Field(description="What it is called.")]

    @classmethod
    def of(cls, institution: Institution) -> Self:
        """The view of an institution."""
        return cls(id=institution.id, names=LocalisedText.of(dict(institution.names)))


class GiveConsent(Resource):
    """Whom you let ask, what for, until when."""

    institution_id: Annotated[Id, Field(description="The institution, by its identifier in the catalog.")]
    motive: Annotated[MotiveCode, Field(description="What it may ask for; it may for nothing else.")]
    valid_until: Annotated[
        LegalDate,
        Field(
            description="The last day; as far away as the rule `criminal-record.consent` lets it be.",
            json_schema_extra={"examples": ["2026-12-31"]},
        ),
    ]


class ConsentView(Resource):
    """A consent that you have given."""

    id: Annotated[Id, Field(description="The consent's identifier.")]
    institution: Annotated[InstitutionView, Field(description="Who may ask.")]
    motive: Annotated[MotiveCode, Field(description="What for.")]
    given_at: Annotated[Instant, Field(description="When you gave it.")]
    valid_until: Annotated[LegalDate, Field(description="Its last day.")]
    revoked_at: Annotated[
        Instant | None, Field(description="When you took it back, or gave another in its place; else null.")
    ]
    state: Annotated[ConsentState, Field(description="Whether the institution may ask now.")]

    @classmethod
    def of(cls, given: Given, now: datetime) -> Self:
        """The view of a consent."""
        consent = given.consent
        return cls(
            id=consent.id,
            institution=InstitutionView.of(given.institution),
            motive=consent.motive,
            given_at=consent.given_at,
            valid_until=consent.valid_until,
            revoked_at=consent.revoked_at,
            state=consent.state(now),
        )
