"""A shortcut answers its own address, and leaves to the ordinary route what it cannot do."""

from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub_service.shortcuts import Shortcut


async def short(request: Request) -> Response | None:
    """The short way of whatever says so."""
    body = await request.json()
    if body == "wrong":
        raise ValueError
    return (
        JSONResponse("short", headers={"route": request.scope["route"].path_format}) if body == "s" else None
    )


@pytest.fixture
def app() -> FastAPI:
    """An application with a route that also has a short way."""
    made = FastAPI()

    @made.post("/things")
    async def ordinary(request: Request) -> Any:
        return ["ordinary", await request.json()]

    @made.exception_handler(ValueError)
    async def show(request: Request, error: ValueError) -> Response:
        return JSONResponse([request.url.path, type(error).__name__], status_code=422)

    made.router.routes.insert(0, Shortcut("POST", "/things", short))
    return made


async def ask(app: FastAPI, method: str, path: str, body: str) -> httpx2.Response:
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.request(method, path, json=body)


async def test_what_it_can_do_is_answered_by_it(app: FastAPI) -> None:
    answer = await ask(app, "POST", "/things", "s")
    assert (answer.json(), answer.headers["route"]) == ("short", "/things")


async def test_what_it_leaves_is_answered_by_the_ordinary_route_which_gets_the_body(app: FastAPI) -> None:
    assert (await ask(app, "POST", "/things", "long")).json() == ["ordinary", "long"]


async def test_its_problems_are_shown_as_always(app: FastAPI) -> None:
    answer = await ask(app, "POST", "/things", "wrong")
    assert (answer.status_code, answer.json()) == (422, ["/things", "ValueError"])


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/things", 405), ("POST", "/thing", 404)])
async def test_it_answers_no_other_address_and_no_other_method(
    app: FastAPI, method: str, path: str, status: int
) -> None:
    assert (await ask(app, method, path, "s")).status_code == status
