"""Through the running hub: aggressive driving by Open311, with a client that somebody else wrote."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import georeport.georeport
import httpx2
import pytest
import requests
from georeport import GeoReport

from hub_core import clock
from hub_core.clock import BUCHAREST

from ..conftest import Hub
from .person import Person

pytestmark = pytest.mark.xdist_group("hub")

API = "/traffic-history/open311/v2"
SERVICE = "aggressive-driving-report"
SCOPES = "openid driving-reports:read driving-reports:write"
FORMATS = ("json", "xml")


@pytest.fixture
def as_(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Make `as_(person, written)`: the client of PyPI, which itself sends no token, as somebody.

    It asks by the module `requests`; a session of it with the header stands in its place.
    """
    sessions: list[requests.Session] = []

    def client(person: Person | None, written: str) -> GeoReport:
        session = requests.Session()
        sessions.append(session)
        if person is not None:
            session.headers["authorization"] = f"Bearer {person.token}"
        monkeypatch.setattr(georeport.georeport, "requests", session)
        return GeoReport(f"{hub.origin}{API}", jurisdiction="ro", output_format=written)

    yield client
    for session in sessions:
        session.close()


def a_form(definition: dict[str, Any]) -> dict[str, Any]:
    """The fields of a report, by what the definition asks."""
    asked = {each["code"]: each for each in definition["attributes"]}
    day = clock.local_date(clock.now()) - timedelta(days=2)
    happened_at = datetime(day.year, day.month, day.day, 17, 45, tzinfo=BUCHAREST)
    return {
        "service_code": definition["service_code"],
        "lat": "45.8636",
        "long": "25.7875",
        "address_string": "DN 12, km 24",
        "phone": "+40745123456",
        "attribute[happened_at]": happened_at.isoformat(),
        "attribute[county]": "CV",
        "attribute[plate]": "CV 12 ABC",
        "attribute[manoeuvres][]": [value["key"] for value in asked["manoeuvres"]["values"]][:2],
        "attribute[seen_by_chance]": asked["seen_by_chance"]["values"][0]["key"],
        "attribute[declaration]": asked["declaration"]["values"][0]["key"],
        "attribute[correspondence_address]": "Strada Lungă nr. 1, 520001 Sfântu Gheorghe",
    }


@pytest.mark.parametrize("written", FORMATS)
async def test_the_client_of_pypi_reads_services_and_definition_without_a_token(
    as_: Any, written: str
) -> None:
    client = as_(None, written)
    listed = await asyncio.to_thread(client.get_service_list)
    [service] = listed if written == "json" else [listed]
    assert service["service_code"] == SERVICE
    definition = await asyncio.to_thread(client.get_service_definition, SERVICE)
    assert definition["service_code"] == SERVICE
    asked = definition["attributes"] if written == "json" else definition["attributes"]["attribute"]
    assert [each["code"] for each in asked][:2] == ["manoeuvres", "happened_at"]


async def test_the_client_of_pypi_follows_a_report_and_nobody_elses(hub: Hub, as_: Any) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as http:
        ion, ana = (Person(http, f"{name}@example.org", SCOPES) for name in ("ion.ionescu", "ana.popescu"))
        await ion.sign_in()
        await ana.sign_in()
        definition = (await http.get(f"{API}/services/{SERVICE}.json")).json()
        headers = {"authorization": f"Bearer {ion.token}"}
        answer = await http.post(f"{API}/requests.json", headers=headers, data=a_form(definition))
        assert answer.status_code == 200, answer.text
        [sent] = answer.json()
        report_id = sent["service_request_id"]
        assert f"/traffic-history/v1/driving-reports/{report_id}/video" in sent["service_notice"]

        for written in FORMATS:
            own = as_(ion, written)
            shown = await asyncio.to_thread(own.get_service_request, report_id)
            assert (shown["service_request_id"], shown["status"]) == (report_id, "open")
            found = await asyncio.to_thread(own.get_service_requests, report_id)
            assert (found if written == "json" else [found])[0]["service_request_id"] == report_id

            other = as_(ana, written)
            with pytest.raises(requests.HTTPError, match="404"):
                await asyncio.to_thread(other.get_service_request, report_id)
        assert await asyncio.to_thread(as_(ana, "json").get_service_requests, report_id) == []
        with pytest.raises(requests.HTTPError, match="401"):
            await asyncio.to_thread(as_(None, "json").get_service_request, report_id)

        cancelled = await ion.post(f"/traffic-history/v1/driving-reports/{report_id}/cancel")
        assert cancelled["state"] == "CLOSED"
        closed = await asyncio.to_thread(as_(ion, "json").get_service_request, report_id)
        assert closed["status"] == "closed"


async def test_a_token_in_an_address_opens_nothing(hub: Hub) -> None:
    async with httpx2.AsyncClient(base_url=hub.origin, timeout=30) as http:
        ion = Person(http, "ion.ionescu@example.org", SCOPES)
        await ion.sign_in()
        for path in ("/requests.json", "/requests.xml"):
            refused = await http.get(f"{API}{path}", params={"api_key": ion.token})
            assert refused.status_code == 401
        named = await http.get(
            f"{API}/requests.json",
            params={"api_key": ion.token},
            headers={"authorization": f"Bearer {ion.token}"},
        )
        assert (named.status_code, named.json()[0]["code"]) == (400, 400)
