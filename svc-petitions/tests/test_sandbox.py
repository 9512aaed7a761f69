"""What applications file while they are tested: apart from every register, and gone with its people."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from nats.aio.client import Client
from sqlalchemy import delete
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_events import envelope
from hub_events.envelope import Event
from hub_events.session import Session
from svc_petitions import consumers
from svc_petitions.consumers import SandboxPersonCreated, SandboxPersonRemoved
from svc_petitions.domain import petitions as domain
from svc_petitions.keys import MasterKey
from svc_petitions.operations import personal_data
from svc_petitions.tables.petitions import PETITIONS
from svc_petitions.tables.registers import REGISTERS
from svc_petitions.tables.sandbox import SANDBOX_PEOPLE, SANDBOX_REGISTERS

IDENTITY = Path(__file__).parents[2] / "svc-identity/contract/events"
ADDRESS = "/petitions/v1/petitions"
BOTH = frozenset({"petitions:read", "petitions:write"})
APP = "app-0123456789abcdef"
Told = Callable[..., Awaitable[None]]


@pytest.fixture
def in_sandbox(ana: UUID, signed_in: Any) -> dict[str, str]:
    """Ana's headers in an application that is being tested."""
    made: dict[str, str] = signed_in(ana, BOTH, sandbox=True, client_id=APP)
    return made


@pytest.fixture
def told(sessions: async_sessionmaker[Session]) -> Told:
    """Hear of a person `told(person_id, SandboxPersonCreated, …)`, each in its transaction."""
    handlers = {
        SandboxPersonCreated: consumers.sandbox_person_created,
        SandboxPersonRemoved: consumers.sandbox_person_removed,
    }

    async def tell(person_id: UUID, *kinds: type[Event]) -> None:
        for kind in kinds:
            event = kind(person_id=person_id, client_id=APP, version=1)
            payload = envelope.encode(ids.new_id(), event, clock.now(), None)
            async with sessions() as session, session.unit_of_work():
                await handlers[kind](session, envelope.decode(kind, payload))

    return tell


async def file(
    client: httpx2.AsyncClient, headers: dict[str, str], body: dict[str, Any], **more: str
) -> dict[str, Any]:
    answer = await client.post(ADDRESS, json=body, headers={**headers, **more})
    assert answer.status_code == 201, answer.text
    filed: dict[str, Any] = answer.json()
    return filed


async def listed(client: httpx2.AsyncClient, headers: dict[str, str]) -> list[str]:
    answer = await client.get(ADDRESS, headers=headers)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["items"]]


# Nothing that is tested is seen in earnest, and nothing in earnest while one tests.


async def test_the_two_never_meet(
    client: httpx2.AsyncClient,
    as_ana: dict[str, str],
    in_sandbox: dict[str, str],
    ana: UUID,
    signed_in: Any,
    body: dict[str, Any],
) -> None:
    tested, real = await file(client, in_sandbox, body), await file(client, as_ana, body)
    another = signed_in(ana, BOTH, sandbox=True, client_id="app-another")
    for headers, petition in (
        (as_ana, tested),
        (in_sandbox, real),
        (another, tested),
        (another, real),
    ):
        assert (await client.get(f"{ADDRESS}/{petition['id']}", headers=headers)).status_code == 404
    assert await listed(client, as_ana) == [real["id"]]
    assert await listed(client, in_sandbox) == [tested["id"]]
    assert await listed(client, another) == []


async def test_a_tested_petition_takes_no_number_of_the_institution(
    client: httpx2.AsyncClient, as_ana: dict[str, str], in_sandbox: dict[str, str], body: dict[str, Any]
) -> None:
    tested = [await file(client, in_sandbox, body) for _ in range(2)]
    real = await file(client, as_ana, body)
    assert [one["number"] for one in (*tested, real)] == [1, 2, 1]
    assert [one["sandbox"] for one in (*tested, real)] == [True, True, False]
    assert tested[0]["registration_label"] == f"SANDBOX {real['registration_label']}"
    read = await client.get(f"{ADDRESS}/{tested[0]['id']}", headers=in_sandbox)
    assert read.json() == tested[0]


async def test_who_counts_petitions_is_not_told_of_a_tested_one(
    client: httpx2.AsyncClient, in_sandbox: dict[str, str], body: dict[str, Any], looking: asyncpg.Connection
) -> None:
    tested = await file(client, in_sandbox, body)
    told = await looking.fetch("SELECT subject, body FROM petitions.outbox WHERE key = $1", tested["id"])
    assert [one["subject"] for one in told] == ["hub.petitions.sandbox-petition.registered.v1"]
    assert json.loads(told[0]["body"])["data"]["client_id"] == APP


async def test_acting_for_another_in_a_test_leaves_no_line_that_would_stay(
    client: httpx2.AsyncClient,
    ana: UUID,
    signed_in: Any,
    body: dict[str, Any],
    looking: asyncpg.Connection,
) -> None:
    child = ids.new_id()
    acting = {"mandate": str(ids.new_id()), "act_for": str(child), "sandbox": True, "client_id": APP}
    tested = await file(client, signed_in(ana, BOTH, **acting), body)
    assert tested["on_behalf_of"] == str(child)
    lines = await looking.fetchval(
        "SELECT count(*) FROM petitions.outbox WHERE subject LIKE '%record.accessed%' "
        "AND convert_from(body, 'UTF8') LIKE $1",
        f"%{child}%",
    )
    assert lines == 0


# The end of invented people.


async def test_what_somebody_invented_has_filed_goes_with_them(
    client: httpx2.AsyncClient,
    in_sandbox: dict[str, str],
    ana: UUID,
    body: dict[str, Any],
    told: Told,
    looking: asyncpg.Connection,
) -> None:
    await file(client, in_sandbox, body, **{"idempotency-key": "once"})
    await told(ana, SandboxPersonCreated, SandboxPersonRemoved, SandboxPersonRemoved)
    assert await listed(client, in_sandbox) == []
    answers = await looking.fetchval(
        "SELECT count(*) FROM petitions.idempotency_keys WHERE caller LIKE $1", f"%{ana}%"
    )
    assert answers == 0


async def test_a_removal_that_is_heard_first_waits_for_the_word_that_they_are_invented(
    client: httpx2.AsyncClient, in_sandbox: dict[str, str], ana: UUID, body: dict[str, Any], told: Told
) -> None:
    tested = await file(client, in_sandbox, body)
    await told(ana, SandboxPersonRemoved)
    assert await listed(client, in_sandbox) == [tested["id"]]
    await told(ana, SandboxPersonCreated)
    assert await listed(client, in_sandbox) == []


async def test_of_a_person_who_is_not_invented_nothing_is_dropped(
    client: httpx2.AsyncClient,
    as_ana: dict[str, str],
    in_sandbox: dict[str, str],
    ana: UUID,
    body: dict[str, Any],
    told: Told,
) -> None:
    real, tested = await file(client, as_ana, body), await file(client, in_sandbox, body)
    await told(ana, SandboxPersonRemoved, SandboxPersonRemoved)
    assert await listed(client, as_ana) == [real["id"]]
    assert await listed(client, in_sandbox) == [tested["id"]]


async def test_whatever_is_told_a_petition_in_earnest_stays(
    client: httpx2.AsyncClient, as_ana: dict[str, str], ana: UUID, body: dict[str, Any], told: Told
) -> None:
    real = await file(client, as_ana, body)
    await told(ana, SandboxPersonCreated, SandboxPersonRemoved)
    assert await listed(client, as_ana) == [real["id"]]


async def test_the_database_lets_nobody_delete_a_petition_in_earnest(
    sessions: async_sessionmaker[Session],
) -> None:
    for table in (PETITIONS, REGISTERS, SANDBOX_PEOPLE, SANDBOX_REGISTERS):
        async with sessions() as session, session.begin():
            with pytest.raises(DBAPIError, match="permission denied"):
                await session.execute(delete(table))


async def test_who_was_removed_files_no_more(
    client: httpx2.AsyncClient, in_sandbox: dict[str, str], ana: UUID, body: dict[str, Any], told: Told
) -> None:
    await told(ana, SandboxPersonCreated, SandboxPersonRemoved)
    answer = await client.post(ADDRESS, json=body, headers=in_sandbox)
    assert answer.status_code == 401


async def test_what_a_representative_filed_goes_with_either_side(
    client: httpx2.AsyncClient,
    ana: UUID,
    signed_in: Any,
    body: dict[str, Any],
    told: Told,
    looking: asyncpg.Connection,
) -> None:
    child = ids.new_id()
    acting = signed_in(ana, BOTH, mandate=str(ids.new_id()), act_for=str(child), sandbox=True, client_id=APP)
    await file(client, acting, body)
    await told(ana, SandboxPersonCreated, SandboxPersonRemoved)
    assert await listed(client, acting) == []


async def test_a_copy_of_a_persons_data_names_what_was_only_tested(
    client: httpx2.AsyncClient,
    as_ana: dict[str, str],
    in_sandbox: dict[str, str],
    ana: UUID,
    body: dict[str, Any],
    sessions: async_sessionmaker[Session],
    master: MasterKey,
) -> None:
    await file(client, in_sandbox, body)
    await file(client, as_ana, body)
    async with sessions() as session:
        held = (await personal_data.held_of(session, master, ana)).petitions
    assert [one.is_sandbox for one in held] == [False, True]
    assert held[1].label.startswith(domain.SANDBOX_MARK)


@pytest.mark.parametrize("verb", ["created", "removed"])
async def test_the_publishers_examples_are_understood(
    sessions: async_sessionmaker[Session], verb: str
) -> None:
    payload = (IDENTITY / f"identity.test-person.{verb}.v1.example.json").read_bytes()
    kind = SandboxPersonCreated if verb == "created" else SandboxPersonRemoved
    heard = envelope.decode(kind, payload)
    assert str(heard.data.person_id) == json.loads(payload)["data"]["person_id"]


async def test_the_running_service_hears_of_removals(
    client: httpx2.AsyncClient,
    nats_operator: Client,
    in_sandbox: dict[str, str],
    ana: UUID,
    body: dict[str, Any],
    looking: asyncpg.Connection,
) -> None:
    """The whole way: identity's stream, our consumer, our tables."""
    await file(client, in_sandbox, body)
    stream = nats_operator.jetstream()
    for kind in (SandboxPersonCreated, SandboxPersonRemoved):
        event = kind(person_id=ana, client_id=APP, version=1)
        await stream.publish(kind.subject, envelope.encode(ids.new_id(), event, clock.now(), None))
    for _ in range(1000):
        if await listed(client, in_sandbox) == []:
            break
    else:
        pytest.fail("the petition is still there")
