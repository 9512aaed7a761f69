"""What the authority of the embedded run answers over HTTP."""

from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from . import authority
from .stamps import Unit
from .status import Registry, UnknownName

_MOST_BYTES: Final = 10_000
_AWAY: Final = HTTPStatus.SERVICE_UNAVAILABLE


class TrustServices:
    """Time stamps, revocation lists and answers of the authority in the folder (`authority.make`)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._registry = Registry(folder)
        issuing = authority.load(folder, authority.ISSUING)
        self._unit = Unit(authority.load(folder, authority.TIMESTAMPS), issuing)

    @property
    def routes(self) -> list[Route]:
        """The addresses, below `/trust`."""
        return [
            Route("/trust/timestamps", self.stamp, methods=["POST"]),
            Route("/trust/ocsp", self.tell_status, methods=["POST"]),
            Route("/trust/revocations", self.revoke, methods=["POST"]),
            Route("/trust/seals", self.issue_seal, methods=["POST"]),
            Route("/trust/root.pem", self.show_root),
            Route("/trust/{name}.crl", self.list_revoked),
        ]

    async def stamp(self, request: Request) -> Response:
        """A time stamp (RFC 3161, 3.4)."""
        if request.app.state.is_away:
            return Response(status_code=_AWAY)
        answer = self._unit.answer(await _body(request), datetime.now(UTC))
        return Response(answer, media_type="application/timestamp-reply")

    async def tell_status(self, request: Request) -> Response:
        """Whether a certificate was revoked (RFC 6960, A.1)."""
        if request.app.state.is_away:
            return Response(status_code=_AWAY)
        answer = self._registry.answer(await _body(request), datetime.now(UTC))
        return Response(answer, media_type="application/ocsp-response")

    async def list_revoked(self, request: Request) -> Response:
        """The list of one authority."""
        if request.app.state.is_away:
            return Response(status_code=_AWAY)
        try:
            content = self._registry.crl(request.path_params["name"], datetime.now(UTC))
        except UnknownName:
            return Response(status_code=HTTPStatus.NOT_FOUND)
        return Response(content, media_type="application/pkix-crl")

    async def show_root(self, request: Request) -> Response:
        """The certificate of the root, for verifiers."""
        del request
        return FileResponse(self._folder / f"{authority.ROOT}.pem", media_type="application/x-pem-file")

    async def issue_seal(self, request: Request) -> Response:
        """The certificate of an institution's seal, for a request in PEM (RFC 8555, 9.1 has the form)."""
        if request.app.state.is_away:
            return Response(status_code=_AWAY)
        try:
            content = authority.issue_seal(self._folder, await _body(request), datetime.now(UTC))
        except authority.RequestRefused:
            return JSONResponse({"error": "no such request"}, HTTPStatus.UNPROCESSABLE_ENTITY)
        return Response(content, media_type="application/pem-certificate-chain")

    async def revoke(self, request: Request) -> Response:
        """Let a key have been stolen: `{"name": "seal"}` revokes its certificate from now on."""
        try:
            asked = await request.json()
            self._registry.revoke(asked["name"], datetime.now(UTC))
        except (UnknownName, ValueError, KeyError, TypeError):
            return JSONResponse({"error": "no such certificate"}, HTTPStatus.UNPROCESSABLE_ENTITY)
        return Response(status_code=HTTPStatus.NO_CONTENT)


async def _body(request: Request) -> bytes:
    """The content, up to what any question of these needs."""
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > _MOST_BYTES:
            return b""
    return content
