"""The feed by HTTP. Permission cases first; then the whole way from the broker to a reader that waits."""

import asyncio
import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from nats.aio.client import Client

from hub_core import clock, ids
from svc_notify.domain import feed as domain

ROOT = Path(__file__).parents[2]
EVENTS = "/notify/v1/events"
READ = "events:read"
REGISTERED = "hub.petitions.petition.registered.v1"


@pytest.fixture
def institution() -> UUID:
    """An institution of this test."""
    return ids.new_id()


@pytest.fixture
def desk(signed_in: Any, institution: UUID) -> dict[str, str]:
    """The headers of its client."""
    made: dict[str, str] = as_client(signed_in, institution=str(institution))
    return made


def as_client(signed_in: Any, sub: str = "desk", scopes: set[str] | None = None, **claims: Any) -> Any:
    return signed_in(scopes=scopes or {READ}, kind="client", sub=sub, client_id=sub, sid=None, **claims)


@pytest.fixture
def publish(service: Any, nats_operator: Client) -> Any:
    """Tell an event as its publisher does: `await publish(REGISTERED, person_id=…)`; its id."""

    async def tell(event_type: str = REGISTERED, **said: Any) -> str:
        source = domain.source_of(event_type)
        path = ROOT / f"svc-{source}/contract/events/{event_type.removeprefix('hub.')}.example.json"
        told = json.loads(path.read_text())
        told |= {"id": str(ids.new_id()), "subject": str(ids.new_id()), "time": clock.now().isoformat()}
        told["data"] |= {
            name: str(value) if isinstance(value, UUID) else value for name, value in said.items()
        }
        headers = {"Nats-Msg-Id": told["id"]}
        await nats_operator.jetstream().publish(
            event_type, json.dumps(told, default=str).encode(), headers=headers
        )
        return str(told["id"])

    return tell


async def test_without_a_token_nothing_is_told(service: Any) -> None:
    assert (await service.client.get(EVENTS)).status_code == 401


@pytest.mark.parametrize("kind", ["person", "client"])
async def test_another_scope_is_told_nothing(service: Any, signed_in: Any, kind: str) -> None:
    others = {"petitions:read", "messages:read"}
    headers = signed_in(scopes=others) if kind == "person" else as_client(signed_in, scopes=others)
    refused = await service.client.get(EVENTS, headers=headers)
    assert refused.status_code == 403
    assert refused.json()["type"].endswith("/insufficient-scope")


async def test_a_token_that_carries_a_mandate_is_refused(service: Any, signed_in: Any) -> None:
    headers = signed_in(scopes={READ}, mandate=str(ids.new_id()), act_for=str(ids.new_id()))
    assert (await service.client.get(EVENTS, headers=headers)).status_code == 401


async def waited(service: Any, headers: Any, **query: Any) -> Any:
    """The first page with an event, and where to read on."""
    while True:
        answer = await service.client.get(EVENTS, headers=headers, params={"wait": 5, **query})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        if page["items"]:
            return page
        query["cursor"] = page["next_cursor"]


async def test_what_a_service_tells_reaches_who_waits(
    service: Any, desk: Any, institution: UUID, publish: Any
) -> None:
    waits = asyncio.create_task(waited(service, desk, types="hub.petitions.*"))
    person = ids.new_id()
    event_id = await publish(institution_id=institution, person_id=person)
    [event] = (await waits)["items"]
    assert (event["id"], event["type"], event["source"]) == (event_id, REGISTERED, "/petitions")
    assert event["data"]["institution_id"] == str(institution)
    assert event.keys() == {
        *("specversion", "id", "source", "type", "time", "subject", "datacontenttype", "data")
    }
    assert str(person) not in json.dumps(event)


async def test_the_neighbour_institution_and_application_and_another_person_see_nothing_of_it(
    service: Any, desk: Any, institution: UUID, publish: Any, signed_in: Any
) -> None:
    ana = ids.new_id()
    event_id = await publish(institution_id=institution, person_id=ana)
    await waited(service, desk)
    theirs = signed_in(ana, {READ, "petitions:read"})
    assert [one["id"] for one in (await waited(service, theirs))["items"]] == [event_id]
    for headers in (
        as_client(signed_in, institution=str(ids.new_id())),
        as_client(signed_in, sub="an-application"),
        signed_in(ids.new_id(), {READ, "petitions:read"}),
        signed_in(ana, {READ}),
        signed_in(ana, {READ, "petitions:read"}, sandbox=True),
        as_client(signed_in, institution=str(institution), sandbox=True),
    ):
        answer = await service.client.get(EVENTS, headers=headers, params={"types": "hub.petitions.*"})
        assert (answer.status_code, answer.json()["items"]) == (200, [])


async def test_an_application_is_told_of_who_lets_it_until_they_withdraw_it(
    service: Any, publish: Any, signed_in: Any
) -> None:
    ana, app = ids.new_id(), f"app-{ids.new_id()}"
    facts = {"consent_id": ids.new_id(), "person_id": ana, "client_id": app}
    headers = as_client(signed_in, sub=app)

    async def seen() -> set[str]:
        answer = await service.client.get(EVENTS, headers=headers, params={"types": REGISTERED, "wait": 1})
        return {one["id"] for one in answer.json()["items"]}

    await publish("hub.identity.consent.granted.v1", **facts, scopes=[READ, "petitions:read"])
    told = {await publish(person_id=ana)}
    async with asyncio.timeout(20):
        while not (found := await seen()):  # the consent may be heard later than the event
            told.add(await publish(person_id=ana))
        assert found <= told
        await publish("hub.identity.consent.withdrawn.v1", **facts)
        while await seen():
            pass


async def test_everybody_is_told_what_is_public(service: Any, publish: Any, signed_in: Any) -> None:
    event_id = await publish("hub.catalog.entry.suspended.v1")
    for headers in (signed_in(scopes={READ}), as_client(signed_in), as_client(signed_in, sandbox=True)):
        page = await waited(service, headers, types="hub.catalog.entry.suspended.v1")
        assert event_id in [one["id"] for one in page["items"]]


async def test_a_page_says_where_to_read_on_also_when_it_is_empty(service: Any, desk: Any) -> None:
    first = (await service.client.get(EVENTS, headers=desk, params={"types": "hub.petitions.*"})).json()
    assert first["items"] == []
    again = await service.client.get(EVENTS, headers=desk, params={"cursor": first["next_cursor"]})
    assert again.json()["next_cursor"] >= first["next_cursor"]


async def test_who_holds_a_page_already_is_told_that_it_is_the_same(service: Any, desk: Any) -> None:
    given = await service.client.get(EVENTS, headers=desk, params={"types": "hub.traffic-history.*"})
    held = desk | {"if-none-match": given.headers["etag"]}
    again = await service.client.get(EVENTS, headers=held, params={"types": "hub.traffic-history.*"})
    assert again.status_code == 304


@pytest.mark.parametrize(
    "query", [{"wait": 26}, {"limit": 201}, {"types": "petitions"}, {"cursor": "WyJ4Il0"}, {"since": "now"}]
)
async def test_a_question_out_of_shape_is_refused(service: Any, desk: Any, query: dict[str, Any]) -> None:
    assert (await service.client.get(EVENTS, headers=desk, params=query)).status_code == 422


async def test_a_cursor_older_than_what_is_kept_is_told_where_to_begin(
    service: Any, desk: Any, looking: Any, publish: Any
) -> None:
    await publish("hub.catalog.entry.suspended.v1")
    await waited(service, desk)
    await looking.execute("UPDATE notify.feed_ends SET forgotten = 1")
    gone = await service.client.get(EVENTS, headers=desk, params={"cursor": "WzBd"})
    assert gone.status_code == 410
    assert gone.json()["type"].endswith("/events-forgotten")
    assert "fără cursor" in gone.json()["detail"]
