"""The envelope of an event: CloudEvents 1.0, structured JSON, with distributed tracing.

    class PetitionRegistered(Event):
        subject: ClassVar[str] = "hub.petitions.petition.registered.v1"
        key_field: ClassVar[str] = "petition_id"

        petition_id: UUID
        number: int

The publisher's class states what it tells, a consumer's class of the same subject what it needs:
members a class does not name are passed over. An event carries ids and facts, never personal data.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar, Final, Generic, Literal, TypeVar
from uuid import UUID

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, create_model

_SUBJECT: Final = re.compile(r"hub(\.[a-z][a-z0-9-]*){3}\.v[1-9][0-9]*")
_CONTENT_TYPE: Final = "application/json"
_LARGEST: Final = 256 * 1024


class Event(BaseModel):
    """What happened, as facts; the base of every event.

    `subject` is the NATS subject and the CloudEvents type, `hub.<service>.<entity>.<past-verb>.v1`;
    `key_field` names the member that holds the aggregate's id, within which events keep their order;
    `version` is the aggregate's version after what happened, from 1.
    """

    model_config = ConfigDict(frozen=True)

    subject: ClassVar[str]
    key_field: ClassVar[str]

    version: int = Field(ge=1, description="Version of the aggregate after this event, from 1")

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """Refuse, at import, a subject out of shape or a key that is no member (`TypeError`)."""
        if not _SUBJECT.fullmatch(cls.subject):
            raise TypeError(f"{cls.__name__}.subject is not hub.<service>.<entity>.<past-verb>.v<n>")
        if cls.key_field not in cls.model_fields:
            raise TypeError(f"{cls.__name__}.key_field names no member")

    def ordering_key(self) -> str:
        """The aggregate's id as text."""
        return str(getattr(self, self.key_field))


E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Envelope(Generic[E]):
    """An event as it was received.

    `time` is when it was recorded; `traceparent` (W3C) names the operation that recorded it.
    """

    id: UUID
    time: datetime
    type: str
    key: str
    traceparent: str | None
    data: E


class Malformed(Exception):
    """The payload is not an event of the expected type; the message quotes nothing of it."""


class _CloudEvent(BaseModel):
    """The attributes of CloudEvents 1.0 that we use; `subject` is the aggregate's id."""

    specversion: Literal["1.0"]
    id: UUID
    source: str = Field(min_length=1)
    type: str
    time: AwareDatetime
    subject: str = Field(min_length=1)
    traceparent: str | None = None
    data: Any


def encode(event_id: UUID, event: Event, time: datetime, traceparent: str | None) -> bytes:
    """The event as a CloudEvents JSON document; `time` is aware and written in UTC.

    `ValueError` beyond 256 KiB: the broker would refuse it later, when nobody can be told any more.
    """
    document: dict[str, object] = {
        "specversion": "1.0",
        "id": str(event_id),
        "source": f"/{event.subject.split('.')[1]}",
        "type": event.subject,
        "time": time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "subject": event.ordering_key(),
        "datacontenttype": _CONTENT_TYPE,
        "data": orjson.Fragment(event.model_dump_json()),
    }
    if traceparent:
        document["traceparent"] = traceparent
    encoded = orjson.dumps(document)
    if len(encoded) > _LARGEST:
        raise ValueError(f"{event.subject}: an event of {len(encoded)} bytes carries more than ids and facts")
    return encoded


def decode(model: type[E], payload: bytes) -> Envelope[E]:
    """Read a payload as an event of `model`; `Malformed` when it is anything else."""
    try:
        received = _shape(model).model_validate_json(payload)
    except ValidationError as error:
        places = {".".join(map(str, fault["loc"])) + ":" + fault["type"] for fault in error.errors()}
        raise Malformed(f"not a {model.subject}: {', '.join(sorted(places))}") from None
    if received.type != model.subject:
        raise Malformed(f"not a {model.subject}: of another type")
    return Envelope(
        id=received.id,
        time=received.time,
        type=received.type,
        key=received.subject,
        traceparent=received.traceparent,
        data=received.data,
    )


@cache
def _shape(model: type[Event]) -> type[_CloudEvent]:
    return create_model(f"{model.__name__}CloudEvent", __base__=_CloudEvent, data=(model, ...))
