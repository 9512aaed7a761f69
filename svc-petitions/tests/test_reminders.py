"""Reminders: whom nobody reminds comes first, then each once, and by the day of the rule."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from hub_core import clock
from svc_petitions.operations import reminders

from .office import PETITIONS, Office, key

Filed = Callable[..., Awaitable[str]]
DAY = timedelta(days=1)


@pytest.fixture
def reminded(sessions: Any, looking: asyncpg.Connection) -> Callable[..., Awaitable[list[tuple[str, Any]]]]:
    """What is told of a petition when the clock looks so many days from now."""

    async def tell(petition_id: str, days: int) -> list[tuple[str, Any]]:
        async with sessions() as session:
            while await reminders.remind(session, clock.now() + days * DAY):
                pass
        rows = await looking.fetch(
            "SELECT subject, body FROM petitions.outbox WHERE key = $1 AND subject ~ 'reminded|unread'"
            " ORDER BY seq",
            petition_id,
        )
        return [(row["subject"].split(".")[3], json.loads(row["body"])["data"]) for row in rows]

    return tell


async def ask(office: Office, petition_id: str, *days: int) -> Any:
    today = clock.local_date(clock.now())
    documents = [{"name": f"Act {day}", "due_on": (today + day * DAY).isoformat()} for day in days]
    asked = await office.step(
        petition_id, "messages", office.handler, {"text": "Vă rog.", "documents": documents}
    )
    assert asked.status_code == 201, asked.text
    return asked.json()


async def wrote(office: Office, petition_id: str, headers: dict[str, str], *documents: str) -> None:
    path = f"{PETITIONS}/{petition_id}/messages"
    body = {"text": "Le trimit.", "documents": [*documents]}
    answer = await office.client.post(path, json=body, headers=headers | key())
    assert answer.status_code == 201, answer.text


async def read(office: Office, petition_id: str, headers: dict[str, str], message_id: str) -> None:
    path = f"{PETITIONS}/{petition_id}/messages/{message_id}/read"
    assert (await office.client.post(path, headers=headers | key())).status_code == 200


async def test_nobody_is_reminded_of_what_was_brought_and_read(
    office: Office, filed: Filed, as_ana: dict[str, str], reminded: Any
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    asked = await ask(office, petition_id, 5)
    await read(office, petition_id, as_ana, asked["id"])
    await wrote(office, petition_id, as_ana, asked["documents"][0]["id"])
    mine = (await office.client.get(f"{PETITIONS}/{petition_id}/messages", headers=as_ana)).json()["items"][0]
    await office.step(petition_id, f"messages/{mine['id']}/read", office.handler)
    assert await reminded(petition_id, 4) == []
    assert await reminded(petition_id, 9) == []


async def test_nobody_is_reminded_of_what_has_ended(
    office: Office, filed: Filed, as_ana: dict[str, str], reminded: Any
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    await ask(office, petition_id, 5)
    await office.client.post(f"{PETITIONS}/{petition_id}/withdraw", headers=as_ana | key())
    assert await reminded(petition_id, 4) == []
    assert await reminded(petition_id, 8) == []


async def test_the_petitioner_is_reminded_once_before_the_day_of_their_documents(
    office: Office, filed: Filed, ana: Any, reminded: Any
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    asked = await ask(office, petition_id, 6, 5, 30)
    assert await reminded(petition_id, 1) == []
    ((kind, told),) = await reminded(petition_id, 3)
    assert (kind, told["documents"], told["person_id"]) == ("reminded", 2, str(ana))
    assert told["due_on"] == asked["documents"][1]["due_on"]
    assert "Act" not in str(told)
    assert len(await reminded(petition_id, 4)) == 1


async def test_what_is_asked_for_today_is_recalled_tomorrow_at_the_earliest(
    office: Office, filed: Filed, reminded: Any
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    await ask(office, petition_id, 2)
    assert await reminded(petition_id, 0) == []
    assert len(await reminded(petition_id, 1)) == 1


async def test_messages_that_are_not_opened_in_a_week_are_recalled_once_to_each_side(
    office: Office, filed: Filed, as_ana: dict[str, str], reminded: Any
) -> None:
    petition_id = await filed()
    await office.bring(petition_id, "IN_ANALYSIS")
    for text in ("Una.", "Două."):
        await office.step(petition_id, "messages", office.handler, {"text": text})
    await wrote(office, petition_id, as_ana)
    assert await reminded(petition_id, 6) == []
    told = await reminded(petition_id, 8)
    assert [kind for kind, _ in told] == ["unread", "unread"]
    assert {(one["side"], one["messages"], one["handler_id"]) for _, one in told} == {
        ("INSTITUTION", 2, str(office.handler)),
        ("PETITIONER", 1, str(office.handler)),
    }
    assert await reminded(petition_id, 9) == told
