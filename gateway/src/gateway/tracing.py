"""Trace context (W3C) at the door: carried or begun, and a span only for the recorded.

Most requests of a busy hub are not recorded; for those the header is text and costs a microsecond.
"""

import os
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from hub_core import cnp

_TRACEPARENT: Final = re.compile(
    rb"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?"
)
_REQUEST_ID: Final = re.compile(rb"[A-Za-z0-9._-]{8,128}")
_LONGEST_STATE: Final = 512
_RECORDED: Final = 0x01
_RANDOM: Final = 0x02
"""Trace flags of W3C Trace Context, level 2."""
_ALL: Final = 2**32
_PROPAGATOR: Final = TraceContextTextMapPropagator()


@dataclass(slots=True)
class Trace:
    """The trace of one request: its id (32 hex digits), what the service is told, our span if recorded."""

    trace_id: str
    traceparent: bytes
    tracestate: bytes | None
    span: trace.Span | None

    def end(self, method: str, template: str, status: int) -> None:
        """Close the span, if there is one; it names the template, never the address."""
        if self.span is None:
            return
        self.span.update_name(f"{method} {template}")
        self.span.set_attributes(
            {"http.request.method": method, "http.route": template, "http.response.status_code": status}
        )
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.span.set_status(trace.StatusCode.ERROR)
        self.span.end()


class Tracing:
    """Decides which traces are recorded; `tracer` is `None` when spans go nowhere."""

    def __init__(self, tracer: trace.Tracer | None, ratio: float) -> None:
        self._tracer = tracer
        self._recorded_below = ratio * _ALL

    def begin(self, traceparent: bytes | None, tracestate: bytes | None) -> Trace:
        """Go on with the client's trace, or begin one; a malformed header counts as none."""
        fresh = os.urandom(24).hex().encode()
        given = _TRACEPARENT.fullmatch(traceparent) if traceparent else None
        if given and (given[1] != b"00" or not given[5]):
            trace_id, flags = given[2], int(given[4], 16) & (_RECORDED | _RANDOM)
            state = tracestate if tracestate and len(tracestate) <= _LONGEST_STATE else None
            parent = b"00-%b-%b-%02x" % (trace_id, given[3], flags)
        else:
            trace_id, state, parent = fresh[:32], None, None
            flags = _RANDOM | (self._tracer is not None and int(fresh[:8], 16) < self._recorded_below)
        if self._tracer is None or not flags & _RECORDED:
            return Trace(trace_id.decode(), b"00-%b-%b-%02x" % (trace_id, fresh[32:], flags), state, None)
        return _record(self._tracer, parent, state)


def _record(tracer: trace.Tracer, parent: bytes | None, state: bytes | None) -> Trace:
    carrier = {"traceparent": parent.decode()} if parent else {}
    span = tracer.start_span("request", context=_PROPAGATOR.extract(carrier), kind=trace.SpanKind.SERVER)
    context = span.get_span_context()
    trace_id = trace.format_trace_id(context.trace_id)
    ours = f"00-{trace_id}-{trace.format_span_id(context.span_id)}-{context.trace_flags:02x}"
    return Trace(trace_id, ours.encode(), state, span)


def request_id(given: bytes | None, trace: Trace) -> bytes:
    """The client's own id of its request when it is well-formed and nobody's number, else the trace's."""
    if given and _REQUEST_ID.fullmatch(given) and not any(cnp.find(given.decode())):
        return given
    return trace.trace_id.encode()
