"""The few operations that are hot enough to be answered before FastAPI looks for their route.

    app.router.routes.insert(0, Shortcut("POST", "/passport-booking/v1/appointments", answer))

The operation has its ordinary route as well: its contract is that one's, and it answers whatever the
shortcut leaves. Problems are shown as always.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, compile_path
from starlette.types import Message, Receive, Scope, Send

_LEFT: Final = "hub.left_by_shortcut"


class Shortcut(BaseRoute):
    """A route for one method and one address, or all of a form (`/files/{file_id}`).

    What its `answer` gives None for goes the ordinary way.
    """

    def __init__(
        self, method: str, path: str, answer: Callable[[Request], Awaitable[Response | None]]
    ) -> None:
        self._pattern, self.path_format, _ = compile_path(path)
        self._method = method
        self._answer = answer

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether it is an address of this form, and was not left before."""
        if scope["type"] != "http" or scope["method"] != self._method or _LEFT in scope:
            return Match.NONE, {}
        found = self._pattern.match(scope["path"])
        return (Match.FULL, {"route": self, "path_params": found.groupdict()}) if found else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or have the ordinary route answer, to whom the body is given again."""
        request = Request(scope, receive)
        answer = await self._answer(request)
        if answer is None:
            scope[_LEFT] = True
            await scope["app"].router(scope, _again(await request.body(), receive), send)
        else:
            await answer(scope, receive, send)


def _again(body: bytes, receive: Receive) -> Receive:
    whole: list[MutableMapping[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]

    async def give() -> Message:
        return whole.pop() if whole else await receive()

    return give
