"""What the upload protocol says of every request and answer (tus 1.0.0), in one place.

It is a protocol of others: no Idempotency-Key, whose place the offset takes, and no ETag.
"""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import Request, Response
from fastapi.routing import APIRoute

from hub_core.problem import Problem

from ..errors.videos import UploadVersionUnknown

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,creation-with-upload,expiration,checksum,termination"
ALGORITHMS: Final = "sha1,sha256"
MEDIA_TYPE: Final = "application/offset+octet-stream"
_SAYING: Final = "tus-resumable"
_ASKING: Final = frozenset({"GET", "OPTIONS"})
"""HEAD comes as GET, and people's programs ask without saying a version."""


class TusRoute(APIRoute):
    """A route of the protocol."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, inside the protocol's rules."""
        handle = super().get_route_handler()

        async def speak(request: Request) -> Response:
            try:
                _must_be_spoken(request)
                answer = await handle(request)
            except Problem as problem:
                problem.headers.setdefault(_SAYING, VERSION)
                raise
            answer.headers[_SAYING] = VERSION
            return answer

        return speak


def _must_be_spoken(request: Request) -> None:
    said = request.headers.get(_SAYING)
    if request.method == "OPTIONS" or (said is None and request.method in _ASKING):
        return
    if said != VERSION:
        raise UploadVersionUnknown(headers={"tus-version": VERSION})
