"""Access lines: who opened a person's record, when, in which role, for which purpose.

An official's or a representative's operation tells its line in its own transaction, so that no record
is opened without one:

    class RecordAccessed(access.Line, Event):
        subject: ClassVar[str] = "hub.petitions.record.accessed.v1"
        key_field: ClassVar[str] = "line_id"

    async with session.begin():
        petition = await storage.petition(session, petition_id)
        line = access.line(
            official.principal,
            action=Action.READ,
            resource_type="petition",
            resource_id=petition.id,
            subject_person_id=petition.signatory,
            purpose=purpose,
            legal_basis="OG 27/2002 art. 8",
        )
        await outbox.record(session, RecordAccessed.of(line), now)

A line is made of ids and codes. svc-identity keeps the lines of all services and shows each person theirs.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

import structlog
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from hub_core import cnp
from hub_core.ids import new_id
from hub_core.principal import Kind, Principal, Role

from .purpose import Purpose, Stated


class Action(StrEnum):
    """What was done with the record."""

    READ = "READ"
    SEARCH = "SEARCH"
    CREATE = "CREATE"
    CHANGE = "CHANGE"
    DECIDE = "DECIDE"
    EXPORT = "EXPORT"
    DELETE = "DELETE"


class Channel(StrEnum):
    """The way by which it was done."""

    API = "API"
    PAGE = "PAGE"
    JOB = "JOB"


class Result(StrEnum):
    """How it ended."""

    GRANTED = "GRANTED"
    REFUSED = "REFUSED"


def _without_number(text: str) -> str:
    if any(cnp.find(text)):
        raise ValueError("an access line holds no personal number")
    return text


Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._:/-]*$"), AfterValidator(_without_number)]
"""An id or a code, never a personal number."""


class Line(BaseModel):
    """The facts of one access; the base of every service's event `hub.<service>.record.accessed.v1`.

    Who acted is `actor_id` (`actor_kind` says what it is: a person, a client, a service), and for whom
    `on_behalf_of`; whose record it is says `subject_person_id`. `withheld_until` hides the line from that
    person up to a day, where a law allows a check they are not to know of yet.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    line_id: UUID = Field(description="The line")
    actor_id: Annotated[Code, Field(max_length=200, description="Who acted")]
    actor_kind: Kind = Field(description="What stands behind the actor's id")
    roles: tuple[Role, ...] = Field(description="The roles in which an official acted, sorted")
    institution_id: UUID | None = Field(description="The institution for which an official acted")
    on_behalf_of: UUID | None = Field(description="The principal for whom a representative acted")
    mandate_id: UUID | None = Field(description="The mandate of the representative")
    client_id: Annotated[Code, Field(max_length=200, description="The application that was used")]
    action: Action = Field(description="What was done")
    resource_type: str = Field(
        pattern=r"^[a-z][a-z0-9-]*$", max_length=64, description="The kind of record, such as petition"
    )
    resource_id: Annotated[Code, Field(max_length=100, description="The record")]
    subject_person_id: UUID = Field(description="The person whose record it is")
    purpose: Purpose | None = Field(description="The purpose an official stated")
    file: Annotated[Code, Field(max_length=64)] | None = Field(description="The number of the file")
    legal_basis: str = Field(min_length=2, max_length=200, description="The law that allows it")
    channel: Channel = Field(description="The way by which it was done")
    result: Result = Field(description="How it ended")
    request_id: Annotated[Code, Field(max_length=128)] | None = Field(
        description="The request, as the logs name it"
    )
    withheld_until: date | None = Field(description="The day from which the person may see the line")

    @classmethod
    def of(cls, line: "Line") -> Self:
        """The event of a line; a line is told once, so its version is 1."""
        return cls.model_validate({**dict(line), "version": 1})


def line(
    principal: Principal,
    *,
    action: Action,
    resource_type: str,
    resource_id: UUID | str,
    subject_person_id: UUID,
    legal_basis: str,
    purpose: Stated | None = None,
    channel: Channel = Channel.API,
    result: Result = Result.GRANTED,
    withheld_until: date | None = None,
) -> Line:
    """The line of what `principal` does now with a record of `subject_person_id`.

    `purpose` is there for officials; a representative acts by the mandate that the token carries.
    """
    return Line(
        line_id=new_id(),
        actor_id=principal.subject,
        actor_kind=principal.kind,
        roles=tuple(sorted(principal.roles)),
        institution_id=principal.institution_id,
        on_behalf_of=principal.on_behalf_of,
        mandate_id=principal.mandate_id,
        client_id=principal.client_id,
        action=action,
        resource_type=resource_type,
        resource_id=str(resource_id),
        subject_person_id=subject_person_id,
        purpose=purpose.code if purpose else None,
        file=purpose.file if purpose else None,
        legal_basis=legal_basis,
        channel=channel,
        result=result,
        request_id=structlog.contextvars.get_contextvars().get("request_id"),
        withheld_until=withheld_until,
    )
