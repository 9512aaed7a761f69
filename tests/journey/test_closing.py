"""Through the running hub: the head of an office closes it, and who had booked gets a place with priority."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from hub_core import clock

from ..conftest import Hub
from .person import Person

pytestmark = pytest.mark.xdist_group("hub")

API = "/passport-booking/v1"
CITIZEN = "openid appointments:read appointments:write"
HEAD = "openid staff appointments:manage"
CLUJ = "SPCP-CJ-1"


async def the_office(client: httpx2.AsyncClient) -> dict[str, Any]:
    listed = await client.get(f"{API}/offices", params={"county": "CJ", "type": "PE"})
    [found] = [each for each in listed.json()["items"] if each["code"] == CLUJ]
    office: dict[str, Any] = found
    return office


async def first_free(client: httpx2.AsyncClient, office_id: str) -> dict[str, Any]:
    """The first free hour of the office from ten days ahead on."""
    today = clock.local_date(clock.now())
    asked = {
        "type": "PE",
        "office_id": office_id,
        "first": str(today + timedelta(days=10)),
        "last": str(today + timedelta(days=30)),
    }
    found = (await client.get(f"{API}/availability", params=asked)).json()
    hour: dict[str, Any] = found["items"][0]["days"][0]["hours"][0]
    return hour


async def given_instead(person: Person, taken: str) -> dict[str, Any]:
    """The appointment that the office gives for the one it took away."""
    async with asyncio.timeout(15):
        while True:
            listed = (await person.get(f"{API}/appointments")).json()["items"]
            for each in listed:
                shown: dict[str, Any] = (await person.get(f"{API}/appointments/{each['id']}")).json()
                if shown["replaces_id"] == taken:
                    return shown


async def test_who_had_booked_at_an_office_that_closes_gets_a_place_with_priority(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        ion = Person(client, "ion.ionescu@example.org", CITIZEN)
        head = Person(client, "horia.muresan@example.org", HEAD, app="demo-office")
        await asyncio.gather(ion.sign_in(), head.sign_in())
        office = await the_office(client)
        hour = await first_free(client, office["id"])
        booked = await ion.post(
            f"{API}/appointments", {"slot_id": hour["slot_id"], "type": "PE", "persons": [{"account": True}]}
        )
        assert booked["state"] == "CONFIRMED"
        closures = f"{API}/offices/{office['id']}/closures"
        period = {"starts_at": booked["starts_at"], "ends_at": booked["ends_at"]}
        closed = await head.post(closures, period | {"reason": "POWER"})
        given = await given_instead(ion, booked["id"])
        assert (given["state"], given["has_priority"], given["office_id"]) == ("HELD", True, office["id"])
        assert given["starts_at"] != booked["starts_at"]
        taken = (await ion.get(f"{API}/appointments/{booked['id']}")).json()
        assert taken["state"] == "CANCELLED_BY_OFFICE"
        confirmed = await ion.post(f"{API}/appointments/{given['id']}/confirm")
        assert confirmed["state"] == "CONFIRMED"
        await head.post(f"{closures}/{closed['id']}/reopen")
        history = (await head.get(f"{API}/offices/{office['id']}/changes")).json()["items"]
        assert [(each["kind"], each["is_moving"]) for each in history[:2]] == [
            ("CLOSURE", False),
            ("CLOSURE", True),
        ]
        await ion.post(f"{API}/appointments/{given['id']}/cancel")


async def test_a_citizen_closes_no_office(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        ana = Person(client, "ana.popescu@example.org", CITIZEN)
        await ana.sign_in()
        office = await the_office(client)
        ends_at = (clock.now() + timedelta(days=1)).isoformat()
        refused = await client.post(
            f"{API}/offices/{office['id']}/closures",
            json={"ends_at": ends_at, "reason": "OTHER"},
            headers={"authorization": f"Bearer {ana.token}"},
        )
        assert refused.status_code == 403
