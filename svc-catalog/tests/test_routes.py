import json
import re
from base64 import urlsafe_b64encode

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from svc_catalog.schemas.searching import SearchPage
from svc_catalog.schemas.services import FoundService

INSTITUTIONS = "/catalog/v1/institutions"
SERVICES = "/catalog/v1/services"


async def walk(client: httpx2.AsyncClient, path: str, limit: int, **query: str) -> list[str]:
    """Every code of a list, page by page along the Link header."""
    found: list[str] = []
    address: str | None = str(httpx2.URL(path, params={"limit": str(limit), **query}))
    while address:
        answer = await client.get(address)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) == limit or page["next_cursor"] is None
        found += [item["code"] for item in page["items"]]
        link = re.fullmatch(r'<([^>]+)>; rel="next"', answer.headers.get("link", ""))
        assert (link is None) == (page["next_cursor"] is None)
        address = link[1] if link else None
    return found


@pytest.mark.parametrize("query", [{}, {"q": "inspectoratul"}, {"q": "județ"}, {"topic": "TRAFFIC"}])
@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(17, 200))
async def test_paging_gives_each_institution_once_in_one_order(
    client: httpx2.AsyncClient, query: dict[str, str], limit: int
) -> None:
    whole = await walk(client, INSTITUTIONS, 200, **query)
    assert len(set(whole)) == len(whole) > 40
    assert await walk(client, INSTITUTIONS, limit, **query) == whole


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_paging_gives_each_service_once(client: httpx2.AsyncClient, limit: int) -> None:
    assert await walk(client, SERVICES, limit) == await walk(client, SERVICES, 200)
    assert await walk(client, SERVICES, limit, q="ro") == await walk(client, SERVICES, 200, q="ro")


async def test_an_institution_is_read_by_code_and_by_id(client: httpx2.AsyncClient) -> None:
    by_code = await client.get(f"{INSTITUTIONS}/IPJ-CV")
    shown = by_code.json()
    assert (await client.get(f"{INSTITUTIONS}/{shown['id']}")).json() == shown
    assert shown["names"] == {
        "ro": "Inspectoratul de Poliție Județean Covasna",
        "hu": "Kovászna Megyei Rendőr-felügyelőség",
        "en": "Covasna County Police Inspectorate",
    }
    assert (shown["kind"], shown["counties"], shown["version"]) == ("COUNTY_POLICE", ["CV"], 1)
    assert shown["parent_id"] == (await client.get(f"{INSTITUTIONS}/IGPR")).json()["id"]
    assert {contact["kind"] for contact in shown["contacts"]} == {"WEBSITE", "EMAIL"}


async def test_the_structure_is_walked_from_above(client: httpx2.AsyncClient) -> None:
    police = (await client.get(f"{INSTITUTIONS}/IGPR")).json()
    by_code = (await client.get(INSTITUTIONS, params={"parent": "IGPR", "limit": 200})).json()["items"]
    by_id = (await client.get(INSTITUTIONS, params={"parent": police["id"], "limit": 200})).json()["items"]
    assert by_code == by_id
    assert {each["parent_id"] for each in by_code} == {police["id"]}
    assert {"IPJ-CV", "DGPMB", "DCJSEO"} <= {each["code"] for each in by_code}
    assert (await client.get(INSTITUTIONS, params={"parent": "NOBODY"})).json()["items"] == []


async def test_a_former_name_is_shown_with_the_institution(client: httpx2.AsyncClient) -> None:
    shown = (await client.get(f"{INSTITUTIONS}/DGEP")).json()
    assert shown["aliases"] == [{"name": "DEPABD", "valid_from": None, "valid_to": None, "verified": True}]


async def test_a_service_is_read_whole(client: httpx2.AsyncClient) -> None:
    shown = (await client.get(f"{SERVICES}/petition")).json()
    assert shown["legal_deadline"] == {
        "rule": "petition.answer",
        "value": 30,
        "unit": "CALENDAR_DAYS",
        "legal_basis": "OG nr. 27/2002 art. 8 alin. (1)",
        "verified": True,
    }
    assert shown["costs"][0]["price"] == {"amount": "0.00", "currency": "RON"}
    assert (shown["provider"]["code"], shown["min_assurance"]) == ("MAI-DSG", "LOW")
    assert [step["actor"] for step in shown["steps"]] == ["APPLICANT", "AUTHORITY", "AUTHORITY"]


async def test_a_summary_is_the_beginning_of_the_whole(client: httpx2.AsyncClient) -> None:
    for summary in (await client.get(SERVICES)).json()["items"]:
        whole = (await client.get(f"{SERVICES}/{summary['code']}")).json()
        del summary["match"]
        assert summary.items() <= {name: whole[name] for name in summary}.items()


@pytest.mark.parametrize(
    "path",
    [INSTITUTIONS, f"{INSTITUTIONS}?q=brasov", f"{INSTITUTIONS}/IGPR", SERVICES, f"{SERVICES}/petition"],
)
async def test_answers_may_be_cached_and_have_an_etag(client: httpx2.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.headers["cache-control"].startswith("public, max-age=60, ")
    tag = answer.headers["etag"]
    assert re.fullmatch(r'"[0-9a-f]+"', tag)
    again = await client.get(path, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert (again.headers["etag"], again.headers["cache-control"]) == (tag, answer.headers["cache-control"])
    assert (await client.get(path, headers={"if-none-match": '"other"'})).status_code == 200


@pytest.mark.parametrize("path", [INSTITUTIONS, SERVICES])
@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("colour=red", "query/colour"),
        ("limit=0", "query/limit"),
        ("limit=201", "query/limit"),
        ("limit=ten", "query/limit"),
        ("q=a%00b", "query/q"),
        ("q=" + "a" * 201, "query/q"),
        ("cursor=", "query/cursor"),
        ("cursor=!!", "query/cursor"),
        ("cursor=AAAA", "query/cursor"),
        ("cursor=" + "A" * 513, "query/cursor"),
    ],
)
async def test_bad_queries_name_what_is_wrong(
    client: httpx2.AsyncClient, path: str, query: str, pointer: str
) -> None:
    answer = await client.get(f"{path}?{query}")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    "position",
    [
        [],
        [0, "x"],
        [3000, "x", "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"],
        [10**30, "x", "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"],
        [0, "a\x00b", "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"],
        [0, "x", "no id"],
        [0, 1, "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"],
        {"a": 1, "b": 2, "c": 3},
        "abc",
        [0, "x" * 201, "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"],
        [0.5, "x", "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"],
        [True, "x", "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"],
        None,
    ],
)
async def test_a_forged_cursor_is_refused(client: httpx2.AsyncClient, position: object) -> None:
    cursor = urlsafe_b64encode(json.dumps(position).encode()).rstrip(b"=").decode()
    answer = await client.get(INSTITUTIONS, params={"cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "query/cursor"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("county=cv", "query/county"),
        ("county=Covasna", "query/county"),
        ("topic=a b", "query/topic"),
        ("accepts_petitions=perhaps", "query/accepts_petitions"),
    ],
)
async def test_bad_filters_of_institutions(client: httpx2.AsyncClient, query: str, pointer: str) -> None:
    answer = await client.get(f"{INSTITUTIONS}?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("audience=ALIENS", "query/audience"),
        ("life_event=x", "query/life_event"),
        ("provider=a/b", "query/provider"),
    ],
)
async def test_bad_filters_of_services(client: httpx2.AsyncClient, query: str, pointer: str) -> None:
    answer = await client.get(f"{SERVICES}?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        (f"{INSTITUTIONS}/NOBODY", "institution-not-found"),
        (f"{INSTITUTIONS}/0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70", "institution-not-found"),
        (f"{SERVICES}/nothing", "service-not-found"),
        (f"{SERVICES}/test-draft", "service-not-found"),
    ],
)
async def test_what_is_not_there_is_a_problem_in_the_callers_language(
    client: httpx2.AsyncClient, path: str, problem: str
) -> None:
    answer = await client.get(path, headers={"accept-language": "hu"})
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"
    shown = answer.json()
    assert shown["type"].endswith(f"/problems/{problem}")
    assert "nincs a katalógusban" in shown["title"]


async def test_what_is_only_read_takes_nothing_and_the_directory_only_from_officials(
    client: httpx2.AsyncClient,
) -> None:
    answer = await client.post("/catalog/v1/counties", json={})
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert (await client.post(INSTITUTIONS, json={})).status_code == 401


async def test_what_a_list_shows_as_it_is_stored_has_the_form_of_the_contract(
    client: httpx2.AsyncClient,
) -> None:
    for query in ({}, {"q": "certificat"}):
        answer = await client.get(SERVICES, params=query)
        page = SearchPage[FoundService].model_validate_json(answer.content)
        assert page.items
        assert page.model_dump(mode="json") == answer.json()
