"""Questions, advice and whom to call: HTTP and nothing else."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from hub_service import paging, policy
from hub_service.dependencies import Now, Session
from hub_service.paging import Page
from hub_service.schemas import LegalDate

from ..domain import text
from ..domain.guidance import AdviceFilter, AdviceTopic, FaqCategory, FaqFilter
from ..errors.guidance import AdviceNotFound, FaqNotFound
from ..operations import guidance as operations
from ..reference import guidance as reference
from ..schemas import searching
from ..schemas.guidance import AdviceCode, AdviceView, ContactPageView, FaqCode, FaqView, FoundFaq
from ..schemas.searching import SearchPage
from ..schemas.vocabulary import ServiceCode
from . import public
from .public import Search

router = public.router()

_Key = Annotated[FaqCode, Path(description="The question's id or code.")]


@router.get("/faq", tags=["guidance"], summary="List or search questions", **policy.public())
async def list_faqs(
    asked: paging.Asked,
    session: Session,
    q: Search = None,
    category: Annotated[FaqCategory | None, Query(description="Only those about this.")] = None,
    service: Annotated[
        ServiceCode | None, Query(description="Only those that speak of this service.")
    ] = None,
) -> SearchPage[FoundFaq]:
    """What people ask, by category and question; with `q` the best match first, as for services."""
    wanted = FaqFilter(question=text.question(q or ""), category=category, service=service)
    answer = await operations.find_faqs(session, wanted, asked.position(public.POSITION), asked.rows)
    return searching.page(
        asked, answer, lambda row: FoundFaq.found(row[1], searching.fit(row[0], asked=bool(q)))
    )


@router.get("/faq/{faq}", tags=["guidance"], summary="Read a question", **policy.public(raises=[FaqNotFound]))
async def read_faq(faq: _Key, session: Session) -> FaqView:
    """One question, its answer, and how often it helped."""
    return FaqView.of(await operations.read_faq(session, _key(faq)))


@router.post(
    "/faq/{faq}/helpful",
    tags=["guidance"],
    summary="Say that an answer helped",
    status_code=204,
    **policy.public(raises=[FaqNotFound]),
)
async def vote_faq_helpful(faq: _Key, session: Session) -> None:
    """Count that the answer helped. It is only counted: nothing is kept of who said so."""
    await operations.vote(session, _key(faq))


@router.get("/advice", tags=["guidance"], summary="List preventive advice", **policy.public())
async def list_advice(
    asked: paging.Asked,
    session: Session,
    topic: Annotated[AdviceTopic | None, Query(description="Only that about this.")] = None,
    on: Annotated[
        LegalDate | None, Query(description="Only that for the season of this day; without it, all.")
    ] = None,
) -> Page[AdviceView]:
    """What to do about dangers and what not, by code."""
    wanted = AdviceFilter(topic=topic, on=on)
    rows = await operations.find_advice(session, wanted, asked.after(str), asked.rows)
    return asked.page(rows, position=lambda row: (row.advice.code,), view=AdviceView.of)


@router.get(
    "/advice/{code}",
    tags=["guidance"],
    summary="Read preventive advice",
    **policy.public(raises=[AdviceNotFound]),
)
async def read_advice(
    code: Annotated[AdviceCode, Path(description="The advice's code.")], session: Session
) -> AdviceView:
    """One piece of advice, with the structure that answers for it."""
    return AdviceView.of(await operations.read_advice(session, code))


@router.get("/contact", tags=["guidance"], summary="Read whom to call", **policy.public())
async def read_contact(session: Session, now: Now) -> ContactPageView:
    """The telephone lines with their hours and whether they are open now. Show the disclaimer first."""
    return ContactPageView.of(reference.contact(), now, await operations.holidays(session, now))


def _key(given: str) -> UUID | str:
    return public.id_or_code(given)
