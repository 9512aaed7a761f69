"""The hub's contract as a whole: what holds across the services' documents."""

import json
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from gateway.cors import CrossOrigin

ROOT = Path(__file__).parents[2]
DOCUMENTS = {
    path.parts[-3]: json.loads(path.read_text()) for path in ROOT.glob("svc-*/contract/openapi.json")
}
OPERATIONS: list[tuple[str, str, dict[str, Any]]] = [
    (method.upper(), path, operation)
    for document in DOCUMENTS.values()
    for path, item in document["paths"].items()
    for method, operation in item.items()
]
ROUTES = tomllib.loads((ROOT / "gateway/src/gateway/routes.toml").read_text())


def test_every_service_has_a_contract() -> None:
    assert set(DOCUMENTS) == {path.parent.name for path in ROOT.glob("svc-*/pyproject.toml")}
    assert len(OPERATIONS) > len(DOCUMENTS)


def test_an_operation_id_is_a_verb_and_a_noun_and_names_one_operation() -> None:
    names = Counter(operation["operationId"] for _, _, operation in OPERATIONS)
    assert [name for name, count in names.items() if count > 1] == []
    assert [name for name in names if "_" not in name] == []


def test_every_operation_names_its_scope_and_assurance_or_is_public() -> None:
    silent = [
        f"{method} {path}"
        for method, path, operation in OPERATIONS
        if not operation.get("x-public") and not (operation.get("security") and operation.get("x-assurance"))
    ]
    assert silent == [], "use policy.operation(...) or policy.public(...) on the route"


def test_the_public_operations_are_those_the_gateway_lists() -> None:
    public = {
        (operation["operationId"], method, path)
        for method, path, operation in OPERATIONS
        if operation.get("x-public")
    }
    in_the_contract = {operation["operationId"] for _, _, operation in OPERATIONS}
    listed = {
        (name, entry["method"], entry["path"])
        for name, entry in ROUTES["operations"].items()
        if entry["access"] != "signed-in"
    }
    assert public - listed == set(), "if they are meant to be public, add them to gateway's routes.toml"
    assert {entry for entry in listed - public if entry[0] in in_the_contract} == set(), "not public any more"


def test_every_operation_is_described() -> None:
    bare = [
        operation["operationId"]
        for _, _, operation in OPERATIONS
        if not (operation.get("summary") and operation.get("description") and operation.get("tags"))
    ]
    assert bare == []


def test_pages_of_other_origins_may_send_every_header_that_an_operation_takes() -> None:
    taken = {
        given["name"].casefold()
        for _, _, operation in OPERATIONS
        for given in operation.get("parameters", ())
        if given.get("in") == "header"
    }
    accepted = dict(CrossOrigin(["*"]).preflight(b"https://app.example"))[b"access-control-allow-headers"]
    assert len(taken) > 3
    assert taken - {name.casefold() for name in accepted.decode().split(", ")} == set()
