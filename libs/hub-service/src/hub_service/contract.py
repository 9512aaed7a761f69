"""The OpenAPI document of a service, as the contract wants it."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from hub_core.problem import Problem

from . import policy, problems, purpose
from .i18n import Texts
from .schemas import ProblemDetails

_REFERENCE = "#/components/schemas/{model}"
_HEADERS: dict[str, dict[str, Any]] = {
    "RateLimit-Policy": {
        "description": "The policies that count this request (structured field).",
        "schema": {"type": "string", "maxLength": 256},
    },
    "RateLimit": {
        "description": "What is left of each policy, and for how long (structured field).",
        "schema": {"type": "string", "maxLength": 256},
    },
    "X-Request-Id": {
        "description": "The request's id, yours if you gave one.",
        "schema": {"type": "string", "maxLength": 128},
    },
}
_RETRY_AFTER = {
    "description": "Seconds to wait.",
    "schema": {"type": "integer", "format": "int32", "minimum": 0, "maximum": 86_400},
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "1 to 255 printable characters; a repeated request replays the first answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
_TAG = {
    "ETag": {
        "description": "The version of what is shown, for If-None-Match and If-Match.",
        "schema": {"type": "string", "maxLength": 128},
    }
}
_LOCATION = {
    "Location": {
        "description": "The address of what was made.",
        "schema": {"type": "string", "format": "uri-reference", "maxLength": 2048},
    }
}
_TAGGED = {"200", "201"}
_WITH_BODY = (problems.ContentTooLarge, problems.UnsupportedMediaType)
_WITH_KEY = (problems.IdempotencyKeyInUse, problems.IdempotencyKeyReused)
_RETRIED = {"409", "429", "503"}


def document(app: FastAPI, texts: Texts, public_origin: str, scopes: dict[str, str]) -> dict[str, Any]:
    """The OpenAPI 3.1 document: policies, problems, common headers, no generated clutter."""
    made = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
        servers=[{"url": public_origin, "description": "The hub's one public origin"}],
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        contact={"name": "Hub", "url": public_origin},
    )
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for generated in ("HTTPValidationError", "ValidationError"):
        schemas.pop(generated, None)
    details = TypeAdapter(ProblemDetails).json_schema(ref_template=_REFERENCE)
    schemas.update(details.pop("$defs"))
    schemas["Problem"] = details
    for schema in schemas.values():
        _drop_titles(schema)
    components["securitySchemes"] = {
        policy.SCHEME: {
            "type": "oauth2",
            "description": "An access token of the hub's OpenID provider.",
            "flows": {
                "authorizationCode": {
                    "authorizationUrl": f"{public_origin}/oauth2/authorize",
                    "tokenUrl": f"{public_origin}/oauth2/token",
                    "refreshUrl": f"{public_origin}/oauth2/token",
                    "scopes": scopes,
                }
            },
        }
    }
    asked = _reachable(schemas, [item.get("requestBody") for item in _operations(made)])
    for name in schemas.keys() - asked:
        schemas[name].pop("additionalProperties", None)  # members may be added to answers
    met: set[str] = set()
    for path in made["paths"].values():
        for method, operation in path.items():
            if not operation.get("x-protocol"):
                _keep_promises(method, operation)
            met |= _complete(operation)
    known = problems.catalogue(texts)
    made["x-problems"] = {slug: known[slug] for slug in sorted(met)}
    return made


def _operations(made: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for path in made["paths"].values() for operation in path.values()]


def _reachable(schemas: dict[str, Any], roots: list[Any]) -> set[str]:
    """The names of the schemas that are used from the roots on, directly or not."""
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            waiting += node.values()
            name = str(node.get("$ref", "")).rpartition("/")[2]
            if name and name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return found


def _keep_promises(method: str, operation: dict[str, Any]) -> None:
    """What the router does for the operation: keys, tags, and the refusals that go with them."""
    answers = operation["responses"]
    met = list(_WITH_BODY) if "requestBody" in operation else []
    if method == "post" and policy.ASKS not in operation:
        operation.setdefault("parameters", []).append(_KEY)
        met += _WITH_KEY
    for header in operation.get("parameters", ()):
        if header["name"] == purpose.HEADER:
            header["required"] = True
            met.append(problems.PurposeRequired)
    for problem in met:
        _add(answers, problem)
    operation["responses"] = answers = dict(sorted(answers.items()))
    for status in _TAGGED & answers.keys():
        answers[status].setdefault("headers", {}).update(_TAG)
        if status == "201":
            answers[status]["headers"].update(_LOCATION)


def _add(answers: dict[str, Any], problem: type[Problem]) -> None:
    """Let an operation answer with one more problem, beside those it has for the status."""
    [(status, added)] = policy.shown([problem]).items()
    held = answers.setdefault(str(status), added)
    if problem.type not in held["x-problem-types"]:
        held["x-problem-types"] = [*held["x-problem-types"], problem.type]
        held["description"] = f"{held['description']}; {added['description']}"


def _complete(operation: dict[str, Any]) -> set[str]:
    """Add the headers of every answer; the problem types that the operation can answer with."""
    met: set[str] = set()
    for status, answer in operation["responses"].items():
        answer.setdefault("headers", {}).update(_HEADERS)
        if status in _RETRIED:
            answer["headers"]["Retry-After"] = _RETRY_AFTER
        met |= set(answer.get("x-problem-types", ()))
    return met


def _drop_titles(node: Any) -> None:
    """Remove pydantic's automatic titles: generators would name classes after them."""
    if isinstance(node, dict):
        if isinstance(node.get("title"), str):
            del node["title"]
        for child in node.values():
            _drop_titles(child)
    elif isinstance(node, list):
        for child in node:
            _drop_titles(child)
