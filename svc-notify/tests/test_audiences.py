"""Messages about audiences: to whom they go, and that they are true when they are sent."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from hub_core import clock, ids
from hub_core.language import Language
from hub_events import envelope
from svc_notify import rendering
from svc_notify.consumers import subscriptions
from svc_notify.consumers.copies import AudienceChanged, AudienceReminded, PetitionClassed
from svc_notify.domain import kinds
from svc_notify.domain.kinds import Lane
from svc_notify.jobs import Sender
from svc_notify.settings import Settings

from .conftest import ROWS, PostOffice, body

Told = Callable[..., Awaitable[Any]]
FILE = "BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nEND:VCALENDAR\r\n"
ACCOUNT = "http://localhost:8080/account/overview"


def an_audience(state: str, came_from: str = "REQUESTED", **special: Any) -> AudienceChanged:
    facts = {
        "petition_id": ids.new_id(),
        "person_id": None,
        "acting_person_id": None,
        "institution_id": ids.new_id(),
        "state": state,
        "starts_at": clock.now() + timedelta(days=3),
        "came_from": came_from,
        "reason": None,
        "version": 2,
    }
    return AudienceChanged.model_validate(facts | special)


def a_reminder(**special: Any) -> AudienceReminded:
    facts = an_audience("CONFIRMED", **special).model_dump()
    return AudienceReminded.model_validate({name: facts[name] for name in AudienceReminded.model_fields})


def known_of(state: str, **special: Any) -> dict[str, Any]:
    """What svc-petitions answers about an audience."""
    return {
        "state": state,
        "person_id": None,
        "email": "ion@example.org",
        "language": "ro",
        "number": "123/21.11.2026",
        "function": "Director general",
        "place": "Strada Exemplului nr. 1",
        "local_start": "2026-12-03T09:30",
        "calendar": FILE,
    } | special


@pytest.fixture
def settings(settings: Settings, fake_identity: Any) -> Settings:
    """svc-petitions answers at the address of the services that tests know."""
    return settings.model_copy(update={"notify_petitions_url": fake_identity.url})


@pytest.fixture
def told(
    hub: Any,
    make_sender: Callable[..., Sender],
    turn: Any,
    fake_identity: Any,
    looking: asyncpg.Connection,
) -> Told:
    """Hear an event, let the lanes take a turn, and give the rows of what was queued.

    `known` is what svc-petitions says then.
    """

    async def through(event: Any, known: dict[str, Any]) -> Any:
        fake_identity.answer(f"/internal/v1/audiences/{event.petition_id}/message", known)
        sent = envelope.encode(ids.new_id(), event, clock.now(), None)
        heard: Any = envelope.decode(type(event), sent)
        handle = subscriptions.subscriptions(lambda _: None)[0].handlers[type(event)]
        async with hub.database.sessions() as session, session.unit_of_work():
            await handle(session, heard)
        for lane in (Lane.NOTICE, Lane.REMINDER):
            await turn(make_sender(lane))
        return await looking.fetch(f"{ROWS} WHERE cause_id = $1", heard.id)

    return through


@pytest.mark.parametrize(
    ("event", "state", "said", "files"),
    [
        (an_audience("SCHEDULED"), "SCHEDULED", "i s-a dat data de mai jos", [FILE]),
        (
            an_audience("SCHEDULED", "CONFIRMED", reason="SITTING_CANCELLED"),
            "SCHEDULED",
            "a fost anulat. Vă oferim un loc",
            [FILE],
        ),
        (an_audience("CONFIRMED", "SCHEDULED"), "CONFIRMED", "Ați confirmat că veniți", [FILE]),
        (a_reminder(), "CONFIRMED", "Vă reamintim audiența", []),
        (an_audience("DECLINED"), "DECLINED", "nu vă primește", []),
        (an_audience("IN_WRITING"), "IN_WRITING", "vă răspunde în scris", []),
        (
            an_audience("REQUESTED", "CONFIRMED", reason="SITTING_CANCELLED", starts_at=None),
            "REQUESTED",
            "primește altă dată",
            [],
        ),
    ],
)
async def test_each_step_has_its_message_also_for_who_has_no_account(
    told: Told, office: PostOffice, event: Any, state: str, said: str, files: list[str]
) -> None:
    (row,) = await told(event, known_of(state))
    assert (row["state"], row["person_id"]) == ("SENT", None)
    assert office.recipients == ["ion@example.org"]
    assert said in " ".join(body(office.letters[0]).split())
    assert [part.get_content() for part in office.letters[0].iter_attachments()] == files


@pytest.mark.parametrize(
    ("state", "reason"), [("REQUESTED", "OTHER_DATE"), ("CANCELLED", "CANCEL"), ("HELD", None)]
)
async def test_nobody_is_written_to_of_what_they_did_themselves(
    told: Told, office: PostOffice, state: str, reason: str | None
) -> None:
    assert await told(an_audience(state, "SCHEDULED", reason=reason), known_of(state)) == []
    assert office.letters == []


async def test_what_is_no_longer_true_is_not_sent(told: Told, office: PostOffice) -> None:
    (row,) = await told(an_audience("SCHEDULED"), known_of("CANCELLED"))
    assert (row["state"], row["failure"]) == ("FAILED", "recipient-gone")
    assert office.letters == []


async def test_who_has_an_account_is_written_to_there_in_its_language(
    told: Told, office: PostOffice, ana: UUID, fake_identity: Any
) -> None:
    fake_identity.answer(
        f"/internal/v1/people/{ana}/contact", {"email": "ana.popescu@example.org", "language": "hu"}
    )
    await told(an_audience("SCHEDULED", person_id=ana), known_of("SCHEDULED", person_id=str(ana), email=None))
    assert office.recipients == ["ana.popescu@example.org"]
    assert "2026.12.03." in body(office.letters[0])


async def test_a_petition_that_ended_with_its_audience_has_no_second_letter(
    told: Told, ana: UUID, office: PostOffice
) -> None:
    facts = {
        "petition_id": ids.new_id(),
        "person_id": ana,
        "institution_id": ids.new_id(),
        "number": 123,
        "answer_due_on": clock.local_date(clock.now()),
        "version": 5,
    }
    for reason, count in (("AUDIENCE_HELD", 0), ("AUDIENCE_DECLINED", 0), ("REPEATED", 1)):
        classed = PetitionClassed.model_validate(facts | {"reason": reason})
        assert len(await told(classed, {})) == count
    assert len(office.letters) == 1


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", kinds.AUDIENCES.values(), ids=lambda kind: kind.template)
def test_each_message_says_its_number_in_each_language(kind: kinds.Kind, language: Language) -> None:
    facts = {
        "number": "123/21.11.2026",
        "institution": "DGP",
        "what": "Director general",
        "address": "Strada Exemplului nr. 1",
        "starts_on": clock.local_date(clock.now()),
        "starts_at": clock.now(),
        "told_on": clock.local_date(clock.now()),
        "change": "NEW",
        "state": "DECLINED",
    }
    letter = rendering.render(kind.template, kind.version, language, facts, ACCOUNT)
    assert "123/21.11.2026" in letter.text
    assert ACCOUNT in letter.text
