"""Logs, traces and the one middleware that makes both for each request.

Logs are JSON lines on standard output. A request leaves one line and one span with the route's
template, never its address: identifiers and query strings stay out of logs and traces.
"""

import logging
import re
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson
import structlog
from opentelemetry import propagate, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON, ParentBased
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub_core import cnp
from hub_core.ids import new_id

from .settings import ServiceSettings

_log = structlog.get_logger("http")
_tracer = trace.get_tracer("hub_service")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,128}")
_FRAMES = 12
_QUIET = frozenset({"/healthz", "/readyz", "/status", "/openapi.json"})


def current_trace_id() -> str:
    """The 32 hex digits of the current trace (W3C Trace Context); zeros outside of one."""
    return trace.format_trace_id(trace.get_current_span().get_span_context().trace_id)


def configure(service: str, settings: ServiceSettings, *, begins_traces: bool = False) -> TracerProvider:
    """Set up logs and traces of this process; spans are exported when an OTLP endpoint is set.

    Only who `begins_traces` (the gateway) does; others go on with those they are given, so that
    what polls leaves none.
    """
    structlog.configure(
        processors=_PROCESSORS,
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[settings.log_level]
        ),
        logger_factory=structlog.BytesLoggerFactory(_standard_output()),
        cache_logger_on_first_use=True,
    )
    _route_standard_logging(settings.log_level)
    sampler = ParentBased(ALWAYS_ON if begins_traces else ALWAYS_OFF)
    provider = TracerProvider(sampler, Resource.create({"service.name": service}))
    if settings.otlp_endpoint:
        exporter = OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=500))
    return provider


def install(provider: TracerProvider) -> None:
    """Let every library of this process, the database's too, trace with this provider; once a process."""
    trace.set_tracer_provider(provider)
    SQLAlchemyInstrumentor().instrument(tracer_provider=provider)


def _standard_output() -> BinaryIO:
    """Standard output without a buffer: a killed process has said all it had to say."""
    return (
        open(sys.__stdout__.fileno(), "wb", buffering=0, closefd=False)
        if sys.__stdout__
        else sys.stdout.buffer
    )


def _add_trace(_logger: Any, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace_id"] = trace.format_trace_id(context.trace_id)
    return event


def _add_error(_logger: Any, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Show an exception by its types and places only: messages may quote personal data."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    elif isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = " < ".join(_causes(error))
        frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        event["at"] = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return event


def _causes(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        yield type(error).__name__
        error = error.__cause__ or error.__context__


class _ToStructlog(logging.Handler):
    """Carries the log lines of libraries into ours, as JSON."""

    def emit(self, record: logging.LogRecord) -> None:
        logger = structlog.get_logger(record.name)
        logger.log(record.levelno, record.getMessage(), exc_info=record.exc_info)


def _route_standard_logging(level: str) -> None:
    root = logging.getLogger()
    root.handlers[:] = [_ToStructlog()]
    root.setLevel(level)
    for noisy in ("httpx2", "httpcore2", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


_PROCESSORS: Final[list[structlog.typing.Processor]] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    _add_trace,
    _add_error,
    structlog.processors.JSONRenderer(serializer=orjson.dumps),
]
"""One list for the process: a logger keeps the one that was there when it first spoke, so that another one
would leave `structlog.testing.capture_logs` deaf to it."""


class RequestTelemetry:
    """ASGI middleware: request id, server span and access line of each HTTP request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request inside its span, and say in the log how it ended."""
        if scope["type"] != "http" or scope["path"] in _QUIET:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = headers.get("x-request-id", "")
        if not _REQUEST_ID.fullmatch(request_id) or any(cnp.find(request_id)):  # it is logged
            request_id = str(new_id())
        status = 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = request_id
            await send(message)

        began = time.perf_counter()
        context = propagate.extract(headers)
        with (
            _tracer.start_as_current_span(
                scope["method"], context=context, kind=trace.SpanKind.SERVER
            ) as span,
            structlog.contextvars.bound_contextvars(request_id=request_id),
        ):
            try:
                await self._app(scope, receive, send_with_id)
            finally:
                route = getattr(scope.get("route"), "path_format", "")
                span.update_name(f"{scope['method']} {route}")
                span.set_attributes(
                    {
                        "http.request.method": scope["method"],
                        "http.route": route,
                        "http.response.status_code": status,
                    }
                )
                milliseconds = round((time.perf_counter() - began) * 1000, 2)
                _log.info("request", method=scope["method"], route=route, status=status, ms=milliseconds)
