"""Asking for a certificate before FastAPI looks for the route. HTTP and nothing else, and little of that.

The contract is the ordinary route's, which also answers whatever is not sent as most send it.
"""

from functools import partial
from typing import Final

from fastapi import Request, Response
from pydantic import TypeAdapter, ValidationError

from hub_core import clock
from hub_core.principal import Kind, Principal
from hub_service import policy
from hub_service.routing import once
from hub_service.shortcuts import Shortcut

from ..operations import requests as operations
from ..schemas.requests import CreateCertificateRequest, RequestView
from . import requests

_BODY: Final = TypeAdapter(CreateCertificateRequest)
_CHECKS: Final = [one.dependency for one in requests.ASKING["dependencies"]]
_CREATED: Final = 201


async def ask(request: Request) -> Response | None:
    """The answer to a request for a certificate; None for what the ordinary route has to answer."""
    if request.headers.get("content-type") != "application/json" or request.url.query:
        return None
    try:
        wanted = _BODY.validate_json(await request.body())
    except ValidationError:
        return None
    caller = await policy.authenticate(request)
    for check in _CHECKS:
        await check(caller)
    if caller.kind is not Kind.PERSON:
        return None
    answer = partial(_answer, wanted=wanted, caller=caller)
    if "idempotency-key" in request.headers:
        return await once(request, answer)
    async with request.app.state.hub.database.sessions() as session:
        request.state.session = session
        return await answer(request)


async def _answer(request: Request, wanted: CreateCertificateRequest, caller: Principal) -> Response:
    state = request.app.state
    shown = await operations.create(
        request.state.session, state.opening(state.hub), wanted.wish(), caller, clock.now()
    )
    headers = requests.created(shown) | {"content-type": "application/json"}
    return Response(RequestView.of(shown).model_dump_json(), _CREATED, headers)


SHORTCUT: Final = Shortcut("POST", f"{requests.router.prefix}/requests", ask)
"""The short way of the ordinary route."""
