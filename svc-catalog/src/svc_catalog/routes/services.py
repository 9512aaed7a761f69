"""Services: HTTP and nothing else."""

from typing import Annotated

from fastapi import Path, Query, Response

from hub_core import clock
from hub_service import paging, policy
from hub_service.dependencies import Now, Session
from hub_service.schemas import LegalDate

from ..domain import services, text
from ..domain.services import Audience
from ..errors.rules import RuleNotInForce
from ..errors.services import ServiceNotFound
from ..operations import services as operations
from ..schemas import searching
from ..schemas.searching import SearchPage
from ..schemas.services import FoundService, ServiceView
from ..schemas.vocabulary import LifeEvent, ServiceCode
from . import public
from .public import IdOrCode, Search

router = public.router()


@router.get(
    "/services",
    tags=["services"],
    summary="List or search services",
    response_model=SearchPage[FoundService],
    **policy.public(),
)
async def list_services(
    asked: paging.Asked,
    session: Session,
    q: Search = None,
    audience: Annotated[Audience | None, Query(description="Only those for this audience.")] = None,
    life_event: Annotated[LifeEvent | None, Query(description="Only those needed in this situation.")] = None,
    provider: Annotated[
        IdOrCode | None, Query(description="Only those of this institution: id or code.")
    ] = None,
) -> Response:
    """The published services by Romanian title; with `q` the best match first, as for institutions."""
    wanted = services.Filter(
        question=text.question(q or ""),
        audience=audience,
        life_event=life_event,
        provider=public.id_or_code(provider) if provider else None,
    )
    answer = await operations.find(session, wanted, asked.position(public.POSITION), asked.rows)
    page = searching.stored_page(
        asked,
        answer,
        lambda row: FoundService.as_stored(row[1], searching.fit(row[0], asked=wanted.question is not None)),
    )
    return Response(page, media_type="application/json", headers=asked.response.headers)


@router.get(
    "/services/{code}",
    tags=["services"],
    summary="Read a service",
    **policy.public(raises=[ServiceNotFound, RuleNotInForce]),
)
async def read_service(
    code: Annotated[ServiceCode, Path(description="The service's code.")],
    session: Session,
    response: Response,
    now: Now,
    on: Annotated[
        LegalDate | None, Query(description="The day whose terms, fees and ages are wanted; today.")
    ] = None,
) -> ServiceView:
    """One published service, whole: what it gives, how, at what cost, by when, and what to do against it."""
    day = on or clock.local_date(now)
    provided, rules = await operations.read(session, code, day)
    response.headers["link"] = public.exports_of(code)
    return ServiceView.on_day(provided, rules, day)
