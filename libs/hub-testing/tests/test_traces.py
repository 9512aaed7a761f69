import pytest
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import StatusCode

from hub_testing.traces import TraceSink


async def test_spans_arrive_as_values(trace_sink: TraceSink) -> None:
    provider = TracerProvider(resource=Resource.create({"service.name": "svc-notes"}))
    provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(f"{trace_sink.url}/v1/traces")))
    tracer = provider.get_tracer("test")
    with tracer.start_as_current_span("outer"), tracer.start_as_current_span("inner") as inner:
        inner.set_attribute("http.response.status_code", 503)
        inner.set_status(StatusCode.ERROR)
    spans = {span.name: span for span in await trace_sink.until(lambda spans: len(spans) == 2)}
    provider.shutdown()
    assert spans["inner"].trace_id == spans["outer"].trace_id
    assert spans["inner"].parent_id == spans["outer"].span_id
    assert spans["outer"].parent_id == ""
    assert spans["inner"].attributes == {"http.response.status_code": 503}
    assert (spans["inner"].failed, spans["outer"].failed) == (True, False)
    assert spans["inner"].service == "svc-notes"
    trace_sink.forget()
    assert trace_sink.spans == []


async def test_waiting_has_an_end(trace_sink: TraceSink) -> None:
    with pytest.raises(TimeoutError):
        await trace_sink.until(bool, seconds=0.01)
