"""One request is one trace, through every process that has a part in it."""

import asyncio
from collections.abc import Sequence

import httpx2
import pytest

from hub_cli import demo
from hub_cli.place import Place, State
from hub_testing.traces import Span, TraceSink

from ..conftest import Hub
from ..faults import petitions, trial

pytestmark = pytest.mark.xdist_group("hub")

PARTS = (
    ("gateway", "POST /petitions/"),
    ("svc-petitions", "POST /petitions/v1/petitions"),
    ("svc-petitions", "publish hub.petitions.petition.registered.v1"),
    ("svc-notify", "process hub.petitions.petition.registered.v1"),
    ("svc-notify", "EMAIL hand over"),
)


async def test_a_petition_is_one_trace_from_the_gateway_to_its_email(hub: Hub, spans: TraceSink) -> None:
    _, token = await asyncio.to_thread(demo.somebody, Place(hub.folder, State.read(hub.folder).ports))
    trace_id = "0af7651916cd43dd8448eb211c80319c"
    headers = {
        "authorization": f"Bearer {token}",
        "traceparent": f"00-{trace_id}-b7ad6b7169203331-01",
    }
    async with httpx2.AsyncClient(base_url=hub.origin, headers=headers) as client:
        [institution, *_] = await petitions.choose_institutions(client)
        account = trial.Account()
        await trial.ask(client, petitions.a_petition(institution, token), account)

    def complete(seen: Sequence[Span]) -> bool:
        found = {(span.service, span.name) for span in seen if span.trace_id == trace_id}
        return all(any(s == service and n.startswith(name) for s, n in found) for service, name in PARTS)

    seen = [span for span in await spans.until(complete, 15) if span.trace_id == trace_id]
    by_id = {span.span_id: span for span in seen}
    smtp = next(span for span in seen if span.service == "svc-notify" and span.name == "EMAIL hand over")
    lineage, span = [], smtp
    while span is not None:
        lineage.append(span.service)
        span = by_id.get(span.parent_id)
    assert lineage[0] == "svc-notify"
    assert lineage[-1] == "gateway"
