"""One OpenAPI document of several: what client generators and readers are given.

Only what the gateway lets through is in it. Equal components are kept once, unequal ones of one name
are renamed; operations are never renamed, because programs are generated from their names.
"""

import copy
from collections.abc import Callable, Iterator, Mapping
from http import HTTPMethod
from typing import Any, Final

from hub_core.problem import Problem
from hub_service import contract, problems

from .errors import AddressTooLong, BadGateway, GatewayTimeout, HeadersTooLarge, InvalidProof, RequestTimeout
from .table import Access, Table

Document = dict[str, Any]
"""An OpenAPI 3.1 document."""

_METHODS: Final = frozenset(method.value.lower() for method in HTTPMethod)
_COMPONENTS: Final = "#/components/"
_AT_THE_DOOR: Final = (RequestTimeout, AddressTooLong, HeadersTooLarge, BadGateway, GatewayTimeout)
"""What the gateway alone can answer any operation with; with a body, also `ContentTooLarge`."""


def operations(document: Document) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method (lower case) and operation object of each operation."""
    for path, item in document.get("paths", {}).items():
        for method, operation in item.items():
            if method in _METHODS:
                yield path, method, operation


def merge(documents: Mapping[str, Document], table: Table, public_origin: str) -> Document:
    """The document of the whole hub, from those of its services by name.

    Raises `ValueError` when two operations have one operationId.
    """
    components = _door_components(public_origin)
    merged: Document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Hub",
            "version": "1.0.0",
            "summary": "Public services, one contract",
            "description": "Everything that the hub offers to its clients, at one origin.",
            "license": contract.LICENSE,
            "contact": {"name": "Hub", "url": public_origin},
        },
        "servers": [contract.server(public_origin)],
        "tags": [],
        "paths": {},
        "components": components,
        "x-problems": {},
    }
    for service, original in sorted(documents.items()):
        document = _reachable(service, original, table)
        _join_security(components, document)
        _join_components(components, document, service)
        for _, _, operation in operations(document):
            _add_door_answers(operation)
        known = {tag["name"] for tag in merged["tags"]}
        merged["tags"] += [tag for tag in document.get("tags", ()) if tag["name"] not in known]
        merged["paths"].update(document["paths"])
        merged["x-problems"].update(document.get("x-problems", {}))
        merged["info"]["contact"] |= document.get("info", {}).get("contact", {})
    merged["tags"].sort(key=lambda tag: tag["name"])
    _add_proofs(merged)
    _prune(merged)
    _check_names(merged)
    return merged


def audit(documents: Mapping[str, Document], table: Table) -> list[str]:
    """Where documents and route table disagree on what is public, one sentence each; empty is good."""
    found = []
    for service, document in sorted(documents.items()):
        for path, method, operation in operations(_reachable(service, document, table)):
            terms = table.find(method.upper(), path)
            name = operation.get("operationId")
            if terms is None:
                continue
            if (operation.get("security") == []) is (terms.access is Access.SIGNED_IN):
                found.append(f"{name}: the document and the route table disagree on who may call it")
            if terms.operation_id not in {None, name}:
                found.append(f"{name}: the route table calls it {terms.operation_id}")
    return found


def _reachable(service: str, original: Document, table: Table) -> Document:
    """A copy with those paths only that the gateway sends to this service."""
    document = copy.deepcopy(original)
    document["paths"] = {
        path: item
        for path, item in document.get("paths", {}).items()
        if (terms := table.find("GET", path)) and terms.service == service
    }
    return document


def _door_components(public_origin: str) -> dict[str, dict[str, Any]]:
    known = (*_AT_THE_DOOR, problems.ContentTooLarge)
    return {
        "responses": {problem.__name__: contract.answer(problem) for problem in known},
        "headers": copy.deepcopy(contract.HEADERS),
        "examples": {
            problem.type: {"value": contract.shown(problem, public_origin)}
            for problem in (*known, InvalidProof)
        },
    }


def _add_door_answers(operation: dict[str, Any]) -> None:
    met: list[type[Problem]] = [*_AT_THE_DOOR]
    if "requestBody" in operation:
        met.append(problems.ContentTooLarge)
    responses = operation.setdefault("responses", {})
    for problem in met:
        responses.setdefault(str(problem.status), {"$ref": f"{_COMPONENTS}responses/{problem.__name__}"})


def _add_proofs(merged: Document) -> None:
    """Where a token can be refused, so can the proof of the key that it is bound to."""
    refused = [
        operation["responses"].get(str(InvalidProof.status), {}) for _, _, operation in operations(merged)
    ]
    for answer in (*refused, *merged["components"]["responses"].values()):
        types = answer.get("x-problem-types", [])
        if problems.InvalidToken.type in types and InvalidProof.type not in types:
            answer["description"] += f"; {InvalidProof.title} (`{InvalidProof.type}`)"
            answer["x-problem-types"] = [*types, InvalidProof.type]
            for media in answer.get("content", {}).values():
                media.setdefault("examples", {})[InvalidProof.type] = {
                    "$ref": f"{_COMPONENTS}examples/{InvalidProof.type}"
                }


def _join_security(components: dict[str, dict[str, Any]], document: Document) -> None:
    """One scheme of a name for all; each service adds its scopes to it."""
    schemes = document.get("components", {}).pop("securitySchemes", {})
    joined = components.setdefault("securitySchemes", {})
    for name, scheme in schemes.items():
        known = joined.setdefault(name, scheme)
        for flow, details in scheme.get("flows", {}).items():
            known["flows"][flow]["scopes"] = dict(
                sorted((known["flows"][flow]["scopes"] | details["scopes"]).items())
            )


def _join_components(components: dict[str, dict[str, Any]], document: Document, service: str) -> None:
    """Add a document's components; what has the name of another and is not its equal is renamed.

    Being equal takes in what is referred to: when `Page` is renamed, all that refer to it are too.
    """
    own = {
        f"{_COMPONENTS}{kind}/{name}": value
        for kind, members in document.get("components", {}).items()
        for name, value in members.items()
    }
    renamed: dict[str, str] = {}
    while True:
        clashing = {
            reference: _named_for(service, reference)
            for reference, value in own.items()
            if reference not in renamed and _differs(_at(components, reference), value, renamed)
        }
        if not clashing:
            break
        renamed |= clashing
    for reference, value in own.items():
        _, _, kind, name = renamed.get(reference, reference).split("/")
        components.setdefault(kind, {})[name] = _rename(value, renamed)
    document["paths"] = _rename(document["paths"], renamed)


def _named_for(service: str, reference: str) -> str:
    kind, _, name = reference.rpartition("/")
    return f"{kind}/{service.title().replace('-', '')}{name}"


def _at(components: dict[str, dict[str, Any]], reference: str) -> Any:
    _, _, kind, name = reference.split("/")
    return components.get(kind, {}).get(name)


def _differs(known: Any, value: Any, renamed: Mapping[str, str]) -> bool:
    return known is not None and known != _rename(value, renamed)


def _rename(node: Any, renamed: Mapping[str, str]) -> Any:
    """The same with every reference (also those of discriminators) under its new name."""
    return _replace(node, lambda text: renamed.get(text, text))


def _replace(node: Any, change: Callable[[str], str]) -> Any:
    if isinstance(node, dict):
        return {key: _replace(value, change) for key, value in node.items()}
    if isinstance(node, list):
        return [_replace(value, change) for value in node]
    return change(node) if isinstance(node, str) else node


def _prune(merged: Document) -> None:
    """Leave out the components that nothing reachable refers to."""
    components = merged["components"]
    reached: set[str] = set()
    waiting: list[Any] = [merged["paths"]]
    while waiting:
        for reference in _references(waiting.pop()):
            if reference not in reached:
                reached.add(reference)
                waiting.append(_at(components, reference))
    if not any(operation.get("security") for _, _, operation in operations(merged)):
        components.pop("securitySchemes", None)
    for kind in [kind for kind in components if kind != "securitySchemes"]:
        kept = {
            name: value
            for name, value in sorted(components[kind].items())
            if f"{_COMPONENTS}{kind}/{name}" in reached
        }
        if kept:
            components[kind] = kept
        else:
            del components[kind]


def _references(node: Any) -> set[str]:
    found: set[str] = set()

    def note(text: str) -> str:
        if text.startswith(_COMPONENTS):
            found.add(text)
        return text

    _replace(node, note)
    return found


def _check_names(merged: Document) -> None:
    seen: set[str] = set()
    for path, method, operation in operations(merged):
        name = operation["operationId"]
        if name in seen:
            raise ValueError(f"two operations are called {name}; the second is {method} {path}")
        seen.add(name)
