"""What the catalog tells of institutions."""

from datetime import date
from typing import ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from hub_events.envelope import Event

from ..domain.institutions import Attribution, Institution


class Titles(BaseModel):
    """A name in each language; Romanian is the official one."""

    model_config = ConfigDict(frozen=True)

    ro: str = Field(description="The Romanian, official name")
    hu: str = Field(description="The Hungarian name, not official; the Romanian one where there is none")
    en: str = Field(description="The English name, not official")


class AttributionTexts(BaseModel):
    """What an attribution is called; Romanian is the official text."""

    model_config = ConfigDict(frozen=True)

    ro: str = Field(description="The Romanian, official text")
    hu: str | None = Field(description="The Hungarian text, not official")
    en: str = Field(description="The English text, not official")


class AttributionKeywords(BaseModel):
    """What people call it when they do not use its name: the usual word first."""

    model_config = ConfigDict(frozen=True)

    ro: tuple[str, ...] = Field(description="In Romanian")
    hu: tuple[str, ...] = Field(description="In Hungarian")
    en: tuple[str, ...] = Field(description="In English")


class AttributionTold(BaseModel):
    """Something an institution deals with."""

    model_config = ConfigDict(frozen=True)

    topic: str = Field(description="The topic's code, such as PASSPORTS")
    texts: AttributionTexts = Field(description="What it is called")
    keywords: AttributionKeywords = Field(description="What people call it")


class InstitutionChanged(Event):
    """An institution is new in the catalog, or something about it has changed."""

    subject: ClassVar[str] = "hub.catalog.institution.changed.v1"
    key_field: ClassVar[str] = "institution_id"

    institution_id: UUID = Field(description="The institution's id, the same in every installation")
    code: str = Field(description="The institution's code, such as IPJ-CV")
    names: Titles = Field(description="The institution's names")
    kind: str = Field(description="What sort of body it is, such as COUNTY_POLICE")
    parent_id: UUID | None = Field(description="The institution it is under")
    county: str | None = Field(description="Vehicle code of its county; null when it has none or several")
    counties: tuple[str, ...] = Field(
        description="Vehicle codes of its counties; none when it is of the whole country"
    )
    aliases: tuple[str, ...] = Field(description="Former names and abbreviations that people still use")
    attributions: tuple[AttributionTold, ...] = Field(description="What it deals with")
    accepts_petitions: bool = Field(description="Whether a petition can be addressed to it")
    addressee: str | None = Field(
        description="How a letter to one outside the ministry is addressed, with {place} or {county} where "
        "there is one for each; null for those of the ministry"
    )
    valid_from: date = Field(description="First day in the directory, Europe/Bucharest")
    valid_to: date | None = Field(description="Last day in the directory; null while it goes on")

    @classmethod
    def of(cls, institution: Institution) -> Self:
        """The event of an institution's present version."""
        names = institution.names
        return cls(
            version=institution.version,
            institution_id=institution.id,
            code=institution.code,
            names=Titles(ro=names.ro, hu=names.hu or names.ro, en=names.en),
            kind=institution.kind,
            parent_id=institution.parent_id,
            county=institution.counties[0] if len(institution.counties) == 1 else None,
            counties=institution.counties,
            aliases=tuple(alias.name for alias in institution.aliases),
            attributions=tuple(map(_attribution, institution.attributions)),
            accepts_petitions=institution.accepts_petitions,
            addressee=institution.addressee,
            valid_from=institution.valid_from,
            valid_to=institution.valid_to,
        )


def _attribution(attribution: Attribution) -> AttributionTold:
    texts, keywords = attribution.text, attribution.keywords
    return AttributionTold(
        topic=attribution.topic,
        texts=AttributionTexts(ro=texts.ro, hu=texts.hu, en=texts.en),
        keywords=AttributionKeywords(ro=keywords.ro, hu=keywords.hu, en=keywords.en),
    )
