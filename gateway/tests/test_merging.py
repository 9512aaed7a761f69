from typing import Any

import pytest
from openapi_spec_validator import validate

from gateway import merging
from gateway.table import Table

ORIGIN = "https://hub.example.org"
TABLE = Table(
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
        "route": [{"prefix": "/a/", "service": "a"}, {"prefix": "/b-c/", "service": "b-c"}],
        "operations": {"list_things": {"method": "GET", "path": "/a/v1/things", "access": "public"}},
    }
)
PROBLEM = {"type": "object", "properties": {"type": {"type": "string"}}}


def reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def operation(name: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": schema}}
    return {"operationId": name, "responses": {"200": {"description": "It.", "content": content}}} | more


def document(
    paths: dict[str, Any], schemas: dict[str, Any], scopes: dict[str, str] | None = None
) -> dict[str, Any]:
    flow = {"authorizationUrl": "https://x/a", "tokenUrl": "https://x/t", "scopes": scopes or {}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "A", "version": "1"},
        "tags": [{"name": "things", "description": "Things."}],
        "paths": paths,
        "components": {
            "schemas": {"Problem": PROBLEM} | schemas,
            "securitySchemes": {"hub": {"type": "oauth2", "flows": {"authorizationCode": flow}}},
        },
        "x-problems": {},
    }


def of(service: str, name: str, schemas: dict[str, Any], used: str = "Thing", **more: Any) -> dict[str, Any]:
    return document(
        {f"/{service}/v1/{name}": {"get": operation(f"list_{name}", reference(used), **more)}}, schemas
    )


def schema_of(merged: dict[str, Any], path: str) -> Any:
    return merged["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]


STRING, NUMBER = {"type": "string"}, {"type": "number"}


def test_equal_components_are_kept_once_and_unequal_ones_renamed() -> None:
    merged = merging.merge(
        {
            "a": of("a", "things", {"Thing": STRING, "Same": NUMBER}),
            "b-c": of("b-c", "stuff", {"Thing": NUMBER, "Same": NUMBER}),
        },
        TABLE,
        ORIGIN,
    )
    validate(merged)
    assert merged["components"]["schemas"] == {"Thing": STRING, "BCThing": NUMBER, "Problem": PROBLEM}
    assert schema_of(merged, "/a/v1/things") == reference("Thing")
    assert schema_of(merged, "/b-c/v1/stuff") == reference("BCThing")
    assert merged["servers"][0]["url"] == ORIGIN


def test_what_refers_to_a_renamed_component_is_another_one_too() -> None:
    page = {"type": "array", "items": reference("Thing")}
    merged = merging.merge(
        {
            "a": of("a", "things", {"Thing": STRING, "Page": page}, "Page"),
            "b-c": of("b-c", "stuff", {"Thing": NUMBER, "Page": page}, "Page"),
        },
        TABLE,
        ORIGIN,
    )
    assert merged["components"]["schemas"]["BCPage"] == {"type": "array", "items": reference("BCThing")}
    assert merged["components"]["schemas"]["Page"] == page
    assert schema_of(merged, "/b-c/v1/stuff") == reference("BCPage")


def test_references_of_discriminators_are_renamed_too() -> None:
    choice = {
        "oneOf": [reference("Thing")],
        "discriminator": {"propertyName": "k", "mapping": {"t": reference("Thing")["$ref"]}},
    }
    merged = merging.merge(
        {
            "a": of("a", "things", {"Thing": STRING}),
            "b-c": of("b-c", "stuff", {"Thing": NUMBER, "Choice": choice}, "Choice"),
        },
        TABLE,
        ORIGIN,
    )
    renamed = merged["components"]["schemas"]["Choice"]
    assert renamed["discriminator"]["mapping"] == {"t": "#/components/schemas/BCThing"}


def test_only_what_the_gateway_lets_through_is_in_it() -> None:
    paths = {
        "/a/v1/things": {"get": operation("list_things", reference("Thing"))},
        "/internal/v1/keys": {"get": operation("get_keys", reference("Key"))},
        "/b-c/v1/things": {"get": operation("of_another", reference("Thing"))},
    }
    merged = merging.merge(
        {"a": document(paths, {"Thing": STRING, "Key": STRING, "Unused": STRING})}, TABLE, ORIGIN
    )
    assert list(merged["paths"]) == ["/a/v1/things"]
    assert list(merged["components"]["schemas"]) == ["Problem", "Thing"]


def test_every_operation_of_every_document_is_there() -> None:
    documents = {
        "a": of("a", "things", {"Thing": STRING}),
        "b-c": of("b-c", "stuff", {"Thing": NUMBER}),
    }
    merged = merging.merge(documents, TABLE, ORIGIN)
    counted = sum(1 for single in documents.values() for _ in merging.operations(single))
    assert sum(1 for _ in merging.operations(merged)) == counted == 2
    assert [tag["name"] for tag in merged["tags"]] == ["things"]


def test_two_operations_of_one_name_are_an_error() -> None:
    clash = document({"/b-c/v1/stuff": {"get": operation("list_things", STRING)}}, {})
    with pytest.raises(ValueError, match="two operations are called list_things"):
        merging.merge({"a": of("a", "things", {"Thing": STRING}), "b-c": clash}, TABLE, ORIGIN)


def test_scopes_of_all_services_are_under_one_scheme() -> None:
    secured = operation("list_things", STRING, security=[{"hub": ["a:read"]}])
    one = document({"/a/v1/things": {"get": secured}}, {}, {"a:read": "Read a."})
    two = document({"/b-c/v1/stuff": {"get": operation("list_stuff", STRING)}}, {}, {"b:read": "Read b."})
    merged = merging.merge({"a": one, "b-c": two}, TABLE, ORIGIN)
    scheme = merged["components"]["securitySchemes"]["hub"]
    assert scheme["flows"]["authorizationCode"]["scopes"] == {"a:read": "Read a.", "b:read": "Read b."}


def test_what_the_gateway_answers_is_documented() -> None:
    paths = {
        "/a/v1/things": {
            "get": operation("list_things", STRING),
            "post": operation("add_thing", STRING, requestBody={"content": {}}),
        }
    }
    merged = merging.merge({"a": document(paths, {})}, TABLE, ORIGIN)
    item = merged["paths"]["/a/v1/things"]
    assert item["get"]["responses"].keys() == {"200", "408", "414", "431", "502", "504"}
    assert item["post"]["responses"].keys() == {"200", "408", "413", "414", "431", "502", "504"}
    answer = merged["components"]["responses"]["BadGateway"]
    assert answer["x-problem-types"] == ["bad-gateway"]
    assert "Retry-After" in answer["headers"]


def test_the_sources_are_not_changed() -> None:
    source = of("a", "things", {"Thing": STRING})
    merging.merge({"a": source}, TABLE, ORIGIN)
    assert source == of("a", "things", {"Thing": STRING})


@pytest.mark.parametrize(
    ("path", "name", "security", "found"),
    [
        ("/a/v1/things", "list_things", [], []),
        ("/a/v1/others", "list_others", [{"hub": ["a:read"]}], []),
        (
            "/a/v1/things",
            "list_things",
            [{"hub": []}],
            ["list_things: the document and the route table disagree"],
        ),
        ("/a/v1/others", "list_others", [], ["list_others: the document and the route table disagree"]),
        ("/a/v1/things", "get_things", [], ["get_things: the route table calls it list_things"]),
    ],
)
def test_disagreement_about_what_is_public_is_found(
    path: str, name: str, security: Any, found: list[str]
) -> None:
    single = document({path: {"get": operation(name, STRING, security=security)}}, {})
    told = merging.audit({"a": single}, TABLE)
    assert len(told) == len(found)
    assert all(said.startswith(start) for said, start in zip(told, found, strict=True))
