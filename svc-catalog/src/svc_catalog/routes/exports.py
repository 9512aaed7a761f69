"""The catalog in the vocabularies of the EU: HTTP and nothing else."""

from email.utils import format_datetime
from typing import Annotated, Any, Final

from fastapi import Header, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from hub_core import clock
from hub_core.language import Language
from hub_service import policy
from hub_service.dependencies import Lang, Now, Session
from hub_service.schemas import LegalDate

from ..domain.changes import ChangeKind
from ..errors.services import ServiceNotFound
from ..exports import documents, xml
from ..exports.contexts import Context
from ..exports.documents import GraphFormat
from ..operations import exports as operations
from ..operations.exports import Wanted
from ..schemas.vocabulary import ServiceCode
from . import public

router = public.router()

_LD: Final = {
    "schema": {"type": "object", "description": "A graph (JSON-LD 1.1)."},
    "example": {"@context": "https://hub.example.org/catalog/v1/contexts/cpsv-ap", "@graph": []},
}
_TURTLE: Final = {"schema": {"type": "string", "description": "A graph (RDF 1.1 Turtle)."}}

_XML: Final = {"schema": {"type": "string", "description": "A document of XML 1.0."}}

_Accept = Annotated[str | None, Header(include_in_schema=False)]
_Format = Annotated[
    GraphFormat | None,
    Query(alias="format", description="The form, for those who cannot send `Accept`; it goes before it."),
]
_Only = Annotated[
    Language | None,
    Query(description="Texts in this language only; what is not translated stands in Romanian."),
]


def _document(policies: dict[str, Any], **content: Any) -> dict[str, Any]:
    """The policy of an operation whose answer is a document of one of these media types."""
    answers = {200: {"description": "The document", "content": content}, **policies["responses"]}
    return {**policies, "responses": answers, "response_class": Response}


def _graph(policies: dict[str, Any]) -> dict[str, Any]:
    """The policy of an operation whose answer is a graph."""
    return _document(
        policies, **{GraphFormat.JSON_LD.media_type: _LD, GraphFormat.TURTLE.media_type: _TURTLE}
    )


def _answer(content: bytes, form: GraphFormat) -> Response:
    return public.document(content, form.media_type, vary="Accept")


@router.get(
    "/cpsv-ap",
    tags=["exports"],
    summary="Export the catalog of services",
    **_graph(policy.public()),
)
async def export_catalog(
    request: Request,
    session: Session,
    now: Now,
    accept: _Accept = None,
    form: _Format = None,
    language: _Only = None,
) -> Response:
    """Every published service in the vocabulary of the EU (CPSV-AP 3.2.0), as JSON-LD or Turtle.

    Legal numbers are those of today. Addresses of things are stable and can be asked for.
    """
    form = form or documents.negotiate(accept)
    origin = request.app.state.hub.settings.public_origin
    return _answer(
        await operations.write_all(session, Wanted(clock.local_date(now), origin, form, language)), form
    )


@router.get(
    "/cpsv-ap/{code}",
    tags=["exports"],
    summary="Export a service",
    **_graph(policy.public(raises=[ServiceNotFound])),
)
async def export_service(
    code: Annotated[ServiceCode, Path(description="The service's code.")],
    request: Request,
    session: Session,
    now: Now,
    accept: _Accept = None,
    form: _Format = None,
    language: _Only = None,
    on: Annotated[
        LegalDate | None, Query(description="The day whose terms and fees are wanted; today.")
    ] = None,
) -> Response:
    """One published service in the vocabulary of the EU (CPSV-AP 3.2.0), as JSON-LD or Turtle."""
    form = form or documents.negotiate(accept)
    origin = request.app.state.hub.settings.public_origin
    wanted = Wanted(on or clock.local_date(now), origin, form, language)
    return _answer(await operations.write_entry(session, code, wanted), form)


@router.get("/dcat", tags=["exports"], summary="Read the catalog of open data", **_graph(policy.public()))
async def export_open_data(
    request: Request,
    session: Session,
    now: Now,
    accept: _Accept = None,
    form: _Format = None,
    language: _Only = None,
) -> Response:
    """What of the hub is open data, in which forms, under which licence (DCAT-AP 3.0.1)."""
    form = form or documents.negotiate(accept)
    origin = request.app.state.hub.settings.public_origin
    wanted = Wanted(clock.local_date(now), origin, form, language)
    return _answer(await operations.write_open_data(session, wanted), form)


@router.get(
    "/changes.atom",
    tags=["changes"],
    summary="Read the newest changes as a feed",
    **_document(policy.public(), **{xml.ATOM: _XML}),
)
async def read_feed(
    request: Request,
    session: Session,
    negotiated: Lang,
    kind: Annotated[ChangeKind | None, Query(description="Only things of this kind.")] = None,
    language: Annotated[
        Language | None, Query(description="The language; goes before `Accept-Language`.")
    ] = None,
) -> Response:
    """The hundred newest changes for a reader of feeds (Atom, RFC 4287), in one language.

    What is gone is a tombstone (RFC 6721). Who keeps a copy follows the changes instead: nothing is
    missed there.
    """
    language = language or negotiated
    origin = request.app.state.hub.settings.public_origin
    content, newest = await operations.write_feed(session, kind, origin, language)
    headers = {"last_modified": format_datetime(newest, usegmt=True)} if newest else {}
    return public.document(content, xml.ATOM, content_language=language, vary="Accept-Language", **headers)


@router.get(
    "/sitemap.xml",
    tags=["exports"],
    summary="Read the sitemap",
    **_document(policy.public(), **{xml.SITEMAP: _XML}),
)
async def read_sitemap(request: Request, session: Session) -> Response:
    """Every address of the catalog that can be read, with when it changed, for search engines."""
    content = await operations.write_sitemap(session, request.app.state.hub.settings.public_origin)
    return public.document(content, xml.SITEMAP)


@router.get(
    "/contexts/{context}",
    tags=["exports"],
    summary="Read a context of JSON-LD",
    **_document(policy.public(), **{GraphFormat.JSON_LD.media_type: _LD}),
)
async def read_context(
    context: Annotated[Context, Path(description="Which one.")],
) -> Response:
    """What the exports name: the official context of CPSV-AP, unchanged, and that of the catalog of data."""
    return public.document(context.document, GraphFormat.JSON_LD.media_type)
