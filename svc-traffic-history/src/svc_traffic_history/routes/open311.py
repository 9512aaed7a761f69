"""Open311 GeoReport v2, beside the contract: HTTP and nothing else.

Its addresses, forms and errors are the standard's (wiki.open311.org/GeoReport_v2).
"""

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from hub_core.problem import Problem
from hub_service import contract, policy, problems, schemas
from hub_service.dependencies import Lang, Now, Session, Texts
from hub_service.routing import Router

from ..dependencies import REPORTS_READ, Asking, Keys, reporting
from ..domain import georeport
from ..domain.georeport import Search, Status
from ..errors.driving_reports import DrivingReportNotFound
from ..errors.open311 import FormNeeded, JurisdictionNotFound, RequestSpanTooLong, ServiceCodeNotFound
from ..operations import driving_reports
from ..operations import open311 as operations
from ..schemas import open311_form, open311_xml
from ..schemas.open311 import (
    Open311DefinitionView,
    Open311DiscoveryView,
    Open311RequestsView,
    Open311SentListView,
    Open311ServicesView,
    Open311TokensView,
    Say,
)
from .driving_reports import SENDING

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
_AT_THE_DOOR: Final = frozenset({400, 401, 429, 503})
"""What the gateway says too, as a problem."""
_RESPONSE: Final = "responses"
_REQUESTS: Final = "service_requests"
_ONE: Final = "<service_requests><request>{}</request></service_requests>"
_EXAMPLE_ID: Final = "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"
_ID: Final = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


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


async def _form(request: Request) -> bytes:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/x-www-form-urlencoded":
        raise FormNeeded
    return await request.body()


async def _search(
    now: Now,
    service_request_id: Annotated[
        str | None,
        Query(
            max_length=2000,
            pattern=rf"^{_ID}(, ?{_ID})*$",
            description="These, divided by commas; nothing else counts then.",
            examples=["0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"],
        ),
    ] = None,
    service_code: Annotated[
        str | None,
        Query(
            max_length=500,
            pattern=r"^[^\x00]*$",
            description="Of these services, divided by commas.",
            examples=[georeport.SERVICE],
        ),
    ] = None,
    start_date: Annotated[schemas.Instant | None, Query(description="Sent at this instant or later.")] = None,
    end_date: Annotated[
        schemas.Instant | None,
        Query(description="Sent at this instant or earlier: at most 90 days after the first one."),
    ] = None,
    status: Annotated[
        str | None,
        Query(
            max_length=64,
            pattern=r"^(open|closed)(, ?(open|closed))*$",
            description="In these states, divided by commas.",
            examples=["open"],
        ),
    ] = None,
) -> Search:
    first, last = georeport.span(start_date, end_date, now)
    return Search(
        ids=tuple(dict.fromkeys(UUID(each) for each in _listed(service_request_id))),
        codes=_listed(service_code),
        statuses=[Status(each) for each in _listed(status)],
        first=first,
        last=last,
    )


def _listed(value: str | None) -> list[str]:
    return [each.strip() for each in value.split(",")] if value else []


Saying = Annotated[Say, Depends(_say)]
"""The service's texts in the caller's language."""

_MET: Final = (problems.NotFound, JurisdictionNotFound)


def _status(status: int) -> int:
    """GeoReport knows no 422: what is wrong with the fields is 400."""
    return HTTPStatus.BAD_REQUEST.value if status == HTTPStatus.UNPROCESSABLE_ENTITY else status


def _described(kept: dict[str, Any], example: str, **more: Any) -> dict[str, Any]:
    """What an operation says of itself: its policy, both formats, errors as GeoReport has them.

    `more` stands in the contract besides.
    """
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
    extra = kept["openapi_extra"] | {"x-protocol": True} | more
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
    contact: str = request.app.state.hub.settings.contact_email
    view = Open311DiscoveryView.of(f"{_origin(request)}{PREFIX}", contact, say)
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
    legal = await driving_reports.conditions(session, now)
    view = Open311DefinitionView.of(legal.manoeuvres, say, language)
    return _write(response_format, "service_definition", view, language)


@router.post(
    "/requests.{response_format}",
    summary="Report aggressive driving by Open311",
    response_model=Open311SentListView,
    **_described(
        SENDING | {_RESPONSE: SENDING[_RESPONSE] | policy.shown((*_MET, FormNeeded))},
        _ONE.format(f"<service_request_id>{_EXAMPLE_ID}</service_request_id>"),
        requestBody=open311_form.FORM,
        parameters=[contract.KEY],
    ),
)
async def send_open311_request(
    response_format: ResponseFormat,
    form: Annotated[bytes, Depends(_form)],
    person: policy.Person,
    means: Asking,
    session: Session,
    now: Now,
    request: Request,
    say: Saying,
    language: Lang,
) -> Response:
    """Report what you saw directly and by chance, as the contract's own operation does.

    The notice says where the recording is uploaded and until when. The access token stands in the header
    Authorization; a field `api_key` is not looked at.
    """
    wish = open311_form.read(form).wish()
    shown = await driving_reports.send(session, means, person, wish, now)
    view = Open311SentListView.of(shown.report, say, _origin(request))
    return _write(response_format, _REQUESTS, view, language)


@router.get(
    "/requests.{response_format}",
    summary="Find your reports by Open311",
    response_model=Open311RequestsView,
    **_described(reporting(REPORTS_READ, *_MET, RequestSpanTooLong), _ONE.format("<status>open</status>")),
)
async def find_open311_requests(
    response_format: ResponseFormat,
    wanted: Annotated[Search, Depends(_search)],
    person: policy.Person,
    keys: Keys,
    session: Session,
    now: Now,
    request: Request,
    say: Saying,
    language: Lang,
) -> Response:
    """Reports of yours, of the last 90 days unless dates say otherwise, at most 1000, the last one first.

    Only yours: where others report is nobody's to see. What is not yours is left out, as if it were not
    there.
    """
    found = await operations.search(session, keys, person.person_id, wanted, now)
    view = Open311RequestsView.of(found, say, language, _origin(request))
    return _write(response_format, _REQUESTS, view, language)


@router.get(
    "/requests/{service_request_id}.{response_format}",
    summary="Read a report of yours by Open311",
    response_model=Open311RequestsView,
    **_described(reporting(REPORTS_READ, *_MET, DrivingReportNotFound), _ONE.format("<status>open</status>")),
)
async def get_open311_request(
    service_request_id: Annotated[schemas.Id, Path(description="The report.")],
    response_format: ResponseFormat,
    person: policy.Person,
    keys: Keys,
    session: Session,
    now: Now,
    request: Request,
    say: Saying,
    language: Lang,
) -> Response:
    """Where a report of yours stands, in a list of one; another's is not found."""
    found = await operations.read(session, keys, person.person_id, service_request_id, now)
    view = Open311RequestsView.of([found], say, language, _origin(request))
    return _write(response_format, _REQUESTS, view, language)


@router.get(
    "/tokens/{temporary_id}.{response_format}",
    summary="Read which report of yours a token stands for",
    response_model=Open311TokensView,
    **_described(
        reporting(REPORTS_READ, *_MET, DrivingReportNotFound), _ONE.format(f"<token>{_EXAMPLE_ID}</token>")
    ),
)
async def get_open311_token(
    temporary_id: Annotated[schemas.Id, Path(description="The token: the report's own identifier.")],
    response_format: ResponseFormat,
    person: policy.Person,
    keys: Keys,
    session: Session,
    now: Now,
    language: Lang,
) -> Response:
    """A report has its identifier at once, and is its own token: for clients that ask all the same."""
    shown = await driving_reports.read(session, keys, person.person_id, temporary_id, now)
    return _write(response_format, _REQUESTS, Open311TokensView.of(shown.report.id), language)


def show(request: Request, problem: Problem, members: Mapping[str, Any]) -> Response:
    """A problem as GeoReport's errors: what is wrong with each field, or with the request."""
    status = _status(problem.status)
    said = [
        f"{open311_form.field_of(each['pointer'])}: {each['detail']}" for each in members.get("errors", ())
    ]
    errors = [
        {"code": status, "description": text, "type": members["type"]} for text in said or [members["detail"]]
    ]
    written = Format.XML if request.url.path.endswith(f".{Format.XML}") else Format.JSON
    return _answer(written, "errors", errors, status)


def _origin(request: Request) -> str:
    origin: str = request.app.state.hub.settings.public_origin
    return origin


def _write(response_format: Format, name: str, view: BaseModel, language: str) -> Response:
    answer = _answer(response_format, name, view.model_dump(mode="json"))
    answer.headers.update({"content-language": language, "vary": "Accept-Language"})
    return answer


def _answer(response_format: Format, name: str, value: Any, status: int = HTTPStatus.OK) -> Response:
    if response_format is Format.JSON:
        return JSONResponse(value, status)
    return Response(open311_xml.document(name, value), status, media_type=_XML)
