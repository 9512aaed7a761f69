"""What the API shows of institutions."""

from typing import Annotated, Self

from pydantic import Field

from hub_core.text import Line
from hub_service.schemas import Id, Instant, LegalDate, LocalisedText, Resource

from ..domain.institutions import (
    Alias,
    Attribution,
    Contact,
    ContactKind,
    Draft,
    Institution,
    InstitutionKind,
    Revision,
)
from ..domain.text import Keywords, Texts
from .searching import Fit, FitOfItem
from .vocabulary import CountyCode, InstitutionCode, KeywordsView, Reason, Topic, Verified, Version

NewWords = Annotated[
    tuple[Annotated[Line, Field(min_length=1, max_length=100)], ...],
    Field(max_length=100, description="Words people use, in this language."),
]


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
    addressee: Annotated[
        str | None,
        Field(
            max_length=300,
            description="How a letter to an authority outside the ministry is addressed, with {place} or "
            "{county} where there is one for each; null for those of the ministry.",
            examples=["Primăria {place}"],
        ),
    ]
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


class NewTexts(Resource):
    """A text in each language that the catalog holds; Romanian and English are always there."""

    ro: Annotated[
        Line,
        Field(
            min_length=1,
            max_length=2_000,
            examples=["Direcția Generală de Pașapoarte"],
            description="The Romanian, official text.",
        ),
    ]
    hu: Annotated[
        Line | None,
        Field(
            min_length=1,
            max_length=2_000,
            examples=["Útlevél-főigazgatóság"],
            description="The Hungarian text.",
        ),
    ] = None
    en: Annotated[
        Line,
        Field(
            min_length=1,
            max_length=2_000,
            examples=["General Directorate for Passports"],
            description="The English text.",
        ),
    ]

    def texts(self) -> Texts:
        """The text as a domain value."""
        return Texts(ro=self.ro, en=self.en, hu=self.hu)


class NewKeywords(Resource):
    """Words people look for it by, by language."""

    ro: NewWords = ()
    hu: NewWords = ()
    en: NewWords = ()


class NewAttribution(Resource):
    """Something the institution deals with."""

    topic: Topic
    text: Annotated[NewTexts, Field(description="What it deals with.")]
    keywords: Annotated[NewKeywords, Field(description="Words people look for it by.")] = NewKeywords()
    verified: Verified = False


class NewAlias(Resource):
    """A former name or abbreviation."""

    name: Annotated[
        Line,
        Field(min_length=2, max_length=200, examples=["DEPABD"], description="The former name, as it was."),
    ]
    verified: Verified = False
    valid_from: Annotated[LegalDate | None, Field(description="First day of the name.")] = None
    valid_to: Annotated[LegalDate | None, Field(description="Last day of the name.")] = None


class NewContact(Resource):
    """A way to reach the institution."""

    kind: Annotated[ContactKind, Field(description="What sort of contact it is.")]
    value: Annotated[
        Line,
        Field(
            min_length=3,
            max_length=500,
            examples=["+40800800624"],
            description="A telephone number in E.164, an e-mail or web address, or a postal address.",
        ),
    ]
    purpose: Annotated[NewTexts, Field(description="What it is for.")]
    verified: Verified = False


class InstitutionContent(Resource):
    """What the directory says of an institution, whole, and why it is written."""

    names: Annotated[NewTexts, Field(description="Its names; a former Romanian one is kept as an alias.")]
    kind: Annotated[InstitutionKind, Field(description="What sort of body it is.")]
    parent: Annotated[InstitutionCode | None, Field(description="Code of the one it is under.")] = None
    counties: Annotated[
        list[CountyCode], Field(max_length=42, description="Where it is competent; empty: everywhere.")
    ]
    accepts_petitions: Annotated[bool, Field(description="Whether a petition can be addressed to it.")]
    attributions: Annotated[list[NewAttribution], Field(max_length=100, description="What it deals with.")]
    aliases: Annotated[list[NewAlias], Field(max_length=100, description="What it was called before.")]
    contacts: Annotated[list[NewContact], Field(max_length=100, description="How it is reached.")]
    addressee: Annotated[
        Line | None,
        Field(
            min_length=3,
            max_length=300,
            description="How a letter to an authority outside the ministry is addressed; {place} and "
            "{county} stand for the place where there is one for each.",
            examples=["Primăria {place}"],
        ),
    ] = None
    valid_from: Annotated[LegalDate, Field(description="First day in the directory.")]
    valid_to: Annotated[LegalDate | None, Field(description="Last day, when it ends.")] = None
    successor: Annotated[InstitutionCode | None, Field(description="Code of who takes its work over.")] = None
    verified: Verified = False
    reason: Reason

    def draft(self, code: str) -> Draft:
        """The content as a domain value."""
        return Draft(
            code=code,
            names=self.names.texts(),
            kind=self.kind,
            parent=self.parent,
            counties=tuple(self.counties),
            accepts_petitions=self.accepts_petitions,
            addressee=self.addressee,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            successor=self.successor,
            verified=self.verified,
            attributions=tuple(
                Attribution(
                    each.topic,
                    each.text.texts(),
                    each.verified,
                    Keywords(each.keywords.ro, each.keywords.hu, each.keywords.en),
                )
                for each in self.attributions
            ),
            aliases=tuple(
                Alias(each.name, each.verified, each.valid_from, each.valid_to) for each in self.aliases
            ),
            contacts=tuple(
                Contact(each.kind, each.value, each.purpose.texts(), each.verified) for each in self.contacts
            ),
        )


class CreateInstitution(InstitutionContent):
    """A new institution with its code."""

    code: InstitutionCode


class InstitutionRevisionView(Resource):
    """A version of an institution in its history."""

    version: Version
    reason: Annotated[
        str,
        Field(
            max_length=2_000,
            examples=["HG nr. 100/2027"],
            description="Why it was changed, in Romanian.",
        ),
    ]
    changed_at: Annotated[Instant, Field(description="When.")]

    @classmethod
    def of(cls, revision: Revision) -> Self:
        """The view of a version; who made it is not shown to everybody."""
        return cls(version=revision.version, reason=revision.reason, changed_at=revision.changed_at)
