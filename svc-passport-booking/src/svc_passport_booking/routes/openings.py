"""Openings of days: HTTP and nothing else."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response

from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Address, Keys, Known, SessionApart, managing
from ..errors.appointments import AccountUnknown
from ..errors.offices import BookingOfficeNotFound
from ..errors.openings import (
    DaysNotOpenable,
    DrawNotOpen,
    OpeningNotFound,
    OpeningOverlaps,
    OpeningTooSoon,
)
from ..errors.waiting import NotServedThere
from ..operations import openings as operations
from ..operations import people, waiting
from ..operations.appointments import account_of
from ..schemas.openings import AnnounceOpening, DrawnEntryView, OpeningView
from ..schemas.types import TypeCode
from ..schemas.waiting import JoinDraw, JoinDrawAsGuest, WaitingEntryView
from .appointments import WRITE
from .guest_waiting import PROVING
from .waiting import JOINING

router = Router(prefix="/passport-booking/v1", tags=["openings"])

OpeningId = Annotated[schemas.Id, Path(description="The opening's identifier.")]


@router.get("/openings", summary="List when new days open", **policy.public())
async def list_openings(
    asked: paging.Asked,
    session: Session,
    keys: Keys,
    now: Now,
    office_id: Annotated[schemas.Id | None, Query(description="Those of one office.")] = None,
    type_code: Annotated[
        TypeCode | None, Query(alias="type", description="Those for what can be booked, by its code.")
    ] = None,
) -> paging.Page[OpeningView]:
    """The openings that were announced, with those of the last three months, by their window.

    Days are opened at a minute of the window that nobody knows beforehand, or by a draw at its end. Both
    follow from a seed whose SHA-256 is published with the announcement, and which is told afterwards: the
    minute is HMAC-SHA-256(seed, "minute") modulo the minutes of the window, counted from its beginning;
    a draw asks by HMAC-SHA-256(seed, id of the entry).
    """
    position = asked.position((datetime, UUID))
    found = await operations.find(
        session,
        keys,
        now,
        office_id=office_id,
        type_code=type_code,
        after=(position[0], position[1]) if position else None,
        limit=asked.rows,
    )
    return asked.page(
        found, position=lambda one: (one.window_from, one.id), view=lambda one: OpeningView.of(one, now)
    )


@router.get(
    "/openings/{opening_id}",
    summary="Read when new days open",
    **policy.public(raises=(OpeningNotFound,)),
)
async def get_opening(opening_id: OpeningId, session: Session, keys: Keys, now: Now) -> OpeningView:
    """An opening: what was announced, and afterwards what proves that nobody chose minute or order."""
    return OpeningView.of(await operations.read(session, keys, opening_id), now)


@router.get(
    "/openings/{opening_id}/order",
    summary="List the order of a draw",
    **policy.public(raises=(OpeningNotFound,)),
)
async def list_draw_order(
    opening_id: OpeningId, asked: paging.Asked, session: Session, keys: Keys
) -> paging.Page[DrawnEntryView]:
    """Who took part, by identifiers that say nothing of them, in the order in which they are asked.

    Nothing before it was drawn. With the seed anybody can compute the order again.
    """
    found = await operations.drawn(session, keys, opening_id, asked.after(int), asked.rows)
    return asked.page(found, position=lambda one: (one[0],), view=DrawnEntryView.of)


@router.post(
    "/openings/{opening_id}/entries",
    status_code=201,
    summary="Take part in a draw",
    **policy.operation(WRITE, mandate=True, raises=(*JOINING, AccountUnknown, OpeningNotFound, DrawNotOpen)),
)
async def join_draw(
    opening_id: OpeningId,
    body: JoinDraw,
    person: policy.Person,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    known: Known,
    now: Now,
) -> WaitingEntryView:
    """Take part for yourself or your family, at any moment of the announced window: none is better.

    At its end the order is drawn, and places are offered in it, each kept for 12 hours (rule
    `booking.draw-offer`). It is an entry like those of the waiting list, to be taken, declined and left.
    """
    account = await people.participant(known, account_of(person)) if body.needs_account() else None
    wish = body.wish(opening_id, account)
    return WaitingEntryView.of(await waiting.join(apart, session, keys, wish, person, now))


@router.post(
    "/openings/{opening_id}/guest-entries",
    status_code=201,
    summary="Take part in a draw without an account",
    **policy.public(raises=(*JOINING, *PROVING, OpeningNotFound, DrawNotOpen)),
)
async def join_draw_as_guest(
    opening_id: OpeningId,
    body: JoinDrawAsGuest,
    apart: SessionApart,
    session: Session,
    keys: Keys,
    address: Address,
    now: Now,
) -> WaitingEntryView:
    """The same at an e-mail address that the code has confirmed; ask for a code first."""
    who = body.unknown(address)
    return WaitingEntryView.of(await waiting.join(apart, session, keys, body.wish(opening_id), who, now))


@router.post(
    "/offices/{office_id}/openings",
    status_code=201,
    summary="Announce that new days open",
    **managing(
        (
            BookingOfficeNotFound,
            NotServedThere,
            DaysNotOpenable,
            OpeningTooSoon,
            OpeningOverlaps,
        )
    ),
)
async def announce_opening(
    office_id: Annotated[schemas.Id, Path(description="The office's identifier.")],
    body: AnnounceOpening,
    official: policy.Acting,
    session: Session,
    keys: Keys,
    now: Now,
    response: Response,
) -> OpeningView:
    """Announce days that nobody can book yet: at a random minute of a window, or by draw at its end.

    What was announced cannot be changed. The minute is secret to you as well.
    """
    opening = await operations.announce(session, keys, official, office_id, body.plan(), now)
    response.headers["location"] = f"{router.prefix}/openings/{opening.id}"
    return OpeningView.of(opening, now)
