"""Whom a message goes to, and what only others know of it: asked for at the moment of sending."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

import httpx2

from hub_core.language import Language
from hub_service.chassis import Resources
from hub_service.clients import ServiceClient

from .. import clients
from ..clients import Application, Appointment, Confirmation, Contacts, GuestPetition, Waiting
from ..domain import kinds
from ..domain.deliveries import Answer, Outcome
from ..domain.kinds import Kind, Question
from ..domain.messages import Message
from ..operations.sending import Claimed
from ..settings import Settings

_AWAY: Final = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
"""Answers that say nothing of the one person who was asked about."""


@dataclass(frozen=True, slots=True, repr=False)
class Known:
    """Whom a delivery goes to, in which language, the page it leads to, and the facts that others know.

    `calendar` is the file that goes along. `phone` (E.164) is that of an account, once it was confirmed, or
    the one that a code confirms.
    """

    email: str | None
    language: Language
    page: str
    facts: Mapping[str, object] = field(default_factory=dict)
    calendar: str | None = None
    phone: str | None = None


async def ask(hub: Resources, settings: Settings, contacts: Contacts, message: Message) -> Known | Outcome:
    """Whom a message goes to and what it says, or how its attempt ends before it has words."""
    try:
        known = await _ask(hub, settings, contacts, message)
    except httpx2.HTTPStatusError as refusal:
        away = refusal.response.status_code in _AWAY
        return Outcome(_outage(settings, refusal) if away else Answer.DEFERRED)
    except httpx2.HTTPError as fault:
        return Outcome(_outage(settings, fault))
    return known or Outcome(Answer.RECIPIENT_GONE)


def facts_of(claimed: Claimed, known: Known) -> dict[str, object]:
    """What the words of a claimed delivery name."""
    institution = claimed.institution.get(known.language) or claimed.institution.get(Language.RO, "")
    return {**_read(claimed.delivery.message.variables), "institution": institution, **known.facts}


def _outage(settings: Settings, fault: httpx2.HTTPError) -> Answer:
    """Whom it holds up that nobody answers: everybody, or only who is written to of what that one knows."""
    asked = tuple(filter(None, (settings.notify_passport_booking_url, settings.notify_petitions_url)))
    return Answer.UNASKED if str(fault.request.url).startswith(asked) else Answer.OUTAGE


async def _ask(hub: Resources, settings: Settings, contacts: Contacts, message: Message) -> Known | None:
    """What others know of a message; none when there is nobody or nothing to write about any more."""
    identity = hub.service(settings.identity_url)
    if message.template == kinds.PETITION_CODE.template and message.about_id:
        petitions = hub.service(settings.notify_petitions_url)
        return _of_code(message, await clients.find_email_code(petitions, message.about_id))
    if message.template in kinds.GUEST_PETITIONS and message.about_id:
        petitions = hub.service(settings.notify_petitions_url)
        return _of_guest(await clients.find_guest_petition(petitions, message.about_id))
    asked = kinds.AUDIENCES.get(message.template)
    if asked and message.about_id:
        petitions = hub.service(settings.notify_petitions_url)
        return await _of_audience(petitions, identity, contacts, asked, message.about_id)
    kind = kinds.BOOKINGS.get(message.template)
    if kind and message.about_id:
        booking = hub.service(settings.notify_passport_booking_url)
        return await _of_booking(booking, identity, contacts, message, kind, message.about_id)
    if message.confirmation_id:
        return await _of_confirmation(identity, message, message.confirmation_id)
    return await _of_account(identity, contacts, message)


async def _of_account(identity: ServiceClient, contacts: Contacts, message: Message) -> Known | None:
    contact = await contacts.find(identity, message.person_id) if message.person_id else None
    if contact is None:
        return None
    return Known(contact.email, contact.language, kinds.page_of(message.template), phone=contact.phone)


async def _of_confirmation(identity: ServiceClient, message: Message, confirmation_id: UUID) -> Known | None:
    """Where the code of a confirmation goes: to the address or the telephone number that it confirms."""
    if message.template != kinds.PHONE_CONFIRM.template:
        return _of_code(message, await clients.find_confirmation(identity, confirmation_id))
    found = await clients.find_phone_confirmation(identity, confirmation_id)
    if found is None:
        return None
    page = kinds.page_of(message.template)
    return Known(None, found.language, page, _code(found.code, found.expires_at), phone=found.phone)


async def _of_booking(
    booking: ServiceClient,
    identity: ServiceClient,
    contacts: Contacts,
    message: Message,
    kind: Kind,
    about_id: UUID,
) -> Known | None:
    """What svc-passport-booking says; none when it has gone on, so that the message would not be true."""
    found: Appointment | Waiting | Application | None
    match kind.question:
        case Question.EMAIL_CODE:
            return _of_code(message, await clients.find_email_code(booking, about_id))
        case Question.APPLICATION:
            found = await clients.find_application(booking, about_id)
        case Question.WAITING:
            found = await clients.find_waiting(booking, about_id)
        case _:
            found = await clients.find_appointment(booking, about_id)
    if found is None or found.state not in kind.states:
        return None
    if isinstance(found, Application):
        email, person_id = None, message.person_id
    else:
        email, person_id = found.email, found.person_id
    language, phone = found.language, None
    if person_id is not None:
        contact = await contacts.find(identity, person_id)
        email = contact.email if contact else None
        language, phone = (contact.language, contact.phone) if contact else (language, None)
    if email is None:
        return None
    noted = found.calendar if isinstance(found, Appointment) and kind.has_calendar else None
    return Known(email, language, _page(found), _facts(found, language), noted, phone)


async def _of_audience(
    petitions: ServiceClient, identity: ServiceClient, contacts: Contacts, kind: Kind, about_id: UUID
) -> Known | None:
    """What svc-petitions says; none when it has gone on, so that the message would not be true."""
    found = await clients.find_audience(petitions, about_id)
    if found is None or found.state not in kind.states:
        return None
    email, language, phone = found.email, found.language, None
    if found.person_id is not None:
        contact = await contacts.find(identity, found.person_id)
        email = contact.email if contact else None
        language, phone = (contact.language, contact.phone) if contact else (language, None)
    if email is None:
        return None
    facts: dict[str, object] = {
        "number": found.number,
        "what": found.function or "",
        "address": found.place or "",
    }
    if found.starts_at is not None:
        facts |= {"starts_on": found.starts_at.date(), "starts_at": found.starts_at}
    calendar = found.calendar if kind.has_calendar else None
    return Known(email, language, kinds.page_of(kind.template), facts, calendar, phone)


def _of_guest(found: GuestPetition | None) -> Known | None:
    """Whom a guest's letter goes to; it leads to no account."""
    if found is None:
        return None
    names = found.institution_names
    facts = {
        "number": str(found.number),
        "year": str(found.year),
        "code": found.code,
        "registered_on": found.registered_on,
        "answer_due_on": found.answer_due_on,
        "institution": names.get(found.language) or names.get(Language.RO) or "",
    }
    return Known(found.email, found.language, "", facts)


def _of_code(message: Message, found: Confirmation | None) -> Known | None:
    if found is None:
        return None
    page = kinds.page_of(message.template)
    return Known(found.email, found.language, page, _code(found.code, found.expires_at))


def _code(code: str, expires_at: datetime) -> Mapping[str, object]:
    return {"code": code, "valid_until": expires_at}


def _page(found: Appointment | Waiting | Application) -> str:
    """Where a message leads; what opens it stands behind `#`."""
    match found:
        case Appointment(secret=str(secret)):
            return f"{kinds.CONFIRM_PAGE}#{secret}"
        case Appointment(code=code):
            return f"{kinds.BOOKINGS_PAGE}#{code}"
        case Application():
            return kinds.APPLICATIONS_PAGE
        case _:
            return kinds.BOOKINGS_PAGE


def _facts(found: Appointment | Waiting | Application, language: Language) -> Mapping[str, object]:
    facts: dict[str, object] = {
        "what": found.type_names.get(language, ""),
        "office": found.office_names.get(language) or found.office_names.get(Language.RO, ""),
        "address": found.office_address or "",
    }
    match found:
        case Appointment(starts_at=start, valid_until=until):
            facts |= {"code": found.digits or "", "starts_on": start.date(), "starts_at": start}
            facts |= {"booking": found.code, "persons": str(found.persons), **_until(until or start)}
        case Waiting(valid_until=until):
            facts |= {"booking": found.code, "persons": str(found.persons)}
            facts |= _until(until) if until else {}
        case Application(number=number):
            facts |= {"number": number}
    return facts


def _until(until: datetime) -> Mapping[str, object]:
    return {"valid_on": until.date(), "valid_until": until}


def _read(variables: Mapping[str, str]) -> dict[str, object]:
    """A message's variables as its template takes them: dates as dates."""
    return {
        name: date.fromisoformat(value) if name.endswith("_on") else value
        for name, value in variables.items()
    }
