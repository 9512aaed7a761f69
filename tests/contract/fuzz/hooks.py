"""What schemathesis cannot know from the document; read by it, in its own environment."""

import json
import os
import uuid
from typing import Any

import schemathesis

KNOWN: dict[str, dict[str, str]] = json.loads(os.environ.get("HUB_FUZZ_KNOWN", "{}"))
"""What is really there: path template → parameter → value."""
REFERENCES: dict[str, str] = json.loads(os.environ.get("HUB_FUZZ_REFERENCES", "{}"))
"""Members of bodies that name what is elsewhere → a value that is really there."""
PROBLEMS: dict[str, list[str]] = json.loads(os.environ.get("HUB_FUZZ_PROBLEMS", "{}"))
"""operationId → the problem types with which the document lets it answer 422."""
TOKEN = os.environ.get("HUB_FUZZ_TOKEN", "")
"""The access token of who asks."""
CLIENT = "demo-portal"
"""An application without a secret, for the endpoints of OAuth."""
INVALID = "invalid-request"
FORMS = (
    *("extra_forbidden", "string_", "enum", "literal", "uuid_", "int_", "bool_", "date", "list_", "greater_"),
    *("less_", "too_", "model_", "dict_", "float_", "union_", "json_", "pattern"),
)
"""How the codes of errors begin that speak of a member's form; the others speak of what it says."""


schemathesis.serializer.alias("application/pdf", "application/octet-stream")


@schemathesis.auth()
class Signed:
    """The token of who asks; not where an application says in the form who it is (RFC 6749, 2.3.1)."""

    def get(self, case: Any, context: Any) -> str:
        """The same token for the whole round."""
        del case, context
        return TOKEN

    def set(self, case: Any, data: str, context: Any) -> None:
        """As a bearer token (RFC 6750)."""
        del context
        raw = case.operation.definition.raw
        is_form = case.method == case.operation.method.upper() == "POST"
        if is_form and raw.get("x-protocol") and not raw.get("security"):
            return
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Ask for what is there, with a key of its own; only where the request is meant to be right.

    Endpoints of OAuth are always asked by an application that is there: else all they say is 401.
    """
    del context, kwargs
    if case.meta is None:
        return
    raw = case.operation.definition.raw
    if isinstance(case.body, dict) and raw.get("x-protocol") and not raw.get("security"):
        # two ways of saying who asks at once are refused (RFC 6749, 2.3)
        case.body = {name: value for name, value in case.body.items() if not name.startswith("client_")}
        case.body["client_id"] = CLIENT
    if not case.meta.generation.mode.is_positive:
        return
    if "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = str(uuid.uuid4())  # a key is for one request
    if case.query:
        case.query.pop("cursor", None)  # given out by the list alone; those made up are refused (422)
    if case.meta.phase.name.value == "stateful":
        return
    case.path_parameters = {**(case.path_parameters or {}), **KNOWN.get(case.operation.path, {})}
    if isinstance(case.body, dict):
        case.body = {name: REFERENCES.get(name, value) for name, value in case.body.items()}


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Whether a failure stands: not a right request that is refused by a problem that the document names.

    A petition to an institution that is not there: 422 with a problem type of the operation's own. A CNP
    of thirteen digits whose last one is wrong: `invalid-request` with a code that no JSON Schema can say.
    `invalid-request` for the form of a member is a failure.
    """
    del context
    if type(failure).__name__ != "RejectedPositiveData":
        return True
    if case.operation.definition.raw.get("x-protocol"):
        return bool(response.status_code != 400)  # OAuth says 400 to what no schema can tell (RFC 6749, 5.2)
    if response.status_code != 422:
        return True
    named = PROBLEMS.get(case.operation.definition.raw["operationId"], [])
    problem = response.json()
    given = str(problem.get("type", "")).rpartition("/")[2]
    codes = {str(error["code"]) for error in problem.get("errors", ())}
    if has_blank_ends(case.body):
        codes.discard("string_too_short")  # texts are measured without the blanks around them
    return given not in named or (given == INVALID and any(code.startswith(FORMS) for code in codes))


def has_blank_ends(value: Any) -> bool:
    """Whether a text in a body begins or ends with white space."""
    if isinstance(value, dict):
        return any(map(has_blank_ends, value.values()))
    if isinstance(value, list):
        return any(map(has_blank_ends, value))
    return isinstance(value, str) and value != value.strip()
