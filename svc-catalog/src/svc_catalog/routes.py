"""HTTP and nothing else. Everything here is public and read by anybody, so it may be cached."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Path, Query, Response
from pydantic import Field

from hub_core import clock
from hub_core.text import Line
from hub_service import paging, policy, routing
from hub_service.dependencies import Now, Session
from hub_service.paging import Page

from . import operations
from .domain import institutions, services, text
from .domain.services import Audience
from .domain.text import Match
from .errors import InstitutionNotFound, ServiceNotFound
from .schemas import CountyCode, InstitutionView, LifeEvent, ServiceCode, ServiceSummary, ServiceView, Topic

_FRESH: Final = "public, max-age=60"
_POSITION: Final = (
    Annotated[int, Field(ge=min(Match), le=max(Match), strict=True)],
    Annotated[Line, Field(max_length=text.SORT_KEY_LENGTH)],
    UUID,
)


async def _may_be_cached(response: Response) -> None:
    response.headers["cache-control"] = _FRESH


router = routing.Router(prefix="/catalog/v1", dependencies=[Depends(_may_be_cached)])

Search = Annotated[
    Line | None,
    Query(
        max_length=200,
        examples=["politia covasna"],
        description="Words of the name, former name, code or subject, in any of the three languages; "
        "diacritics and case do not matter, beginnings of words are enough.",
    ),
]
IdOrCode = Annotated[str, Field(max_length=36, pattern=r"^[A-Za-z0-9-]+$", examples=["IPJ-CV"])]


@router.get("/institutions", tags=["institutions"], summary="List or search institutions", **policy.public())
async def list_institutions(
    asked: paging.Asked,
    session: Session,
    now: Now,
    q: Search = None,
    county: Annotated[CountyCode | None, Query(description="Only those competent for this county.")] = None,
    topic: Annotated[Topic | None, Query(description="Only those that deal with this topic.")] = None,
    accepts_petitions: Annotated[
        bool | None, Query(description="Only those a petition can be addressed to, or cannot.")
    ] = None,
) -> Page[InstitutionView]:
    """The institutions of today, those of the whole country first, each group by Romanian name.

    With `q` the best match comes first: a code or a name, current or former; then names that begin
    with it; then names with its words; then those whose counties, keywords or texts have them.
    """
    wanted = institutions.Filter(
        on=clock.local_date(now),
        question=text.question(q or ""),
        county=county,
        topic=topic,
        accepts_petitions=accepts_petitions,
    )
    rows = await operations.find_institutions(session, wanted, asked.position(_POSITION), asked.rows)
    return asked.page(
        rows,
        position=lambda row: row[0],
        view=lambda row: InstitutionView.of(row[1]),
    )


@router.get(
    "/institutions/{institution}",
    tags=["institutions"],
    summary="Read an institution",
    **policy.public(raises=[InstitutionNotFound]),
)
async def read_institution(
    institution: Annotated[IdOrCode, Path(description="The institution's id or its code.")],
    session: Session,
) -> InstitutionView:
    """One institution, also one that is no more: `successor_id` then says who took over its work."""
    return InstitutionView.of(await operations.read_institution(session, _id_or_code(institution)))


@router.get("/services", tags=["services"], summary="List or search services", **policy.public())
async def list_services(
    asked: paging.Asked,
    session: Session,
    q: Search = None,
    audience: Annotated[Audience | None, Query(description="Only those for this audience.")] = None,
    life_event: Annotated[LifeEvent | None, Query(description="Only those needed in this situation.")] = None,
    provider: Annotated[
        IdOrCode | None, Query(description="Only those of this institution: id or code.")
    ] = None,
) -> Page[ServiceSummary]:
    """The published services by Romanian title; with `q` the best match first, as for institutions."""
    wanted = services.Filter(
        question=text.question(q or ""),
        audience=audience,
        life_event=life_event,
        provider=_id_or_code(provider) if provider else None,
    )
    rows = await operations.find_services(session, wanted, asked.position(_POSITION), asked.rows)
    return asked.page(
        rows,
        position=lambda row: row[0],
        view=lambda row: ServiceSummary.of(row[1]),
    )


@router.get(
    "/services/{code}",
    tags=["services"],
    summary="Read a service",
    **policy.public(raises=[ServiceNotFound]),
)
async def read_service(
    code: Annotated[ServiceCode, Path(description="The service's code.")], session: Session
) -> ServiceView:
    """One published service, whole: what it gives, how, at what cost, by when, and what to do against it."""
    return ServiceView.of(await operations.read_service(session, code))


def _id_or_code(given: str) -> UUID | str:
    try:
        return UUID(given)
    except ValueError:
        return given
