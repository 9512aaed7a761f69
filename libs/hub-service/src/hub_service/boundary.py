"""The outermost layer around the application: what holds for every request, whoever answers it."""

import re
from collections.abc import Callable, Mapping
from typing import Final

import structlog
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub_core.problem import Problem

from . import problems

LIMIT = 1_048_576
"""Bytes a body may have; uploads that are streamed to storage have their own limits."""

_PARAMETER: Final = re.compile(r"\\{\w+\\}")
_log = structlog.get_logger("service")


class Boundary:
    """ASGI middleware: limits the body, serves HEAD as GET, and answers what nobody foresaw (500).

    `uploads` are the addresses whose bodies may have another number of bytes than `LIMIT`; `{name}` stands
    for one segment. The body is counted as it comes, whatever its headers say. The server itself leaves
    the body out of an answer to HEAD.
    """

    def __init__(
        self, app: ASGIApp, show: Callable[[Request, Problem], Response], uploads: Mapping[str, int]
    ) -> None:
        self._app = app
        self._show = show
        self._uploads = {path: limit for path, limit in uploads.items() if "{" not in path}
        self._templates = [
            (re.compile(_PARAMETER.sub("[^/]+", re.escape(path))), limit)
            for path, limit in uploads.items()
            if "{" in path
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless its body is too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        limit = self._limit(scope["path"])
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdigit() and int(declared) > limit:
            await self._show(Request(scope), _too_large(limit))(scope, receive, send)
            return
        received, started = 0, False

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _too_large(limit)
            return message

        async def send_noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive_counted, send_noted)
        except Exception as error:
            if started:
                raise
            _log.exception("fault", error=type(error).__name__)
            await self._show(Request(scope), problems.InternalError())(scope, receive, send)

    def _limit(self, path: str) -> int:
        for template, limit in self._templates:
            if template.fullmatch(path):
                return limit
        return self._uploads.get(path, LIMIT)


def _too_large(limit: int) -> problems.ContentTooLarge:
    return problems.ContentTooLarge(limit=limit, headers={"connection": "close"})
