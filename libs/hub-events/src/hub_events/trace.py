"""Trace context between processes: W3C `traceparent`, in rows and in message headers."""

from typing import Final

from opentelemetry.context import Context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

HEADER: Final = "traceparent"
_W3C: Final = TraceContextTextMapPropagator()


def current(context: Context | None = None) -> str | None:
    """The `traceparent` of the current span, or of the given context; `None` outside of any trace."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier, context)
    return carrier.get(HEADER)


def context_of(traceparent: str | None) -> Context:
    """The context that a `traceparent` names; an empty one when there is none or it is malformed."""
    return _W3C.extract({HEADER: traceparent} if traceparent else {}, Context())


def attributes(subject: str, event_id: str, operation: str) -> dict[str, str]:
    """What a span says of a message (OpenTelemetry semantic conventions for messaging)."""
    return {
        "messaging.system": "nats",
        "messaging.destination.name": subject,
        "messaging.message.id": event_id,
        "messaging.operation.type": operation,
    }
