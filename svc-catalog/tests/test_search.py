import httpx2
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

INSTITUTIONS = "/catalog/v1/institutions"
SERVICES = "/catalog/v1/services"


async def codes(client: httpx2.AsyncClient, path: str, **query: str) -> list[str]:
    answer = await client.get(path, params={"limit": "200", **query})
    assert answer.status_code == 200, answer.text
    return [item["code"] for item in answer.json()["items"]]


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("IPJ-CV", "IPJ-CV"),
        ("ipj cv", "IPJ-CV"),
        ("DEPABD", "DGEP"),
        ("drpciv", "DGPCI"),
        ("politia covasna", "IPJ-CV"),
        ("Poliția din Covasna", "IPJ-CV"),
        ("poliţia COVASNA", "IPJ-CV"),  # cedilla
        ("covasna politia", "IPJ-CV"),
        ("rendőrség kovászna", "IPJ-CV"),
        ("police covasna", "IPJ-CV"),
        ("politia sfantu gheorghe", "IPJ-CV"),  # the seat of the county
        ("pasapoarte cluj", "SPCP-CJ"),
        ("útlevél hargita", "SPCP-HR"),
        ("talon mures", "SPCRPCIV-MS"),
        ("pompieri ilfov", "ISUBIF"),
        ("cazier", "DCJSEO"),
        ("Inspectoratul General al Poliției Române", "IGPR"),
        ("inspectoratul general al pol", "IGPF"),  # of frontier and of Romania: the first by name
        ("informații clasificate", "DGPI"),
        ("mita", "DGA"),
    ],
)
async def test_the_first_institution_found(client: httpx2.AsyncClient, asked: str, first: str) -> None:
    assert (await codes(client, INSTITUTIONS, q=asked))[0] == first


async def test_brasov_without_its_letter_finds_its_county(client: httpx2.AsyncClient) -> None:
    found = await codes(client, INSTITUTIONS, q="brasov")
    assert found == await codes(client, INSTITUTIONS, q="Brașov")
    assert {"IPJ-BV", "SPCP-BV", "SPCRPCIV-BV", "ISU-BV", "IJJ-BV", "PREF-BV"} == set(found)


async def test_a_hungarian_county_name_finds_the_units_that_begin_with_it(client: httpx2.AsyncClient) -> None:
    found = await codes(client, INSTITUTIONS, q="Kovászna")
    assert {"IPJ-CV", "SPCP-CV", "SPCRPCIV-CV", "ISU-CV", "IJJ-CV", "PREF-CV"} == set(found)


async def test_a_code_comes_before_what_begins_with_it(client: httpx2.AsyncClient) -> None:
    found = await codes(client, INSTITUTIONS, q="DGP")
    assert (found[0], set(found)) == ("DGP", {"DGP", "DGPCI", "DGPI", "DGPMB"})


async def test_names_come_before_texts_and_the_country_before_counties(
    client: httpx2.AsyncClient,
) -> None:
    found = await codes(client, INSTITUTIONS, q="prefectului")
    assert found[0] == "DGRIP"  # its name has the word in the middle, those of the counties too
    assert {each.partition("-")[0] for each in found[1:43]} == {"PREF"}
    found = await codes(client, INSTITUTIONS, q="poliția")
    assert found[0] == "IGPR"  # people call it so


@pytest.mark.parametrize("asked", ["zzz", "!!!", "'", "zz:*|zzz", "\\", "%", "_"])
async def test_what_is_not_there_is_not_found(client: httpx2.AsyncClient, asked: str) -> None:
    found = await codes(client, INSTITUTIONS, q=asked)
    assert found == []


async def test_a_word_that_nothing_has_does_not_hide_the_others(client: httpx2.AsyncClient) -> None:
    shown = (await client.get(INSTITUTIONS, params={"q": "brasov zzz"})).json()
    assert {each["match"] for each in shown["items"]} == {"PARTIAL"}
    assert [each["counties"] for each in shown["items"]] == [["BV"]] * 6


@pytest.mark.parametrize(
    ("asked", "read_as", "match"),
    [
        ("pasaport", None, {"CALLED"}),
        ("passport appoitment", "passport appointment", {"CORRECTED"}),
        ("pasoport", "pasaport", {"CORRECTED"}),
        ("cazeir judiciar", "cazier judiciar", {"CORRECTED"}),
    ],
)
async def test_what_was_forgiven_is_said(
    client: httpx2.AsyncClient, asked: str, read_as: str | None, match: set[str]
) -> None:
    shown = (await client.get(SERVICES, params={"q": asked, "limit": "1"})).json()
    assert shown["read_as"] == read_as
    assert {each["match"] for each in shown["items"]} == match


async def test_without_a_question_nothing_is_said_of_a_match(client: httpx2.AsyncClient) -> None:
    shown = (await client.get(SERVICES)).json()
    assert {each["match"] for each in shown["items"]} == {None}
    assert shown["read_as"] is None


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("\N{SQUARE CORPORATION}" * 200)  # folds into four letters each
@given(st.text(max_size=200))
async def test_whatever_is_asked_is_answered_or_refused(client: httpx2.AsyncClient, asked: str) -> None:
    for path in (INSTITUTIONS, SERVICES):
        answer = await client.get(path, params={"q": asked, "limit": "1"})
        assert answer.status_code in {200, 422}


async def test_a_blank_question_is_none(client: httpx2.AsyncClient) -> None:
    assert await codes(client, INSTITUTIONS, q="  ") == await codes(client, INSTITUTIONS)


async def test_filters_narrow_the_list(client: httpx2.AsyncClient) -> None:
    assert set(await codes(client, INSTITUTIONS, county="CV")) == {
        "IPJ-CV",
        "SPCP-CV",
        "SPCRPCIV-CV",
        "ISU-CV",
        "IJJ-CV",
        "PREF-CV",
    }
    assert await codes(client, INSTITUTIONS, topic="CORRUPTION") == ["DGA"]
    assert await codes(client, INSTITUTIONS, topic="FIRE", county="IF") == ["ISUBIF"]
    assert "DGCTI" in await codes(client, INSTITUTIONS, accepts_petitions="false")
    assert "DGCTI" not in await codes(client, INSTITUTIONS, accepts_petitions="true")
    assert await codes(client, INSTITUTIONS, q="pasapoarte", county="CJ", topic="PASSPORTS") == ["SPCP-CJ"]
    assert await codes(client, INSTITUTIONS, topic="NOTHING") == []


async def test_the_ministry_and_its_structures_come_first(client: httpx2.AsyncClient) -> None:
    found = await codes(client, INSTITUTIONS)
    assert found.index("MAI") < found.index("IPJ-AB")
    assert len(found) == 200


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("petitie", "petition"),
        ("petíció", "petition"),
        ("panasz", "petition"),
        ("pașaport", "passport-booking"),
        ("cazier", "criminal-record-certificate-person"),
        ("legea 544", "public-information-request"),
        ("cazier auto", "traffic-sanctions-history"),
        ("criminal record", "criminal-record-certificate-person"),
        ("audienta", "audience-request"),
        ("otlet", "suggestion"),
    ],
)
async def test_the_first_service_found(client: httpx2.AsyncClient, asked: str, first: str) -> None:
    assert (await codes(client, SERVICES, q=asked))[0] == first


async def test_services_by_audience_life_event_and_provider(client: httpx2.AsyncClient) -> None:
    assert "petition" in await codes(client, SERVICES, audience="BUSINESSES")
    assert "passport-booking" not in await codes(client, SERVICES, audience="BUSINESSES")
    passports = ["passport-booking", "passport-status"]
    assert await codes(client, SERVICES, life_event="TRAVELLING_ABROAD") == passports
    police = ["integrity-certificate", "traffic-sanctions-history", "aggressive-driving-report"]
    assert await codes(client, SERVICES, provider="IGPR") == police
    igpr = (await client.get(f"{INSTITUTIONS}/IGPR")).json()["id"]
    assert await codes(client, SERVICES, provider=igpr) == police
    assert await codes(client, SERVICES, provider="NOBODY") == []
