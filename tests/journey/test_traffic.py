"""Through the running hub: drivers read their records, and see which officer opened them."""

import asyncio

import httpx2
import pytest

from ..conftest import Hub
from .person import Person

pytestmark = pytest.mark.xdist_group("hub")

V1 = "/traffic-history/v1"
ION_NUMBER = "1790115129041"


async def test_each_reads_the_record_that_the_police_register_has(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        shown = {}
        for name in ("ana.popescu", "ion.ionescu", "kovacs.istvan"):
            person = Person(client, f"{name}@example.org", "openid traffic-history:read")
            await person.sign_in()
            shown[name] = (await person.get(f"{V1}/record")).json()
            lines = (await person.get(f"{V1}/record/lines")).json()["items"]
            assert bool(lines) is not shown[name]["is_white"]
        assert shown["ana.popescu"]["is_white"]
        assert (shown["ion.ionescu"]["right"], shown["ion.ionescu"]["points"]) == ("VALID", 7)
        assert (shown["kovacs.istvan"]["right"], shown["kovacs.istvan"]["points"]) == ("SUSPENDED", 0)


async def test_an_officer_opens_a_record_and_the_driver_sees_it(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as client:
        ion = Person(client, "ion.ionescu@example.org", "openid traffic-history:read privacy:read")
        await ion.sign_in()
        await ion.get(f"{V1}/record")
        officer = Person(
            client, "bogdan.preda@example.org", "openid staff traffic-history:record", app="demo-office"
        )
        await officer.sign_in()
        headers = {
            "authorization": f"Bearer {officer.token}",
            "purpose": 'CASE_HANDLING;file="41/2026"',
        }
        found = await client.post(f"{V1}/drivers/find", json={"cnp": ION_NUMBER}, headers=headers)
        assert found.status_code == 200, found.text
        opened = await client.get(f"{V1}/drivers/{found.json()['id']}", headers=headers)
        assert opened.json()["record"]["points"] == 7
        async with asyncio.timeout(20):
            while True:
                log = (await ion.get("/identity/v1/me/access-log")).json()["items"]
                if any(line["resource_type"] == "driver-record" for line in log):
                    break
                await asyncio.sleep(0.2)
