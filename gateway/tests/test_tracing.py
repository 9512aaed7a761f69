import re

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from gateway import tracing
from gateway.tracing import Tracing

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
GIVEN = f"00-{TRACE}-00f067aa0ba902b7-01".encode()
FORM = re.compile(rb"00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]")


def unrecorded() -> Tracing:
    return Tracing(None, 1.0)


def test_a_trace_is_carried_on_with_a_span_of_our_own() -> None:
    trace = unrecorded().begin(GIVEN, b"vendor=1")
    assert trace.trace_id == TRACE
    assert FORM.fullmatch(trace.traceparent)
    assert trace.traceparent.startswith(b"00-" + TRACE.encode())
    assert trace.traceparent != GIVEN
    assert trace.traceparent.endswith(b"-01")
    assert trace.tracestate == b"vendor=1"


@pytest.mark.parametrize(
    "given",
    [
        None,
        b"",
        b"garbage",
        GIVEN.upper(),
        GIVEN + b"-x",
        b"ff" + GIVEN[2:],
        b"00-" + b"0" * 32 + GIVEN[35:],
        GIVEN[:36] + b"0" * 16 + b"-01",
        GIVEN[:-1],
    ],
)
def test_a_malformed_trace_counts_as_none(given: bytes | None) -> None:
    trace = unrecorded().begin(given, b"vendor=1")
    assert trace.trace_id != TRACE
    assert FORM.fullmatch(trace.traceparent)
    assert trace.tracestate is None


def test_a_later_version_is_read_as_far_as_it_is_known() -> None:
    assert unrecorded().begin(b"01" + GIVEN[2:] + b"-more", None).trace_id == TRACE


def test_only_recorded_requests_make_a_span_and_it_names_no_address() -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    ours = Tracing(provider.get_tracer("t"), 0.0)
    ours.begin(None, None).end("GET", "/petitions/*", 200)
    assert not exporter.get_finished_spans()
    trace = ours.begin(GIVEN, None)
    trace.end("GET", "/petitions/v1/petitions/{petition_id}", 503)
    (span,) = exporter.get_finished_spans()
    assert span.name == "GET /petitions/v1/petitions/{petition_id}"
    assert span.context is not None
    assert trace.traceparent == f"00-{TRACE}-{span.context.span_id:016x}-01".encode()
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == "00f067aa0ba902b7"
    assert not span.status.is_ok


def test_the_ratio_decides_about_new_traces() -> None:
    tracer = TracerProvider().get_tracer("t")
    assert Tracing(tracer, 1.0).begin(None, None).traceparent.endswith(b"-03")
    assert Tracing(tracer, 0.0).begin(None, None).traceparent.endswith(b"-02")
    assert unrecorded().begin(None, None).traceparent.endswith(b"-02")


@pytest.mark.parametrize("given", [b"abcd1234", b"A.b_c-d." * 16])
def test_a_well_formed_request_id_is_kept(given: bytes) -> None:
    assert tracing.request_id(given, unrecorded().begin(None, None)) == given


@pytest.mark.parametrize(
    "given", [None, b"", b"short", b"with space", b"x" * 129, b'quo"te12', b"1850312149006"]
)
def test_another_request_id_is_replaced_by_the_traces(given: bytes | None) -> None:
    assert tracing.request_id(given, unrecorded().begin(GIVEN, None)) == TRACE.encode()
