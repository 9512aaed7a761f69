"""Which bodies pass the outermost layer, and what HEAD is."""

from typing import Any

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from hub_core.problem import Problem
from hub_service.boundary import LIMIT, Boundary

UPLOADS = {"/things/{thing_id}/file": 2 * LIMIT, "/files": 3 * LIMIT}


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Says by which method it was asked, and how much came."""
    request = Request(scope, receive)
    size = 0
    async for piece in request.stream():
        size += len(piece)
    said = f"{request.method} {size}"
    await PlainTextResponse(said, headers={"asked-by": request.method})(scope, receive, send)


def show(_: Request, problem: Problem) -> Response:
    return PlainTextResponse(problem.type, problem.status)


@pytest.fixture
def client() -> httpx2.AsyncClient:
    bounded = Boundary(app, show=show, uploads=UPLOADS)
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(bounded), base_url="http://service")


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/files", 3 * LIMIT),
        ("/things/7/file", 2 * LIMIT),
        ("/things/7/file/", LIMIT),
        ("/things/7/8/file", LIMIT),
        ("/things//file", LIMIT),
        ("/x/things/7/file", LIMIT),
    ],
)
async def test_an_address_takes_so_many_bytes(client: httpx2.AsyncClient, path: str, most: int) -> None:
    assert (await client.patch(path, content=bytes(most))).text == f"PATCH {most}"
    assert (await client.patch(path, content=bytes(most + 1))).status_code == 413


async def test_head_is_asked_as_get(client: httpx2.AsyncClient) -> None:
    assert (await client.head("/files")).headers["asked-by"] == "GET"
