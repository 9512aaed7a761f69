"""The pages for people: confirm an appointment, see it, give it up. Opening one changes nothing.

Scanners of mail open every link: so only the button of a page confirms, and what confirms stands behind
`#` in the address, which is sent to nobody.
"""

import math
from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import ValidationError

from hub_core.language import Language, negotiate
from hub_core.problem import Problem
from hub_service.dependencies import Now, Session, Texts

from ..clients import Catalog
from ..dependencies import Address, Entries, Keys, SessionApart
from ..domain.documents import Texts as Told
from ..domain.states import State
from ..errors.appointments import AppointmentState
from ..errors.guests import TriedTooOften
from ..operations import applications, documents, messages
from ..operations import appointments as operations
from ..operations.appointments import Opened, Shown
from ..operations.timing import in_time
from ..pages import rendering
from ..pages.rendering import Pages
from ..pages.words import (
    CANCELLED,
    CONFIRMED,
    GONE_ON,
    INCOMPLETE,
    NO_APPLICATION,
    SENT_AGAIN,
    SINCE,
    STAGES,
    STANDING,
    WAIT,
    Words,
)
from ..reference.types import types
from ..schemas.applications import AskApplicationState
from .calendar import file_of

router = APIRouter(include_in_schema=False, redirect_slashes=False)

_FIELDS: Final = 8
_LONGEST: Final = 64
_FIND, _CONFIRM, _STATUS = "appointments.html", "confirm.html", "status.html"
_ADDRESSES: Final = {
    _FIND: "/appointments",
    _CONFIRM: "/appointments/confirm",
    _STATUS: "/appointments/status",
}


@dataclass(frozen=True, slots=True)
class _Visitor:
    """A visitor's language, what they sent, from where, and what renders the page."""

    pages: Pages
    language: Language
    form: dict[str, list[str]]
    address: str
    session: Session
    entries: Catalog
    now: datetime

    def sent(self, name: str) -> str:
        """A field of the form, empty if it was not sent."""
        return self.form.get(name, [""])[0].strip()[:_LONGEST]

    @property
    def opened(self) -> Opened:
        """By what an appointment is opened."""
        return Opened(self.sent("code"), self.sent("last_four"), self.address)

    def show(self, template: str, status: int = 200, **shown: Any) -> Response:
        """A page; with what was typed, but without what is secret."""
        page: dict[str, Any] = {"said": None, "visit": None, "code": self.sent("code")}
        page |= {"last_four": self.sent("last_four")} | shown
        return self.pages.render(template, self.language, status, address=_ADDRESSES[template], **page)

    def refuse(self, template: str, problem: Problem) -> Response:
        """The page with what stands against it."""
        page = self.show(template, problem.status, said=self._refusal(problem))
        page.headers.update(problem.headers)
        return page

    async def answer(self, template: str, doing: Awaitable[Shown], done: Words | None = None) -> Response:
        """The page with the appointment, or with what stands against it."""
        try:
            async with in_time():
                shown = await doing
        except Problem as problem:
            return self.refuse(template, problem)
        said = self.words(done, is_good=True) if done else None
        return self.show(template, said=said, visit=await self._visit(shown))

    async def _visit(self, shown: Shown) -> dict[str, Any]:
        one = shown.appointment
        names, address = await messages.place_of(self.session, one)
        left = one.held_until - self.now if one.held_until else None
        return {
            "code": one.code,
            "what": types()[one.type].names[self.language],
            "starts_at": one.starts_at,
            "office": names.get(self.language) or names[Language.RO],
            "address": address,
            "size": one.size,
            "standing": self.pages.say(self.language, STANDING[one.state]),
            "is_held": one.state is State.HELD,
            "is_confirmed": one.state is State.CONFIRMED,
            "can_end": one.state in (State.HELD, State.CONFIRMED),
            "needed": await self._needed(shown) if one.state in (State.HELD, State.CONFIRMED) else [],
            "held_until": one.held_until,
            "minutes_left": math.ceil(left.total_seconds() / 60) if left else 0,
        }

    async def _needed(self, shown: Shown) -> list[dict[str, Any]]:
        """What each person brings; `papers` is none while the catalog does not answer."""
        found = await documents.of_appointment(self.session, self.entries, shown)
        return [
            {
                "warnings": [birthday.text[self.language] for birthday in one.birthdays],
                "papers": one.assessment
                and [
                    {
                        "title": self._local(paper.title),
                        "note": self._local(paper.note),
                        "is_sure": paper.mandatory and paper.certain,
                    }
                    for paper in one.assessment.evidence
                ],
            }
            for one in found.persons
        ]

    def _local(self, texts: Told | None) -> str:
        """A text of the catalog in the visitor's language, or in Romanian."""
        return (texts.get(self.language) or texts.get(Language.RO) or "") if texts else ""

    def _refusal(self, problem: Problem) -> dict[str, Any]:
        match problem:
            case AppointmentState():
                return self.words(GONE_ON)
            case TriedTooOften():
                return self.words(WAIT, minutes=math.ceil(int(problem.headers["retry-after"]) / 60))
            case _:
                words = Words(problem.title, (problem.detail, problem.remedy))
                return self.words(words, **problem.facts)

    def words(self, words: Words, *, is_good: bool = False, **facts: Any) -> dict[str, Any]:
        """Words for people in the visitor's language."""
        lines = [self.pages.say(self.language, line).format(**facts) for line in words.lines]
        return {"is_good": is_good, "title": self.pages.say(self.language, words.title), "lines": lines}


async def _visitor(
    request: Request,
    session: Session,
    entries: Entries,
    address: Address,
    now: Now,
    lang: Annotated[str, Query(max_length=16)] = "",
) -> _Visitor:
    form = await _form(request)
    asked = form.get("lang", [lang])[0]
    chosen = next((one for one in Language if one.value == asked), None)
    language = chosen or negotiate(request.headers.get("accept-language"))
    return _Visitor(request.app.state.pages, language, form, address, session, entries, now)


Visitor = Annotated[_Visitor, Depends(_visitor)]


@router.get("/appointments")
async def show_appointments(visitor: Visitor) -> Response:
    """The page that asks for a code and four digits."""
    return visitor.show(_FIND)


@router.get("/appointments/style.css")
async def get_appointments_style() -> Response:
    """The style sheet of the pages."""
    return rendering.style()


@router.get("/appointments/appointments.mjs")
async def get_appointments_script() -> Response:
    """The script of the pages."""
    return rendering.script()


@router.get("/appointments/confirm")
async def show_confirmation(visitor: Visitor) -> Response:
    """The page with the button; nothing is confirmed by opening it."""
    return visitor.show(_CONFIRM)


@router.post("/appointments")
async def find_by_form(
    visitor: Visitor, apart: SessionApart, session: Session, keys: Keys, now: Now
) -> Response:
    """The page with the appointment of a code and four digits."""
    doing = operations.find_as_guest(apart, session, keys, visitor.opened, now)
    return await visitor.answer(_FIND, doing)


@router.post("/appointments/cancel")
async def cancel_by_form(
    visitor: Visitor, apart: SessionApart, session: Session, keys: Keys, now: Now
) -> Response:
    """The appointment given up."""
    doing = operations.cancel_as_guest(apart, session, keys, visitor.opened, now)
    return await visitor.answer(_FIND, doing, CANCELLED)


@router.post("/appointments/calendar")
async def get_calendar_by_form(
    visitor: Visitor,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    texts: Texts,
    now: Now,
    request: Request,
) -> Response:
    """The appointment as a file for calendars."""
    try:
        async with in_time():
            shown = await operations.find_as_guest(apart, session, keys, visitor.opened, now)
    except Problem as problem:
        return visitor.refuse(_FIND, problem)
    return await file_of(session, shown, texts, request)


@router.get("/appointments/status")
async def show_status(visitor: Visitor) -> Response:
    """The page that asks for an application's number, or for nine digits and a day."""
    return visitor.show(_STATUS)


@router.post("/appointments/status")
async def find_status_by_form(
    visitor: Visitor, apart: SessionApart, session: Session, keys: Keys, now: Now
) -> Response:
    """How far an application has come; none and several look the same."""
    typed = {name: visitor.sent(name) for name in ("number", "cnp_end", "applied_on")}
    try:
        asked = AskApplicationState.model_validate(
            {name: said for name, said in typed.items() if said}
        ).asked()
    except ValidationError:
        return visitor.show(_STATUS, HTTPStatus.UNPROCESSABLE_ENTITY, said=visitor.words(INCOMPLETE))
    try:
        async with in_time():
            found = await applications.state_of(apart, session, keys, asked, visitor.address, now)
    except Problem as problem:
        return visitor.refuse(_STATUS, problem)
    if found is None:
        return visitor.show(_STATUS, said=visitor.words(NO_APPLICATION))
    stage, day = found
    said = Words(STAGES[stage], (SINCE,))
    written = visitor.pages.day(visitor.language, day)
    return visitor.show(_STATUS, said=visitor.words(said, is_good=True, day=written))


@router.post("/appointments/resend")
async def resend_by_form(
    visitor: Visitor, apart: SessionApart, session: Session, keys: Keys, now: Now
) -> Response:
    """The message that confirms it sent again."""
    doing = operations.resend_as_guest(apart, session, keys, visitor.opened, now)
    return await visitor.answer(_FIND, doing, SENT_AGAIN)


@router.post("/appointments/confirm")
async def confirm_by_form(
    visitor: Visitor, apart: SessionApart, session: Session, keys: Keys, now: Now
) -> Response:
    """The appointment confirmed, by the secret of the link or by its code and the six digits."""
    if secret := visitor.sent("secret"):
        doing = operations.confirm_by_secret(session, keys, secret, now)
    else:
        code, digits = visitor.sent("code"), visitor.sent("digits")
        doing = operations.confirm_by_code(apart, session, keys, code, digits, visitor.address, now)
    return await visitor.answer(_CONFIRM, doing, CONFIRMED)


@router.post("/appointments/confirm/held")
async def show_held(visitor: Visitor, session: Session, keys: Keys, now: Now) -> Response:
    """What the secret of the link would confirm; the script takes it out of the page."""
    return await visitor.answer(
        _CONFIRM, operations.held_by_secret(session, keys, visitor.sent("secret"), now)
    )


async def _form(request: Request) -> dict[str, list[str]]:
    """The fields of a form, none of what is no form."""
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        return {}
    try:
        return parse_qs((await request.body()).decode(), max_num_fields=_FIELDS)
    except ValueError:
        return {}
