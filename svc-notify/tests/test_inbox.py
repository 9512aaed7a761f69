"""A person's inbox. Permission cases first."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from hub_core import clock, ids
from svc_notify.domain import kinds, messages
from svc_notify.domain.kinds import Kind
from svc_notify.domain.messages import Cause, Message
from svc_notify.operations import following

INBOX = "/notify/v1/inbox"
BOTH = {"messages:read", "messages:write"}


@pytest.fixture
async def sessions(service: Any, schema: Any) -> AsyncIterator[async_sessionmaker[AsyncSession]]:
    """Sessions as the service has them."""
    engine = create_async_engine(schema.app_dsn)
    yield async_sessionmaker(engine, class_=AsyncSession)
    await engine.dispose()


@pytest.fixture
def own(ana: UUID, signed_in: Any) -> dict[str, str]:
    """The headers of `ana`."""
    made: dict[str, str] = signed_in(ana, BOTH)
    return made


async def begin(
    sessions: Any, person_id: UUID, kind: Kind = kinds.PETITION_UNREAD, about_id: UUID | None = None
) -> Message:
    now = clock.now()
    values = {"number": "123", "told_on": "2026-11-21", "institution_id": str(ids.new_id())}
    made = messages.write(
        kind,
        ids.new_id(),
        Cause(ids.new_id(), now),
        now,
        person_id=person_id,
        about_id=about_id,
        variables={name: values[name] for name in kind.variables},
    )
    async with sessions() as session, session.begin():
        await following.begin(session, [made], now)
    return made


async def test_without_a_token_there_is_no_inbox(service: Any) -> None:
    message = ids.new_id()
    for path in (INBOX, f"{INBOX}/{message}"):
        assert (await service.client.get(path)).status_code == 401
    assert (await service.client.post(f"{INBOX}/{message}/read")).status_code == 401
    assert (await service.client.post(f"{INBOX}/read", json={"until": str(message)})).status_code == 401


async def test_who_may_read_proves_nothing(service: Any, sessions: Any, ana: UUID, signed_in: Any) -> None:
    message = await begin(sessions, ana)
    reader = signed_in(ana, {"messages:read"})
    assert (await service.client.post(f"{INBOX}/{message.id}/read", headers=reader)).status_code == 403
    all_of_it = {"until": str(message.id)}
    assert (await service.client.post(f"{INBOX}/read", headers=reader, json=all_of_it)).status_code == 403
    writer = signed_in(ana, {"messages:write"})
    assert (await service.client.get(INBOX, headers=writer)).status_code == 403


async def test_a_client_and_who_acts_for_somebody_open_nothing(
    service: Any, sessions: Any, ana: UUID, signed_in: Any
) -> None:
    message = await begin(sessions, ana)
    client = signed_in(scopes=BOTH, kind="client", sub="demo-portal", sid=None)
    acting = signed_in(ids.new_id(), BOTH, mandate=str(ids.new_id()), act_for=str(ana))
    for headers in (client, acting):
        assert (await service.client.get(f"{INBOX}/{message.id}", headers=headers)).status_code == 401
        assert (await service.client.post(f"{INBOX}/{message.id}/read", headers=headers)).status_code == 401


async def test_the_neighbour_finds_and_proves_nothing(
    service: Any, sessions: Any, ana: UUID, own: dict[str, str], signed_in: Any
) -> None:
    message = await begin(sessions, ana)
    neighbour = signed_in(ids.new_id(), BOTH)
    assert (await service.client.get(f"{INBOX}/{message.id}", headers=neighbour)).status_code == 404
    assert (await service.client.post(f"{INBOX}/{message.id}/read", headers=neighbour)).status_code == 404
    assert (await service.client.get(INBOX, headers=neighbour)).json()["items"] == []
    until = {"until": str(message.id)}
    answer = await service.client.post(f"{INBOX}/read", headers=neighbour, json=until)
    assert answer.json() == {"count": 0}
    assert (await service.client.get(INBOX, headers=own)).json()["unread"] == 1


async def test_the_inbox_is_read_page_by_page_with_what_is_unread(
    service: Any, sessions: Any, ana: UUID, own: dict[str, str]
) -> None:
    told = [await begin(sessions, ana) for _ in range(3)]
    await service.client.post(f"{INBOX}/{told[1].id}/read", headers=own)
    page = (await service.client.get(INBOX, headers=own, params={"limit": "2"})).json()
    assert [item["id"] for item in page["items"]] == [str(told[2].id), str(told[1].id)]
    assert (page["unread"], page["items"][0]["group_name"]) == (2, "Petiții")
    assert "123" in page["items"][0]["title"]
    rest = (await service.client.get(INBOX, headers=own, params={"cursor": page["next_cursor"]})).json()
    assert [item["id"] for item in rest["items"]] == [str(told[0].id)]
    unread = (await service.client.get(INBOX, headers=own, params={"unread": "true"})).json()
    assert [item["id"] for item in unread["items"]] == [str(told[2].id), str(told[0].id)]


async def test_opening_proves_nothing_and_saying_so_does_once(
    service: Any, sessions: Any, ana: UUID, own: dict[str, str]
) -> None:
    message = await begin(sessions, ana)
    for _ in range(2):
        opened = (await service.client.get(f"{INBOX}/{message.id}", headers=own)).json()
        assert opened["read_at"] is None
    assert opened["words"]["language"] == "ro"
    assert "123" in opened["words"]["title"]
    assert opened["words"]["facts"]
    first = await service.client.post(f"{INBOX}/{message.id}/read", headers=own)
    again = await service.client.post(f"{INBOX}/{message.id}/read", headers=own)
    assert first.json() == again.json()
    assert first.json()["read_at"] is not None
    async with sessions() as session:
        _, queued = await following.advance_due(session, 100, clock.now() + timedelta(hours=2))
    assert message.id not in {each.message.id for each in queued}


async def test_all_up_to_what_was_shown_is_read(
    service: Any, sessions: Any, ana: UUID, own: dict[str, str]
) -> None:
    shown = [await begin(sessions, ana) for _ in range(3)]
    later = await begin(sessions, ana)
    until = {"until": str(shown[-1].id)}
    assert (await service.client.post(f"{INBOX}/read", headers=own, json=until)).json() == {"count": 3}
    assert (await service.client.post(f"{INBOX}/read", headers=own, json=until)).json() == {"count": 0}
    left = (await service.client.get(INBOX, headers=own, params={"unread": "true"})).json()
    assert [item["id"] for item in left["items"]] == [str(later.id)]


async def test_what_is_true_no_more_says_so(service: Any, sessions: Any, signed_in: Any) -> None:
    """Nobody is found any more who is written to of it."""
    person = ids.new_id()
    message = await begin(sessions, person)
    opened = await service.client.get(f"{INBOX}/{message.id}", headers=signed_in(person, BOTH))
    assert opened.status_code == 200
    assert (opened.json()["words"], opened.json()["title"]) == (None, None)


async def test_while_who_knows_what_it_says_is_away_it_is_asked_for_later(
    service: Any, sessions: Any, ana: UUID, own: dict[str, str]
) -> None:
    message = await begin(sessions, ana, kinds.BOOKING_REMINDER, about_id=ids.new_id())
    opened = await service.client.get(f"{INBOX}/{message.id}", headers=own)
    assert opened.status_code == 503
    assert opened.headers["retry-after"]


async def test_a_code_is_in_no_inbox(service: Any, sessions: Any, ana: UUID, own: dict[str, str]) -> None:
    await begin(sessions, ana, kinds.BOOKING_CODE, about_id=ids.new_id())
    assert (await service.client.get(INBOX, headers=own)).json()["items"] == []
