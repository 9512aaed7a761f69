"""Open311 GeoReport v2: what can be reported and what is asked, in both formats; errors by the standard."""

from typing import Any

import httpx2
import pytest
from lxml import etree

from hub_core.county import COUNTIES
from svc_traffic_history.domain.admissibility import DECLARATION
from svc_traffic_history.schemas import open311_xml

from .georeport_schemas import faults

API = "/traffic-history/open311/v2"
SERVICE = "aggressive-driving-report"
MANOEUVRES = list("abcdefghi")


async def get(client: httpx2.AsyncClient, path: str, language: str = "en", **query: str) -> httpx2.Response:
    return await client.get(f"{API}{path}", params=query, headers={"accept-language": language})


def texts(xml: httpx2.Response, path: str) -> list[str | None]:
    """The texts of the elements at a path of an XML answer."""
    assert xml.headers["content-type"] == "text/xml; charset=utf-8"
    assert xml.content.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    return [each.text for each in etree.fromstring(xml.content).findall(path)]


async def test_the_interface_is_discovered(client: httpx2.AsyncClient) -> None:
    found = (await get(client, "/discovery.json")).json()
    [endpoint] = found["endpoints"]
    assert endpoint["url"].endswith(API)
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    assert "Authorization" in found["key_service"]
    shown = await get(client, "/discovery.xml")
    assert texts(shown, "endpoints/endpoint/formats/format") == endpoint["formats"]
    assert texts(shown, "endpoints/endpoint/url") == [endpoint["url"]]


async def test_the_list_of_services_holds_the_official_schema(client: httpx2.AsyncClient) -> None:
    listed = (await get(client, "/services.json")).json()
    assert faults("services", listed) == []
    assert [each["service_code"] for each in listed] == [SERVICE]
    shown = await get(client, "/services.xml")
    for member, value in listed[0].items():
        written = str(value).lower() if isinstance(value, bool) else value
        assert texts(shown, f"service/{member}") == [written]


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("ro", "Sesizarea conducerii agresive"),
        ("hu", "Agresszív vezetés bejelentése"),
        ("en", "Report of aggressive driving"),
    ],
)
async def test_texts_are_in_the_language_of_the_caller(
    client: httpx2.AsyncClient, language: str, name: str
) -> None:
    answer = await get(client, "/services.json", language)
    assert answer.json()[0]["service_name"] == name
    assert (answer.headers["content-language"], answer.headers["vary"]) == (language, "Accept-Language")


async def test_the_definition_holds_the_official_schema_and_asks_what_the_law_wants(
    client: httpx2.AsyncClient,
) -> None:
    definition = (await get(client, f"/services/{SERVICE}.json")).json()
    assert faults("service-definition", definition) == []
    asked = {each["code"]: each for each in definition["attributes"]}
    assert [value["key"] for value in asked["manoeuvres"]["values"]] == MANOEUVRES
    assert asked["manoeuvres"]["datatype"] == "multivaluelist"
    assert {value["key"] for value in asked["county"]["values"]} == {county.code for county in COUNTIES}
    needed = {code for code, each in asked.items() if each["required"]}
    assert needed == {
        *("manoeuvres", "happened_at", "county", "plate", "correspondence_address"),
        *("seen_by_chance", "declaration"),
    }
    [declared] = asked["declaration"]["values"]
    assert (declared["key"], "326" in declared["name"]) == (DECLARATION, True)
    assert [each["order"] for each in definition["attributes"]] == list(range(1, len(asked) + 1))
    shown = await get(client, f"/services/{SERVICE}.xml")
    assert texts(shown, "service_code") == [SERVICE]
    assert texts(shown, "attributes/attribute/code") == list(asked)
    assert texts(shown, "attributes/attribute[1]/values/value/key") == MANOEUVRES


async def test_a_jurisdiction_may_be_named_and_another_is_not_here(client: httpx2.AsyncClient) -> None:
    assert (await get(client, "/services.json", jurisdiction_id="ro")).status_code == 200
    answer = await get(client, "/services.json", jurisdiction_id="city.example")
    assert answer.status_code == 404
    [error] = answer.json()
    assert (error["code"], error["type"].rpartition("/")[2]) == (404, "open311-jurisdiction-not-found")


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/services/potholes", {}, 404),
        ("/nothing", {}, 404),
        ("/services", {"api_key": "hub_at_7"}, 400),
        ("/services", {"jurisdiction_id": "x" * 65}, 400),
    ],
    ids=["no such service", "no such address", "a token in the address", "what nobody can mean"],
)
async def test_errors_are_those_of_the_standard_in_both_formats(
    client: httpx2.AsyncClient, path: str, query: dict[str, str], status: int
) -> None:
    """A token is never sent in an address, where it would be kept: `api_key` is refused there."""
    answer = await get(client, f"{path}.json", **query)
    assert answer.status_code == status
    errors: list[dict[str, Any]] = answer.json()
    assert {error["code"] for error in errors} == {status}
    assert all(error["description"] and "/problems/" in error["type"] for error in errors)
    assert "hub_at_7" not in answer.text
    shown = await get(client, f"{path}.xml", **query)
    assert shown.status_code == status
    assert texts(shown, "error/code") == [str(status)] * len(errors)
    assert texts(shown, "error/description") == [error["description"] for error in errors]


async def test_a_format_that_nobody_knows_is_refused(client: httpx2.AsyncClient) -> None:
    assert (await get(client, "/services.yaml")).status_code in {400, 404}
    assert (await get(client, "/services")).status_code == 404


def test_what_xml_cannot_hold_leaves_the_document_readable() -> None:
    written = open311_xml.document("errors", [{"code": 400, "description": "a\x0bb\x00 <&> \ud800 é 🚗"}])
    read = etree.fromstring(written)
    assert read.findtext("error/description") == "a�b� <&> � é 🚗"
    assert read.findtext("error/code") == "400"
