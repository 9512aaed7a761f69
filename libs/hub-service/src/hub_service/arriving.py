"""A body that is taken while it comes, by an operation that keeps what a broken connection brought.

async def append(body: Arriving, ...) -> Response:
    async for piece in body:
        ...
    if body.is_broken:  # nobody is there any more to be answered
"""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from starlette.requests import ClientDisconnect, Request


class ArrivingBody:
    """The body of a request, piece by piece; it just ends where the connection broke."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self.is_broken = False

    @property
    def is_coming(self) -> bool:
        """Whether there is one."""
        headers = self._request.headers
        return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"

    async def __aiter__(self) -> AsyncIterator[bytes]:
        """The pieces, as large as they came."""
        try:
            async for piece in self._request.stream():
                yield piece
        except ClientDisconnect:
            self.is_broken = True


Arriving = Annotated[ArrivingBody, Depends(ArrivingBody)]
"""The body, of which nothing is read before the operation does."""
