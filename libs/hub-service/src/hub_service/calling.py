"""The function of a hot route, called before FastAPI looks for the route.

    app.router.routes[:0] = calling.shortcuts(files.router, "triage_file", "assign_file")

What the function and its dependencies ask for is worked out once, where FastAPI walks their tree for each
request; functions, checks and models are the route's own. What is not in order goes the ordinary way, which
says what is wrong with it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import Any, Final, get_args
from urllib.parse import parse_qsl

from fastapi import APIRouter, params
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from . import dependencies, policy
from .routing import conditional, once
from .shortcuts import Shortcut

_SESSION: Final = next(
    one.dependency for one in get_args(dependencies.Session) if isinstance(one, params.Depends)
)
_OK: Final = 200


class _NotInOrder(Exception):
    """What the ordinary way has to answer."""


@dataclass(frozen=True, slots=True)
class _Call:
    """A function, and where its arguments come from.

    `results` are those of calls before it, `fields` what is sent: in the path, the query, a header, the body.
    """

    function: Callable[..., Any]
    results: Mapping[str, int]
    fields: Sequence[tuple[str, Any]]
    request: str | None
    response: str | None

    def arguments(
        self, request: Request, response: Response, sent: Mapping[str, Any], before: Sequence[Any]
    ) -> dict[str, Any]:
        """What it is called with; raises `_NotInOrder`."""
        given = {name: before[place] for name, place in self.results.items()}
        given |= {field.name: _value(where, field, sent) for where, field in self.fields}
        if self.request:
            given[self.request] = request
        if self.response:
            given[self.response] = response
        return given


def shortcuts(router: APIRouter, *names: str) -> list[Shortcut]:
    """The short ways of these routes; `TypeError` for one whose function could not be called so."""
    routes = {route.name: route for route in router.routes if isinstance(route, APIRoute)}
    return [_shortcut(routes[name]) for name in names]


def _shortcut(route: APIRoute) -> Shortcut:
    (method,) = route.methods or {"GET"}
    if route.response_field is None:
        raise TypeError(f"{route.name} does not say what it gives")
    calls: list[_Call] = []
    _plan(route.dependant, calls)
    known = {field.alias for call in calls for where, field in call.fields if where == "query"}
    shown: Any = route.response_field
    is_kept = method == "POST" and policy.ASKS not in (route.openapi_extra or {})

    async def handle(request: Request) -> Response:
        sent = await _sent(request, known, has_body=route.body_field is not None)
        said, results = Response(), list[Any]()
        del said.headers["content-length"]
        for call in calls:
            results.append(await call.function(**call.arguments(request, said, sent, results)))
        value, errors = shown.validate(results[-1], {}, loc=("response",))
        if errors:
            raise TypeError(f"{route.name} gives what it does not say")
        answer = Response(
            shown.serialize_json(value), route.status_code or _OK, media_type="application/json"
        )
        answer.headers.raw.extend(said.headers.raw)
        return answer

    async def answer(request: Request) -> Response | None:
        try:
            if is_kept and "idempotency-key" in request.headers:
                return await once(request, handle)
            async with request.app.state.hub.database.sessions() as session:
                request.state.session = session
                given = await handle(request)
        except _NotInOrder:
            del request.state.session
            return None
        return conditional(request, given) if method == "GET" else given

    return Shortcut(method, route.path, answer)


async def _joined(request: Request) -> Any:
    """The session of the request, which is open."""
    return request.state.session


def _plan(dependant: Dependant, calls: list[_Call]) -> int:
    """Add the calls that a function needs, and then its own, each once; the place of its own."""
    is_session = dependant.call is _SESSION
    function = _joined if is_session else dependant.call
    for place, call in enumerate(calls):
        if call.function is function:
            return place
    if function is None or not iscoroutinefunction(function):
        raise TypeError(f"{function} cannot be called so")
    results = [(one.name, _plan(one, calls)) for one in dependant.dependencies]
    sent = {
        "path": dependant.path_params,
        "query": dependant.query_params,
        "header": dependant.header_params,
        "body": dependant.body_params,
    }
    calls.append(
        _Call(
            function,
            {name: place for name, place in results if name},
            [(where, field) for where, fields in sent.items() for field in fields],
            "request" if is_session else dependant.request_param_name,
            dependant.response_param_name,
        )
    )
    return len(calls) - 1


async def _sent(request: Request, known: set[str], *, has_body: bool) -> dict[str, Any]:
    """What came with a request; raises `_NotInOrder`."""
    words = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    query = dict(words)
    if len(query) < len(words) or not query.keys() <= known:
        raise _NotInOrder
    body = None
    if has_body:
        if request.headers.get("content-type") != "application/json":
            raise _NotInOrder
        try:
            body = json.loads(await request.body())
        except (ValueError, RecursionError) as error:
            raise _NotInOrder from error
    return {"path": request.path_params, "query": query, "header": request.headers, "body": body}


def _value(where: str, field: Any, sent: Mapping[str, Any]) -> Any:
    """What was sent for an argument, read; raises `_NotInOrder`."""
    value = sent[where] if where == "body" else sent[where].get(field.alias)
    if value is None and not field.field_info.is_required():
        return field.get_default()
    read, errors = field.validate(value, {}, loc=(where, field.alias))
    if errors:
        raise _NotInOrder
    return read
