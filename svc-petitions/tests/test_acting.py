"""Filing and reading in another's name: who sees what, and what is told."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_events import envelope
from hub_events.session import Session
from svc_petitions import consumers
from svc_petitions.consumers import PersonMerged

EXAMPLE = Path(__file__).parents[2] / "svc-identity/contract/events/identity.person.merged.v1.example.json"
PETITIONS = "/petitions/v1/petitions"
BOTH = frozenset({"petitions:read", "petitions:write"})


@pytest.fixture
def child() -> UUID:
    return ids.new_id()


@pytest.fixture
def mandate() -> UUID:
    return ids.new_id()


@pytest.fixture
def for_child(ana: UUID, child: UUID, mandate: UUID, signed_in: Any) -> dict[str, str]:
    """Ana's headers when she acts for her child."""
    made: dict[str, str] = signed_in(ana, BOTH, mandate=str(mandate), act_for=str(child))
    return made


async def file(client: httpx2.AsyncClient, headers: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(PETITIONS, json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    filed: dict[str, Any] = answer.json()
    return filed


async def listed(client: httpx2.AsyncClient, headers: dict[str, str]) -> list[str]:
    answer = await client.get(PETITIONS, headers=headers)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


async def test_a_mandate_opens_no_petition_of_the_representative_and_none_of_others(
    client: httpx2.AsyncClient,
    as_ana: dict[str, str],
    for_child: dict[str, str],
    ana: UUID,
    signed_in: Any,
    body: dict[str, Any],
) -> None:
    own, childs = await file(client, as_ana, body), await file(client, for_child, body)
    for_another = signed_in(ana, BOTH, mandate=str(ids.new_id()), act_for=str(ids.new_id()))
    for headers, petition in ((for_child, own), (as_ana, childs), (for_another, own), (for_another, childs)):
        answer = await client.get(f"{PETITIONS}/{petition['id']}", headers=headers)
        assert answer.status_code == 404
    assert await listed(client, as_ana) == [own["id"]]
    assert await listed(client, for_child) == [childs["id"]]
    assert await listed(client, for_another) == []


async def test_a_petition_names_both_people_and_the_mandate(
    client: httpx2.AsyncClient,
    for_child: dict[str, str],
    ana: UUID,
    child: UUID,
    mandate: UUID,
    body: dict[str, Any],
    looking: asyncpg.Connection,
) -> None:
    filed = await file(client, for_child, body)
    assert filed["acting_person_id"] == str(ana)
    assert filed["on_behalf_of"] == str(child)
    assert filed["mandate_id"] == str(mandate)
    told = await looking.fetchval(
        "SELECT body FROM petitions.outbox WHERE key = $1 AND subject LIKE '%registered%'", filed["id"]
    )
    said = json.loads(told)["data"]
    assert (said["person_id"], said["acting_person_id"]) == (str(child), str(ana))
    assert said["mandate_id"] == str(mandate)


async def test_the_principal_sees_it_in_their_own_list(
    client: httpx2.AsyncClient,
    for_child: dict[str, str],
    child: UUID,
    signed_in: Any,
    body: dict[str, Any],
) -> None:
    """Edge 69: a minor by their own account, and a parent for them, under the parental mandate."""
    filed = await file(client, for_child, body)
    as_child = signed_in(child, BOTH)
    assert await listed(client, as_child) == [filed["id"]]
    read = await client.get(f"{PETITIONS}/{filed['id']}", headers=as_child)
    assert read.json() == filed
    own = await file(client, as_child, body)
    assert own["on_behalf_of"] is None
    assert await listed(client, for_child) == [own["id"], filed["id"]]


async def test_what_a_representative_does_leaves_lines_for_the_principal(
    client: httpx2.AsyncClient,
    for_child: dict[str, str],
    ana: UUID,
    child: UUID,
    mandate: UUID,
    signed_in: Any,
    body: dict[str, Any],
    looking: asyncpg.Connection,
) -> None:
    filed = await file(client, for_child, body)
    await client.get(f"{PETITIONS}/{filed['id']}", headers=for_child)
    await client.get(PETITIONS, headers=for_child)
    as_child = signed_in(child, BOTH)
    await client.get(f"{PETITIONS}/{filed['id']}", headers=as_child)
    await client.get(PETITIONS, headers=as_child)
    rows = await looking.fetch(
        "SELECT body FROM petitions.outbox WHERE subject = 'hub.petitions.record.accessed.v1' "
        "AND convert_from(body, 'UTF8') LIKE $1 ORDER BY seq",
        f"%{mandate}%",
    )
    lines = [json.loads(row["body"])["data"] for row in rows]
    assert [(line["action"], line["resource_type"], line["resource_id"]) for line in lines] == [
        ("CREATE", "petition", filed["id"]),
        ("READ", "petition", filed["id"]),
        ("SEARCH", "petitions", str(child)),
    ]
    for line in lines:
        assert (line["actor_id"], line["on_behalf_of"]) == (str(ana), str(child))
        assert line["subject_person_id"] == str(child)
        assert body["subject"] not in json.dumps(line)


async def test_one_key_in_two_names_is_two_requests(
    client: httpx2.AsyncClient,
    as_ana: dict[str, str],
    for_child: dict[str, str],
    body: dict[str, Any],
) -> None:
    key = {"idempotency-key": "same-key"}
    own, childs = await file(client, as_ana | key, body), await file(client, for_child | key, body)
    assert own["id"] != childs["id"]
    assert (await file(client, for_child | key, body))["id"] == childs["id"]


async def test_a_missing_petition_leaves_no_line(
    client: httpx2.AsyncClient, for_child: dict[str, str], mandate: UUID, looking: asyncpg.Connection
) -> None:
    answer = await client.get(f"{PETITIONS}/{ids.new_id()}", headers=for_child)
    assert answer.status_code == 404
    assert not await looking.fetchval(
        "SELECT count(*) FROM petitions.outbox WHERE convert_from(body, 'UTF8') LIKE $1", f"%{mandate}%"
    )


async def test_petitions_follow_a_child_to_an_account_of_their_own(
    client: httpx2.AsyncClient,
    for_child: dict[str, str],
    child: UUID,
    signed_in: Any,
    body: dict[str, Any],
    sessions: async_sessionmaker[Session],
) -> None:
    filed, account = await file(client, for_child, body), ids.new_id()
    told = PersonMerged(person_id=account, formerly=child, version=2)
    received = envelope.decode(PersonMerged, envelope.encode(ids.new_id(), told, clock.now(), None))
    for _ in range(2):
        async with sessions() as session, session.unit_of_work():
            await consumers.person_merged(session, received)
    assert await listed(client, signed_in(account, BOTH)) == [filed["id"]]
    assert await listed(client, for_child) == []


def test_the_publisher_s_example_of_a_merge_is_understood() -> None:
    example = EXAMPLE.read_bytes()
    heard = envelope.decode(PersonMerged, example)
    assert json.loads(example)["data"] == heard.data.model_dump(mode="json")
