"""The world outside: invented people whose numbers are right, and the registers that know them."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest
from stdnum.ro import onrc

from hub_cli.outside import app, demo, records, store
from hub_cli.outside.names import HUNGARIAN
from hub_cli.outside.world import AS_OF, World
from hub_core import cnp, cui

SHARE = 0.04


@pytest.fixture(scope="module")
def world() -> World:
    return World(share=SHARE)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("outside") / "registers.sqlite"
    store.make(str(made), SHARE)
    return made


@pytest.fixture
async def http(file: Path) -> AsyncIterator[httpx2.AsyncClient]:
    outside = app.create_app(file)
    async with (
        outside.router.lifespan_context(outside),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(outside), base_url="http://localhost") as client,
    ):
        yield client


def age(born: date) -> int:
    return AS_OF.year - born.year - ((AS_OF.month, AS_OF.day) < (born.month, born.day))


def test_the_world_is_the_same_from_the_same_seed(world: World) -> None:
    again = World(share=SHARE)
    assert again.people == world.people
    assert again.relatives == world.relatives
    assert again.companies == world.companies
    assert World(seed=1, share=SHARE).people != world.people


def test_every_number_is_right_and_kept_for_tests(world: World) -> None:
    numbers = [person.cnp for person in world.people] + [number for number, _ in world.former]
    assert len(set(numbers)) == len(numbers)
    for person in world.people:
        assert cnp.validate(person.cnp, AS_OF).birth_date in (None, person.birth_date)
        assert person.cnp[9:12] >= "900"
        assert person.birth_date < date(2024, 5, 8) or person.cnp[7:9] == "70"
    for company in world.companies:
        assert cui.parse(company.cui) == company.cui
        assert onrc.is_valid(company.number)


def test_the_shares_are_those_of_the_country(world: World) -> None:
    people = len(world.people)
    minors = {person.cnp for person in world.people if age(person.birth_date) < 18}
    in_families = {child for child, kind, _ in world.relatives if kind in ("PARENT", "GUARDIAN")}
    assert minors <= in_families
    assert 0.05 < len(minors) / people < 0.07
    assert 0.025 < sum(person.cnp[0] in "78" for person in world.people) / people < 0.04
    assert 0.03 < sum(person.family_name in HUNGARIAN[0] for person in world.people) / people < 0.07
    assert any(person.died_on for person in world.people)
    named = Counter((one.family_name, one.given_name, one.birth_date) for one in world.people)
    assert max(named.values()) > 1


def test_relatives_are_so_both_ways(world: World) -> None:
    other = {"SPOUSE": "SPOUSE", "SIBLING": "SIBLING", "CHILD": "PARENT", "PARENT": "CHILD"}
    known = set(world.relatives)
    for person, kind, relative in known:
        assert kind == "GUARDIAN" or (relative, other[kind], person) in known


async def test_a_person_is_found_by_the_number_in_force_and_by_the_one_before(
    http: httpx2.AsyncClient, world: World
) -> None:
    found = await http.post("/population/people/find", json={"cnp": demo.ANA.cnp})
    assert found.json() == {
        "cnp": demo.ANA.cnp,
        "family_name": "Popescu",
        "given_name": "Ana",
        "birth_date": "1985-03-12",
        "sex": "FEMALE",
        "died_on": None,
        "former": [],
    }
    former, number = world.former[0]
    found = await http.post("/population/people/find", json={"cnp": former})
    assert found.json()["cnp"] == number
    assert found.json()["former"] == [former]
    nobody = await http.post("/population/people/find", json={"cnp": "1850312140018"})
    assert nobody.status_code == 404


async def test_the_demo_people_have_their_families(http: httpx2.AsyncClient) -> None:
    found = await http.post("/population/people/relatives", json={"cnp": demo.ANA.cnp})
    assert found.json()["items"] == [
        {"kind": "CHILD", "cnp": demo.ANDREI.cnp},
        {"kind": "CHILD", "cnp": demo.IOANA.cnp},
        {"kind": "SPOUSE", "cnp": demo.MIHAI.cnp},
    ]
    assert age(demo.IOANA.birth_date) < 14
    assert age(demo.ANDREI.birth_date) == 15


async def test_a_company_names_who_represents_it(http: httpx2.AsyncClient) -> None:
    company = (await http.get(f"/companies/{demo.COMPANY.cui}")).json()
    assert company["name"] == "Ionescu Construct SRL"
    assert {"cnp": demo.ION.cnp, "since": "2015-04-01", "until": None} in company["representatives"]
    assert (await http.get("/companies/18547290")).status_code == 404


async def test_registers_can_be_away_and_people_can_die(http: httpx2.AsyncClient) -> None:
    await http.put("/api/outage")
    assert (await http.post("/population/people/find", json={"cnp": demo.ANA.cnp})).status_code == 503
    await http.delete("/api/outage")
    listed = (await http.get("/population/people", params={"limit": 1})).json()["items"]
    told = {"cnp": listed[0]["cnp"], "died_on": "2026-11-21"}
    assert (await http.post("/population/people/death", json=told)).status_code == 204
    found = await http.post("/population/people/find", json={"cnp": told["cnp"]})
    assert found.json()["died_on"] == "2026-11-21"


async def test_a_number_that_is_none_is_refused_without_repeating_it(http: httpx2.AsyncClient) -> None:
    refused = await http.post("/population/people/find", json={"cnp": "285031214900x"})
    assert refused.status_code == 422
    assert "285031214900x" not in refused.text


def test_what_is_made_is_made_once(file: Path) -> None:
    before = file.stat()
    store.make(str(file), SHARE)
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    file.write_bytes(b"no database")
    store.make(str(file), SHARE)
    assert file.stat().st_size > 100_000


async def test_the_criminal_record_of_the_demo_people_is_fixed(http: httpx2.AsyncClient) -> None:
    async def matches(person: demo.Person) -> list[dict[str, Any]]:
        asked = {
            "cnp": person.cnp,
            "family_name": person.family_name,
            "given_name": person.given_name,
            "birth_date": person.birth_date.isoformat(),
        }
        found: list[dict[str, Any]] = (await http.post("/records/people/find", json=asked)).json()["matches"]
        return found

    (ana,) = await matches(demo.ANA)
    assert (ana["entries"], ana["born_abroad"], ana["former_names"]) == ([], False, [])
    (ion,) = await matches(demo.ION)
    assert len(ion["entries"]) > 0
    istvan, homonym = await matches(demo.ISTVAN)
    assert (istvan["entries"], homonym["cnp"]) == ([], None)


async def test_who_is_not_known_stands_in_nothing(http: httpx2.AsyncClient) -> None:
    asked = {"cnp": "1850312140018"}
    assert (await http.post("/records/people/find", json=asked)).json() == {"matches": []}
    assert (await http.post("/records/people/find", json={"family_name": "Pop"})).status_code == 422
    assert (await http.post("/records/companies/find", json={"cui": "18547290"})).json() == {"matches": []}


async def test_a_company_is_found_in_the_criminal_record_by_its_number(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/records/companies/find", json={"cui": demo.COMPANY.cui})
    (company,) = answer.json()["matches"]
    assert (company["name"], company["dissolved_on"]) == (demo.COMPANY.name, None)


async def test_the_criminal_record_is_away_with_the_other_registers(http: httpx2.AsyncClient) -> None:
    await http.put("/api/outage")
    answer = await http.post("/records/people/find", json={"cnp": demo.ANA.cnp})
    await http.delete("/api/outage")
    assert answer.status_code == 503


def test_four_in_a_hundred_have_entries_and_three_need_a_look() -> None:
    people = World(share=0.2).people[len(demo.PEOPLE) :]
    adults = [one for one in people if age(one.birth_date) > 20]
    with_entries = sum(records.has_entries(one.cnp, one.birth_date) for one in adults)
    looked_at = sum(records.look(one.cnp) is not None for one in people)
    assert 0.03 < with_entries / len(adults) < 0.05
    assert 0.02 < looked_at / len(people) < 0.04
    assert not any(records.has_entries(one.cnp, one.birth_date) for one in people if age(one.birth_date) < 18)


async def test_drivers_of_the_demo_have_the_records_that_a_demo_needs(http: httpx2.AsyncClient) -> None:
    async def driver(person: demo.Person) -> dict[str, Any]:
        answer = await http.post("/drivers/find", json={"cnp": person.cnp})
        found: dict[str, Any] = answer.json()["driver"]
        return found

    ana, ion, istvan = await driver(demo.ANA), await driver(demo.ION), await driver(demo.ISTVAN)
    mihai, jane, andrei = await driver(demo.MIHAI), await driver(demo.JANE), await driver(demo.ANDREI)
    assert (bool(ana["licence"]), ana["reports"], ana["suspensions"]) == (True, [], [])
    assert [bool(report["payments"]) for report in ion["reports"]] == [True, False]
    assert [each["state"] for each in istvan["suspensions"]] == ["RUNNING"]
    assert [bool(report["complaint"]) for report in mihai["reports"]] == [False, False, False, True]
    assert (jane["licence"], andrei["licence"]) == (None, None)
    assert await driver(demo.ION) == ion


async def test_vehicles_of_the_demo_are_those_that_an_owner_inquiry_meets(http: httpx2.AsyncClient) -> None:
    async def vehicle(plate: str) -> Any:
        return (await http.post("/vehicles/find", json={"plate": plate})).json()["vehicle"]

    of_ion, leased = await vehicle("CV 12 JON"), await vehicle("CV91LEA")
    assert of_ion["owner"] == {"kind": "PERSON", "number": demo.ION.cnp, "name": "Ionescu Ion"}
    assert ((await vehicle("CV90CON"))["owner"]["number"], leased["owner"]["kind"]) == (
        demo.COMPANY.cui,
        "COMPANY",
    )
    assert leased["user"]["number"] == demo.ISTVAN.cnp
    assert (await vehicle("CV92FUR"))["plates_stolen"]
    assert (await vehicle("CV93POL"))["has_priority"]
    assert await vehicle("CV01AAA") is None
    assert (await http.post("/vehicles/find", json={"plate": "<>"})).status_code == 422


async def test_the_register_of_drivers_knows_who_the_population_register_knows(
    http: httpx2.AsyncClient,
) -> None:
    assert (await http.post("/drivers/find", json={"cnp": "1850312140018"})).json() == {"driver": None}
    assert (await http.post("/drivers/find", json={"cnp": "285"})).status_code == 422
    await http.put("/api/outage")
    answer = await http.post("/drivers/find", json={"cnp": demo.ANA.cnp})
    await http.delete("/api/outage")
    assert answer.status_code == 503
