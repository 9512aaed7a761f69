"""Letters to who filed a petition without an account: the address is asked for, and never carried."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from hub_core import clock, ids
from hub_core.language import Language
from hub_events import envelope
from svc_notify import rendering
from svc_notify.consumers import subscriptions
from svc_notify.consumers.copies import (
    ClarificationAsked,
    PetitionAnswered,
    PetitionEntered,
    PetitionExtended,
    PetitionForwarded,
)
from svc_notify.domain.kinds import Lane
from svc_notify.jobs import Sender
from svc_notify.settings import Settings

from .conftest import ROWS, PostOffice, body

Told = Callable[..., Awaitable[Any]]
CODE = "K7QF2M9X"


def of_petition(kind: Any, petition_id: UUID, **special: Any) -> Any:
    facts = {
        "petition_id": petition_id,
        "person_id": None,
        "acting_person_id": None,
        "institution_id": ids.new_id(),
        "number": 123,
        "registered_on": "2026-11-21",
        "answer_due_on": "2026-12-21",
        "kind": "REQUEST",
        "channel": "GUEST",
        "version": 1,
    }
    return kind.model_validate(facts | special)


def known_of(petition_id: UUID, **special: Any) -> dict[str, Any]:
    """What svc-petitions answers about a guest's petition."""
    return {
        "petition_id": str(petition_id),
        "email": "ion@example.org",
        "language": "ro",
        "number": 123,
        "year": 2026,
        "code": CODE,
        "registered_on": "2026-11-21",
        "answer_due_on": "2026-12-21",
        "institution_names": {"ro": "Direcția Generală de Pașapoarte", "hu": None},
    } | special


@pytest.fixture
def settings(settings: Settings, fake_identity: Any) -> Settings:
    """svc-petitions answers at the address of the services that tests know."""
    return settings.model_copy(update={"notify_petitions_url": fake_identity.url})


@pytest.fixture
def told(
    hub: Any, make_sender: Callable[..., Sender], turn: Any, fake_identity: Any, looking: asyncpg.Connection
) -> Told:
    """Hear an event, let the lane take a turn, and give the rows of what was queued."""

    async def through(event: Any, **special: Any) -> Any:
        path = f"/internal/v1/guest-petitions/{event.petition_id}/message"
        fake_identity.answer(path, known_of(event.petition_id, **special))
        heard: Any = envelope.decode(type(event), envelope.encode(ids.new_id(), event, clock.now(), None))
        handle = subscriptions.subscriptions(lambda _: None)[0].handlers[type(event)]
        async with hub.database.sessions() as session, session.unit_of_work():
            await handle(session, heard)
        await turn(make_sender(Lane.NOTICE))
        return await looking.fetch(f"{ROWS} WHERE cause_id = $1", heard.id)

    return through


@pytest.mark.parametrize("kind", [PetitionEntered, PetitionAnswered])
async def test_nobody_is_asked_about_who_wrote_on_paper(told: Told, office: PostOffice, kind: Any) -> None:
    assert await told(of_petition(kind, ids.new_id(), channel="POST")) == []
    assert office.letters == []


async def test_a_guest_gets_number_code_and_term_at_once_and_no_row_keeps_the_address(
    told: Told, office: PostOffice
) -> None:
    (row,) = await told(of_petition(PetitionEntered, ids.new_id()))
    assert (row["state"], row["template"], row["person_id"]) == ("SENT", "petition.guest-registered", None)
    assert office.recipients == ["ion@example.org"]
    said = body(office.letters[0])
    assert f"    {CODE}" in said.splitlines()
    assert "nr. 123 din 21.11.2026. Termen de răspuns: 21.12.2026" in " ".join(said.split())
    assert "Direcția Generală de Pașapoarte" in said
    assert "/account/" not in said
    assert not {"ion@example.org", CODE} & set(str(dict(row)).split("'"))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (ClarificationAsked, "are nevoie de o lămurire"),
        (PetitionExtended, "a fost prelungit"),
        (PetitionForwarded, "transmisă spre competentă soluționare"),
        (PetitionAnswered, "documentul sigilat al răspunsului"),
    ],
)
async def test_a_guest_hears_of_each_later_step_with_how_to_read_it(
    told: Told, office: PostOffice, kind: Any, said: str
) -> None:
    (row,) = await told(of_petition(kind, ids.new_id()))
    assert (row["state"], row["template"]) == ("SENT", "petition.guest-step")
    text = " ".join(body(office.letters[0]).split())
    assert said in text
    assert CODE in text
    assert "2026" in text


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("change", ["CLARIFICATION_ASKED", "ANSWERED", "CLASSED", "EXTENDED", "FORWARDED"])
def test_no_letter_to_a_guest_speaks_of_an_account(language: Language, change: str) -> None:
    facts = {
        "change": change,
        "number": "123",
        "year": "2026",
        "code": CODE,
        "institution": "Direcția",
        "answer_due_on": date(2026, 12, 21),
        "told_on": date(2026, 12, 1),
    }
    letter = rendering.render("petition.guest-step", 1, language, facts, "")
    assert not [word for word in ("cont ", "contul", "fiók", "account") if word in letter.text]
    assert CODE in letter.text
