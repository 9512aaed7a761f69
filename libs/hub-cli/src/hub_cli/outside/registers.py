"""The population register and the trade register, as they answer."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .asking import away, body, store

_MOST: Final = 1000
_ABSENT: Final = {"error": "no such entry"}


class _ByNumber(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    cnp: Annotated[str, Field(pattern=r"^[0-9]{13}$")]


class _Death(_ByNumber):
    died_on: date


async def find_person(request: Request) -> Response:
    """One entry by its number, in force or replaced."""
    asked = await body(request, _ByNumber)
    if isinstance(asked, Response):
        return asked
    return _found(store(request).person(asked.cnp))


async def find_relatives(request: Request) -> Response:
    """Spouse, children, parents, siblings and guardians of a person."""
    asked = await body(request, _ByNumber)
    if isinstance(asked, Response):
        return asked
    relatives = store(request).relatives(asked.cnp)
    return _found(None if relatives is None else {"items": relatives})


async def list_people(request: Request) -> Response:
    """Some of the people, so that tests have numbers to ask for."""
    asked = request.query_params
    limit = asked.get("limit", "20")
    most = min(int(limit), _MOST) if limit.isdecimal() else _MOST
    return JSONResponse({"items": store(request).people(asked.get("after", ""), most)})


async def record_death(request: Request) -> Response:
    """Let somebody have died."""
    told = await body(request, _Death)
    if isinstance(told, Response):
        return told
    known = store(request).let_die(told.cnp, told.died_on)
    return Response(status_code=HTTPStatus.NO_CONTENT if known else HTTPStatus.NOT_FOUND)


async def find_company(request: Request) -> Response:
    """One entry by its fiscal number."""
    if request.app.state.is_away:
        return away()
    return _found(store(request).company(request.path_params["cui"]))


async def begin_outage(request: Request) -> Response:
    """Answer nothing more, until told otherwise."""
    request.app.state.is_away = True
    return Response(status_code=HTTPStatus.NO_CONTENT)


async def end_outage(request: Request) -> Response:
    """Answer again."""
    request.app.state.is_away = False
    return Response(status_code=HTTPStatus.NO_CONTENT)


ROUTES: Final = (
    Route("/population/people/find", find_person, methods=["POST"]),
    Route("/population/people/relatives", find_relatives, methods=["POST"]),
    Route("/population/people/death", record_death, methods=["POST"]),
    Route("/population/people", list_people),
    Route("/companies/{cui}", find_company),
    Route("/api/outage", begin_outage, methods=["PUT"]),
    Route("/api/outage", end_outage, methods=["DELETE"]),
)


def _found(entry: Any) -> Response:
    return JSONResponse(_ABSENT, HTTPStatus.NOT_FOUND) if entry is None else JSONResponse(entry)
