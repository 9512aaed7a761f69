"""The catalog in the vocabularies of the EU: HTTP and nothing else."""

from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import Header, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from hub_core import clock
from hub_core.language import Language
from hub_service import policy
from hub_service.dependencies import Now, Session
from hub_service.schemas import LegalDate

from ..errors.services import ServiceNotFound
from ..exports import contexts, documents
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

_Accept = Annotated[str | None, Header(include_in_schema=False)]
_Form = Annotated[
    GraphFormat | None,
    Query(alias="format", description="The form, for those who cannot send `Accept`; it goes before it."),
]
_Only = Annotated[
    Language | None,
    Query(description="Texts in this language only; what is not translated stands in Romanian."),
]


class ContextName(StrEnum):
    """A context of JSON-LD that documents of the catalog name."""

    CPSV_AP = "cpsv-ap"


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
    return Response(content, media_type=form.media_type, headers={"vary": "Accept"})


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
    form: _Form = None,
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
    form: _Form = None,
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


@router.get(
    "/contexts/{context}",
    tags=["exports"],
    summary="Read a context of JSON-LD",
    **_document(policy.public(), **{GraphFormat.JSON_LD.media_type: _LD}),
)
async def read_context(
    context: Annotated[ContextName, Path(description="Which one.")],
) -> Response:
    """The official context that the exports name, unchanged, so that nobody has to ask elsewhere."""
    del context
    return Response(contexts.official(), media_type=GraphFormat.JSON_LD.media_type)
