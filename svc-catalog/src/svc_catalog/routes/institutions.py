"""Institutions: HTTP and nothing else."""

from typing import Annotated

from fastapi import Path, Query

from hub_core import clock
from hub_service import paging, policy
from hub_service.dependencies import Now, Session

from ..domain import institutions, text
from ..errors.institutions import InstitutionNotFound
from ..operations import institutions as operations
from ..schemas import searching
from ..schemas.institutions import FoundInstitution, InstitutionView
from ..schemas.searching import SearchPage
from ..schemas.vocabulary import CountyCode, Topic
from . import public
from .public import IdOrCode, Search

router = public.router()


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
) -> InstitutionView:
    """One institution, also one that is no more: `successor_id` then says who took over its work."""
    return InstitutionView.of(await operations.read(session, public.id_or_code(institution)))
