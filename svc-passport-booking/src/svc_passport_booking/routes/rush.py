"""Booking as it is done most: one person, one place. HTTP and nothing else, and as little of that as can be.

The contract is the ordinary route's, which also answers whatever is not the plain case.
"""

from typing import Final

import orjson
from fastapi import Request, Response
from pydantic import TypeAdapter, ValidationError

from hub_core import clock
from hub_core.principal import Kind, Principal
from hub_service import policy
from hub_service.routing import claim_of
from hub_service.shortcuts import Shortcut

from ..dependencies import known_people, rush
from ..domain.appointments import Appointment, Person
from ..domain.booking import Booker, Wish
from ..errors.slots import SlotTaken
from ..operations import people
from ..operations.appointments import Shown
from ..schemas.appointments import AppointmentView, BookAppointment
from ..storage.batches import Answer, Outcome
from . import appointments

_BODY: Final = TypeAdapter(BookAppointment)
_CHECKS: Final = [one.dependency for one in appointments.BOOKING["dependencies"]]
_CREATED: Final = 201


async def book(request: Request) -> Response | None:
    """The answer to a booking that was stored in a batch; None for what the ordinary route has to answer."""
    wanted = await _read(request)
    if wanted is None:
        return None
    principal = await policy.authenticate(request)
    for check in _CHECKS:
        await check(principal)
    return await _book(request, wanted, principal)


async def _read(request: Request) -> BookAppointment | None:
    """The body, where it is in order and for one person."""
    if request.headers.get("content-type") != "application/json" or request.scope["query_string"]:
        return None
    try:
        wanted = _BODY.validate_json(await request.body())
    except ValidationError:
        return None
    return wanted if len(wanted.persons) == 1 else None


async def _book(request: Request, wanted: BookAppointment, principal: Principal) -> Response | None:
    if principal.kind is not Kind.PERSON or principal.mandate_id is not None:
        return None
    claim = await claim_of(request) if "idempotency-key" in request.headers else None
    account = None
    if wanted.needs_account():
        account = await people.participant(known_people(request), principal.person_id)
    now, wish, booker = clock.now(), wanted.wish(account), Booker(principal)
    gathering = rush(request)
    appointment = await gathering.prepare(wish, booker, now)
    if appointment is None:
        return None
    headers, body = _shown(wish, appointment)
    answer = Answer(claim, orjson.dumps(headers).decode(), body) if claim else None
    match await gathering.store(wish, booker, appointment, answer):
        case Outcome.MADE:
            return Response(body, _CREATED, headers)
        case Outcome.FULL:
            raise SlotTaken
        case Outcome.OTHER:
            return None


def _shown(wish: Wish, appointment: Appointment) -> tuple[dict[str, str], bytes]:
    shown = Shown(appointment, [Person(0, wish.participants[0])])
    headers = {
        "location": f"{SHORTCUT.path_format}/{appointment.id}",
        "etag": f'"{appointment.version}"',
        "content-type": "application/json",
    }
    return headers, AppointmentView.of(shown).model_dump_json().encode()


SHORTCUT: Final = Shortcut("POST", f"{appointments.router.prefix}/appointments", book)
"""The short way of the ordinary route."""
