"""A request's body may have one mebibyte; more is refused before it is read (413)."""

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import problems
from .i18n import Texts

LIMIT = 1_048_576
"""Bytes; uploads that are streamed to storage have their own limits."""


class BodyLimit:
    """ASGI middleware: counts the body as it comes, whatever its headers say; HEAD is served as GET.

    The server itself leaves the body out of an answer to HEAD.
    """

    def __init__(self, app: ASGIApp, texts: Texts, public_origin: str) -> None:
        self._app = app
        self._texts = texts
        self._public_origin = public_origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless its body is too large."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdigit() and int(declared) > LIMIT:
            answer = problems.response(_too_large(), Request(scope), self._texts, self._public_origin)
            await answer(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > LIMIT:
                raise _too_large()
            return message

        await self._app(scope, receive_counted, send)


def _too_large() -> problems.ContentTooLarge:
    return problems.ContentTooLarge(limit=LIMIT, headers={"connection": "close"})
