"""What svc-notify asks of others.

Addresses and codes are svc-identity's, and of who has no account svc-passport-booking's. They are asked
for at the moment of sending, so that a changed address is used at once, a closed account gets nothing,
and no copy of them lies here.
"""

import asyncio
from collections.abc import Collection, Mapping
from datetime import date, datetime
from itertools import islice
from typing import Final
from uuid import UUID

from pydantic import BaseModel

from hub_core.clock import BUCHAREST
from hub_core.language import Language
from hub_service.clients import ServiceClient

_CONTACTS_AT_ONCE: Final = 500


class Contact(BaseModel):
    """Where and in which language a person is written to; `phone` (E.164) only once it was confirmed."""

    email: str
    language: Language
    phone: str | None = None


class Confirmation(Contact):
    """The same for an e-mail confirmation, and its code."""

    code: str
    expires_at: datetime


class PhoneConfirmation(BaseModel):
    """Where the code that confirms a telephone number goes (E.164), in which language, and the code."""

    phone: str
    language: Language
    code: str
    expires_at: datetime


class _Booking(BaseModel):
    """What svc-passport-booking says of anything: how it stands, what it is for and where."""

    state: str
    language: Language
    type_names: dict[Language, str]
    office_names: dict[Language, str]
    office_address: str | None


class Appointment(_Booking):
    """An appointment as it stands now, and whom to write to of it: an account or an address.

    `secret` and `digits` confirm it while it is held, `calendar` is its file for calendars when it is
    confirmed. Times are local, Europe/Bucharest.
    """

    person_id: UUID | None
    email: str | None
    code: str
    secret: str | None
    digits: str | None
    local_start: datetime
    held_until: datetime | None
    persons: int
    calendar: str | None = None

    @property
    def starts_at(self) -> datetime:
        """When it begins, with its zone."""
        return self.local_start.replace(tzinfo=BUCHAREST)

    @property
    def valid_until(self) -> datetime | None:
        """When the hold ends, with its zone."""
        return self.held_until and self.held_until.replace(tzinfo=BUCHAREST)


class Waiting(_Booking):
    """Somebody who waits for a place, and whom to write to of it. The time is local."""

    person_id: UUID | None
    email: str | None
    code: str
    offered_until: datetime | None
    persons: int

    @property
    def valid_until(self) -> datetime | None:
        """When the offer ends, with its zone."""
        return self.offered_until and self.offered_until.replace(tzinfo=BUCHAREST)


class Application(_Booking):
    """What somebody has handed in at a counter."""

    number: str


class Audience(BaseModel):
    """An audience as it stands now, and whom to write to of it: an account or an address.

    `calendar` is its file for calendars while there is a place. The time is local, Europe/Bucharest.
    """

    state: str
    person_id: UUID | None
    email: str | None
    language: Language
    number: str
    function: str | None
    place: str | None
    local_start: datetime | None
    calendar: str | None

    @property
    def starts_at(self) -> datetime | None:
        """When it begins, with its zone."""
        return self.local_start and self.local_start.replace(tzinfo=BUCHAREST)


class GuestPetition(Contact):
    """A petition of somebody without an account, as they know it; `code` opens it with its number."""

    number: int
    year: int
    code: str
    registered_on: date
    answer_due_on: date
    institution_names: dict[Language, str | None]


class Contacts:
    """Addresses of people, asked for together: who asks while a question is under way is in the next one."""

    def __init__(self) -> None:
        self._waiting: dict[UUID, asyncio.Future[Contact | None]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def find(self, identity: ServiceClient, person_id: UUID) -> Contact | None:
        """A person's address; none when there is no such account any more. Raises `httpx2.HTTPError`."""
        if person_id not in self._waiting:
            self._waiting[person_id] = asyncio.get_running_loop().create_future()
        answer = self._waiting[person_id]
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_all(identity))
        return await asyncio.shield(answer)

    async def _ask_all(self, identity: ServiceClient) -> None:
        while self._waiting:
            asked = dict(islice(self._waiting.items(), _CONTACTS_AT_ONCE))
            for person_id in asked:
                del self._waiting[person_id]
            try:
                found = await find_contacts(identity, asked)
            except Exception as error:
                for answer in asked.values():
                    answer.set_exception(error)
                    answer.exception()  # whoever asked may have gone
            else:
                for person_id, answer in asked.items():
                    answer.set_result(found.get(person_id))


async def find_contacts(identity: ServiceClient, people: Collection[UUID]) -> Mapping[UUID, Contact]:
    """The addresses of people, 500 at most; who has no account any more is missing."""
    found = await identity.post("/internal/v1/contacts", {"people": [str(person) for person in people]})
    return {UUID(each["person_id"]): Contact.model_validate(each) for each in found["contacts"]}


async def find_confirmation(identity: ServiceClient, confirmation_id: UUID) -> Confirmation | None:
    """An open e-mail confirmation; none when it is spent or past."""
    found = await identity.get(f"/internal/v1/email-confirmations/{confirmation_id}")
    return Confirmation.model_validate(found) if found else None


async def find_appointment(booking: ServiceClient, appointment_id: UUID) -> Appointment | None:
    """An appointment at a counter; none when there is no such one."""
    found = await booking.get(f"/internal/v1/appointments/{appointment_id}/message")
    return Appointment.model_validate(found) if found else None


async def find_audience(petitions: ServiceClient, petition_id: UUID) -> Audience | None:
    """An audience; none when there is no such one."""
    found = await petitions.get(f"/internal/v1/audiences/{petition_id}/message")
    return Audience.model_validate(found) if found else None


async def find_phone_confirmation(identity: ServiceClient, confirmation_id: UUID) -> PhoneConfirmation | None:
    """An open confirmation of a telephone number; none when it is spent or past."""
    found = await identity.get(f"/internal/v1/phone-confirmations/{confirmation_id}")
    return PhoneConfirmation.model_validate(found) if found else None


async def find_email_code(service: ServiceClient, code_id: UUID) -> Confirmation | None:
    """A code for somebody without an account, of the service that made it; none when it is used or past."""
    found = await service.get(f"/internal/v1/email-codes/{code_id}/message")
    return Confirmation.model_validate(found) if found else None


async def find_waiting(booking: ServiceClient, entry_id: UUID) -> Waiting | None:
    """Somebody who waits for a place; none when there is no such entry."""
    found = await booking.get(f"/internal/v1/waiting-entries/{entry_id}/message")
    return Waiting.model_validate(found) if found else None


async def find_application(booking: ServiceClient, application_id: UUID) -> Application | None:
    """An application; none when there is no such one."""
    found = await booking.get(f"/internal/v1/applications/{application_id}/message")
    return Application.model_validate(found) if found else None


async def find_guest_petition(petitions: ServiceClient, petition_id: UUID) -> GuestPetition | None:
    """A petition that was filed without an account; none where nobody is to be written of it."""
    found = await petitions.get(f"/internal/v1/guest-petitions/{petition_id}/message")
    return GuestPetition.model_validate(found) if found else None
