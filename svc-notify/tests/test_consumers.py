"""Events of others: told twice, late, out of order; and the whole way from the broker to the inbox."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from hub_core import clock, ids
from hub_core.language import Language
from hub_core.manifest import Manifest
from hub_events import envelope
from hub_events.envelope import Event
from svc_notify import manifest as wanted
from svc_notify.consumers import clients, feed, subscriptions
from svc_notify.consumers.copies import (
    ApplicationStateChanged,
    AppointmentChanged,
    BookingCancelled,
    BookingCodeRequested,
    BookingConfirmed,
    BookingExpired,
    BookingHeld,
    BookingMessageRequested,
    BookingMoved,
    BookingReminded,
    CertificateRequestAlarmed,
    CertificateRequestChanged,
    CertificateRequested,
    CertificateRevoked,
    CertificateSuperseded,
    CertificateVerified,
    ClarificationAsked,
    EmailConfirmationRequested,
    EntryStale,
    ExtractDecided,
    InstitutionChanged,
    PersonVerified,
    PetitionAnswered,
    PetitionClassed,
    PetitionDocumentsReminded,
    PetitionEntered,
    PetitionExtended,
    PetitionForwarded,
    PetitionJoined,
    PetitionMessageSent,
    PetitionMessageUnread,
    PetitionRegistered,
    RegistrationApproved,
    RegistrationExpired,
    RegistrationRejected,
    RegistrationReturned,
    RegistrationSubmitted,
    SandboxPersonCreated,
    SandboxPersonRemoved,
    SandboxPetitionRegistered,
    SecurityChanged,
    TermWarned,
    WaitingOffered,
    WaitingTold,
)
from svc_notify.domain.deliveries import Delivery
from svc_notify.domain.kinds import Lane

from .conftest import ROWS

CONTRACTS = Path(__file__).parents[2]
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
Publish = Callable[..., Awaitable[UUID]]


@pytest.mark.parametrize(
    ("model", "file"),
    [
        (PetitionRegistered, "svc-petitions/contract/events/petitions.petition.registered.v1"),
        (PetitionEntered, "svc-petitions/contract/events/petitions.petition.entered.v1"),
        (
            SandboxPetitionRegistered,
            "svc-petitions/contract/events/petitions.sandbox-petition.registered.v1",
        ),
        *(
            (told, f"svc-petitions/contract/events/{told.subject.removeprefix('hub.')}")
            for told in (
                ClarificationAsked,
                PetitionAnswered,
                PetitionClassed,
                PetitionExtended,
                PetitionForwarded,
                PetitionJoined,
                PetitionDocumentsReminded,
                PetitionMessageSent,
                PetitionMessageUnread,
                TermWarned,
            )
        ),
        (SandboxPersonCreated, "svc-identity/contract/events/identity.test-person.created.v1"),
        (SandboxPersonRemoved, "svc-identity/contract/events/identity.test-person.removed.v1"),
        (
            EmailConfirmationRequested,
            "svc-identity/contract/events/identity.email-confirmation.requested.v1",
        ),
        (SecurityChanged, "svc-identity/contract/events/identity.account.security-changed.v1"),
        (PersonVerified, "svc-identity/contract/events/identity.person.verified.v1"),
        *(
            (step, f"svc-identity/contract/events/{step.subject.removeprefix('hub.')}")
            for step in (
                RegistrationSubmitted,
                RegistrationReturned,
                RegistrationApproved,
                RegistrationRejected,
                RegistrationExpired,
            )
        ),
        (AppointmentChanged, "svc-identity/contract/events/identity.appointment.changed.v1"),
        (EntryStale, "svc-catalog/contract/events/catalog.entry.stale.v1"),
        (InstitutionChanged, "svc-catalog/contract/events/catalog.institution.changed.v1"),
        *(
            (told, f"svc-criminal-record/contract/events/{told.subject.removeprefix('hub.')}")
            for told in (
                CertificateRequested,
                CertificateRequestChanged,
                CertificateRequestAlarmed,
                CertificateRevoked,
                CertificateSuperseded,
                CertificateVerified,
                ExtractDecided,
            )
        ),
        *(
            (told, f"svc-passport-booking/contract/events/{told.subject.removeprefix('hub.')}")
            for told in (
                BookingHeld,
                BookingMessageRequested,
                BookingConfirmed,
                BookingMoved,
                BookingCancelled,
                BookingExpired,
                BookingReminded,
                BookingCodeRequested,
                WaitingOffered,
                WaitingTold,
                ApplicationStateChanged,
            )
        ),
    ],
)
def test_the_publisher_s_example_is_understood(model: type[Event], file: str) -> None:
    example = (CONTRACTS / f"{file}.example.json").read_bytes()
    heard = envelope.decode(model, example)
    told = json.loads(example)["data"]
    assert {name: told[name] for name in model.model_fields} == heard.data.model_dump(mode="json")


def registered(person_id: UUID, institution_id: UUID | None = None, **special: Any) -> PetitionRegistered:
    facts = {
        "petition_id": ids.new_id(),
        "person_id": person_id,
        "institution_id": institution_id or ids.new_id(),
        "number": 123,
        "registered_on": "2026-11-21",
        "answer_due_on": "2026-12-21",
        "kind": "REQUEST",
        "version": 1,
    }
    return PetitionRegistered.model_validate(facts | special)


@pytest.fixture
def publish(nats_operator: Any) -> Publish:
    """Publish an event as its service would; `again` gives the id of one that comes a second time."""

    async def tell(event: Event, again: UUID | None = None, at: datetime | None = None) -> UUID:
        event_id = again or ids.new_id()
        payload = envelope.encode(event_id, event, at or clock.now(), TRACEPARENT)
        await nats_operator.jetstream().publish(
            event.subject, payload, headers={"Nats-Msg-Id": str(ids.new_id())}
        )
        return event_id

    return tell


def appointed(person_id: UUID, institution_id: UUID, **special: Any) -> AppointmentChanged:
    facts = {
        "appointment_id": ids.new_id(),
        "person_id": person_id,
        "institution_id": institution_id,
        "role": "CATALOG_EDITOR",
        "valid_from": "2026-01-01",
        "valid_to": "2029-12-31",
        "state": "GRANTED",
        "version": 1,
    }
    return AppointmentChanged.model_validate(facts | special)


def stale(provider_id: UUID) -> EntryStale:
    return EntryStale(
        entry_id=ids.new_id(),
        provider_id=provider_id,
        titles={Language.RO: "Pașaport", Language.HU: "Útlevél", Language.EN: "Passport"},
        due_on=date(2026, 5, 22),
        reminder=2,
        version=7,
    )


KNOWN = "SELECT 1 FROM notify.officials WHERE appointment_id = $1 AND version = $2"


async def test_who_edits_an_entry_is_reminded_that_nobody_has_confirmed_it(
    service: Any, publish: Publish, ana: UUID, looking: asyncpg.Connection
) -> None:
    dgp, seen = ids.new_id(), len(service.office.letters)
    editor = appointed(ana, dgp)
    for told in (editor, appointed(ids.new_id(), dgp, state="ENDED"), appointed(ana, dgp, role="HEAD")):
        await publish(told)
    await until(looking, KNOWN, editor.appointment_id, 1)
    cause = await publish(stale(dgp))
    text = (await service.office.letter("Serviciul: Pașaport", seen)).get_body(("plain",)).get_content()
    assert "Termenul confirmării: 22.05.2026" in text
    assert "A câta înștiințare: 2" in text
    people = await looking.fetch("SELECT person_id FROM notify.messages WHERE cause_id = $1", cause)
    assert [row["person_id"] for row in people] == [ana]


async def test_where_nobody_edits_those_who_publish_are_reminded(
    service: Any, publish: Publish, ana: UUID, looking: asyncpg.Connection
) -> None:
    seen = len(service.office.letters)
    publisher = appointed(ana, ids.new_id(), role="CATALOG_PUBLISHER")
    await publish(publisher)
    await until(looking, KNOWN, publisher.appointment_id, 1)
    await publish(stale(ids.new_id()))
    await service.office.letter("Pașaport", seen)
    ended = publisher.model_copy(update={"state": "ENDED", "version": 2})
    await publish(ended)
    await until(looking, KNOWN, publisher.appointment_id, 2)
    await publish(publisher)
    row = await looking.fetchrow(
        "SELECT is_granted FROM notify.officials WHERE appointment_id = $1", publisher.appointment_id
    )
    assert not row["is_granted"]


async def test_a_registered_petition_is_told_by_e_mail_with_its_institution(
    service: Any, publish: Publish, ana: UUID, looking: asyncpg.Connection
) -> None:
    igsu, seen = ids.new_id(), len(service.office.letters)
    names = {"ro": "Inspectoratul General", "hu": None, "en": "General Inspectorate"}
    await publish(InstitutionChanged(institution_id=igsu, names=names, version=1))
    await until(looking, "SELECT 1 FROM notify.institutions WHERE id = $1", igsu)
    cause_id = await publish(registered(ana, igsu))
    letter = await service.office.letter("Instituția: Inspectoratul General", seen)
    text = letter.get_body(("plain",)).get_content()
    assert "nr. 123 din 21.11.2026. Termen de răspuns: 21.12.2026." in text
    assert "http://localhost:8080/account/overview" in text
    row = await looking.fetchrow(f"{ROWS} WHERE cause_id = $1", cause_id)
    assert letter["Message-ID"] == f"<{row['delivery_id']}@hub.example>"
    assert (row["person_id"], row["lane"]) == (ana, Lane.NOTICE)
    assert row["traceparent"].split("-")[1] == TRACE
    assert json.loads(row["variables"]) == {
        "number": "123",
        "registered_on": "2026-11-21",
        "answer_due_on": "2026-12-21",
        "institution_id": str(igsu),
        "legal_basis": "OG_27_2002_ART_8",
    }


async def test_a_person_is_told_where_their_registration_request_stands(
    service: Any, publish: Publish, ana: UUID
) -> None:
    seen = len(service.office.letters)
    facts = {"registration_id": ids.new_id(), "person_id": ana, "institution_id": ids.new_id(), "version": 1}
    await publish(RegistrationReturned.model_validate(facts | {"state": "NEEDS_COMPLETION"}))
    await publish(PersonVerified(person_id=ana, version=3))
    letters = (await service.office.until(seen + 2))[seen:]
    assert sorted(str(letter["Subject"]) for letter in letters) == [
        "Cererea dumneavoastră de înregistrare: trebuie completată",
        "Contul dumneavoastră a fost validat",
    ]
    of_request = max(letters, key=lambda letter: "înregistrare" in str(letter["Subject"]))
    text = of_request.get_body(("plain",)).get_content()
    assert "http://localhost:8080/account/registrations" in text


def about_a_request(**special: Any) -> dict[str, Any]:
    facts = {
        "request_id": ids.new_id(),
        "product": "CRIMINAL_RECORD",
        "number": 4821,
        "holder_kind": "PERSON",
        "holder_id": None,
        "acting_person_id": None,
        "version": 1,
    }
    return facts | special


ASKED = {"requested_on": date(2026, 11, 22), "due_on": date(2026, 11, 25)}


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("MANUAL_REVIEW", "Un lucrător verifică cererea"),
        ("AUTO_CHECK", "Verificarea nu s-a putut încheia pe loc"),
    ],
)
async def test_who_asks_for_a_certificate_is_told_its_number_and_term_and_when_it_is_ready(
    service: Any, publish: Publish, ana: UUID, state: str, said: str
) -> None:
    seen, about = len(service.office.letters), about_a_request(holder_id=ana, acting_person_id=ana)
    await publish(CertificateRequested.model_validate(about | ASKED | {"state": state}))
    letter = await service.office.letter("Termen: 25.11.2026", seen)
    assert letter["Subject"] == "Cererea dumneavoastră a fost înregistrată cu nr. 4821 din 22.11.2026"
    assert said in letter.get_body(("plain",)).get_content()
    await publish(CertificateRequestChanged.model_validate(about | {"state": "AUTO_CHECK"}))
    await publish(CertificateRequestChanged.model_validate(about | {"state": "ISSUED"}))
    letter = await service.office.letter("Documentul cerut a fost eliberat.", seen)
    assert letter["Subject"] == "Cererea dumneavoastră nr. 4821: documentul este gata"


async def test_who_is_given_the_certificate_at_once_gets_one_message_that_says_so(
    service: Any, publish: Publish, ana: UUID, looking: asyncpg.Connection
) -> None:
    seen, about = len(service.office.letters), about_a_request(holder_id=ana, acting_person_id=ana)
    asked = CertificateRequested.model_validate(about | ASKED | {"state": "ISSUED"})
    cause = await publish(asked)
    await publish(asked, again=cause)
    letter = await service.office.letter("Documentul cerut a fost eliberat.", seen)
    assert letter["Subject"] == "Cererea dumneavoastră nr. 4821: documentul este gata"
    await publish(CertificateRequestChanged.model_validate(about | {"state": "CANCELLED"}))
    await service.office.letter("Cererea a fost anulată.", seen)
    rows = await looking.fetch(
        "SELECT template, cause_id = $2 AS at_once FROM notify.messages WHERE person_id = $1", ana, cause
    )
    assert [row["template"] for row in rows if row["at_once"]] == ["criminal-record.step"]
    assert len(rows) == 2


async def test_who_asked_for_another_and_the_other_are_both_told(
    service: Any, publish: Publish, ana: UUID, looking: asyncpg.Connection
) -> None:
    parent, seen = ids.new_id(), len(service.office.letters)
    cause = await publish(
        CertificateRequestChanged.model_validate(
            about_a_request(holder_id=ana, acting_person_id=parent, state="NEEDS_COUNTER")
        )
    )
    await until(looking, "SELECT count(*) = 2 FROM notify.messages WHERE cause_id = $1", cause)
    await service.office.letter("vă rugăm să veniți la ghișeu", seen)
    rows = await looking.fetch("SELECT person_id FROM notify.messages WHERE cause_id = $1", cause)
    assert {row["person_id"] for row in rows} == {ana, parent}


async def test_of_a_company_s_certificate_who_asked_for_it_is_told(
    service: Any, publish: Publish, ana: UUID, looking: asyncpg.Connection
) -> None:
    seen = len(service.office.letters)
    about = about_a_request(holder_kind="ORGANISATION", holder_id=ids.new_id(), acting_person_id=ana)
    cause = await publish(CertificateRequestChanged.model_validate(about | {"state": "MANUAL_REVIEW"}))
    await service.office.letter("Cererea se află în verificare manuală.", seen)
    rows = await looking.fetch("SELECT person_id FROM notify.messages WHERE cause_id = $1", cause)
    assert [row["person_id"] for row in rows] == [ana]


@pytest.mark.usefixtures("service")
async def test_an_event_of_an_appointment_that_comes_twice_makes_one_message(
    publish: Publish, looking: asyncpg.Connection
) -> None:
    twice, once = (BookingCodeRequested(code_id=ids.new_id(), version=1) for _ in range(2))
    await publish(twice, again=await publish(twice))
    await publish(once)
    counted = "SELECT count(*) FROM notify.messages WHERE about_id = $1"
    for told in (once, twice):
        await until(looking, counted, told.code_id)
    assert await looking.fetchval(counted, twice.code_id) == 1


@pytest.mark.usefixtures("service")
async def test_an_earlier_place_and_a_document_to_be_fetched_are_told_and_nothing_twice(
    publish: Publish, looking: asyncpg.Connection, ana: UUID
) -> None:
    soon = clock.now() + timedelta(hours=5)
    entries = [ids.new_id() for _ in range(3)]
    facts = {"person_id": ana, "starts_at": soon, "version": 2}
    kept = {"offered_until": soon, "appointment_id": None}
    await publish(WaitingOffered.model_validate({"entry_id": entries[0], **facts, **kept}))
    held = kept | {"appointment_id": ids.new_id()}
    await publish(WaitingOffered.model_validate({"entry_id": entries[1], **facts, **held}))
    await publish(WaitingTold.model_validate({"entry_id": entries[2], **facts}))
    applications = [ids.new_id() for _ in range(3)]
    for application, person, state in zip(
        applications, (ana, None, ana), ("SENT", "AT_COUNTER", "AT_COUNTER"), strict=True
    ):
        await publish(
            ApplicationStateChanged(application_id=application, person_id=person, state=state, version=3)
        )
    about = "SELECT 1 FROM notify.messages WHERE about_id = $1"
    await until(looking, about, applications[2])
    rows = await looking.fetch(
        "SELECT about_id, template, lane FROM notify.messages WHERE about_id = ANY($1) ORDER BY id",
        [*entries, *applications],
    )
    assert [tuple(row.values()) for row in rows] == [
        (entries[0], "booking.earlier", Lane.CODE),
        (entries[2], "booking.earlier", Lane.CODE),
        (applications[2], "application.at-counter", Lane.NOTICE),
    ]


def alarmed(institution_id: UUID | None) -> CertificateRequestAlarmed:
    return CertificateRequestAlarmed(
        request_id=ids.new_id(), institution_id=institution_id, due_on=date(2026, 11, 25), version=4
    )


async def test_a_term_that_comes_close_is_told_to_the_heads_who_keep_the_record_once_a_day(
    service: Any, publish: Publish, ana: UUID, looking: asyncpg.Connection
) -> None:
    unit, passports, seen = ids.new_id(), ids.new_id(), len(service.office.letters)
    elsewhere, officer = ids.new_id(), ids.new_id()
    appointments = [
        appointed(ana, unit, role="HEAD"),
        appointed(officer, unit, role="RECORDS_OFFICER"),
        appointed(elsewhere, passports, role="HEAD"),
    ]
    for told in appointments:
        await publish(told)
    for told in appointments:
        await until(looking, KNOWN, told.appointment_id, 1)
    causes = [await publish(alarmed(institution)) for institution in (unit, None, unit, passports)]
    letter = await service.office.letter("cel mai apropiat", seen)
    assert letter["Subject"] == "Cereri nesoluționate, cu termenul legal la 25.11.2026"
    about = about_a_request(holder_id=ana, state="CANCELLED")
    await publish(CertificateRequestChanged.model_validate(about))
    await service.office.letter("Cererea a fost anulată.", seen)
    rows = await looking.fetch("SELECT person_id FROM notify.messages WHERE cause_id = ANY($1)", causes)
    assert [row["person_id"] for row in rows] == [ana]


async def test_where_there_is_no_head_those_who_keep_the_record_are_told_of_the_term(
    publish: Publish, looking: asyncpg.Connection
) -> None:
    unit, officer = ids.new_id(), ids.new_id()
    told = appointed(officer, unit, role="RECORDS_OFFICER")
    await publish(told)
    await until(looking, KNOWN, told.appointment_id, 1)
    cause = await publish(alarmed(unit))
    await until(
        looking, "SELECT 1 FROM notify.messages WHERE cause_id = $1 AND person_id = $2", cause, officer
    )


async def test_a_certificate_verified_often_is_told_once_a_day(
    service: Any, publish: Publish, ana: UUID, looking: asyncpg.Connection
) -> None:
    seen, often, other = len(service.office.letters), ids.new_id(), ids.new_id()
    morning = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)  # already the 22nd in Bucharest
    for certificate, at in (
        (often, morning),
        (often, datetime(2026, 11, 22, 9, tzinfo=UTC)),
        (other, morning),
        (often, datetime(2026, 11, 22, 22, 30, tzinfo=UTC)),
    ):
        verified = CertificateVerified(certificate_id=certificate, person_id=ana, version=1)
        await publish(verified, at=at)
    await service.office.until(seen + 3)
    rows = await looking.fetch("SELECT once FROM notify.messages WHERE person_id = $1", ana)
    assert sorted(row["once"] for row in rows) == sorted(
        f"criminal-record.verified:{certificate}:{day}"
        for certificate, day in ((often, "2026-11-22"), (often, "2026-11-23"), (other, "2026-11-22"))
    )


async def test_the_end_of_a_certificate_is_told_and_never_why(
    service: Any, publish: Publish, ana: UUID
) -> None:
    seen = len(service.office.letters)
    facts = {"certificate_id": ids.new_id(), "holder_id": ana, "product": "INTEGRITY", "version": 2}
    await publish(CertificateRevoked.model_validate(facts | {"institution_id": None}))
    await publish(CertificateSuperseded.model_validate(facts))
    letters = (await service.office.until(seen + 2))[seen:]
    assert sorted(str(letter["Subject"]) for letter in letters) == [
        "Un document al dumneavoastră a fost revocat",
        "Un document al dumneavoastră a fost înlocuit",
    ]


@pytest.fixture
async def school(publish: Publish, looking: asyncpg.Connection) -> UUID:
    """An institution that the service knows."""
    school = ids.new_id()
    await publish(InstitutionChanged(institution_id=school, names={"ro": "Școala nr. 1"}, version=1))
    await until(looking, "SELECT 1 FROM notify.institutions WHERE id = $1", school)
    return school


async def test_a_person_is_told_of_an_extract_that_was_given_and_of_no_other(
    service: Any, publish: Publish, ana: UUID, school: UUID, looking: asyncpg.Connection
) -> None:
    seen = len(service.office.letters)
    for person, state in ((ana, "NO_CONSENT"), (None, "NO_CONSENT"), (ana, "NEEDS_LOOK"), (ana, "ISSUED")):
        await publish(
            ExtractDecided(
                extract_id=ids.new_id(), institution_id=school, person_id=person, state=state, version=1
            )
        )
    letter = await service.office.letter("Instituția: Școala nr. 1", seen)
    assert letter["Subject"] == "O instituție a primit un extras despre dumneavoastră"
    rows = await looking.fetch("SELECT template FROM notify.messages WHERE person_id = $1", ana)
    assert [row["template"] for row in rows] == ["criminal-record.extract"]


async def test_a_person_is_told_which_institution_holds_an_extract_that_was_revoked(
    service: Any, publish: Publish, ana: UUID, school: UUID
) -> None:
    seen = len(service.office.letters)
    facts = {"certificate_id": ids.new_id(), "holder_id": ana, "product": "CRIMINAL_RECORD", "version": 2}
    await publish(CertificateRevoked.model_validate(facts | {"institution_id": school}))
    letter = await service.office.letter("Instituția: Școala nr. 1", seen)
    assert letter["Subject"] == "Un extras despre dumneavoastră a fost revocat"


async def test_who_filed_for_another_is_told_and_not_the_other(
    service: Any, publish: Publish, ana: UUID, looking: asyncpg.Connection
) -> None:
    seen = len(service.office.letters)
    cause_id = await publish(registered(ids.new_id(), acting_person_id=ana))
    await service.office.until(seen + 1)
    row = await looking.fetchrow("SELECT person_id FROM notify.messages WHERE cause_id = $1", cause_id)
    assert row["person_id"] == ana


async def test_the_same_event_twice_is_one_message(
    service: Any, publish: Publish, ana: UUID, looking: asyncpg.Connection
) -> None:
    seen, event = len(service.office.letters), registered(ana)
    event_id = await publish(event)
    await publish(event, again=event_id)
    await publish(event, again=event_id)
    last = await publish(registered(ana))
    letters = await service.office.until(seen + 2)
    assert len({str(letter["Message-ID"]) for letter in letters[seen:]}) == 2
    rows = await looking.fetch("SELECT cause_id FROM notify.messages WHERE person_id = $1", ana)
    assert sorted(row["cause_id"] for row in rows) == sorted([event_id, last])


async def test_a_petition_heard_of_late_is_told_all_the_same(
    service: Any, publish: Publish, ana: UUID
) -> None:
    seen = len(service.office.letters)
    await publish(registered(ana), at=datetime(2026, 11, 14, tzinfo=UTC))
    assert len(await service.office.until(seen + 1)) == seen + 1


async def test_a_code_is_sent_to_who_asked_for_it(
    service: Any, publish: Publish, fake_identity: Any, looking: asyncpg.Connection
) -> None:
    seen, confirmation_id = len(service.office.letters), ids.new_id()
    fake_identity.answer(
        f"/internal/v1/email-confirmations/{confirmation_id}",
        {
            "confirmation_id": str(confirmation_id),
            "email": "new@example.org",
            "language": "hu",
            "code": "482913",
            "expires_at": "2026-11-21T19:15:00Z",
        },
    )
    await publish(EmailConfirmationRequested(confirmation_id=confirmation_id, version=1))
    letter = await service.office.letter("482913", seen)
    assert (letter["To"], letter["Content-Language"]) == ("new@example.org", "hu")
    row = await looking.fetchrow("SELECT * FROM notify.messages WHERE confirmation_id = $1", confirmation_id)
    assert (row["lane"], row["variables"]) == (Lane.CODE, "{}")


async def test_a_person_is_told_of_a_change_of_how_they_sign_in(
    service: Any, publish: Publish, fake_identity: Any
) -> None:
    seen, person_id = len(service.office.letters), ids.new_id()
    contact = {"person_id": str(person_id), "email": "ana@example.org", "language": "en"}
    fake_identity.answer(f"/internal/v1/people/{person_id}/contact", contact)
    await publish(SecurityChanged(person_id=person_id, change="PASSKEY_ADDED", version=1))
    letter = await service.office.letter("A passkey was added.", seen)
    assert letter["To"] == "ana@example.org"


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 3, 2)])
async def test_the_newest_names_are_kept_in_whatever_order_they_are_heard(
    hub: Any, looking: asyncpg.Connection, order: tuple[int, ...]
) -> None:
    institution_id = ids.new_id()
    handle = subscriptions.subscriptions(lambda _: None)[2].handlers[InstitutionChanged]
    for version in order:
        changed = InstitutionChanged(
            institution_id=institution_id, names={"ro": f"Nume {version}"}, version=version
        )
        async with hub.database.sessions() as session, session.unit_of_work():
            await handle(session, heard(changed))
    row = await looking.fetchrow("SELECT * FROM notify.institutions WHERE id = $1", institution_id)
    assert (json.loads(row["names"]), row["version"]) == ({"ro": "Nume 3"}, 3)


async def test_a_sender_is_woken_by_the_commit_and_not_before(hub: Any, ana: UUID) -> None:
    woken: list[Lane] = []

    def wake(queued: Sequence[Delivery]) -> None:
        woken.extend(delivery.lane for delivery in queued)

    handle = subscriptions.subscriptions(wake)[0].handlers[PetitionRegistered]
    async with hub.database.sessions() as session:
        async with session.unit_of_work():
            await handle(session, heard(registered(ana)))
            assert woken == []
        assert woken == [Lane.NOTICE]
    async with hub.database.sessions() as session, session.unit_of_work() as transaction:
        await handle(session, heard(registered(ana)))
        await transaction.rollback()
    assert woken == [Lane.NOTICE]


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        (ClarificationAsked, "CLARIFICATION_ASKED"),
        (PetitionAnswered, "ANSWERED"),
        (PetitionClassed, "CLASSED"),
        (PetitionExtended, "EXTENDED"),
        (PetitionForwarded, "FORWARDED"),
        (PetitionJoined, "JOINED"),
    ],
)
async def test_who_filed_a_petition_is_told_of_its_steps_and_nobody_where_nobody_has_an_account(
    hub: Any, ana: UUID, looking: asyncpg.Connection, kind: Any, change: str
) -> None:
    handle = subscriptions.subscriptions(lambda _: None)[0].handlers[kind]
    facts = registered(ana).model_dump()
    people = ({"acting_person_id": ana}, {"person_id": ids.new_id(), "acting_person_id": ana}, {})
    for who in people:
        told = heard(kind.model_validate(facts | {"person_id": None, "acting_person_id": None} | who))
        async with hub.database.sessions() as session, session.unit_of_work():
            await handle(session, told)
        rows = await looking.fetch("SELECT * FROM notify.messages WHERE cause_id = $1", told.id)
        assert [row["person_id"] for row in rows] == ([ana] if who else [])
        assert all(row["template"] == "petition.step" for row in rows)
        assert all(json.loads(row["variables"])["change"] == change for row in rows)


async def test_officials_are_written_of_a_term_once_a_day_and_once_more_when_it_is_over(
    hub: Any, ana: UUID, looking: asyncpg.Connection
) -> None:
    handle = subscriptions.subscriptions(lambda _: None)[0].handlers[TermWarned]
    head, events = ids.new_id(), []
    for warning, people in (("DAYS", [ana, head]), ("LAST", [ana]), ("OVERDUE", [ana])):
        facts = {
            "petition_id": ids.new_id(),
            "institution_id": ids.new_id(),
            "answer_due_on": date(2026, 12, 2),
            "warning": warning,
            "person_ids": people,
            "version": 4,
        }
        events.append(heard(TermWarned.model_validate(facts)))
    for told in events:
        async with hub.database.sessions() as session, session.unit_of_work():
            await handle(session, told)
    rows = await looking.fetch(
        "SELECT person_id, variables FROM notify.messages WHERE cause_id = ANY($1)",
        [told.id for told in events],
    )
    written = {(row["person_id"], json.loads(row["variables"])["state"]) for row in rows}
    assert written == {(ana, "CLOSE"), (head, "CLOSE"), (ana, "OVERDUE")}
    assert len(rows) == len(written)


@pytest.mark.parametrize(
    ("side", "is_known", "count"),
    [("INSTITUTION", True, 1), ("PETITIONER", True, 0), ("INSTITUTION", False, 0)],
)
async def test_a_petitioner_is_told_that_an_institution_has_written(
    hub: Any, ana: UUID, looking: asyncpg.Connection, side: str, is_known: bool, count: int
) -> None:
    handle = subscriptions.subscriptions(lambda _: None)[0].handlers[PetitionMessageSent]
    who = ana if is_known else None
    facts = registered(ana).model_dump() | {
        "side": side,
        "documents": 2,
        "person_id": who,
        "acting_person_id": who,
    }
    told = heard(PetitionMessageSent.model_validate(facts))
    async with hub.database.sessions() as session, session.unit_of_work():
        await handle(session, told)
    rows = await looking.fetch("SELECT * FROM notify.messages WHERE cause_id = $1", told.id)
    assert [(row["template"], row["person_id"]) for row in rows] == [("petition.message", ana)] * count


@pytest.mark.parametrize(
    ("kind", "special", "template", "is_handlers"),
    [
        (PetitionMessageSent, {"side": "PETITIONER", "is_news": False}, None, True),
        (PetitionMessageSent, {"side": "PETITIONER", "handler_id": None}, None, True),
        (PetitionMessageSent, {"side": "PETITIONER"}, "petition.reply", True),
        (PetitionMessageUnread, {"side": "PETITIONER"}, "petition.reply", True),
        (PetitionMessageUnread, {"side": "INSTITUTION"}, "petition.unread", False),
        (PetitionDocumentsReminded, {"due_on": "2026-12-04"}, "petition.documents", False),
    ],
)
async def test_each_side_hears_of_what_waits_for_it_alone(
    hub: Any,
    ana: UUID,
    looking: asyncpg.Connection,
    kind: Any,
    special: dict[str, Any],
    template: str | None,
    is_handlers: bool,
) -> None:
    handle = subscriptions.subscriptions(lambda _: None)[0].handlers[kind]
    handler = ids.new_id()
    people = {"person_id": ana, "acting_person_id": ana, "handler_id": handler}
    told = heard(kind.model_validate(registered(ana).model_dump() | people | {"documents": 1} | special))
    async with hub.database.sessions() as session, session.unit_of_work():
        await handle(session, told)
    rows = await looking.fetch("SELECT * FROM notify.messages WHERE cause_id = $1", told.id)
    expected = [(template, handler if is_handlers else ana)] if template else []
    assert [(row["template"], row["person_id"]) for row in rows] == expected
    assert all(json.loads(row["variables"])["number"] == "123" for row in rows)


@pytest.mark.parametrize(("has_account", "count"), [(True, 1), (False, 0)])
async def test_of_a_petition_on_paper_only_who_has_an_account_is_told_the_number(
    hub: Any, ana: UUID, looking: asyncpg.Connection, has_account: bool, count: int
) -> None:
    handle = subscriptions.subscriptions(lambda _: None)[0].handlers[PetitionEntered]
    facts = registered(ana).model_dump() | {"person_id": ana if has_account else None}
    told = heard(PetitionEntered.model_validate(facts | {"acting_person_id": None}))
    async with hub.database.sessions() as session, session.unit_of_work():
        await handle(session, told)
    counted = "SELECT count(*) FROM notify.messages WHERE cause_id = $1"
    assert await looking.fetchval(counted, told.id) == count


def heard(event: Event) -> Any:
    return envelope.decode(type(event), envelope.encode(ids.new_id(), event, clock.now(), None))


def test_the_manifest_asks_for_what_the_handlers_take() -> None:
    manifest: Manifest = wanted.MANIFEST
    made = [
        *subscriptions.subscriptions(lambda _: None),
        *feed.subscriptions(lambda: None),
        clients.subscription(),
    ]
    assert {one.consumer for one in made} == {*manifest.consumers}
    assert len(made) == len(manifest.consumers)


async def until(looking: asyncpg.Connection, query: str, *arguments: Any) -> None:
    async with asyncio.timeout(10):
        while not await looking.fetchval(query, *arguments):
            pass
