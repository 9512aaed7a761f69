"""The copy of institutions, as events make it: twice, late, out of order."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2
import pytest
from nats.aio.client import Client
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_events import envelope
from hub_events.session import Session
from svc_petitions import consumers
from svc_petitions.domain.institutions import Institution
from svc_petitions.storage import directory, institutions

CATALOG_EXAMPLE = (
    Path(__file__).parents[2] / "svc-catalog/contract/events/catalog.institution.changed.v1.example.json"
)
Told = Callable[..., Awaitable[Institution | None]]


def an_event(institution_id: UUID, version: int, **special: Any) -> bytes:
    facts: dict[str, Any] = {
        "institution_id": institution_id,
        "code": "DGP",
        "names": {"ro": "Direcția Generală de Pașapoarte"},
        "accepts_petitions": True,
        "valid_from": date(2007, 1, 1),
        "valid_to": None,
        "version": version,
    }
    event = consumers.InstitutionChanged(**(facts | special))
    return envelope.encode(ids.new_id(), event, datetime(2026, 11, 21, tzinfo=UTC), None)


@pytest.fixture
def told(sessions: async_sessionmaker[Session]) -> Told:
    """Handle payloads in this order, each in its transaction, and give the copy that came of them."""

    async def tell(*payloads: bytes) -> Institution | None:
        received = [envelope.decode(consumers.InstitutionChanged, payload) for payload in payloads]
        for one in received:
            async with sessions() as session, session.unit_of_work():
                await consumers.institution_changed(session, one)
        async with sessions() as session:
            return await institutions.find(session, received[-1].data.institution_id)

    return tell


async def test_an_institution_is_copied(told: Told) -> None:
    dgp = ids.new_id()
    assert await told(an_event(dgp, 1)) == Institution(
        id=dgp,
        code="DGP",
        names={"ro": "Direcția Generală de Pașapoarte"},
        accepts_petitions=True,
        valid_from=date(2007, 1, 1),
        valid_to=None,
        version=1,
    )


async def test_the_newest_version_wins_in_whatever_order_they_come(told: Told) -> None:
    dgp = ids.new_id()
    first, second, third = (
        an_event(dgp, 1),
        an_event(dgp, 2, accepts_petitions=False),
        an_event(dgp, 3, code="X"),
    )
    for order in ([first, second, third], [third, second, first], [second, third, first]):
        copy = await told(*order)
        assert copy is not None
        assert (copy.version, copy.code, copy.accepts_petitions) == (3, "X", True)


async def test_a_repeated_event_changes_nothing(told: Told) -> None:
    dgp = ids.new_id()
    again = an_event(dgp, 1)
    newest = await told(an_event(dgp, 2, code="DGP-2"))
    assert await told(again, again) == newest


async def test_the_publishers_example_is_understood(told: Told) -> None:
    payload = CATALOG_EXAMPLE.read_bytes()
    said = json.loads(payload)["data"]
    copy = await told(payload)
    assert copy is not None
    assert str(copy.id) == said["institution_id"]
    assert copy.names["ro"] == said["names"]["ro"]
    assert copy.version == said["version"]


async def test_what_was_heard_with_fewer_facts_is_whole_when_it_is_told_again(
    told: Told, sessions: async_sessionmaker[Session]
) -> None:
    """As the catalog of a former release told it, then as an upgraded one does: a version more."""
    weapons = consumers.AttributionTold(topic="WEAPONS", texts={"ro": "Arme"}, keywords={"ro": ("armă",)})
    town_hall = ids.new_id()
    before = envelope_without(an_event(town_hall, 4), "attributions", "addressee")
    again = an_event(town_hall, 5, attributions=(weapons,), addressee="Primăria {place}")
    for order in ([before, again, again], [again, before]):
        await told(*order)
        async with sessions() as session, session.begin():
            [known] = [
                one
                for one in await directory.structures(session, (), date(2026, 1, 1))
                if one.id == town_hall
            ]
        assert [one.topic for one in known.attributions] == ["WEAPONS"]
        assert known.addressee == "Primăria {place}"


def envelope_without(payload: bytes, *members: str) -> bytes:
    said = json.loads(payload)
    for member in members:
        del said["data"][member]
    return json.dumps(said).encode()


async def test_a_closed_institution_is_no_longer_written_to(
    client: httpx2.AsyncClient, as_ana: dict[str, str], body: dict[str, Any], told: Told
) -> None:
    """Edge case of a change in the catalog: what was filed stays, what comes after is refused."""
    institution_id = UUID(body["institution_id"])
    filed = await client.post("/petitions/v1/petitions", json=body, headers=as_ana)
    yesterday = clock.local_date(clock.now()) - timedelta(days=1)
    await told(an_event(institution_id, 2, valid_to=yesterday))
    refused = await client.post("/petitions/v1/petitions", json=body, headers=as_ana)
    assert refused.status_code == 422
    assert refused.json()["type"].endswith("/institution-accepts-no-petitions")
    assert (await client.get(filed.headers["location"], headers=as_ana)).status_code == 200


async def test_the_running_service_hears_the_catalog(
    client: httpx2.AsyncClient, nats_operator: Client, as_ana: dict[str, str], body: dict[str, Any]
) -> None:
    """The whole way: the catalog's stream, our consumer, our table, the next petition."""
    dgp = ids.new_id()
    await nats_operator.jetstream().publish(consumers.InstitutionChanged.subject, an_event(dgp, 1))
    async with asyncio.timeout(10):
        while True:
            answer = await client.post(
                "/petitions/v1/petitions", json=body | {"institution_id": str(dgp)}, headers=as_ana
            )
            if answer.status_code == 201:
                break
    assert answer.json()["institution"]["id"] == str(dgp)
