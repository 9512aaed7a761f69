"""Counties and localities by SIRUTA, and the offices in them."""

from collections import Counter

import httpx2
import pytest

from hub_core.county import BY_CODE, COUNTIES
from svc_catalog.domain.places import PlaceKind
from svc_catalog.reference import siruta
from svc_catalog.reference.institutions import institutions
from svc_catalog.reference.offices import offices

API = "/catalog/v1"
PLACES = list(siruta.places(siruta.content()))
BY_SIRUTA = {place.siruta: place for place in PLACES}


def test_the_register_has_every_unit_of_the_country() -> None:
    kinds = Counter(place.kind for place in PLACES)
    assert len(BY_SIRUTA) == len(PLACES)
    assert {kind: kinds[kind] for kind in list(PlaceKind)[:5]} == {
        PlaceKind.COUNTY: 42,
        PlaceKind.MUNICIPALITY: 103,
        PlaceKind.TOWN: 216,
        PlaceKind.COMMUNE: 2862,
        PlaceKind.SECTOR: 6,
    }


def test_every_place_lies_in_a_larger_unit_of_its_county() -> None:
    ranks = list(PlaceKind)
    for place in PLACES:
        assert (place.parent is None) == (place.kind is PlaceKind.COUNTY)
        if place.parent is not None:
            above = BY_SIRUTA[place.parent]
            assert above.county == place.county
            assert ranks.index(above.kind) < ranks.index(place.kind)


def test_the_seats_of_the_counties_are_those_of_the_register() -> None:
    for county in COUNTIES:
        seat = BY_SIRUTA[county.seat_siruta]
        assert seat.name == county.seat
        assert seat.kind in {PlaceKind.MUNICIPALITY, PlaceKind.TOWN}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("MUNICIPIUL BAIA MARE", "Baia Mare"),
        ("ORAȘ BĂILE HERCULANE", "Băile Herculane"),
        ("DROBETA-TURNU SEVERIN", "Drobeta-Turnu Severin"),
        ("ȘTEFAN CEL MARE", "Ștefan cel Mare"),
        ("CÂMPENI DE SUS", "Câmpeni de Sus"),
        ("I.C.BRĂTIANU", "I.C. Brătianu"),
        ("C.A. ROSETTI", "C.A. Rosetti"),
        ("ALEXANDRU I.CUZA", "Alexandru I. Cuza"),
        ("23 AUGUST", "23 August"),
        ("LA CURTE", "La Curte"),
        ("SFÂNTU GHEORGHE", "Sfântu Gheorghe"),
    ],
)
def test_names_are_written_as_people_write_them(written: str, name: str) -> None:
    assert siruta.name(written) == name


def test_every_office_is_of_an_institution_and_in_a_place_of_its_county() -> None:
    known = {each.id: each for each in institutions()}
    for office in offices():
        institution = known[office.institution_id]
        assert office.county in (institution.counties or BY_CODE)  # a central body has none of its own
        assert BY_SIRUTA[office.siruta].county == office.county
        assert set(office.topics) <= set(institution.topics)
        assert {office.names.ro, office.names.hu, office.names.en} - {None, ""}


def test_every_county_has_a_counter_for_passports_licences_and_records() -> None:
    for topic in ("PASSPORTS", "DRIVING_LICENCES", "CRIMINAL_RECORD"):
        assert {office.county for office in offices() if topic in office.topics} == BY_CODE.keys()


async def test_the_counties_are_listed_with_their_codes(client: httpx2.AsyncClient) -> None:
    items = (await client.get(f"{API}/counties")).json()["items"]
    assert len(items) == 42
    covasna = next(each for each in items if each["code"] == "CV")
    assert covasna == {
        "code": "CV",
        "names": {"ro": "Covasna", "hu": "Kovászna", "en": "Covasna"},
        "siruta": "145",
        "nuts3": "RO123",
        "seat": "Sfântu Gheorghe",
        "seat_siruta": "63394",
        "phone_prefixes": ["0267"],
    }


async def test_a_town_is_found_as_people_write_it(client: httpx2.AsyncClient) -> None:
    asked = {"q": "targu sec", "kind": "MUNICIPALITY"}
    [found] = (await client.get(f"{API}/localities", params=asked)).json()["items"]
    assert (found["name"], found["county"], found["urban"]) == ("Târgu Secuiesc", "CV", True)


async def test_larger_units_come_first_and_the_list_is_walked_whole(client: httpx2.AsyncClient) -> None:
    seen: list[dict[str, str]] = []
    cursor = None
    while True:
        asked = {"county": "CV", "limit": "50"} | ({"cursor": cursor} if cursor else {})
        page = (await client.get(f"{API}/localities", params=asked)).json()
        seen += page["items"]
        if (cursor := page["next_cursor"]) is None:
            break
    assert Counter(each["siruta"] for each in seen) == Counter(
        place.siruta for place in PLACES if place.county == "CV"
    )
    ranks = [list(PlaceKind).index(PlaceKind(each["kind"])) for each in seen]
    assert ranks == sorted(ranks)


async def test_a_village_says_where_it_lies(client: httpx2.AsyncClient) -> None:
    village = next(place for place in PLACES if place.kind is PlaceKind.VILLAGE and place.county == "CV")
    shown = (await client.get(f"{API}/localities/{village.siruta}")).json()
    assert shown["lies_in"][0]["kind"] == "COUNTY"
    assert shown["lies_in"][-1]["siruta"] == village.parent
    inside = (await client.get(f"{API}/localities", params={"parent": village.parent})).json()["items"]
    assert village.siruta in {each["siruta"] for each in inside}


async def test_an_unknown_place_is_not_found(client: httpx2.AsyncClient) -> None:
    answer = await client.get(f"{API}/localities/999999")
    assert answer.status_code == 404
    assert answer.json()["type"].endswith("/problems/place-not-found")


async def test_the_offices_of_a_county_for_a_topic(client: httpx2.AsyncClient) -> None:
    asked = {"county": "B", "topic": "PASSPORTS"}
    found = (await client.get(f"{API}/offices", params=asked)).json()["items"]
    assert {each["code"] for each in found} == {"SPCP-B-1", "SPCP-B-PARKLAKE", "SPCP-B-PLAZA-ROMANIA"}
    assert all(each["address"] is None for each in found)
    of_police = (await client.get(f"{API}/offices", params={"institution": "IPJ-CV"})).json()["items"]
    assert [each["code"] for each in of_police] == ["IPJ-CV-CAZIER"]


async def test_an_office_is_read_by_id_and_by_code(client: httpx2.AsyncClient) -> None:
    shown = (await client.get(f"{API}/offices/SPCP-CV-1")).json()
    assert shown == (await client.get(f"{API}/offices/{shown['id']}")).json()
    [hours] = shown["hours"]
    assert (hours["opens"], hours["closes"], len(hours["days"])) == ("08:30", "16:30", 5)
    assert not shown["hours_verified"]
    answer = await client.get(f"{API}/offices/SPCP-XX-1")
    assert answer.json()["type"].endswith("/problems/office-not-found")
