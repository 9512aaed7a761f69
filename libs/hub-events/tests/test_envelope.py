import json
from datetime import UTC, datetime, timedelta, timezone
from typing import ClassVar
from uuid import UUID

import pytest

from hub_events import envelope

EVENT_ID = UUID("019aa5b4-0000-7000-8000-000000000001")
PETITION_ID = UUID("019aa5b4-0000-7000-8000-000000000002")
BUCHAREST_NOON = datetime(2026, 11, 21, 14, 0, 0, 250_000, tzinfo=timezone(timedelta(hours=2)))
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Registered(envelope.Event):
    subject: ClassVar[str] = "hub.petitions.petition.registered.v1"
    key_field: ClassVar[str] = "petition_id"

    petition_id: UUID
    number: int


class RegisteredAsSeen(envelope.Event):
    """A consumer's copy, which needs less."""

    subject: ClassVar[str] = "hub.petitions.petition.registered.v1"
    key_field: ClassVar[str] = "petition_id"

    petition_id: UUID


EVENT = Registered(petition_id=PETITION_ID, number=7, version=1)
PAYLOAD = envelope.encode(EVENT_ID, EVENT, BUCHAREST_NOON, TRACEPARENT)


def test_the_wire_form_is_cloudevents_in_utc() -> None:
    assert json.loads(PAYLOAD) == {
        "specversion": "1.0",
        "id": str(EVENT_ID),
        "source": "/petitions",
        "type": "hub.petitions.petition.registered.v1",
        "time": "2026-11-21T12:00:00.250000Z",
        "subject": str(PETITION_ID),
        "datacontenttype": "application/json",
        "data": {"version": 1, "petition_id": str(PETITION_ID), "number": 7},
        "traceparent": TRACEPARENT,
    }


def test_what_was_encoded_is_decoded() -> None:
    received = envelope.decode(Registered, PAYLOAD)
    assert received == envelope.Envelope(
        id=EVENT_ID,
        time=BUCHAREST_NOON.astimezone(UTC),
        type=Registered.subject,
        key=str(PETITION_ID),
        traceparent=TRACEPARENT,
        data=EVENT,
    )


def test_outside_of_a_trace_there_is_no_traceparent() -> None:
    payload = envelope.encode(EVENT_ID, EVENT, BUCHAREST_NOON, None)
    assert "traceparent" not in json.loads(payload)
    assert envelope.decode(Registered, payload).traceparent is None


def test_a_consumer_passes_over_what_it_does_not_need() -> None:
    assert envelope.decode(RegisteredAsSeen, PAYLOAD).data == RegisteredAsSeen(
        petition_id=PETITION_ID, version=1
    )


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        PAYLOAD[:-1],
        PAYLOAD.replace(b'"1.0"', b'"0.3"'),
        PAYLOAD.replace(str(EVENT_ID).encode(), b"not-an-id"),
        PAYLOAD.replace(b":00.250000Z", b":00.250000"),
        PAYLOAD.replace(b"registered.v1", b"registered.v2"),
        PAYLOAD.replace(b'"number":7', b'"number":"seven, said Ana"'),
        PAYLOAD.replace(b'"version":1', b'"version":0'),
    ],
)
def test_anything_else_is_malformed_and_quoted_nowhere(broken: bytes) -> None:
    with pytest.raises(envelope.Malformed) as refused:
        envelope.decode(Registered, broken)
    assert "Ana" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_an_event_is_no_document() -> None:
    class Copied(Registered):
        text: str

    with pytest.raises(ValueError, match="ids and facts"):
        envelope.encode(
            EVENT_ID,
            Copied(petition_id=PETITION_ID, number=1, version=1, text="x" * 300_000),
            BUCHAREST_NOON,
            None,
        )


@pytest.mark.parametrize(
    "subject", ["petition.registered", "hub.petitions.petition.registered", "hub.petitions.Petition.filed.v1"]
)
def test_a_subject_out_of_shape_is_refused_at_import(subject: str) -> None:
    with pytest.raises(TypeError, match="subject"):
        type("Odd", (Registered,), {"subject": subject, "__module__": __name__})


def test_a_key_that_is_no_member_is_refused_at_import() -> None:
    with pytest.raises(TypeError, match="key_field"):
        type("Odd", (Registered,), {"key_field": "petition", "__module__": __name__})
