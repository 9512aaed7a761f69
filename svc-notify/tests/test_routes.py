"""A person's own list of messages. Permission cases first."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

from hub_core import clock, ids
from hub_core.language import Language
from svc_notify.domain import deliveries, kinds, messages
from svc_notify.domain.deliveries import Answer, Delivery, Outcome
from svc_notify.domain.messages import Cause, Channel
from svc_notify.storage import deliveries as storage
from svc_notify.storage import messages as messages_storage

MESSAGES = "/notify/v1/messages"
Keep = Callable[..., Awaitable[Delivery]]


@pytest.fixture
def person() -> UUID:
    """A person of this test."""
    return ids.new_id()


@pytest.fixture
def reader(person: UUID, signed_in: Any) -> dict[str, str]:
    """Their headers."""
    made: dict[str, str] = signed_in(person, {"messages:read"})
    return made


@pytest.fixture
async def keep(service: Any, schema: Any, person: UUID) -> Any:
    """Store `keep(person_id=person)`, a message that was sent."""
    engine = create_async_engine(schema.app_dsn)
    sessions = async_sessionmaker(engine, class_=AsyncSession)

    async def store(person_id: UUID = person, queued_at: datetime | None = None) -> Delivery:
        now = queued_at or clock.now()
        variables = dict.fromkeys(kinds.SUBMISSION_REGISTERED.variables, "")
        written = messages.write(
            kinds.SUBMISSION_REGISTERED,
            ids.new_id(),
            Cause(ids.new_id(), now),
            now,
            person_id=person_id,
            variables=variables,
        )
        queued = deliveries.queue(written, Channel.EMAIL, ids.new_id(), now)
        sent = deliveries.settle(
            deliveries.claim(queued, now), Outcome(Answer.ACCEPTED, 250), now, chance=0, language=Language.HU
        )
        async with sessions() as session, session.begin():
            await messages_storage.add(session, [written])
            await storage.add(session, [sent])
        return sent

    yield store
    await engine.dispose()


async def test_without_a_token_nothing_is_shown(service: Any, keep: Keep) -> None:
    sent = await keep()
    for path in (MESSAGES, f"{MESSAGES}/{sent.message.id}"):
        answer = await service.client.get(path)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_another_scope_shows_nothing(service: Any, keep: Keep, person: UUID, signed_in: Any) -> None:
    sent = await keep()
    for path in (MESSAGES, f"{MESSAGES}/{sent.message.id}"):
        answer = await service.client.get(path, headers=signed_in(person, {"account:read"}))
        assert answer.status_code == 403
        assert answer.json()["type"].endswith("/insufficient-scope")


async def test_a_client_s_token_is_nobody_s(service: Any, signed_in: Any) -> None:
    headers = signed_in(scopes={"messages:read"}, kind="client", sub="demo-portal", sid=None)
    assert (await service.client.get(MESSAGES, headers=headers)).status_code == 401


async def test_somebody_else_s_message_is_not_there(service: Any, keep: Keep, reader: dict[str, str]) -> None:
    other = await keep(person_id=ids.new_id())
    answer = await service.client.get(f"{MESSAGES}/{other.message.id}", headers=reader)
    unknown = await service.client.get(f"{MESSAGES}/{ids.new_id()}", headers=reader)
    assert (answer.status_code, unknown.status_code) == (404, 404)
    same = {"type", "title", "detail", "status"}
    assert {name: answer.json()[name] for name in same} == {name: unknown.json()[name] for name in same}
    assert (await service.client.get(MESSAGES, headers=reader)).json() == {"items": [], "next_cursor": None}


async def test_one_s_own_message_is_shown(service: Any, keep: Keep, reader: dict[str, str]) -> None:
    sent = await keep()
    answer = await service.client.get(f"{MESSAGES}/{sent.message.id}", headers=reader)
    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(sent.message.id),
        "kind": "submission.registered",
        "channel": "EMAIL",
        "state": "SENT",
        "language": "hu",
        "queued_at": _written(sent.queued_at),
        "ended_at": _written(sent.ended_at),
        "group": "PETITIONS",
        "purpose": "TRANSACTIONAL",
        "sender": {"institution_id": None, "name": "Hub", "client_id": None},
        "deliveries": [
            {
                "channel": "EMAIL",
                "state": "SENT",
                "queued_at": _written(sent.queued_at),
                "ended_at": _written(sent.ended_at),
                "delivered_at": None,
                "failure": None,
            }
        ],
        "plan": [],
        "read_at": None,
        "read_by": None,
    }
    again = await service.client.get(
        f"{MESSAGES}/{sent.message.id}", headers=reader | {"if-none-match": answer.headers["etag"]}
    )
    assert again.status_code == 304


async def test_the_list_is_read_page_by_page_the_newest_first(
    service: Any, keep: Keep, reader: dict[str, str]
) -> None:
    sent = [await keep() for _ in range(5)]
    shown: list[str] = []
    cursor: dict[str, str] = {}
    for size in (2, 2, 1):
        page = (await service.client.get(MESSAGES, headers=reader, params={"limit": "2", **cursor})).json()
        assert len(page["items"]) == size
        shown += [item["id"] for item in page["items"]]
        cursor = {"cursor": page["next_cursor"]}
    assert cursor == {"cursor": None}
    assert shown == [str(delivery.message.id) for delivery in reversed(sent)]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "cursor=nonsense", "offset=3"])
async def test_a_wrong_query_is_refused(service: Any, reader: dict[str, str], query: str) -> None:
    assert (await service.client.get(f"{MESSAGES}?{query}", headers=reader)).status_code == 422


async def test_a_problem_is_told_in_the_caller_s_language(service: Any, reader: dict[str, str]) -> None:
    answer = await service.client.get(
        f"{MESSAGES}/{ids.new_id()}", headers=reader | {"accept-language": "hu"}
    )
    assert answer.json()["title"] == "Nincs ilyen üzenet"
    assert answer.headers["content-language"] == "hu"


def _written(instant: datetime | None) -> str:
    assert instant
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def test_another_service_is_told_what_is_held_of_a_person(
    service: Any, keep: Keep, person: UUID, reader: dict[str, str], signed_in: Any
) -> None:
    sent = await keep()
    await keep(ids.new_id())
    path = f"/internal/v1/people/{person}/export"
    assert (await service.client.get(path, headers=reader)).status_code == 403
    identity = signed_in(scopes={"personal-data:read"}, kind="service", sub="identity")
    told = (await service.client.get(path, headers=identity)).json()["sections"]
    (section,) = [one for one in told if one["name"] == "messages"]
    assert section["title"]["hu"] == "Önnek küldött üzenetek"
    items = [(item["template"], item["state"]) for item in section["items"]]
    assert items == [(sent.message.template, "SENT")]
