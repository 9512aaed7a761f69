"""Institutions: HTTP and nothing else."""

from typing import Annotated

from fastapi import Path, Query, Response

from hub_core import clock
from hub_core.principal import Assurance, Role
from hub_service import paging, policy
from hub_service.dependencies import Now, Session
from hub_service.paging import Page
from hub_service.problems import PreconditionFailed, PreconditionRequired
from hub_service.routing import Router

from ..domain import institutions, text
from ..errors.institutions import (
    InstitutionExists,
    InstitutionHasParts,
    InstitutionNotFound,
    InstitutionStructureWrong,
)
from ..errors.officials import AdministratorRequired
from ..operations import institutions as operations
from ..schemas import searching
from ..schemas.institutions import (
    CreateInstitution,
    FoundInstitution,
    InstitutionContent,
    InstitutionRevisionView,
    InstitutionView,
)
from ..schemas.searching import SearchPage
from ..schemas.vocabulary import CountyCode, InstitutionCode, Topic
from . import officials, public
from .officials import Administrator
from .public import IdOrCode, Search

router = public.router()
offices = Router(prefix="/catalog/v1", tags=["institutions"])
"""What officials do."""


@router.get("/institutions", tags=["institutions"], summary="List or search institutions", **policy.public())
async def list_institutions(
    asked: paging.Asked,
    session: Session,
    now: Now,
    q: Search = None,
    county: Annotated[CountyCode | None, Query(description="Only those competent for this county.")] = None,
    topic: Annotated[Topic | None, Query(description="Only those that deal with this topic.")] = None,
    parent: Annotated[
        IdOrCode | None, Query(description="Only those directly under this one: id or code.")
    ] = None,
    accepts_petitions: Annotated[
        bool | None, Query(description="Only those a petition can be addressed to, or cannot.")
    ] = None,
) -> SearchPage[FoundInstitution]:
    """The institutions of today, those of the whole country first, each group by Romanian name.

    With `q` the best match comes first: a code or a name, current or former; then names that begin
    with it; then names with its words; then those whose counties, keywords or texts have them.
    """
    wanted = institutions.Filter(
        on=clock.local_date(now),
        question=text.question(q or ""),
        county=county,
        topic=topic,
        parent=public.id_or_code(parent) if parent else None,
        accepts_petitions=accepts_petitions,
    )
    answer = await operations.find(session, wanted, asked.position(public.POSITION), asked.rows)
    return searching.page(
        asked, answer, lambda row: FoundInstitution.found(row[1], searching.fit(row[0], asked=bool(q)))
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
    response: Response,
) -> InstitutionView:
    """One institution, also one that is no more: `successor_id` then says who took over its work."""
    found = await operations.read(session, public.id_or_code(institution))
    response.headers["etag"] = officials.etag(found.version)
    return InstitutionView.of(found)


@router.get(
    "/institutions/{institution}/versions",
    tags=["institutions"],
    summary="See how an institution has changed",
    **policy.public(raises=[InstitutionNotFound]),
)
async def list_institution_versions(
    institution: Annotated[IdOrCode, Path(description="The institution's id or its code.")],
    asked: paging.Asked,
    session: Session,
) -> Page[InstitutionRevisionView]:
    """The versions of what the directory says of it, the newest first, each with its reason."""
    versions = await operations.history(session, public.id_or_code(institution), asked.after(int), asked.rows)
    return asked.page(versions, position=lambda each: (each.version,), view=InstitutionRevisionView.of)


@offices.post(
    "/institutions",
    status_code=201,
    summary="Put an institution into the directory",
    **policy.operation(
        officials.WRITE,
        assurance=Assurance.SUBSTANTIAL,
        roles=(Role.CATALOG_PUBLISHER,),
        raises=(AdministratorRequired, InstitutionExists, InstitutionStructureWrong, InstitutionHasParts),
    ),
)
async def create_institution(
    body: CreateInstitution, official: Administrator, session: Session, now: Now, response: Response
) -> InstitutionView:
    """A new institution, from its first day on; every service of the hub hears of it."""
    made = await operations.create(session, body.draft(body.code), body.reason, official.person_id, now)
    response.headers["etag"] = officials.etag(made.version)
    return InstitutionView.of(made)


@offices.put(
    "/institutions/{institution}",
    summary="Change an institution of the directory",
    **policy.operation(
        officials.WRITE,
        assurance=Assurance.SUBSTANTIAL,
        roles=(Role.CATALOG_PUBLISHER,),
        raises=(
            *(AdministratorRequired, InstitutionNotFound, InstitutionStructureWrong, InstitutionHasParts),
            *(PreconditionFailed, PreconditionRequired),
        ),
    ),
)
async def change_institution(
    institution: Annotated[InstitutionCode, Path(description="The institution's code.")],
    body: InstitutionContent,
    base: officials.Base,
    official: Administrator,
    session: Session,
    now: Now,
    response: Response,
) -> InstitutionView:
    """What the directory says of it, anew and whole.

    A former Romanian name stays as an alias and is found. One that ends gets its last day and, where
    there is one, its successor; it is never taken out.
    """
    made = await operations.change(
        session, body.draft(institution), base, body.reason, official.person_id, now
    )
    response.headers["etag"] = officials.etag(made.version)
    return InstitutionView.of(made)
