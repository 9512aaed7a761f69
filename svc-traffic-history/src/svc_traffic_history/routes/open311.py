"""Open311 GeoReport v2, beside the contract: HTTP and nothing else.

Its addresses, forms and errors are the standard's (wiki.open311.org/GeoReport_v2).
"""

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Depends, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from hub_core.problem import Problem
from hub_service import policy, problems
from hub_service.dependencies import Lang, Now, Session, Texts
from hub_service.routing import Router

from ..domain import georeport
from ..errors.open311 import JurisdictionNotFound, ServiceCodeNotFound
from ..operations import open311 as operations
from ..schemas import open311_xml
from ..schemas.open311 import (
    Open311DefinitionView,
    Open311DiscoveryView,
    Open311ServicesView,
    Say,
)

PREFIX: Final = "/traffic-history/open311/v2"
_XML: Final = "text/xml"
_TEXT: Final = {"type": "string", "pattern": r"^[^\x00]*$"}
_ERROR: Final = {
    "type": "object",
    "required": ["code", "description"],
    "properties": {
        "code": {
            "type": "integer",
            "format": "int32",
            "minimum": 400,
            "maximum": 599,
            "description": "The status of the answer.",
        },
        "description": _TEXT | {"maxLength": 4000, "description": "What is wrong, in the caller's language."},
        "type": {
            "type": "string",
            "format": "uri",
            "maxLength": 200,
            "description": "The problem: an address with a page for people.",
        },
    },
}
_ERRORS: Final[dict[str, Any]] = {
    "application/json": {
        "schema": {"type": "array", "maxItems": 100, "items": _ERROR},
        "example": [{"code": 400, "description": "The request cannot be read"}],
    },
    _XML: {
        "schema": {"type": "string"},
        "example": "<errors><error><code>400</code>"
        "<description>The request cannot be read</description></error></errors>",
    },
}
_AT_THE_DOOR: Final = frozenset({401, 429, 503})
"""What the gateway says too, as a problem."""
_RESPONSE: Final = "responses"


class Format(StrEnum):
    """How an answer is written."""

    JSON = "json"
    XML = "xml"


ResponseFormat = Annotated[Format, Path(description="How the answer is written.", examples=["json"])]


async def _jurisdiction(
    jurisdiction_id: Annotated[
        str | None,
        Query(
            max_length=64,
            pattern=r"^[^\x00]*$",
            description="May be left out: there is one.",
            examples=[georeport.JURISDICTION],
        ),
    ] = None,
) -> None:
    if jurisdiction_id not in {None, georeport.JURISDICTION}:
        raise JurisdictionNotFound


async def _say(language: Lang, texts: Texts) -> Say:
    return lambda text: texts.translate(language, text)


Saying = Annotated[Say, Depends(_say)]
"""The service's texts in the caller's language."""

_MET: Final = (problems.NotFound, JurisdictionNotFound)


def _status(status: int) -> int:
    """GeoReport knows no 422: what is wrong with the fields is 400."""
    return HTTPStatus.BAD_REQUEST.value if status == HTTPStatus.UNPROCESSABLE_ENTITY else status


def _described(kept: dict[str, Any], example: str) -> dict[str, Any]:
    """What an operation says of itself: its policy, both formats, errors as GeoReport has them."""
    answers: dict[int | str, dict[str, Any]] = {
        200: {"content": {_XML: {"schema": {"type": "string"}, "example": example}}}
    }
    for status, met in kept[_RESPONSE].items():
        said = answers.setdefault(
            _status(int(status)), {"description": "", "content": dict(_ERRORS), "x-problem-types": []}
        )
        said["description"] = "; ".join(filter(None, (said["description"], met["description"])))
        said["x-problem-types"] += met["x-problem-types"]
        if status in _AT_THE_DOOR:
            said["content"] |= met["content"]
    extra = kept["openapi_extra"] | {"x-protocol": True}
    return kept | {_RESPONSE: answers, "openapi_extra": extra}


router = Router(prefix=PREFIX, tags=["open311"], dependencies=[Depends(_jurisdiction)])


@router.get(
    "/discovery.{response_format}",
    summary="Discover the Open311 interface",
    response_model=Open311DiscoveryView,
    **_described(
        policy.public(raises=_MET),
        "<discovery><endpoints><endpoint><type>production</type></endpoint></endpoints></discovery>",
    ),
)
async def discover_open311(
    response_format: ResponseFormat, request: Request, say: Saying, language: Lang
) -> Response:
    """Where the interface answers, in which formats, and what stands for an `api_key`."""
    settings = request.app.state.hub.settings
    view = Open311DiscoveryView.of(f"{settings.public_origin}{PREFIX}", settings.contact_email, say)
    return _write(response_format, "discovery", view, language)


@router.get(
    "/services.{response_format}",
    summary="List what can be reported by Open311",
    response_model=Open311ServicesView,
    **_described(
        policy.public(raises=_MET),
        f"<services><service><service_code>{georeport.SERVICE}</service_code></service></services>",
    ),
)
async def read_open311_services(response_format: ResponseFormat, say: Saying, language: Lang) -> Response:
    """The one service: reports of aggressive driving."""
    return _write(response_format, "services", Open311ServicesView.of(say), language)


@router.get(
    "/services/{service_code}.{response_format}",
    summary="Read what a report by Open311 says",
    response_model=Open311DefinitionView,
    **_described(
        policy.public(raises=(*_MET, ServiceCodeNotFound)),
        f"<service_definition><service_code>{georeport.SERVICE}</service_code></service_definition>",
    ),
)
async def read_open311_service(
    service_code: Annotated[
        str,
        Path(
            max_length=64,
            pattern=r"^[a-z0-9-]+$",
            description="What is reported.",
            examples=[georeport.SERVICE],
        ),
    ],
    response_format: ResponseFormat,
    session: Session,
    now: Now,
    say: Saying,
    language: Lang,
) -> Response:
    """The attributes of a report: manoeuvres by the law of today, time, place, plate, declarations."""
    if service_code != georeport.SERVICE:
        raise ServiceCodeNotFound
    manoeuvres = await operations.manoeuvres(session, now)
    view = Open311DefinitionView.of(manoeuvres, operations.DECLARATION, say, language)
    return _write(response_format, "service_definition", view, language)


def show(request: Request, problem: Problem, members: Mapping[str, Any]) -> Response:
    """A problem as GeoReport's errors: what is wrong with each field, or with the request."""
    status = _status(problem.status)
    said = [f"{each['pointer']}: {each['detail']}" for each in members.get("errors", ())]
    errors = [
        {"code": status, "description": text, "type": members["type"]} for text in said or [members["detail"]]
    ]
    written = Format.XML if request.url.path.endswith(f".{Format.XML}") else Format.JSON
    return _answer(written, "errors", errors, status)


def _write(response_format: Format, name: str, view: BaseModel, language: str) -> Response:
    answer = _answer(response_format, name, view.model_dump(mode="json"))
    answer.headers.update({"content-language": language, "vary": "Accept-Language"})
    return answer


def _answer(response_format: Format, name: str, value: Any, status: int = HTTPStatus.OK) -> Response:
    if response_format is Format.JSON:
        return JSONResponse(value, status)
    return Response(open311_xml.document(name, value), status, media_type=_XML)
