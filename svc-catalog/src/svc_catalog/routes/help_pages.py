"""Pages for people: whom to call, frequent questions, preventive advice. No script, no cookie."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from hub_core import clock
from hub_core.language import Language, negotiate
from hub_core.text import Line
from hub_service.dependencies import Now, Session

from ..domain import text
from ..domain.guidance import AdviceFilter, Faq, FaqFilter
from ..operations import guidance as operations
from ..pages import rendering
from ..pages.rendering import Pages
from ..pages.words import CATEGORIES
from ..reference import guidance as reference

router = APIRouter(include_in_schema=False, redirect_slashes=False)

_ALL = 200
"""More than there are."""


@dataclass(frozen=True, slots=True)
class _Visit:
    """A visitor's language, and what renders pages."""

    pages: Pages
    language: Language


def _visit(request: Request, lang: Annotated[Line | None, Query(max_length=16)] = None) -> _Visit:
    chosen = next((one for one in Language if one.value == lang), None)
    pages: Pages = request.app.state.pages
    return _Visit(pages, chosen or negotiate(request.headers.get("accept-language")))


Visitor = Annotated[_Visit, Depends(_visit)]


@router.get("/contact")
async def show_contact(visitor: Visitor, session: Session, now: Now) -> Response:
    """Whom to call, what for and when. What TELVERDE does not take stands before its number."""
    page, holidays = reference.contact(), await operations.holidays(session, now)
    lines = [
        {
            "code": line.code,
            "name": line.name,
            "purpose": line.purpose,
            "number": line.number,
            "national": line.national,
            "always": line.always,
            "opens": line.opens,
            "closes": line.closes,
            "open": line.is_open(now, holidays),
        }
        for line in page.lines
    ]
    shown = {"disclaimer": page.disclaimer, "lines": lines}
    return visitor.pages.render("contact.html", visitor.language, "/contact", **shown)


@router.get("/faq")
async def show_faq(
    visitor: Visitor, session: Session, q: Annotated[Line, Query(max_length=200)] = ""
) -> Response:
    """The frequent questions by subject, or those that fit what was asked, the best first."""
    wanted = FaqFilter(question=text.question(q))
    answer = await operations.find_faqs(session, wanted, None, _ALL)
    faqs = [row[1].faq for row in answer.rows]
    groups: dict[str, list[Faq]] = {}
    for faq in faqs:
        groups.setdefault(CATEGORIES[faq.category], []).append(faq)
    return visitor.pages.render(
        "faq.html",
        visitor.language,
        "/faq",
        groups=list(groups.items()),
        asked=q.strip(),
        found=len(faqs),
        read_as=answer.read_as,
    )


@router.get("/advice")
async def show_advice(visitor: Visitor, session: Session, now: Now) -> Response:
    """The preventive advice, that of the present season first."""
    today = clock.local_date(now)
    found = await operations.find_advice(session, AdviceFilter(), None, _ALL)
    advice = [
        {
            "code": each.advice.code,
            "title": each.advice.title,
            "summary": each.advice.summary,
            "do": each.advice.do,
            "avoid": each.advice.avoid,
            "call": each.advice.call,
            "source": each.source_names,
            "reviewed_at": each.advice.reviewed_at,
            "in_season": bool(each.advice.months) and each.advice.is_for(today),
        }
        for each in found
    ]
    advice.sort(key=lambda each: not each["in_season"])
    return visitor.pages.render("advice.html", visitor.language, "/advice", advice=advice)


@router.get("/contact/style.css")
async def get_help_style() -> Response:
    """The style sheet of these pages."""
    return rendering.style()
