"""What another service needs to write to the people of an appointment, at the moment of sending."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from hub_core.clock import BUCHAREST
from hub_core.language import Language

from ..domain.states import State
from ..domain.waiting import State as WaitingState
from ..operations.messages import Message, WaitingMessage
from ..reference.types import types


class MessageView(BaseModel):
    """One appointment as a message tells of it; `secret` and `digits` only while it is held.

    `calendar` is its file for calendars (RFC 5545) once it is confirmed.
    """

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
    calendar: str | None

    @classmethod
    def of(cls, message: Message, calendar: str | None = None) -> Self:
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
            local_start=_local(one.starts_at),
            held_until=_local(one.held_until) if one.held_until else None,
            persons=one.size,
            calendar=calendar,
        )


class WaitingMessageView(BaseModel):
    """An entry of the waiting list as a message tells of it; `office_names` are empty for any office."""

    entry_id: UUID
    state: WaitingState
    person_id: UUID | None
    email: str | None
    language: Language
    code: str
    type_names: dict[Language, str]
    office_names: dict[str, str]
    office_address: str | None
    offered_until: str | None
    persons: int

    @classmethod
    def of(cls, message: WaitingMessage) -> Self:
        """The view of what is told; times are local, Europe/Bucharest, without a zone."""
        one = message.entry
        return cls(
            entry_id=one.id,
            state=one.state,
            person_id=one.person_id,
            email=one.contact.email if one.contact else None,
            language=one.language,
            code=one.code,
            type_names=dict(types()[one.type].names),
            office_names=dict(message.office_names),
            office_address=message.office_address,
            offered_until=_local(one.offered_until) if one.offered_until else None,
            persons=one.size,
        )


def _local(instant: datetime) -> str:
    return f"{instant.astimezone(BUCHAREST):%Y-%m-%dT%H:%M}"
