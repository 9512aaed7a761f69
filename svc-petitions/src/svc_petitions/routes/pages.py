"""The page for people that verifies an answer. Opening it changes nothing.

Codes and files come to `/verify`, the one page for every document of the hub, which sends them on here: so
its forms stand on this page too.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from hub_core.language import Language
from hub_documents import checking
from hub_service import visits
from hub_service.dependencies import Now, Session

from ..dependencies import Checking, Keys, Trusted
from ..domain.answers import AnswerSeal, Verified
from ..operations import answer_documents as operations
from ..operations.status import in_time
from ..pages import rendering
from ..pages.rendering import Pages

router = APIRouter(include_in_schema=False, redirect_slashes=False)

_MOST_TYPED: Final = 64
_HOUR: Final = {"cache-control": "public, max-age=3600"}


@dataclass(frozen=True, slots=True)
class _Visit:
    """A visitor, and what renders the page."""

    pages: Pages
    visit: visits.Visit

    def show(self, code: str) -> Response:
        """The page before anything is verified."""
        return self._page(address=f"/verify/{quote(code, safe='')}", code=code, way="QR")

    def answer(
        self, found: Verified | None, now: datetime, *, code: str = "", seal: AnswerSeal | None = None
    ) -> Response:
        """The page with the answer."""
        names = found.institution if found else {}
        institution = names.get(self.visit.language) or names.get(Language.RO)
        return self._page(code=code, asked=True, answer=found, institution=institution, seal=seal, at=now)

    def _page(self, **shown: Any) -> Response:
        page = {"address": "/verify", "way": "CODE", "asked": False, "answer": None}
        return self.pages.render(self.visit.language, most_bytes=checking.MOST_BYTES, **(page | shown))


async def _visit(request: Request, lang: Annotated[str, Query(max_length=16)] = "") -> _Visit:
    pages: Pages = request.app.state.pages
    return _Visit(pages, await visits.read(request, lang))


Visitor = Annotated[_Visit, Depends(_visit)]


@router.get("/answers/style.css")
async def get_answers_style() -> Response:
    """The style sheet of the page."""
    return rendering.style()


@router.get("/answers/verify.mjs")
async def get_answers_script() -> Response:
    """The script of the page."""
    return rendering.script()


@router.get("/answers/keys")
async def get_answers_keys(anchors: Trusted) -> Response:
    """The keys that sign what QR codes state, as JSON Web Keys (RFC 7517)."""
    return JSONResponse({"facts": [{"jwk": dict(anchors.facts.jwk)}]}, headers=_HOUR)


@router.get("/answers/verify/{code}")
async def show_answer_of_code(visitor: Visitor, code: str) -> Response:
    """The page, with the code that a QR code brought."""
    return visitor.show(code[:_MOST_TYPED])


@router.post("/answers/verify")
async def verify_answer_by_form(visitor: Visitor, session: Session, keys: Keys, now: Now) -> Response:
    """The page with the answer for a code."""
    code = visitor.visit.field("code")[:_MOST_TYPED]
    async with in_time():
        return visitor.answer(await operations.find(session, keys, code), now, code=code)


@router.post("/answers/verify/file")
async def verify_answer_file_by_form(
    request: Request, visitor: Visitor, session: Session, anchors: Trusted, checker: Checking, now: Now
) -> Response:
    """The page with the answer for a file; the script takes the answer out of it."""
    verdict = await checker.check(request.stream(), anchors.trust, now)
    seal = AnswerSeal(verdict.outcome.value)
    async with in_time():
        found = await operations.find_file(session, bytes.fromhex(verdict.sha256), seal)
        return visitor.answer(found, now, seal=seal)
