"""What the API shows of institutions."""

from typing import Annotated, Self

from pydantic import Field

from hub_service.schemas import Id, LegalDate, LocalisedText, Resource

from ..domain.institutions import ContactKind, Institution, InstitutionKind
from .searching import Fit, FitOfItem
from .vocabulary import CountyCode, InstitutionCode, KeywordsView, Topic, Verified, Version


class AttributionView(Resource):
    """Something an institution deals with."""

    topic: Topic
    text: Annotated[LocalisedText, Field(description="What it deals with.")]
    keywords: Annotated[KeywordsView, Field(description="Words people look for it by.")]
    verified: Verified


class AliasView(Resource):
    """A former name or abbreviation."""

    name: Annotated[
        str, Field(max_length=200, examples=["DEPABD"], description="The former name, as it was.")
    ]
    valid_from: Annotated[LegalDate | None, Field(description="First day of the name, where it is known.")]
    valid_to: Annotated[LegalDate | None, Field(description="Last day of the name, where it is known.")]
    verified: Verified


class ContactView(Resource):
    """A way to reach an institution."""

    kind: Annotated[ContactKind, Field(description="What sort of contact it is.")]
    value: Annotated[
        str,
        Field(
            max_length=500,
            examples=["+40800800624"],
            description="A telephone number in E.164, an e-mail or web address, or a postal address.",
        ),
    ]
    purpose: Annotated[LocalisedText, Field(description="What it is for.")]
    verified: Verified


class InstitutionView(Resource):
    """An institution with what it deals with."""

    id: Annotated[Id, Field(description="The institution's id, the same in every installation.")]
    code: InstitutionCode
    version: Version
    names: Annotated[LocalisedText, Field(description="Its names; only the Romanian one is official.")]
    kind: Annotated[InstitutionKind, Field(description="What sort of body it is.")]
    parent_id: Annotated[Id | None, Field(description="The institution it is part of or subordinate to.")]
    counties: Annotated[
        list[CountyCode],
        Field(max_length=42, description="The counties it is competent for; empty for the whole country."),
    ]
    accepts_petitions: Annotated[bool, Field(description="Whether a petition can be addressed to it.")]
    attributions: Annotated[list[AttributionView], Field(max_length=100, description="What it deals with.")]
    aliases: Annotated[list[AliasView], Field(max_length=100, description="What it was called before.")]
    contacts: Annotated[list[ContactView], Field(max_length=100, description="How it is reached.")]
    valid_from: Annotated[LegalDate, Field(description="First day in this directory.")]
    valid_to: Annotated[LegalDate | None, Field(description="Last day; null while it goes on.")]
    successor_id: Annotated[Id | None, Field(description="The institution that took over its work.")]
    verified: Verified

    @classmethod
    def of(cls, institution: Institution) -> Self:
        """The view of an institution."""
        return cls.model_validate(institution, from_attributes=True)


class FoundInstitution(InstitutionView):
    """An institution, in a list that can be searched."""

    match: FitOfItem

    @classmethod
    def found(cls, institution: Institution, match: Fit | None) -> Self:
        """The view of an institution that was found."""
        shown = InstitutionView.of(institution)
        return cls.model_validate({**dict(shown), "match": match}, from_attributes=True)
