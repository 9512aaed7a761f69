"""Through the running hub: an entry is changed by its provider and published by the administrator."""

from typing import Any

import httpx2
import pytest

from ..conftest import Hub
from .person import Person

pytestmark = pytest.mark.xdist_group("hub")

SCOPES = "openid staff catalog:read catalog:write"
ENTRY = "/catalog/v1/entries/passport-booking"
SHOWN = "/catalog/v1/services/passport-booking"


class Official(Person):
    """An official of the demo, who keeps to what was last read."""

    async def step(self, path: str, body: Any = None, method: str = "POST") -> httpx2.Response:
        """Take a step from the newest state of the entry."""
        tag = (await self.get(ENTRY)).headers["etag"]
        headers = {"authorization": f"Bearer {self.token}", "if-match": tag}
        return await self.client.request(method, ENTRY + path, json=body, headers=headers)


async def signed_in(client: httpx2.AsyncClient, email: str) -> Official:
    official = Official(client, email, SCOPES, "demo-office")
    await official.sign_in()
    return official


async def changes(client: httpx2.AsyncClient, cursor: str | None = None) -> tuple[list[Any], str]:
    """What has changed in the catalog since a cursor, and the cursor to come back with."""
    items: list[Any] = []
    while True:
        asked = {"cursor": cursor} if cursor else {}
        page = (await client.get("/catalog/v1/changes", params=asked)).json()
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items, page["sync_cursor"]


async def test_a_provider_writes_and_the_administrator_publishes(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        carmen = await signed_in(client, "carmen.toma@example.org")
        vlad = await signed_in(client, "vlad.neagu@example.org")
        before = await client.get(SHOWN)
        _, cursor = await changes(client)

        opened = await carmen.step("/versions", {"reason": "Rezumat mai clar"})
        assert opened.status_code == 201, opened.text
        number = opened.json()["working_version"]
        content = (await carmen.get(f"{ENTRY}/versions/{number}")).json()["content"]
        content["summary"]["ro"] = "Rezervați ziua și ora la care depuneți cererea de pașaport."
        revised = {"content": content, "reason": "Rezumat mai clar"}
        assert (await carmen.step("/draft", revised, "PUT")).status_code == 200
        assert (await carmen.step("/submit")).status_code == 200
        refused = await carmen.step("/publish", {"status": "ACTIVE"})
        assert refused.status_code == 403
        assert (await client.get(SHOWN)).headers["etag"] == before.headers["etag"]

        returned = await vlad.step("/return", {"reasons": "Schimbați și textul în engleză."})
        assert returned.status_code == 200, returned.text
        content["summary"]["en"] = "Reserve the day and hour at which you submit your passport application."
        await carmen.step("/draft", {"content": content, "reason": "Și în engleză"}, "PUT")
        assert (await carmen.step("/submit")).status_code == 200
        published = await vlad.step("/publish", {"status": "ACTIVE"})
        assert published.status_code == 200, published.text

        after = await client.get(SHOWN)
        assert after.json()["summary"]["ro"].startswith("Rezervați")
        assert after.headers["etag"] != before.headers["etag"]
        told, _ = await changes(client, cursor)
        assert [(each["kind"], each["code"]) for each in told] == [("SERVICE", "passport-booking")]
        compared = await carmen.client.get(
            f"{ENTRY}/differences",
            params={"was": number - 1, "to": number},
            headers={
                "authorization": f"Bearer {carmen.token}",
                "accept": "text/plain",
                "accept-language": "ro",
            },
        )
        assert compared.status_code == 200, compared.text
        assert "Rezervați ziua și ora la care depuneți cererea de pașaport." in compared.text


async def test_a_publisher_publishes_no_number_of_their_own(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        vlad = await signed_in(client, "vlad.neagu@example.org")
        simona = await signed_in(client, "simona.ene@example.org")
        rule = "/catalog/v1/rules/booking.max-persons"
        read = await client.get(rule)
        assert read.status_code == 200, read.text
        change = {
            "kind": "NEW_ROW",
            "reason": "Decizia nr. 1/2026",
            "row": {
                "value": "8",
                "valid_from": "2099-01-01",
                "legal_basis": "design, Decizia nr. 1/2026",
                "verified": True,
            },
        }
        headers = {"authorization": f"Bearer {vlad.token}"}
        proposed = await client.post(
            f"{rule}/changes", json=change, headers=headers | {"if-match": read.headers["etag"]}
        )
        assert proposed.status_code == 201, proposed.text
        publish = f"/catalog/v1/rule-changes/{proposed.json()['id']}/publish"
        reason = {"reason": "Verificat"}
        own = await client.post(publish, json=reason, headers=headers)
        assert own.json()["type"].endswith("/problems/four-eyes")
        other = await client.post(publish, json=reason, headers={"authorization": f"Bearer {simona.token}"})
        assert other.status_code == 200, other.text
        then = (await client.get(rule, params={"on": "2099-01-01"})).json()
        assert then["row"]["value"] == "8"
