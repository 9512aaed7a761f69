"""The service's document over HTTP, made when it is asked for the first time."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

PATH: Final = "/openapi.json"


class Served:
    """The document, made once and in a thread.

    Making it is seconds of computing: on the loop, whoever asks a new process first would hold up
    all its other callers. Who hangs up meanwhile leaves the work for the next one who asks.
    """

    def __init__(self, make: Callable[[], dict[str, Any]]) -> None:
        self._make = make
        self._made: asyncio.Task[bytes] | None = None

    async def answer(self, _: Request) -> Response:
        """The document as JSON."""
        if self._made is None or _failed(self._made):
            self._made = asyncio.create_task(asyncio.to_thread(self._encoded))
        return Response(await asyncio.shield(self._made), media_type="application/json")

    def _encoded(self) -> bytes:
        return orjson.dumps(self._make())


def _failed(task: asyncio.Task[bytes]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
