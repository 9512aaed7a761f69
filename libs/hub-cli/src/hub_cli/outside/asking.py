"""How a register outside is asked: a body of JSON, while it is not away."""

from http import HTTPStatus
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .store import Store

ModelT = TypeVar("ModelT", bound=BaseModel)


def store(request: Request) -> Store:
    """The registers on the disk."""
    held: Store = request.app.state.store
    return held


def away() -> Response:
    """The answer of a register in an outage."""
    return JSONResponse({"error": "away, as told"}, HTTPStatus.SERVICE_UNAVAILABLE)


async def body(request: Request, model: type[ModelT]) -> ModelT | Response:
    """What is asked, or the answer to who asks wrongly, or in an outage."""
    if request.app.state.is_away:
        return away()
    try:
        return model.model_validate_json(await request.body())
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False, include_context=False)
        return JSONResponse({"error": "not valid", "faults": faults}, HTTPStatus.UNPROCESSABLE_ENTITY)
