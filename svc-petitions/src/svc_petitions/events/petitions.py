"""What is told of petitions."""

from datetime import date
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from pydantic import Field

from hub_events.envelope import Event

from ..domain import petitions as domain


class PetitionRegistered(Event):
    """A petition was entered in the register of an institution. It carries none of its words."""

    subject: ClassVar[str] = "hub.petitions.petition.registered.v1"
    key_field: ClassVar[str] = "petition_id"

    petition_id: UUID = Field(description="The petition")
    person_id: UUID = Field(description="The person or organisation in whose name it was made")
    acting_person_id: UUID = Field(description="The person who filed it: the same one, or a representative")
    mandate_id: UUID | None = Field(description="The mandate of the representative, if one filed it")
    institution_id: UUID = Field(description="The institution in whose register it stands")
    number: int = Field(ge=1, description="Its number in the register of the year")
    year: int = Field(description="The year of the register")
    registered_on: date = Field(description="The date of registration in Europe/Bucharest")
    answer_due_on: date = Field(description="The last day for the answer")
    kind: domain.PetitionKind = Field(description="What it is")
    channel: domain.Channel = Field(description="How it came")

    @classmethod
    def of(cls, petition: domain.Petition) -> Self:
        """The event of a petition just registered."""
        return cls(channel=petition.channel, **_facts(petition))


class PetitionEntered(Event):
    """A petition was entered in the register that nobody filed by an account: without one, or on paper.

    What has `registered` by an account has that event, and not this one.
    """

    subject: ClassVar[str] = "hub.petitions.petition.entered.v1"
    key_field: ClassVar[str] = "petition_id"

    petition_id: UUID = Field(description="The petition")
    person_id: UUID | None = Field(description="Who signed it first, if they have an account")
    institution_id: UUID = Field(description="The institution in whose register it stands")
    number: int = Field(ge=1, description="Its number in the register of the year")
    year: int = Field(description="The year of the register")
    registered_on: date = Field(description="The date of registration in Europe/Bucharest")
    answer_due_on: date = Field(description="The last day for the answer")
    kind: domain.PetitionKind = Field(description="What it is")
    channel: domain.Channel = Field(description="How it came")

    @classmethod
    def of(cls, petition: domain.Petition) -> Self:
        """The event of a petition just entered."""
        facts = _facts(petition)
        return cls(channel=petition.channel, **{name: facts[name] for name in facts.keys() - _OF_ACCOUNTS})


class SandboxPetitionRegistered(Event):
    """A petition was filed to test an application: it stands in no institution's register.

    It has a subject of its own, so that whoever counts, handles or publishes petitions never hears of it.
    """

    subject: ClassVar[str] = "hub.petitions.sandbox-petition.registered.v1"
    key_field: ClassVar[str] = "petition_id"

    petition_id: UUID = Field(description="The petition")
    client_id: str = Field(max_length=64, description="The application that is being tested")
    person_id: UUID = Field(description="The person or organisation in whose name it was made")
    acting_person_id: UUID = Field(description="The person who filed it: the same one, or a representative")
    mandate_id: UUID | None = Field(description="The mandate of the representative, if one filed it")
    institution_id: UUID = Field(description="The institution that it is addressed to, and does not get it")
    number: int = Field(ge=1, description="Its number in the application's own register of the year")
    year: int = Field(description="The year of the register")
    registered_on: date = Field(description="The date of registration in Europe/Bucharest")
    answer_due_on: date = Field(description="The last day for an answer, if it were in earnest")
    kind: domain.PetitionKind = Field(description="What it is")

    @classmethod
    def of(cls, petition: domain.Petition) -> Self:
        """The event of a petition just registered in the sandbox."""
        return cls(client_id=petition.acting.sandbox or "", **_facts(petition))


_OF_ACCOUNTS: Final = frozenset({"acting_person_id", "mandate_id"})


def _facts(petition: domain.Petition) -> dict[str, Any]:
    return {
        "petition_id": petition.id,
        "person_id": petition.signatory,
        "acting_person_id": petition.acting.person_id,
        "mandate_id": petition.acting.mandate_id,
        "institution_id": petition.institution.id,
        "number": petition.registration.number,
        "year": petition.registration.year,
        "registered_on": petition.registration.registered_on,
        "answer_due_on": petition.registration.answer_due_on,
        "kind": petition.kind,
        "version": petition.version,
    }
