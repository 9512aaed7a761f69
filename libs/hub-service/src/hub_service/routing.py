"""The router of an API: what `api.md` promises for every operation, in one place.

POST takes an Idempotency-Key, GET gives a strong ETag and answers If-None-Match, an unknown query
parameter and a body of another type are refused. Pages and protocol endpoints (OAuth) keep their
own rules and use FastAPI's router.
"""

import hashlib
import re
from collections.abc import Callable, Coroutine
from functools import cached_property
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from hub_core import clock
from hub_core.problem import FieldError

from . import idempotency, policy
from .problems import InvalidRequest, UnsupportedMediaType

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT_IN_304: Final = ("cache-control", "content-language", "etag", "vary", "expires")


class ApiRoute(APIRoute):
    """A route that keeps the public contract."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, inside the contract's rules."""
        handle = super().get_route_handler()

        async def keep_contract(request: Request) -> Response:
            self._refuse_unknown_parameters(request)
            if request.method == "GET":
                return conditional(request, await handle(request))
            if self.body_field:
                if not _is_json(request):
                    raise UnsupportedMediaType
                await request.body()
            asks = policy.ASKS in (self.openapi_extra or {})
            if request.method == "POST" and "idempotency-key" in request.headers and not asks:
                return await once(request, handle)
            return await handle(request)

        return keep_contract

    @cached_property
    def _parameters(self) -> frozenset[str]:
        return frozenset(
            field.alias
            for field in get_flat_params(self.dependant)
            if isinstance(field.field_info, params.Query)
        )

    def _refuse_unknown_parameters(self, request: Request) -> None:
        unknown = [name for name in request.query_params if name not in self._parameters]
        if unknown:
            raise InvalidRequest(
                errors=[
                    FieldError(f"query/{name[:64]}", "unknown", "This parameter is not known")
                    for name in unknown
                ]
            )


class Router(APIRouter):
    """The router for a service's API."""

    def __init__(self, **options: Any) -> None:
        super().__init__(route_class=ApiRoute, redirect_slashes=False, **options)


def _is_json(request: Request) -> bool:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type == "application/json"


def conditional(request: Request, answer: Response) -> Response:
    """Give the answer its strong ETag; 304 when the caller already holds it (RFC 9110, 13)."""
    if answer.status_code != HTTPStatus.OK or not hasattr(answer, "body"):
        return answer
    if "etag" not in answer.headers:
        answer.headers["etag"] = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    held = request.headers.get("if-none-match", "")
    if (
        answer.headers["etag"] not in (tag.strip().removeprefix("W/") for tag in held.split(","))
        and held != "*"
    ):
        return answer
    return Response(
        status_code=HTTPStatus.NOT_MODIFIED,
        headers={name: answer.headers[name] for name in _KEPT_IN_304 if name in answer.headers},
    )


async def claim_of(request: Request) -> idempotency.Claim:
    """What a POST claims with its Idempotency-Key; raises `InvalidRequest`, `InvalidToken`."""
    key = request.headers["idempotency-key"]
    if not _KEY.fullmatch(key):
        raise InvalidRequest(
            errors=[
                FieldError(
                    "header/idempotency-key", "pattern", "1 to 255 printable ASCII characters are allowed"
                )
            ]
        )
    caller = "anonymous"
    if "authorization" in request.headers:
        principal = await policy.authenticate(request)
        caller = idempotency.caller_of(
            principal.kind, principal.subject, principal.client_id, principal.mandate_id
        )
    parts = [
        request.method.encode(),
        request.scope["path"].encode(),
        request.scope["query_string"],
        await request.body(),
    ]
    secret = request.app.state.hub.settings.service_secret.get_secret_value().encode()
    return idempotency.Claim(caller, key, idempotency.fingerprint(secret, parts))


async def once(request: Request, handle: Callable[[Request], Coroutine[Any, Any, Response]]) -> Response:
    """Handle a POST inside one unit of work with the record of its Idempotency-Key.

    `handle` finds the session at `request.state.session`. Raises what `claim_of` and it raise.
    """
    wanted = await claim_of(request)
    async with request.app.state.hub.database.sessions() as session:
        request.state.session = session
        async with session.unit_of_work():
            replayed = await idempotency.claim(session, wanted, clock.now())
            if replayed:
                return replayed
            answer = await handle(request)
            await idempotency.store(session, wanted, answer)
    return answer
