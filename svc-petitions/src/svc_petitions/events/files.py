"""What is told of files: where they stand and until when, never what they say."""

from collections.abc import Collection
from datetime import date
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from hub_events.envelope import Event

from ..domain.files import File, Solution
from ..domain.petitions import Channel, PetitionKind
from ..domain.states import PetitionState

_SAME: Final = (
    *("person_id", "acting_person_id", "institution_id", "number", "year", "kind", "state"),
    *("answer_due_on", "channel", "version"),
)


class _OfFile(BaseModel):
    """What every event of a file carries."""

    model_config = ConfigDict(frozen=True)

    petition_id: UUID = Field(description="The petition")
    person_id: UUID | None = Field(
        description="The person or organisation in whose name it was made, if they have an account"
    )
    acting_person_id: UUID | None = Field(description="The person who filed it online, if one did")
    institution_id: UUID = Field(description="The institution that has it")
    number: int = Field(ge=1, description="Its number in that institution's register of the year")
    year: int = Field(description="The year of the register")
    kind: PetitionKind = Field(description="What it is")
    state: PetitionState = Field(description="Where it stands now")
    answer_due_on: date = Field(description="The last day for the answer")
    channel: Channel = Field(default=Channel.ONLINE, description="How it came")
    reason: str | None = Field(max_length=64, description="A code, if there is one")

    @classmethod
    def of(cls, file: File, reason: str | None) -> Self:
        """The event of a file that has just taken a step."""
        same = {name: getattr(file, name) for name in _SAME}
        return cls.model_validate({**same, **cls._more(file), "petition_id": file.id, "reason": reason})

    @classmethod
    def _more(cls, _: File) -> dict[str, Any]:
        return {}


class PetitionAssigned(_OfFile, Event):
    """A petition was given to a handler."""

    subject: ClassVar[str] = "hub.petitions.petition.assigned.v1"
    key_field: ClassVar[str] = "petition_id"

    compartment_id: UUID | None = Field(description="The compartment")
    handler_id: UUID | None = Field(description="The official who works on it")

    @classmethod
    def _more(cls, file: File) -> dict[str, Any]:
        return {"compartment_id": file.compartment_id, "handler_id": file.handler_id}


class PetitionExtended(_OfFile, Event):
    """The term of the answer was extended (OG 27/2002 art. 9): `answer_due_on` is the new last day."""

    subject: ClassVar[str] = "hub.petitions.petition.extended.v1"
    key_field: ClassVar[str] = "petition_id"


class ClarificationAsked(_OfFile, Event):
    """The petitioner was asked for a clarification; the term goes on."""

    subject: ClassVar[str] = "hub.petitions.petition.clarification-asked.v1"
    key_field: ClassVar[str] = "petition_id"


class PetitionForwarded(_OfFile, Event):
    """An institution has sent a petition on: its own clock has ended.

    At an institution of the hub another event says that the file was opened there.
    """

    subject: ClassVar[str] = "hub.petitions.petition.forwarded.v1"
    key_field: ClassVar[str] = "petition_id"


class FileOpened(_OfFile, Event):
    """A petition that was sent on stands in the register of another institution: its clock begins there."""

    subject: ClassVar[str] = "hub.petitions.file.opened.v1"
    key_field: ClassVar[str] = "petition_id"

    forwarded_from: UUID | None = Field(description="The institution that sent it on")

    @classmethod
    def _more(cls, file: File) -> dict[str, Any]:
        return {"forwarded_from": file.forwarded_from}


class PetitionJoined(_OfFile, Event):
    """A petition was joined to another one of the same petitioner, whose answer will be its own."""

    subject: ClassVar[str] = "hub.petitions.petition.joined.v1"
    key_field: ClassVar[str] = "petition_id"

    leader_id: UUID | None = Field(description="The petition that it is joined to")

    @classmethod
    def _more(cls, file: File) -> dict[str, Any]:
        return {"leader_id": file.leader_id}


class PetitionClassed(_OfFile, Event):
    """A petition was filed away (OG 27/2002 art. 7 and 10): the reason says why."""

    subject: ClassVar[str] = "hub.petitions.petition.classed.v1"
    key_field: ClassVar[str] = "petition_id"


class PetitionAnswered(_OfFile, Event):
    """A petition was answered: by itself, or with the one that it is joined to."""

    subject: ClassVar[str] = "hub.petitions.petition.answered.v1"
    key_field: ClassVar[str] = "petition_id"

    solution: Solution | None = Field(description="How it was solved")
    leader_id: UUID | None = Field(description="The petition whose answer it is, if it was joined to one")

    @classmethod
    def _more(cls, file: File) -> dict[str, Any]:
        return {"solution": file.solution, "leader_id": file.leader_id}


class PetitionWithdrawn(_OfFile, Event):
    """The petitioner has withdrawn a petition."""

    subject: ClassVar[str] = "hub.petitions.petition.withdrawn.v1"
    key_field: ClassVar[str] = "petition_id"


class PetitionArchived(_OfFile, Event):
    """A petition has gone to the archive."""

    subject: ClassVar[str] = "hub.petitions.petition.archived.v1"
    key_field: ClassVar[str] = "petition_id"


_TOLD: Final[dict[PetitionState, Any]] = {
    PetitionState.REGISTERED: FileOpened,
    PetitionState.ASSIGNED: PetitionAssigned,
    PetitionState.AWAITING_CLARIFICATION: ClarificationAsked,
    PetitionState.FORWARDED: PetitionForwarded,
    PetitionState.JOINED: PetitionJoined,
    PetitionState.CLASSED: PetitionClassed,
    PetitionState.ANSWERED: PetitionAnswered,
    PetitionState.WITHDRAWN: PetitionWithdrawn,
    PetitionState.ARCHIVED: PetitionArchived,
}


def of_step(
    file: File, came_from: PetitionState, reason: str | None, changed: Collection[str]
) -> Event | None:
    """What is told of a step, if anything: of what an institution does within itself nothing is.

    `changed` names the members of the file that changed with it.
    """
    if "extended_until" in changed and file.extended_until is not None:
        return PetitionExtended.of(file, reason)
    told = _TOLD.get(file.state) if file.state is not came_from or "handler_id" in changed else None
    return told.of(file, reason) if told else None
