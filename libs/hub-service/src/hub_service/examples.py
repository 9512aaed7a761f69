"""Examples in the contract: one for every body, put together from those of its members.

A member's example is its own (`examples=[...]`), or follows from what it is: a default, a constant, the
first of its values, an identifier, a day, an instant. A whole body can be given instead, as its class's
`json_schema_extra={"examples": [...]}`.
"""

from collections.abc import Iterator
from typing import Any, Final

from . import problems

_BY_FORMAT: Final = {
    "uuid": "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70",
    "date": "2026-11-21",
    "date-time": "2026-11-21T19:53:41.120Z",
    "uri": "https://example.org/",
    "email": "ana.popescu@example.org",
}

Schema = dict[str, Any]


class NoExample(ValueError):
    """A member has no example and none follows from its type; the message names it."""


def add(document: dict[str, Any]) -> None:
    """Give every JSON body an example that has none yet, where one can be put together."""
    schemas = document["components"]["schemas"]
    for _, media in bodies(document):
        if not media.keys() & {"example", "examples"}:
            try:
                media["example"] = of(media["schema"], schemas)
            except NoExample:
                continue  # `hub_testing.contract` says so, with the member's name


def bodies(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each JSON body of a request or of an answer that is no problem: operationId and media type object."""
    for path in document["paths"].values():
        for operation in path.values():
            for body in (operation.get("requestBody", {}), *operation["responses"].values()):
                for name, media in body.get("content", {}).items():
                    if name.endswith("json") and name != problems.MEDIA_TYPE and "schema" in media:
                        yield operation["operationId"], media


def of(schema: Schema, schemas: dict[str, Schema], place: str = "") -> Any:
    """The example of a schema, which may refer to `schemas`; `place` is what `NoExample` calls it."""
    for given in (
        *schema.get("examples", ()),
        schema.get("const"),
        schema.get("default"),
        *schema.get("enum", ()),
    ):
        if given not in (None, [], {}):
            return given
    inner = _inner(schema, schemas)
    if inner is not None:
        return of(inner, schemas, place)
    if schema.get("type") == "object":
        members = schema.get("properties", {})
        return {name: of(members[name], schemas, f"{place}/{name}") for name in members}
    if schema.get("type") == "array":
        return [of(schema["items"], schemas, f"{place}/0")] if schema.get("items") else []
    return _leaf(schema, place)


def _inner(schema: Schema, schemas: dict[str, Schema]) -> Schema | None:
    """What a reference or a choice stands for."""
    if "$ref" in schema:
        return schemas[schema["$ref"].rpartition("/")[2]]
    for kind in ("anyOf", "oneOf", "allOf"):
        if schema.get(kind):
            first: Schema = schema[kind][0]
            return first
    return None


def _leaf(schema: Schema, place: str) -> Any:
    if schema.get("type") == "boolean":
        return True
    if schema.get("type") in {"integer", "number"}:
        return schema.get("minimum", 1)
    if schema.get("format") in _BY_FORMAT:
        return _BY_FORMAT[schema["format"]]
    raise NoExample(place)
