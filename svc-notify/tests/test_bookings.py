"""Messages about appointments: to whom they go, and that they are true when they are sent."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from hub_core import clock, ids
from hub_events.envelope import Event
from svc_notify.consumers import bookings
from svc_notify.consumers.copies import (
    BookingCancelled,
    BookingConfirmed,
    BookingExpired,
    BookingHeld,
    BookingMoved,
    BookingReminded,
)
from svc_notify.domain import kinds, messages
from svc_notify.domain.deliveries import Delivery
from svc_notify.domain.kinds import Kind, Lane
from svc_notify.domain.messages import Cause
from svc_notify.jobs import Sender
from svc_notify.operations import notices
from svc_notify.settings import Settings

from .conftest import PostOffice, body

Send = Callable[..., Awaitable[Delivery]]
Row = Callable[[UUID], Awaitable[Any]]
SECRET = "AZnypHweezqdUj9qHI5LcGx0b2tlbm9mdGhlbGluazEy"


def an_event(kind: type[Event], **special: Any) -> Any:
    now = clock.now()
    facts = {
        "appointment_id": ids.new_id(),
        "starts_at": now + timedelta(days=9),
        "person_id": None,
        "channel": "ONLINE",
        "held_until": now + timedelta(minutes=30),
        "previous_starts_at": now + timedelta(days=3),
        "state": "CANCELLED_BY_OFFICE",
        "version": 1,
    }
    return kind.model_validate({name: (facts | special)[name] for name in kind.model_fields})


def told_of(appointment_id: UUID, **special: Any) -> dict[str, Any]:
    """What svc-passport-booking answers about an appointment that is held."""
    return {
        "appointment_id": str(appointment_id),
        "state": "HELD",
        "person_id": None,
        "email": "ion@example.org",
        "phone": None,
        "language": "ro",
        "code": "K7QF2M9X",
        "secret": SECRET,
        "digits": "204816",
        "type": "PE",
        "type_names": {"ro": "Pașaport simplu electronic", "en": "Simple electronic passport"},
        "office_names": {"ro": "Ghișeul de pașapoarte Cluj-Napoca"},
        "office_address": "str. Traian nr. 27",
        "local_start": "2026-12-03T09:30",
        "held_until": "2026-11-22T12:30",
        "persons": 2,
        **special,
    }


@pytest.fixture
def settings(settings: Settings, fake_identity: Any) -> Settings:
    """svc-passport-booking answers at the address of the services that tests know."""
    return settings.model_copy(
        update={"notify_passport_booking_url": fake_identity.url, "notify_petitions_url": fake_identity.url}
    )


@pytest.fixture
def send(hub: Any, make_sender: Callable[..., Sender], turn: Any, fake_identity: Any) -> Send:
    """Queue the message of an event, let its lane take a turn, and give the delivery.

    `known` is what svc-passport-booking says then, nothing for an appointment it does not have.
    """

    async def through(event: Any, known: dict[str, Any] | None) -> Delivery:
        if known:
            fake_identity.answer(f"/internal/v1/appointments/{event.appointment_id}/message", known)
        kind, said, until = bookings._news(event)
        now = clock.now()
        async with hub.database.sessions() as session:
            (delivery,) = await notices.queue_booking_notice(
                session,
                kind,
                event.appointment_id,
                event.person_id,
                said,
                Cause(ids.new_id(), now),
                now,
                until,
            )
        await turn(make_sender(delivery.lane))
        return delivery

    return through


async def test_who_has_no_account_is_written_to_at_the_address_of_the_appointment(
    send: Send, office: PostOffice, stored: Row
) -> None:
    held = an_event(BookingHeld)
    delivery = await send(held, told_of(held.appointment_id))
    assert office.recipients == ["ion@example.org"]
    text = body(office.letters[0])
    assert f"http://localhost:8080/appointments/confirm#{SECRET}" in text
    assert "    204816" in text.splitlines()
    assert "03.12.2026, ora 09:30" in text
    row = await stored(delivery.id)
    assert (row["state"], row["lane"], row["person_id"]) == ("SENT", Lane.CODE, None)
    assert row["variables"] == "{}"


async def test_who_has_an_account_is_written_to_there_in_the_language_of_the_account(
    send: Send, office: PostOffice, ana: UUID, fake_identity: Any
) -> None:
    fake_identity.answer(
        f"/internal/v1/people/{ana}/contact", {"email": "ana.popescu@example.org", "language": "en"}
    )
    sure = an_event(BookingConfirmed, person_id=ana)
    known = told_of(sure.appointment_id, person_id=str(ana), email=None, state="CONFIRMED", secret=None)
    await send(sure, known | {"digits": None, "held_until": None})
    assert office.recipients == ["ana.popescu@example.org"]
    text = body(office.letters[0])
    assert "http://localhost:8080/appointments#K7QF2M9X" in text
    assert "3 December 2026, 09:30" in text
    assert "Simple electronic passport" in text


@pytest.mark.parametrize(
    ("kind", "attached"), [(BookingConfirmed, 1), (BookingMoved, 1), (BookingReminded, 0)]
)
async def test_what_is_sure_goes_into_the_calendar(
    send: Send, office: PostOffice, kind: type[Event], attached: int
) -> None:
    sure = an_event(kind)
    file = "BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n"
    await send(sure, told_of(sure.appointment_id, state="CONFIRMED", secret=None, calendar=file))
    files = [part.get_content() for part in office.letters[0].iter_attachments()]
    assert files == [file] * attached


async def test_an_account_that_was_closed_gets_nothing(send: Send, office: PostOffice, stored: Row) -> None:
    gone = ids.new_id()
    sure = an_event(BookingConfirmed, person_id=gone)
    known = told_of(sure.appointment_id, person_id=str(gone), email=None, state="CONFIRMED")
    row = await stored((await send(sure, known)).id)
    assert (row["state"], row["failure"]) == ("FAILED", "recipient-gone")
    assert office.letters == []


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (BookingHeld, "CONFIRMED"),
        (BookingHeld, "EXPIRED"),
        (BookingConfirmed, "CANCELLED_BY_CITIZEN"),
        (BookingReminded, "CANCELLED_BY_OFFICE"),
        (BookingMoved, "CANCELLED_BY_CITIZEN"),
        (BookingExpired, "CONFIRMED"),
    ],
)
async def test_what_is_no_longer_true_is_not_sent(
    send: Send, office: PostOffice, stored: Row, kind: type[Event], state: str
) -> None:
    event = an_event(kind)
    row = await stored((await send(event, told_of(event.appointment_id, state=state))).id)
    assert (row["state"], row["failure"]) == ("FAILED", "recipient-gone")
    assert office.letters == []


@pytest.mark.parametrize(
    ("event", "known", "said"),
    [
        (an_event(BookingHeld, channel="OFFER"), {}, "rândul dumneavoastră pe lista de așteptare"),
        (an_event(BookingHeld, channel="OFFICE"), {}, "v-am păstrat cu prioritate un alt loc"),
        (an_event(BookingMoved), {"state": "CONFIRMED", "secret": None}, "este acum la data"),
        (an_event(BookingCancelled), {"state": "CANCELLED_BY_OFFICE"}, "a trebuit să anuleze"),
        (
            an_event(BookingCancelled, state="CANCELLED_BY_CITIZEN"),
            {"state": "CANCELLED_BY_CITIZEN"},
            "așa cum ați cerut",
        ),
        (an_event(BookingExpired), {"state": "EXPIRED"}, "nu a fost confirmată la timp"),
        (an_event(BookingReminded), {"state": "CONFIRMED"}, "Vă reamintim"),
    ],
)
async def test_each_step_has_its_message(
    send: Send, office: PostOffice, event: Any, known: dict[str, Any], said: str
) -> None:
    await send(event, told_of(event.appointment_id, **known))
    assert said in body(office.letters[0])


@pytest.mark.parametrize(
    ("event", "until"),
    [
        (an_event(BookingHeld), "held_until"),
        (an_event(BookingHeld, channel="OFFER"), "held_until"),
        (an_event(BookingReminded, starts_at=clock.now() + timedelta(hours=2)), "starts_at"),
    ],
)
async def test_no_message_comes_after_what_it_is_about(
    send: Send, stored: Row, event: Any, until: str
) -> None:
    ends: datetime = getattr(event, until)
    assert (await stored((await send(event, None)).id))["expires_at"] == ends


@pytest.mark.parametrize("kind", [kinds.BOOKING_CODE, kinds.PETITION_CODE])
async def test_a_code_to_go_on_without_an_account_goes_by_the_lane_of_codes(
    kind: Kind,
    hub: Any,
    make_sender: Callable[..., Sender],
    turn: Any,
    office: PostOffice,
    fake_identity: Any,
) -> None:
    code, now = ids.new_id(), clock.now()
    fake_identity.answer(
        f"/internal/v1/email-codes/{code}/message",
        {
            "code_id": str(code),
            "email": "ion@example.org",
            "language": "hu",
            "code": "204816",
            "expires_at": (now + timedelta(minutes=15)).isoformat(),
        },
    )
    async with hub.database.sessions() as session:
        await notices.queue_booking_notice(session, kind, code, None, {}, Cause(ids.new_id(), now), now)
    await turn(make_sender(Lane.CODE))
    assert office.recipients == ["ion@example.org"]
    assert "    204816" in body(office.letters[0]).splitlines()


async def test_while_svc_passport_booking_is_away_only_its_own_messages_wait(
    hub: Any,
    make_sender: Callable[..., Sender],
    turn: Any,
    office: PostOffice,
    stored: Row,
    fake_identity: Any,
) -> None:
    sender = make_sender(Lane.CODE, notify_passport_booking_url="http://127.0.0.1:1")
    code, confirmation, now = ids.new_id(), ids.new_id(), clock.now()
    fake_identity.answer(
        f"/internal/v1/email-confirmations/{confirmation}",
        {
            "confirmation_id": str(confirmation),
            "email": "new@example.org",
            "language": "ro",
            "code": "482913",
            "expires_at": (now + timedelta(minutes=15)).isoformat(),
        },
    )
    async with hub.database.sessions() as session:
        (waits,) = await notices.queue_booking_notice(
            session, kinds.BOOKING_CODE, code, None, {}, Cause(ids.new_id(), now), now
        )
    assert waits is not None
    await turn(sender)
    async with hub.database.sessions() as session:
        await notices.queue_confirmation_code(session, confirmation, Cause(ids.new_id(), now), now)
    await turn(sender)
    assert office.recipients == ["new@example.org"]
    row = await stored(waits.id)
    assert (row["state"], row["attempts"]) == ("QUEUED", 0)
    assert row["due_at"] > now + timedelta(seconds=4)


async def test_an_earlier_place_is_told_at_the_address_of_who_asked_for_it(
    hub: Any, make_sender: Callable[..., Sender], turn: Any, office: PostOffice, fake_identity: Any
) -> None:
    entry, now = ids.new_id(), clock.now()
    told = told_of(entry, state="OFFERED", offered_until="2026-11-22T12:30")
    fake_identity.answer(f"/internal/v1/waiting-entries/{entry}/message", told)
    said = {"earlier_on": "2026-11-24", "earlier_hour": "08:30", "kept": "YES"}
    async with hub.database.sessions() as session:
        await notices.queue_booking_notice(
            session, kinds.BOOKING_EARLIER, entry, None, said, Cause(ids.new_id(), now), now
        )
    await turn(make_sender(Lane.CODE))
    assert office.recipients == ["ion@example.org"]
    assert "24.11.2026, ora 08:30" in body(office.letters[0])
    assert "până la ora 12:30" in office.letters[0]["Subject"]


async def test_that_a_document_is_at_the_counter_is_told_to_the_account(
    hub: Any, sender: Sender, turn: Any, office: PostOffice, fake_identity: Any, ana: UUID
) -> None:
    application, now = ids.new_id(), clock.now()
    fake_identity.answer(
        f"/internal/v1/applications/{application}/message",
        {
            "number": "CJ-2026-4821",
            "type": "PE",
            "type_names": {"ro": "Pașaport simplu electronic"},
            "state": "AT_COUNTER",
            "language": "ro",
            "phone": None,
            "office_names": {"ro": "Ghișeul de pașapoarte Cluj-Napoca"},
            "office_address": None,
        },
    )
    async with hub.database.sessions() as session:
        await notices.queue_booking_notice(
            session,
            kinds.APPLICATION_READY,
            application,
            ana,
            {"told_on": "2026-12-03"},
            Cause(ids.new_id(), now),
            now,
        )
    await turn(sender)
    assert office.recipients == ["ana.popescu@example.org"]
    text = body(office.letters[0])
    assert "CJ-2026-4821" in text
    assert "http://localhost:8080/appointments/status" in text


@pytest.mark.parametrize(
    ("kind", "recipient"),
    [
        (kinds.BOOKING_CONFIRM, {"person_id": UUID(int=1)}),
        (kinds.ACCOUNT_CONFIRM, {"about_id": UUID(int=1)}),
    ],
)
def test_only_what_is_asked_for_at_another_service_says_what_it_is_about(
    kind: kinds.Kind, recipient: dict[str, UUID]
) -> None:
    now = clock.now()
    with pytest.raises(ValueError, match="is about"):
        messages.write(kind, ids.new_id(), Cause(ids.new_id(), now), now, **recipient)
