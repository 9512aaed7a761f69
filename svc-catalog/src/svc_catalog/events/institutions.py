"""What the catalog tells of institutions."""

from datetime import date
from typing import ClassVar, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from hub_events.envelope import Event

from ..domain.institutions import Institution


class Titles(BaseModel):
    """A name in each language; Romanian is the official one."""

    model_config = ConfigDict(frozen=True)

    ro: str = Field(description="The Romanian, official name")
    hu: str = Field(description="The Hungarian name, not official; the Romanian one where there is none")
    en: str = Field(description="The English name, not official")


class InstitutionChanged(Event):
    """An institution is new in the catalog, or something about it has changed."""

    subject: ClassVar[str] = "hub.catalog.institution.changed.v1"
    key_field: ClassVar[str] = "institution_id"

    institution_id: UUID = Field(description="The institution's id, the same in every installation")
    code: str = Field(description="The institution's code, such as IPJ-CV")
    names: Titles = Field(description="The institution's names")
    kind: str = Field(description="What sort of body it is, such as COUNTY_POLICE")
    county: str | None = Field(description="Vehicle code of its county; null when it has none or several")
    accepts_petitions: bool = Field(description="Whether a petition can be addressed to it")
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
            county=institution.counties[0] if len(institution.counties) == 1 else None,
            accepts_petitions=institution.accepts_petitions,
            valid_from=institution.valid_from,
            valid_to=institution.valid_to,
        )
