"""At the counters for driving licences and vehicles of a county: booked, moved, served, asked about."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, get_args

import httpx2
import pytest
from fastapi import FastAPI

from hub_core import clock, cnp, ids
from hub_core.principal import Assurance, Role
from hub_service.dependencies import Now
from svc_passport_booking.domain.offices import Office
from svc_passport_booking.reference import offices as directory

API = "/passport-booking/v1"
TODAY = clock.local_date(clock.now())
ION = cnp.complete("179011512991")
EXCHANGE = {"licence_reason": "EXPIRED", "romanian_driving_licence": "YES"}
DUPLICATE = {"licence_reason": "LOST_STOLEN_DAMAGED", "romanian_driving_licence": "YES"}
BOUGHT = {
    "vehicle_operation": "TRANSFER",
    "vehicle_kept_by_town_hall": "NO",
    "person": "SELF",
    "domicile_in_romania": "YES",
}
CENTRALLY = ["APPROVED", "PERSONALISED", "SENT", "AT_COUNTER", "COLLECTED"]
AT_THE_COUNTER = ["APPROVED", "AT_COUNTER", "COLLECTED"]
pytestmark = pytest.mark.xdist_group("appointments-and-catalog")


@pytest.fixture
def at(booking: FastAPI) -> Iterator[Any]:
    """Let the service's clock stand: `at(instant)`."""
    dependency = get_args(Now)[1].dependency

    def stand(instant: datetime) -> None:
        booking.dependency_overrides[dependency] = lambda: instant

    yield stand
    booking.dependency_overrides.pop(dependency, None)


def a_key() -> dict[str, str]:
    return {"idempotency-key": str(ids.new_id())}


async def free(client: httpx2.AsyncClient, office: Office, type_: str) -> list[int]:
    """The intervals of an office that are free from tomorrow on."""
    asked = {
        "type": type_,
        "county": office.county,
        "first": str(TODAY + timedelta(days=1)),
        "last": str(TODAY + timedelta(days=12)),
    }
    answer = await client.get(f"{API}/availability", params=asked)
    assert answer.status_code == 200, answer.text
    [shown] = [each for each in answer.json()["items"] if each["office_id"] == str(office.id)]
    return [hour["slot_id"] for day in shown["days"] for hour in day["hours"]]


@pytest.mark.parametrize(
    ("type_", "situation", "needed", "stages"),
    [
        ("DRIVING_LICENCE", EXCHANGE, {"medical-form", "driving-licence"}, CENTRALLY),
        ("DRIVING_LICENCE", DUPLICATE, set(), CENTRALLY),
        (
            "VEHICLE_REGISTRATION",
            BOUGHT,
            {"vehicle-ownership-document", "vehicle-identity-card", "former-registration-documents"},
            AT_THE_COUNTER,
        ),
    ],
    ids=["exchange of a licence", "duplicate of a lost licence", "registration of a vehicle"],
)
async def test_a_citizen_books_and_moves_a_clerk_serves_and_anybody_with_the_number_learns_how_far_it_is(
    appointments: httpx2.AsyncClient,
    signed_in: Any,
    at: Any,
    licence_office: Office,
    type_: str,
    situation: dict[str, str],
    needed: set[str],
    stages: list[str],
) -> None:
    citizen = signed_in(
        ids.new_id(), {"appointments:read", "appointments:write"}, assurance=Assurance.SUBSTANTIAL
    )
    first, *_, later = await free(appointments, licence_office, type_)
    person = {"family_name": "Ionescu", "given_name": "Ion", "cnp": ION.number}
    wish = {"slot_id": first, "type": type_, "situation": situation, "persons": [person]}
    answer = await appointments.post(f"{API}/appointments", json=wish, headers=citizen | a_key())
    assert answer.status_code == 201, answer.text
    booked = answer.json()
    assert (booked["state"], booked["office_id"]) == ("CONFIRMED", str(licence_office.id))
    own = f"{API}/appointments/{booked['id']}"

    brought = (await appointments.get(f"{own}/documents", headers=citizen)).json()
    [mine] = brought["persons"]
    assert {each["evidence"] for each in mine["documents"]} >= needed | {"identity-document"}
    assert ("medical-form" in {each["evidence"] for each in mine["documents"]}) is ("medical-form" in needed)
    assert mine["outcome"] == "ELIGIBLE"

    moved = await appointments.post(f"{own}/reschedule", json={"slot_id": later}, headers=citizen | a_key())
    assert moved.is_success, moved.text
    assert moved.json()["starts_at"] > booked["starts_at"]

    at(datetime.fromisoformat(moved.json()["starts_at"]))
    claims = {"assurance": Assurance.SUBSTANTIAL, "institution": str(licence_office.institution_id)}
    clerk = signed_in(ids.new_id(), {"appointments:desk"}, roles=[Role.CLERK], **claims)
    clerk |= {"purpose": "COUNTER_SERVICE"}
    desk = f"{API}/desks/{licence_office.id}"

    async def act(path: str, body: Any) -> Any:
        done = await appointments.post(f"{desk}{path}", json=body, headers=clerk | a_key())
        assert done.is_success, done.text
        return done.json()

    found = await act("/find", {"cnp": ION.number})
    assert found["appointment"]["id"] == booked["id"]
    await act(f"/appointments/{booked['id']}/check-in", {"cnps": [ION.number]})
    number = f"CJ-{ids.new_id().hex[-12:].upper()}"
    served = {"persons": [{"number": 0, "outcome": "SERVED", "application_number": number}]}
    await act(f"/appointments/{booked['id']}/end", served)

    async def status() -> Any:
        asked = await appointments.post(f"{API}/applications/state", json={"number": number})
        return asked.json()["state"]

    assert await status() == "IN_ANALYSIS"
    listed = await appointments.get(f"{desk}/applications", headers=clerk)
    [application] = [each for each in listed.json()["items"] if each["number"] == number]
    assert application["type"] == type_
    for stage in stages:
        assert stage in application["open_states"]
        application = await act(f"/applications/{application['id']}/move", {"state": stage})
        assert await status() == stage
    assert application["open_states"] == []


async def test_every_county_has_counters_for_licences_and_for_vehicles() -> None:
    served = {
        (office.county, type_)
        for office in directory.offices()
        for pool in office.pools
        for type_ in pool.types
    }
    counties = {office.county for office in directory.offices()}
    assert len(counties) == 42
    for county in counties:
        assert {(county, "DRIVING_LICENCE"), (county, "VEHICLE_REGISTRATION")} <= served


async def test_a_mopeds_owner_is_sent_to_the_town_hall(appointments: httpx2.AsyncClient) -> None:
    """OUG 195/2002 art. 14: mopeds, farm tractors and the like are in the register of the town hall."""
    body = {
        "type": "VEHICLE_REGISTRATION",
        "day": str(TODAY + timedelta(days=7)),
        "persons": [{"birth_date": "1985-03-12"}],
        "situation": BOUGHT | {"vehicle_kept_by_town_hall": "YES"},
    }
    [person] = (await appointments.post(f"{API}/documents", json=body)).json()["persons"]
    assert person["outcome"] == "NOT_ELIGIBLE"
    assert [each["code"] for each in person["unmet"]] == ["registered-here"]


async def test_the_entries_of_the_catalog_say_the_terms_and_the_fees(catalog: httpx2.AsyncClient) -> None:
    """Within 30 days, for 49 lei and 20 or 85 a plate; a licence is valid for ten or five years."""
    vehicle = (await catalog.get("/catalog/v1/services/vehicle-registration")).json()
    terms = {each["term"]["rule"]: each["term"]["value"] for each in vehicle["further_terms"]}
    assert terms["vehicle.registration"] == 30
    fees = {each["rule"]: each["price"]["amount"] for each in vehicle["costs"]}
    assert fees["vehicle.certificate-fee"] == "49.00"
    assert (fees["vehicle.plate-fee"], fees["vehicle.plate-fee-preferred"]) == ("20.00", "85.00")
    licence = (await catalog.get("/catalog/v1/services/driving-licence-exchange")).json()
    terms = {each["term"]["rule"]: each["term"]["value"] for each in licence["further_terms"]}
    assert (terms["licence.validity-group-1"], terms["licence.validity-group-2"]) == (10, 5)
