"""The OpenAPI document of a service, as the contract wants it."""

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from hub_core.problem import Problem

from . import examples, policy, problems, purpose
from .i18n import Texts
from .schemas import STORABLE, ProblemDetails

_REFERENCE: Final = "#/components/schemas/{model}"
LICENSE: Final = {"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/en/"}
_FACT: Final = re.compile(r"\{\w+\}")
_PRINTABLE: Final = "^[ -~]*$"
_SECONDS: Final = {"type": "integer", "format": "int32", "minimum": 0, "maximum": 86_400}


def _header(description: str, **schema: Any) -> dict[str, Any]:
    shape = schema or {"type": "string", "maxLength": 256, "pattern": _PRINTABLE}
    return {"description": description, "schema": shape}


HEADERS: Final[dict[str, dict[str, Any]]] = {
    "RateLimit-Policy": _header("The policies that count this request (structured field)."),
    "RateLimit": _header("What is left of each policy, and for how long (structured field)."),
    "X-Request-Id": _header("The request's id, yours if you gave one."),
    "Access-Control-Allow-Origin": _header("Which pages of other origins may read the answer."),
    "Retry-After": _header("Seconds to wait.", **_SECONDS),
    "ETag": _header("The version of what is shown, for If-None-Match and If-Match."),
    "Location": _header(
        "The address of what was made.", type="string", format="uri-reference", maxLength=2048
    ),
    "WWW-Authenticate": _header("How to sign in, or with what (RFC 6750, RFC 9470)."),
}
"""The headers of answers, as `#/components/headers`."""
_EVERYWHERE: Final = ("RateLimit-Policy", "RateLimit", "X-Request-Id", "Access-Control-Allow-Origin")
_BY_STATUS: Final[dict[str, tuple[str, ...]]] = {
    "200": ("ETag",),
    "201": ("ETag", "Location"),
    "401": ("WWW-Authenticate",),
    "403": ("WWW-Authenticate",),
    "409": ("Retry-After",),
    "429": ("Retry-After",),
    "502": ("Retry-After",),
    "503": ("Retry-After",),
    "504": ("Retry-After",),
}
_NOT_BY_PROTOCOL: Final = frozenset({"ETag", "Location"})
KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "1 to 255 printable characters; a repeated request replays the first answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "example": "5f0c1f0e-6f0c-4f4e-9d52-3f6a1c8e4b70",
}
"""The header by which a POST can be repeated."""
_MOST: Final = 2**31 - 1
_LONGEST_NAME: Final = 80
"""Of an answer that stands once; one with more problems is written out where it is given."""
_TEXT: Final = {"maxLength": 2**30, "pattern": STORABLE}
_FILE: Final = {"type": "string", "format": "binary", "maxLength": 2**30}
_WITH_BODY: Final = (problems.ContentTooLarge, problems.UnsupportedMediaType)
_WITH_KEY: Final = (problems.IdempotencyKeyInUse, problems.IdempotencyKeyReused)


def document(
    app: FastAPI, texts: Texts, public_origin: str, contact_email: str, scopes: dict[str, str]
) -> dict[str, Any]:
    """The OpenAPI 3.1 document: policies, problems, common headers, examples, no generated clutter.

    What many answers share stands once, under `components`: headers, the answers with one problem
    alone (by the name of its class), and an example of each problem (by its slug).
    """
    made = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        tags=sorted(app.openapi_tags or [], key=lambda tag: str(tag["name"])),
        servers=[server(public_origin)],
        license_info=LICENSE,
    )
    made["info"]["contact"] = {"name": "Hub", "url": public_origin, "email": contact_email}
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    _drop_generated(made)
    details = TypeAdapter(ProblemDetails).json_schema(ref_template=_REFERENCE)
    schemas.update(details.pop("$defs"))
    schemas["Problem"] = details
    for schema in schemas.values():
        _drop_titles(schema)
    if scopes:
        components["securitySchemes"] = {policy.SCHEME: _scheme(public_origin, scopes)}
    asked = _reachable(schemas, [operation.get("requestBody") for operation in _operations(made)])
    for name in schemas.keys() - asked:
        schemas[name].pop("additionalProperties", None)  # members may be added to answers
        _bound(schemas[name])
    met: set[str] = set()
    for path in made["paths"].values():
        for method, operation in path.items():
            _simplify(operation.get("parameters", ()))
            if not operation.get("x-protocol"):
                _keep_promises(method, operation)
            met |= _complete(operation)
    known = problems.catalogue(texts)
    made["x-problems"] = {slug: known[slug] for slug in sorted(met)}
    components["headers"] = _used_headers(made)
    whole = _shown_whole(made)
    components["examples"] = {
        problem.type: {"value": shown(problem, public_origin)}
        for problem in problems.known()
        if problem.type in whole
    }
    _tidy_integers(made)
    _name_keys(made)
    made = _renamed(made)
    examples.add(made)
    _share(made)
    return made


def _shown_whole(made: dict[str, Any]) -> set[str]:
    """The types of the problems that are shown as such, not as a standard's own errors."""
    return {
        slug
        for operation in _operations(made)
        for given in operation["responses"].values()
        if problems.MEDIA_TYPE in given.get("content", ())
        for slug in given["x-problem-types"]
    }


def _used_headers(made: dict[str, Any]) -> dict[str, Any]:
    used = {
        name
        for operation in _operations(made)
        for given in operation["responses"].values()
        for name in given["headers"]
    }
    return {name: HEADERS[name] for name in HEADERS if name in used}


def _drop_generated(made: dict[str, Any]) -> None:
    """Leave out FastAPI's own 422: ours is a problem, which a policy names."""
    for generated in ("HTTPValidationError", "ValidationError"):
        made["components"]["schemas"].pop(generated, None)
    for operation in _operations(made):
        if "HTTPValidationError" in str(operation["responses"].get("422")):
            del operation["responses"]["422"]


def server(public_origin: str) -> dict[str, Any]:
    """Where the operations are."""
    return {
        "url": public_origin,
        "description": "The hub's one public origin, in production and in a local run",
        "x-internal": False,
    }


def _scheme(public_origin: str, scopes: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "oauth2",
        "description": (
            "An access token of the hub's OpenID provider, opaque to clients. The JWTs of the protocol "
            "(ID tokens, assertions, proofs) are made and checked as RFC8725 says."
        ),
        "flows": {
            "authorizationCode": {
                "authorizationUrl": f"{public_origin}/oauth2/authorize",
                "tokenUrl": f"{public_origin}/oauth2/token",
                "refreshUrl": f"{public_origin}/oauth2/token",
                "scopes": scopes,
            }
        },
    }


def shown(problem: type[Problem], public_origin: str) -> dict[str, Any]:
    """An example of a problem, in English; what it was about is left open."""
    return {
        "type": problems.address(public_origin, problem),
        "title": problem.title,
        "status": problem.status,
        "detail": _FACT.sub("…", problem.detail),
        "instance": "/petitions/v1/petitions",
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    }


def answer(problem: type[Problem]) -> dict[str, Any]:
    """The answer with one problem alone, as it stands under `components` by the name of its class."""
    [(status, made)] = policy.shown([problem]).items()
    _dress(str(status), made)
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
        operation.setdefault("parameters", []).append(KEY)
        met += _WITH_KEY
    for header in operation.get("parameters", ()):
        if header["name"] == purpose.HEADER:
            header["required"] = True
            met.append(problems.PurposeRequired)
    for problem in met:
        _add(answers, problem)
    operation["responses"] = dict(sorted(answers.items()))


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
    for status, given in operation["responses"].items():
        for media_type, media in given.get("content", {}).items():
            if not media_type.endswith("json") and media.get("schema", {}).get("type") == "string":
                media["schema"] = (_TEXT if media_type.startswith("text/") else _FILE) | media["schema"]
        _dress(status, given, without=_NOT_BY_PROTOCOL if operation.get("x-protocol") else frozenset())
        met |= set(given.get("x-problem-types", ()))
    return met


def _dress(status: str, given: dict[str, Any], without: frozenset[str] = frozenset()) -> None:
    """Name the headers of an answer, and its examples if it is a problem."""
    names = [name for name in (*_BY_STATUS.get(status, ()), *_EVERYWHERE) if name not in without]
    given["headers"] = given.get("headers", {}) | {
        name: {"$ref": f"#/components/headers/{name}"} for name in names
    }
    if problems.MEDIA_TYPE in given.get("content", ()):
        given["content"][problems.MEDIA_TYPE]["examples"] = {
            slug: {"$ref": f"#/components/examples/{slug}"} for slug in given["x-problem-types"]
        }


def _share(made: dict[str, Any]) -> None:
    """Let the answers that are the same in several operations stand once, named for their problems."""
    classes = {problem.type: problem.__name__ for problem in problems.known()}
    shared: dict[str, Any] = {}
    for operation in _operations(made):
        for status, given in operation["responses"].items():
            is_problem = given.get("content", {}).keys() == {problems.MEDIA_TYPE}
            name = "Or".join(classes[slug] for slug in given["x-problem-types"]) if is_problem else ""
            if name and len(name) <= _LONGEST_NAME and shared.setdefault(name, given) == given:
                operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    made["components"]["responses"] = dict(sorted(shared.items()))


def _simplify(parameters: Iterable[dict[str, Any]]) -> None:
    """Say of a parameter that may be left out just what it is: a query has no `null`."""
    for parameter in parameters:
        schema = parameter["schema"]
        kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
        if len(kinds) == 1:
            parameter["schema"] = kinds[0] | {key: schema[key] for key in schema if key != "anyOf"}
            if "$ref" in parameter["schema"]:
                parameter["schema"].pop("description", None)
        parameter["schema"].pop("title", None)


def _bound(node: Any) -> None:
    """Say of every text in an answer that has no other form that it is one that can be stored."""
    for schema in _nodes(node):
        if schema.get("type") == "string" and not schema.keys() & {"format", "pattern", "enum", "const"}:
            schema["pattern"] = STORABLE


def _tidy_integers(node: Any) -> None:
    """Whole numbers have whole bounds (pydantic writes `2147483647.0`), and a format."""
    for schema in _nodes(node):
        if schema.get("type") == "integer":
            if "enum" in schema:
                schema |= {"format": "int32", "minimum": min(schema["enum"]), "maximum": max(schema["enum"])}
            for bound in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
                if isinstance(schema.get(bound), float):
                    schema[bound] = int(schema[bound])
            schema.setdefault("format", "int32" if schema.get("maximum", _MOST) <= _MOST else "int64")


def _name_keys(node: Any) -> None:
    """Say of a map what its keys look like in words that generators read, and that it has no others."""
    for schema in _nodes(node):
        if len(schema.get("patternProperties", ())) == 1:
            [(pattern, value)] = schema.pop("patternProperties").items()
            schema["additionalProperties"] = value
            schema["propertyNames"] = schema.get("propertyNames", {}) | {"pattern": pattern}


_PAGE: Final = re.compile(r"Page_(.+)_")


def _renamed(made: dict[str, Any]) -> dict[str, Any]:
    """The document with schema names that programs can carry.

    `NoteViewPage` for `Page_NoteView_`; module and class, `ClientState`, where several modules have a
    class of the name.
    """
    new: dict[str, str] = {}
    for name in made["components"]["schemas"]:
        *modules, last = name.split("__")
        short = "".join(part.title() for part in modules[-1].split("_")) + last if modules else last
        new[name] = _PAGE.sub(r"\1Page", short)
    if len(set(new.values())) != len(new):
        raise ValueError("two schemas would have one name: call one of the classes otherwise")
    references = {_REFERENCE.format(model=name): _REFERENCE.format(model=new[name]) for name in new}

    def rename(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: rename(value) for key, value in node.items()}
        if isinstance(node, list):
            return [rename(value) for value in node]
        return references.get(node, node) if isinstance(node, str) else node

    schemas = made["components"]["schemas"]
    made["components"]["schemas"] = {new[name]: schemas[name] for name in schemas}
    renamed: dict[str, Any] = rename(made)
    return renamed


def _nodes(node: Any) -> Iterator[dict[str, Any]]:
    """Every object of a document, from the outside in."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _nodes(child)


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
