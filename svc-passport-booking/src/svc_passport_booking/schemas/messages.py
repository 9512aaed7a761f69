"""What another service needs to write to the people of an appointment, at the moment of sending."""

from typing import Self
from uuid import UUID

from pydantic import BaseModel

from hub_core.clock import BUCHAREST
from hub_core.language import Language

from ..domain.states import State
from ..operations.messages import Message
from ..reference.types import types


class MessageView(BaseModel):
    """One appointment as a message tells of it; `secret` and `digits` only while it is held."""

    appointment_id: UUID
    state: State
    person_id: UUID | None
    email: str | None
    phone: str | None
    language: Language
    code: str
    secret: str | None
    digits: str | None
    type: str
    type_names: dict[Language, str]
    office_names: dict[str, str]
    office_address: str | None
    local_start: str
    held_until: str | None
    persons: int

    @classmethod
    def of(cls, message: Message) -> Self:
        """The view of what is told; times are local, Europe/Bucharest, without a zone."""
        one = message.appointment
        return cls(
            appointment_id=one.id,
            state=one.state,
            person_id=one.person_id,
            email=one.contact.email if one.contact else None,
            phone=one.contact.phone if one.contact else None,
            language=one.language,
            code=one.code,
            secret=message.secret,
            digits=message.digits,
            type=one.type,
            type_names=dict(types()[one.type].names),
            office_names=dict(message.office_names),
            office_address=message.office_address,
            local_start=f"{one.starts_at.astimezone(BUCHAREST):%Y-%m-%dT%H:%M}",
            held_until=f"{one.held_until.astimezone(BUCHAREST):%Y-%m-%dT%H:%M}" if one.held_until else None,
            persons=one.size,
        )
