"""The OpenAPI document of a service, as the contract wants it."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from . import policy, problems
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
    met: set[str] = set()
    for item in made["paths"].values():
        for method, operation in item.items():
            met |= _complete(method, operation)
    known = problems.catalogue(texts)
    made["x-problems"] = {slug: known[slug] for slug in sorted(met)}
    return made


def _complete(method: str, operation: dict[str, Any]) -> set[str]:
    """Add what every operation has; the problem types that it can answer with."""
    met: set[str] = set()
    if method == "post" and not operation.get("x-protocol"):
        operation.setdefault("parameters", []).append(_KEY)
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
