"""Questions to other services, with a token of one's own."""

from datetime import timedelta
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import insert, text

from hub_core import clock
from hub_core.ids import new_id
from hub_events import inbox, outbox
from hub_service import chassis

from .conftest import NoteKept


async def test_a_question_carries_a_token_and_the_answer_is_read(client, app, fake_identity):
    fake_identity.forget()
    fake_identity.answer("/internal/v1/people/1/contact", {"language": "hu"})
    service = app.state.hub.service(fake_identity.url)
    assert await service.get("/internal/v1/people/1/contact") == {"language": "hu"}
    assert await service.get("/internal/v1/people/2/contact") is None
    asked = [question.path for question in fake_identity.asked]
    assert asked.count("/internal/v1/tokens") == 1
    assert fake_identity.asked[-1].authorization.startswith("Bearer ey")


async def test_a_token_is_renewed_a_minute_before_it_ends(client, app, fake_identity):
    fake_identity.forget()
    soon = (clock.now()).isoformat()
    fake_identity.answer("/internal/v1/tokens", {"internal_token": "first", "expires_at": soon})
    token = app.state.hub.own_token
    assert await token.get() == "first"
    fake_identity.answer("/internal/v1/tokens", {"internal_token": "second", "expires_at": soon})
    assert await token.get() == "second"
    fake_identity.forget()


async def test_a_refused_token_is_asked_for_anew(client, app, fake_identity):
    fake_identity.forget()
    fake_identity.answer("/internal/v1/people/1/contact", {}, status=401)
    service = app.state.hub.service(fake_identity.url)
    with pytest.raises(httpx2.HTTPStatusError):
        await service.get("/internal/v1/people/1/contact")
    asked = [question.path for question in fake_identity.asked]
    assert asked.count("/internal/v1/tokens") == 2
    fake_identity.forget()


async def test_what_is_posted_carries_a_token_and_a_refusal_is_raised(client, app, fake_identity):
    fake_identity.forget()
    fake_identity.answer("/internal/v1/things", {"number": 7})
    service = app.state.hub.service(fake_identity.url)
    assert await service.post("/internal/v1/things", {"id": "1"}) == {"number": 7}
    assert fake_identity.asked[-1].authorization.startswith("Bearer ey")
    fake_identity.answer("/internal/v1/things", {}, status=401)
    before = len(fake_identity.asked)
    with pytest.raises(httpx2.HTTPStatusError):
        await service.post("/internal/v1/things", {"id": "1"})
    asked = [question.path for question in fake_identity.asked[before:]]
    assert asked.count("/internal/v1/things") == 2  # its keys may have changed since
    with pytest.raises(httpx2.HTTPStatusError):
        await service.post("/internal/v1/nowhere", {})
    fake_identity.forget()


async def test_what_nobody_can_ask_for_is_forgotten(client, app):
    hub = app.state.hub
    old = clock.now() - timedelta(days=60)
    async with hub.database.sessions() as session, session.begin():
        await outbox.record(session, NoteKept(note_id=new_id()), old)
        await session.execute(text("UPDATE outbox SET published_at = recorded_at"))
        await session.execute(insert(inbox.INBOX).values(consumer="c", event_id=UUID(int=0), at=old))
    await chassis._purge(hub, ["c"])
    async with hub.database.sessions() as session:
        assert (
            await session.scalar(text("SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM inbox)"))
            == 0
        )
