"""Pages for people who have no account here: who verifies a history, and who opens a link to one.

Codes and files come to `/verify`, the one page for every document of the hub, which sends them on here: so
its forms stand on this page too. Opening a page changes nothing; what opens a link stands behind `#` or in
a form, never in an address that somebody keeps.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import TypeAdapter, ValidationError

from hub_core import typed_codes
from hub_documents import checking
from hub_service import visits
from hub_service.dependencies import Now, Session

from ..dependencies import Address, Checking, Documents, Keys, SessionApart, Trusted
from ..domain.history_documents import CODE_LETTER, FileSeal, Verified
from ..errors.documents import TrafficStoreAway
from ..errors.record_links import RecordLinkClosed, RecordLinkTriedTooOften
from ..operations import history_documents as operations
from ..operations import record_links
from ..operations.history_documents import in_time
from ..pages import rendering
from ..pages.rendering import Pages
from ..schemas.record_links import OpenRecordLink
from .history_documents import PDF_HEADERS

router = APIRouter(include_in_schema=False, redirect_slashes=False)

_MOST_TYPED: Final = 64
_HOUR: Final = {"cache-control": "public, max-age=3600"}
_OPENING: Final = TypeAdapter(UUID)
_EMPTY: Final = {"secret": "", "organisation": "", "purpose": ""}
_REFUSED: Final = (RecordLinkClosed, RecordLinkTriedTooOften, TrafficStoreAway)


@dataclass(frozen=True, slots=True)
class _Visit:
    """A visitor, and what renders the pages."""

    pages: Pages
    visit: visits.Visit

    def show(self, code: str) -> Response:
        """The page before anything is verified."""
        return self._verification(address=f"/verify/{quote(code, safe='')}", code=code, way="QR")

    def answer(
        self, found: Verified | None, now: datetime, *, code: str = "", seal: FileSeal | None = None
    ) -> Response:
        """The page with the answer."""
        return self._verification(code=code, asked=True, document=found, seal=seal, at=now)

    def link(self, status: int = 200, **shown: Any) -> Response:
        """The page on which a link is opened."""
        page = {"address": "/histories/link", "opened": None, "refused": "", "minutes": 0, "code": ""}
        return self.pages.link(self.visit.language, status, **(page | _EMPTY | shown))

    def refused(self, why: RecordLinkClosed | RecordLinkTriedTooOften | TrafficStoreAway) -> Response:
        """The same, with why it was not."""
        if isinstance(why, RecordLinkClosed):
            return self.link(why.status, refused="closed")
        wait = int(why.headers["retry-after"])
        kind = "away" if isinstance(why, TrafficStoreAway) else "too-often"
        page = self.link(why.status, refused=kind, minutes=math.ceil(wait / 60))
        page.headers.update(why.headers)
        return page

    def _verification(self, **shown: Any) -> Response:
        page = {"address": "/verify", "way": "CODE", "asked": False, "document": None, "seal": None}
        return self.pages.verification(self.visit.language, most_bytes=checking.MOST_BYTES, **(page | shown))


async def _visit(request: Request, lang: Annotated[str, Query(max_length=16)] = "") -> _Visit:
    pages: Pages = request.app.state.pages
    return _Visit(pages, await visits.read(request, lang))


Visitor = Annotated[_Visit, Depends(_visit)]


@router.get("/histories/style.css")
async def get_histories_style() -> Response:
    """The style sheet of the pages."""
    return rendering.style()


@router.get("/histories/verify.mjs")
async def get_histories_script() -> Response:
    """The script of the page that verifies."""
    return rendering.verifying_script()


@router.get("/histories/link.mjs")
async def get_link_script() -> Response:
    """The script of the page that opens links."""
    return rendering.opening_script()


@router.get("/histories/keys")
async def get_histories_keys(anchors: Trusted) -> Response:
    """The keys that sign what QR codes state, as JSON Web Keys (RFC 7517)."""
    return JSONResponse({"facts": [{"jwk": dict(anchors.facts.jwk)}]}, headers=_HOUR)


@router.get("/histories/verify/{code}")
async def show_history_of_code(visitor: Visitor, code: str) -> Response:
    """The page, with the code that a QR code brought."""
    return visitor.show(code[:_MOST_TYPED])


@router.post("/histories/verify")
async def verify_history_by_form(visitor: Visitor, session: Session, keys: Keys, now: Now) -> Response:
    """The page with the answer for a code."""
    code = visitor.visit.field("code")[:_MOST_TYPED]
    async with in_time():
        return visitor.answer(await operations.find(session, keys, code), now, code=code)


@router.post("/histories/verify/file")
async def verify_history_file_by_form(
    request: Request, visitor: Visitor, session: Session, anchors: Trusted, checker: Checking, now: Now
) -> Response:
    """The page with the answer for a file; the script takes the answer out of it."""
    verdict = await checker.check(request.stream(), anchors.trust, now)
    seal = FileSeal(verdict.outcome.value)
    async with in_time():
        found = await operations.find_file(session, bytes.fromhex(verdict.sha256), seal)
        return visitor.answer(found, now, seal=seal)


@router.get("/histories/link")
async def show_record_link(visitor: Visitor) -> Response:
    """The page; its script fills in what stands behind `#`."""
    return visitor.link()


@router.post("/histories/link")
async def open_record_link_by_form(
    visitor: Visitor, apart: SessionApart, session: Session, keys: Keys, address: Address, now: Now
) -> Response:
    """The page with what the link has opened, or with why it has not."""
    typed = {name: visitor.visit.field(name) for name in _EMPTY}
    try:
        asked = OpenRecordLink(**typed)
    except ValidationError:
        return visitor.link(422, refused="incomplete", **typed)
    try:
        async with in_time():
            await record_links.count_try(apart, keys, address, now)
            opened = await record_links.open_link(
                session, keys, asked.secret, asked.organisation.strip(), asked.purpose.strip(), now
            )
    except _REFUSED as why:
        return visitor.refused(why)
    code = typed_codes.grouped(opened.document.code, CODE_LETTER)
    return visitor.link(opened=opened, code=code, secret=asked.secret)


@router.post("/histories/link/file")
async def fetch_by_record_link_form(
    visitor: Visitor,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    archive: Documents,
    address: Address,
    now: Now,
) -> Response:
    """The sealed PDF that an opening gives, to be saved; or the page with why it does not."""
    secret = visitor.visit.field("secret")[:_MOST_TYPED]
    try:
        async with in_time():
            await record_links.count_try(apart, keys, address, now)
            opening_id = _OPENING.validate_python(visitor.visit.field("opening"))
            given = await record_links.opened(session, keys, secret, opening_id, now)
        content = await record_links.fetch(archive.store, given)
    except ValidationError:
        return visitor.refused(RecordLinkClosed())
    except _REFUSED as why:
        return visitor.refused(why)
    name = f'attachment; filename="istoric-{given.document.number:07d}.pdf"'
    headers = PDF_HEADERS | {"content-disposition": name}
    return Response(content, media_type="application/pdf", headers=headers)
