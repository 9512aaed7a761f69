"""A receiver of traces (OTLP over HTTP), so that a test can see the spans of several processes."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Status

from .listener import Answer, Asked, Listener


@dataclass(frozen=True, slots=True)
class Span:
    """A finished span. Ids are hexadecimal, `parent_id` empty at the root; times in nanoseconds."""

    trace_id: str
    span_id: str
    parent_id: str
    service: str
    name: str
    kind: int
    started_at: int
    ended_at: int
    failed: bool
    attributes: dict[str, Any]


class TraceSink:
    """Collects spans; `url` is for HUB_OTLP_ENDPOINT."""

    def __init__(self) -> None:
        self._spans: list[Span] = []
        self._bodies: list[bytes] = []
        self._arrival = threading.Condition()
        self._listener = Listener(self._receive)

    @property
    def url(self) -> str:
        """The endpoint, without `/v1/traces`."""
        return self._listener.url

    @property
    def spans(self) -> list[Span]:
        """The spans received so far, in the order of their arrival."""
        with self._arrival:
            return list(self._spans)

    @property
    def bodies(self) -> list[bytes]:
        """What was received, as it came: for a search of everything that a trace can hold."""
        with self._arrival:
            return list(self._bodies)

    def start(self) -> None:
        """Receive until `stop()`."""
        self._listener.start()

    def stop(self) -> None:
        """Receive no more."""
        self._listener.stop()

    def forget(self) -> None:
        """Forget the spans received so far."""
        with self._arrival:
            self._spans.clear()
            self._bodies.clear()

    async def until(self, enough: Callable[[Sequence[Span]], bool], seconds: float = 10) -> list[Span]:
        """The spans as soon as `enough(spans)` holds; `TimeoutError` after `seconds`."""
        return await asyncio.to_thread(self._wait, enough, seconds)

    def _wait(self, enough: Callable[[Sequence[Span]], bool], seconds: float) -> list[Span]:
        with self._arrival:
            if not self._arrival.wait_for(lambda: enough(self._spans), seconds):
                raise TimeoutError(
                    f"of the spans waited for, these came: {[span.name for span in self._spans]}"
                )
            return list(self._spans)

    def _receive(self, asked: Asked) -> Answer:
        spans = _read(ExportTraceServiceRequest.FromString(asked.body))
        with self._arrival:
            self._spans.extend(spans)
            self._bodies.append(asked.body)
            self._arrival.notify_all()
        return Answer(ExportTraceServiceResponse().SerializeToString(), "application/x-protobuf")


def _read(request: ExportTraceServiceRequest) -> list[Span]:
    return [
        Span(
            trace_id=span.trace_id.hex(),
            span_id=span.span_id.hex(),
            parent_id=span.parent_span_id.hex(),
            service=next(
                (item.value.string_value for item in group.resource.attributes if item.key == "service.name"),
                "",
            ),
            name=span.name,
            kind=span.kind,
            started_at=span.start_time_unix_nano,
            ended_at=span.end_time_unix_nano,
            failed=span.status.code == Status.STATUS_CODE_ERROR,
            attributes={item.key: _value(item.value) for item in span.attributes},
        )
        for group in request.resource_spans
        for scope in group.scope_spans
        for span in scope.spans
    ]


def _value(value: AnyValue) -> Any:
    held = value.WhichOneof("value")
    return getattr(value, held) if held else None
