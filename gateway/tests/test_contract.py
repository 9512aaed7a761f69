import asyncio
import json
from typing import Any

import pytest

from gateway import table
from gateway.contract import Contract
from gateway.errors import ContractIncomplete
from hub_service.i18n import Texts

ROUTES = table.Table(
    {
        "rates": {"a": {"quota": 10, "window": 60, "burst": 5}},
        "defaults": {
            "body": 1000,
            "connect": 1.0,
            "first_byte": 2.0,
            "total": 3.0,
            "signed_in": "a",
            "anonymous": "a",
        },
        "route": [{"prefix": "/a/", "service": "a"}, {"prefix": "/b/", "service": "b"}],
        "operations": {},
    }
)


def document(path: str, name: str, **more: Any) -> dict[str, Any]:
    operation = {"operationId": name, "security": [{}], "responses": {}}
    return {"openapi": "3.1.0", "paths": {path: {"get": operation}}} | more


class Services:
    """What services serve as their document; `None` is a service that is away."""

    def __init__(self) -> None:
        self.documents: dict[str, Any] = {
            "a": document("/a/v1/things/{thing_id}", "get_thing"),
            "b": document("/b/v1/stuff", "list_stuff"),
        }
        self.fetched: list[str] = []
        self.now = 0.0

    async def fetch(self, service: str) -> bytes:
        self.fetched.append(service)
        if self.documents[service] is None:
            raise ConnectionError
        return json.dumps(self.documents[service]).encode()

    def clock(self) -> float:
        return self.now


@pytest.fixture
def services() -> Services:
    return Services()


@pytest.fixture
def contract(services: Services) -> Contract:
    return Contract(ROUTES, services.fetch, Texts([]), "http://localhost:8080", services.clock)


def operations(body: bytes) -> set[str]:
    return {item["get"]["operationId"] for item in json.loads(body)["paths"].values()}


async def test_documents_are_read_when_somebody_asks_and_kept_for_a_while(
    contract: Contract, services: Services
) -> None:
    assert services.fetched == []
    pages = await asyncio.gather(contract.merged(), contract.merged(), contract.of("a"))
    assert operations(pages[0].body) == {"get_thing", "list_stuff"}
    assert operations(pages[2].body) == {"get_thing"}
    assert sorted(services.fetched) == ["a", "b"]


async def test_a_new_document_is_noticed(contract: Contract, services: Services) -> None:
    before = await contract.merged()
    services.documents["b"] = document("/b/v1/stuff", "search_stuff")
    services.now = 9.9
    assert await contract.merged() is before
    services.now = 10
    after = await contract.merged()
    assert operations(after.body) == {"get_thing", "search_stuff"}
    assert after.etag != before.etag


async def test_an_unchanged_document_keeps_its_etag(contract: Contract, services: Services) -> None:
    before = await contract.merged()
    services.now = 20
    assert await contract.merged() is before


async def test_half_a_contract_is_not_given_out(contract: Contract, services: Services) -> None:
    services.documents["b"] = None
    with pytest.raises(ContractIncomplete) as met:
        await contract.merged()
    assert met.value.facts == {"service": "b"}
    assert operations((await contract.of("a")).body) == {"get_thing"}
    services.documents["b"] = document("/b/v1/stuff", "list_stuff")
    services.now = 1
    assert operations((await contract.merged()).body) == {"get_thing", "list_stuff"}


async def test_a_service_that_went_away_keeps_its_last_document(
    contract: Contract, services: Services
) -> None:
    before = await contract.merged()
    services.documents["b"] = None
    services.now = 20
    assert await contract.merged() is before


async def test_documents_that_do_not_fit_are_an_error(contract: Contract, services: Services) -> None:
    services.documents["b"] = document("/b/v1/stuff", "get_thing")
    with pytest.raises(ValueError, match="get_thing"):
        await contract.merged()


async def test_templates_are_known_after_the_first_look(contract: Contract, services: Services) -> None:
    assert contract.template("a", "GET", "/a/v1/things/7") is None
    await contract.of("a")
    assert contract.template("a", "GET", "/a/v1/things/7") == "/a/v1/things/{thing_id}"
    assert contract.template("a", "HEAD", "/a/v1/things/7") == "/a/v1/things/{thing_id}"
    assert contract.template("a", "GET", "/a/v1/others/7") is None
    await contract.close()
    assert services.fetched == ["a"]  # making one is work: nobody else's is asked for


async def test_problems_come_from_the_services_and_from_here(contract: Contract, services: Services) -> None:
    texts = {"ro": "Locul e ocupat", "hu": "Foglalt", "en": "Taken"}
    shown = {"status": 409, "title": texts, "detail": texts, "remedy": texts}
    services.documents["b"] = document("/b/v1/stuff", "list_stuff") | {"x-problems": {"stuff-taken": shown}}
    assert await contract.problem("stuff-taken") == shown
    own = await contract.problem("gateway-timeout")
    assert own
    assert own["status"] == 504
    assert await contract.problem("nothing") is None
