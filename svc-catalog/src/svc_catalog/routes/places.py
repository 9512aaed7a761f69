"""Places and offices: HTTP and nothing else."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query
from pydantic import Field

from hub_core import clock
from hub_core.county import COUNTIES
from hub_core.text import Line
from hub_service import paging, policy
from hub_service.dependencies import Now, Session
from hub_service.paging import Page

from ..domain import text
from ..domain.places import Filter, OfficeFilter, PlaceKind
from ..errors.places import OfficeNotFound, PlaceNotFound
from ..operations import places as operations
from ..reference.institutions import hungarian_counties
from ..schemas.places import Counties, CountyView, LocalityView, LocalityWithUnits, OfficeView, SirutaCode
from ..schemas.vocabulary import CountyCode, Topic
from . import public
from .public import IdOrCode

router = public.router()

_PLACE: Final = (
    Annotated[int, Field(ge=0, le=len(PlaceKind), strict=True)],
    Annotated[Line, Field(max_length=text.SORT_KEY_LENGTH)],
    SirutaCode,
)
_OFFICE: Final = (Annotated[Line, Field(max_length=text.SORT_KEY_LENGTH)], UUID)


@router.get("/counties", tags=["places"], summary="List the counties", **policy.public())
async def list_counties() -> Counties:
    """The 41 counties and Bucharest, with the codes by which other systems know them."""
    hungarian = hungarian_counties()
    return Counties(items=[CountyView.of(each, hungarian.get(each.code)) for each in COUNTIES])


@router.get("/localities", tags=["places"], summary="List or search localities", **policy.public())
async def list_localities(
    asked: paging.Asked,
    session: Session,
    q: Annotated[
        Line | None,
        Query(
            max_length=100,
            examples=["targu sec"],
            description="Beginnings of words of the name; diacritics and case do not matter.",
        ),
    ] = None,
    kind: Annotated[
        list[PlaceKind] | None, Query(max_length=len(PlaceKind), description="Only these kinds.")
    ] = None,
    county: Annotated[CountyCode | None, Query(description="Only those of this county.")] = None,
    parent: Annotated[
        SirutaCode | None, Query(description="Only those that lie directly in this unit.")
    ] = None,
) -> Page[LocalityView]:
    """The places of SIRUTA: counties, then municipalities, towns, communes, sectors, localities, villages.

    The data are those of the National Institute of Statistics.
    """
    wanted = Filter(words=tuple(text.words(q or "")), kinds=tuple(kind or ()), county=county, parent=parent)
    rows = await operations.find(session, wanted, asked.position(_PLACE), asked.rows)
    return asked.page(rows, position=lambda row: row[0], view=lambda row: LocalityView.of(row[1]))


@router.get(
    "/localities/{siruta}",
    tags=["places"],
    summary="Read a locality",
    **policy.public(raises=[PlaceNotFound]),
)
async def read_locality(
    siruta: Annotated[SirutaCode, Path(description="Its code in SIRUTA.")], session: Session
) -> LocalityWithUnits:
    """One place, with the units it lies in."""
    place, above = await operations.read(session, siruta)
    lies_in = [LocalityView.of(each) for each in above]
    return LocalityWithUnits(**LocalityView.of(place).model_dump(), lies_in=lies_in)


@router.get("/offices", tags=["places"], summary="List offices", **policy.public())
async def list_offices(
    asked: paging.Asked,
    session: Session,
    now: Now,
    institution: Annotated[IdOrCode | None, Query(description="Only those of this institution.")] = None,
    county: Annotated[CountyCode | None, Query(description="Only those in this county.")] = None,
    topic: Annotated[Topic | None, Query(description="Only those that deal with this topic.")] = None,
) -> Page[OfficeView]:
    """The counters of today where people are received, by county and name."""
    wanted = OfficeFilter(
        on=clock.local_date(now),
        county=county,
        topic=topic,
        institution=public.id_or_code(institution) if institution else None,
    )
    rows = await operations.find_offices(session, wanted, asked.position(_OFFICE), asked.rows)
    return asked.page(rows, position=lambda row: row[0], view=lambda row: OfficeView.of(row[1]))


@router.get(
    "/offices/{office}", tags=["places"], summary="Read an office", **policy.public(raises=[OfficeNotFound])
)
async def read_office(
    office: Annotated[
        str,
        Path(
            max_length=64,
            pattern=r"^[A-Za-z0-9-]+$",
            examples=["SPCP-CV-1"],
            description="The office's id or its code.",
        ),
    ],
    session: Session,
) -> OfficeView:
    """One office, also one that is closed for good."""
    return OfficeView.of(await operations.read_office(session, public.id_or_code(office)))
