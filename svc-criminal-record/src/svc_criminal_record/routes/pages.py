"""The page for people: verify by the code, by the QR code, by the file. Opening it changes nothing.

A telephone opens `/verify/{code}` as soon as it sees the QR code, and scanners of links do: so the page
only fills in the code, and its button verifies.

It is the one page of the hub for this: who brings the code or the file of a document that another service
has sealed is sent on to that service's answer, which looks the same.
"""

import math
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from hub_core import typed_codes
from hub_core.clock import local_date
from hub_core.language import Language
from hub_documents import checking
from hub_service import visits
from hub_service.dependencies import Now, Session

from ..dependencies import Checking, Keys, Trusted
from ..domain.certificates import Standing
from ..domain.verification import Answer, Seal, Way
from ..errors.verification import VerifiedTooOften
from ..operations import motives, verifying
from ..pages import rendering
from ..pages.rendering import Pages
from ..schemas.verification import VerificationView

router = APIRouter(include_in_schema=False, redirect_slashes=False)

_ELSEWHERE: Final = {"P": "/answers/verify", "T": "/histories/verify"}
"""Where documents are verified whose codes begin with a letter: answers to petitions, drivers' histories."""
_OTHER_SEALS: Final = "/answers/verify/file"
"""Where files are verified that others have sealed."""
_SAME_SEAL: Final = "/histories/verify/file"
"""Where files are verified that bear this seal and are no certificates."""
_MOST_TYPED = 64


@dataclass(frozen=True, slots=True)
class _Visit:
    """A visitor, what renders the page, and the names of documents and motives."""

    pages: Pages
    visit: visits.Visit
    words: dict[str, str]

    def show(self, code: str = "", way: Way = Way.CODE) -> Response:
        """The page before anything is verified."""
        address = f"/verify/{quote(code, safe='')}" if way is Way.QR else "/verify"
        return self._page(address=address, code=code, way=way)

    async def answer(
        self, verifying: Awaitable[Answer], code: str, way: Way, elsewhere: str = ""
    ) -> Response:
        """The page with the answer, or with how long to wait for one.

        A file with an intact seal that is no certificate is sent on to `elsewhere`.
        """
        try:
            view = VerificationView.of(await verifying)
        except VerifiedTooOften as refused:
            minutes = math.ceil(int(refused.headers["retry-after"]) / 60)
            page = self._page(refused.status, code=code, way=way, too_often=minutes)
            page.headers.update(refused.headers)
            return page
        if elsewhere and view.standing is Standing.NOT_FOUND and view.seal is Seal.INTACT:
            return self.send_on(elsewhere)
        name = view.motive and view.motive.name
        motive = name and (getattr(name, self.visit.language) or name.ro)
        return self._page(code=code, way=way, answer=view, motive=motive)

    def send_on(self, address: str) -> Response:
        """To the same page of another service; the browser repeats what it sent."""
        return RedirectResponse(f"{address}?lang={self.visit.language}", status_code=307)

    def _page(self, status: int = 200, **shown: Any) -> Response:
        page = {"address": "/verify", "answer": None, "motive": None, "too_often": 0}
        return self.pages.render(
            self.visit.language, status, words=self.words, most_bytes=checking.MOST_BYTES, **(page | shown)
        )


async def _visit(
    request: Request, session: Session, now: Now, lang: Annotated[str, Query(max_length=16)] = ""
) -> _Visit:
    pages: Pages = request.app.state.pages
    visit = await visits.read(request, lang)
    options = await motives.motives(session, local_date(now))
    named = {option.code: option.texts.get(visit.language, option.texts[Language.RO]) for option in options}
    return _Visit(pages, visit, {**named, **pages.documents(visit.language)})


Visitor = Annotated[_Visit, Depends(_visit)]


@router.get("/verify")
async def show_verification(visitor: Visitor) -> Response:
    """The page."""
    return visitor.show()


@router.get("/verify/style.css")
async def get_verification_style() -> Response:
    """The style sheet of the page."""
    return rendering.style()


@router.get("/verify/verify.mjs")
async def get_verification_script() -> Response:
    """The script of the page."""
    return rendering.script()


@router.get("/verify/{code}")
async def show_verification_of_code(visitor: Visitor, code: str) -> Response:
    """The page, with the code that a QR code brought."""
    if elsewhere := _ELSEWHERE.get(typed_codes.letter(code)):
        return visitor.send_on(f"{elsewhere}/{quote(code[:_MOST_TYPED], safe='')}")
    return visitor.show(code[:_MOST_TYPED], Way.QR)


@router.post("/verify")
async def verify_by_form(visitor: Visitor, session: Session, keys: Keys, now: Now) -> Response:
    """The page with the answer for a code."""
    code = visitor.visit.field("code")[:_MOST_TYPED]
    if elsewhere := _ELSEWHERE.get(typed_codes.letter(code)):
        return visitor.send_on(elsewhere)
    way = Way.QR if visitor.visit.field("way") == Way.QR else Way.CODE
    async with verifying.in_time():
        return await visitor.answer(verifying.verify_code(session, keys, code, way, now), code, way)


@router.post("/verify/file")
async def verify_file_by_form(
    request: Request,
    visitor: Visitor,
    session: Session,
    keys: Keys,
    anchors: Trusted,
    checker: Checking,
    now: Now,
) -> Response:
    """The page with the answer for a file; the script takes the answer out of it."""
    verdict = await checker.check(request.stream(), anchors.trust, now)
    seal = Seal(verdict.outcome.value)
    if seal is Seal.UNTRUSTED:
        return visitor.send_on(_OTHER_SEALS)
    sha256 = bytes.fromhex(verdict.sha256)
    async with verifying.in_time():
        found = verifying.verify_file(session, keys, sha256, seal, now)
        return await visitor.answer(found, "", Way.CODE, _SAME_SEAL)
