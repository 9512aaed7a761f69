import copy
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from gateway import table
from gateway.table import Access, Table

SMALL: dict[str, Any] = {
    "rates": {"a": {"quota": 10, "window": 60, "burst": 5}, "b": {"quota": 20, "window": 60, "burst": 5}},
    "defaults": {
        "body": 1000,
        "connect": 1.0,
        "first_byte": 2.0,
        "total": 3.0,
        "signed_in": "a",
        "anonymous": "a",
    },
    "route": [
        {"prefix": "/x/", "service": "x"},
        {"prefix": "/x/files/", "service": "files", "body": 5000, "anonymous": "b"},
    ],
    "operations": {
        "list_things": {"method": "GET", "path": "/x/v1/things", "access": "public"},
        "read_thing": {"method": "GET", "path": "/x/v1/things/{thing_id}", "access": "public", "rate": "b"},
        "read_newest": {"method": "GET", "path": "/x/v1/things/newest", "access": "signed-in"},
        "get_token": {"method": "POST", "path": "/x/token", "access": "client", "total": 9.0},
        "read_sheet": {"method": "GET", "path": "/x/sheets/{sheet}.{form}", "access": "public"},
        "list_sheets": {"method": "GET", "path": "/x/sheets.{form}", "access": "public"},
    },
}


def test_the_longest_prefix_wins() -> None:
    small = Table(SMALL)
    found = small.find("GET", "/x/files/a")
    assert found
    assert (found.service, found.body, found.anonymous, found.signed_in) == ("files", 5000, "b", "a")
    other = small.find("GET", "/x/file")
    assert other
    assert other.service == "x"


@pytest.mark.parametrize(
    "path", ["/", "/x", "/xy/", "/X/a", "/internal/v1/tokens", "/healthz", "/openapi.json"]
)
def test_what_no_prefix_names_goes_nowhere(path: str) -> None:
    assert Table(SMALL).find("GET", path) is None


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/x/v1/things", "list_things"),
        ("HEAD", "/x/v1/things", "list_things"),
        ("GET", "/x/v1/things/7", "read_thing"),
        ("GET", "/x/v1/things/newest", "read_newest"),
        ("POST", "/x/v1/things", None),
        ("OPTIONS", "/x/v1/things", None),
        ("GET", "/x/v1/things/", None),
        ("GET", "/x/v1/things/7/parts", None),
        ("GET", "/x/v1/Things", None),
        ("GET", "/x/sheets.json", "list_sheets"),
        ("GET", "/x/sheets.", None),
        ("GET", "/x/sheetsjson", None),
        ("GET", "/x/sheets/7.xml", "read_sheet"),
        ("GET", "/x/sheets/", None),
    ],
)
def test_operations_are_found_by_method_and_template(method: str, path: str, name: str | None) -> None:
    found = Table(SMALL).find(method, path)
    assert found
    assert found.operation_id == name
    assert name is not None or found.access is Access.SIGNED_IN


def test_an_operation_may_have_terms_of_its_own() -> None:
    small = Table(SMALL)
    read, token = small.find("GET", "/x/v1/things/7"), small.find("POST", "/x/token")
    assert read
    assert token
    assert (read.signed_in, read.anonymous, read.template) == ("b", "b", "/x/v1/things/{thing_id}")
    assert (token.access, token.total, token.first_byte) == (Access.CLIENT, 9.0, 2.0)


def broken(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    changed = copy.deepcopy(SMALL)
    change(changed)
    return changed


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda t: t.update(colour="red"), "Extra inputs"),
        (lambda t: t["defaults"].update(bodi=1), "Extra inputs"),
        (lambda t: t["route"][0].update(prefx="/"), "Extra inputs"),
        (lambda t: t["operations"]["get_token"].update(scope="x"), "Extra inputs"),
        (lambda t: t["defaults"].pop("total"), "Field required"),
        (lambda t: t["defaults"].update(body="1000"), "valid integer"),
        (lambda t: t["rates"]["a"].update(quota=True), "valid integer"),
        (lambda t: t["defaults"].update(signed_in="c"), "no such rate policy"),
        (lambda t: t["operations"]["read_thing"].update(rate="c"), "no such rate policy"),
        (lambda t: t["rates"]["a"].update(burst=10), "burst"),
        (lambda t: t["route"][0].update(prefix="/x"), "should match pattern"),
        (lambda t: t["route"][0].update(prefix="/x//"), "should match pattern"),
        (lambda t: t["route"][0].update(prefix="/internal/"), "reserved"),
        (lambda t: t["route"][0].update(prefix="/docs/"), "reserved"),
        (lambda t: t["route"].append({"prefix": "/x/", "service": "y"}), "same prefix"),
        (lambda t: t["operations"]["get_token"].update(path="/y/token"), "no route serves"),
        (lambda t: t["operations"]["get_token"].update(service="x"), "names a service"),
        (lambda t: t["operations"]["get_token"].update(path="/docs/x", service="x"), "reserved"),
        (lambda t: t["operations"]["get_token"].update(method="HEAD"), "Input should be"),
        (lambda t: t["operations"]["get_token"].update(access="all"), "Input should be"),
        (
            lambda t: t["operations"].update(
                again={"method": "GET", "path": "/x/v1/things/{id}", "access": "public"}
            ),
            "same address",
        ),
    ],
)
def test_a_table_that_does_not_fit_is_refused(
    change: Callable[[dict[str, Any]], object], reason: str
) -> None:
    with pytest.raises((ValidationError, ValueError), match=reason):
        Table(broken(change))


def test_the_shipped_table_serves_every_service() -> None:
    shipped = table.load()
    assert shipped.services == [
        *("catalog", "criminal-record", "identity", "notify", "passport-booking", "petitions"),
        "traffic-history",
    ]
    for path in ("/internal/v1/tokens", "/healthz", "/readyz", "/status", "/openapi.json", "/", "/docs"):
        assert shipped.find("GET", path) is None
    filing = shipped.find("POST", "/petitions/v1/petitions")
    assert filing
    assert filing.access is Access.SIGNED_IN
    assert filing.body == 1_048_576
