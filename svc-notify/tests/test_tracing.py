"""One trace from the petition to the SMTP server, with nothing personal in it."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from hub_core import clock, ids
from hub_events import envelope
from svc_notify.consumers.copies import PetitionRegistered
from svc_notify.main import create_app
from svc_notify.manifest import MANIFEST
from svc_notify.settings import Settings

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PUBLISHER = "00f067aa0ba902b7"


@pytest.fixture
async def traced(
    schema: Any, service_settings: Any, running: Any, office: Any, trace_sink: Any
) -> AsyncIterator[Any]:
    """The spans of a service that runs meanwhile."""
    settings = service_settings(
        MANIFEST, Settings, notify_smtp_port=office.port, otlp_endpoint=trace_sink.url
    )
    async with running(create_app(settings)):
        yield trace_sink


async def test_the_smtp_span_is_in_the_trace_of_the_petition(
    traced: Any, office: Any, nats_operator: Any, ana: UUID
) -> None:
    petition = PetitionRegistered(
        petition_id=ids.new_id(),
        person_id=ana,
        institution_id=ids.new_id(),
        number=1,
        registered_on="2026-11-21",
        answer_due_on="2026-12-21",
        kind="REQUEST",
        version=1,
    )
    payload = envelope.encode(ids.new_id(), petition, clock.now(), f"00-{TRACE_ID}-{PUBLISHER}-01")
    await nats_operator.jetstream().publish(petition.subject, payload)
    await office.until(1)
    spans = await traced.until(lambda spans: {"EMAIL hand over", "deliver"} <= {span.name for span in spans})
    by_id = {span.span_id: span for span in spans}
    span = next(span for span in spans if span.name == "EMAIL hand over")
    assert span.attributes["delivery.answer"] == "ACCEPTED"
    way = [span.name]
    while span.parent_id in by_id:
        span = by_id[span.parent_id]
        way.append(span.name)
    assert way[:2] == ["EMAIL hand over", "deliver"]
    assert (span.trace_id, span.parent_id) == (TRACE_ID, PUBLISHER)
    assert "example.org" not in repr(spans)
    assert str(ana) not in repr(spans)
