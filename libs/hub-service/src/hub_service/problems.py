"""The problems any service can answer with, and how every problem is shown (RFC 9457)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub_core.language import Language, negotiate
from hub_core.problem import FieldError, Problem

from .i18n import Texts
from .telemetry import current_trace_id

MEDIA_TYPE = "application/problem+json"
Shown: TypeAlias = Callable[[Request, Problem, Mapping[str, Any]], Response]
"""How a problem is shown where a standard says how; the last are its members, in the caller's language."""
_NOWHERE: Final[Mapping[str, Shown]] = MappingProxyType({})
_POINTER_LONGEST = 512
"""A pointer repeats names of members that the caller made up."""


class MalformedRequest(Problem):
    """The body or the address is not even readable (RFC 9110, 400)."""

    type, status = "malformed-request", 400
    title = "The request cannot be read"
    detail = "The body is not valid JSON in UTF-8, or the address is malformed."
    remedy = "Check the syntax of the request body and send it again."


class PurposeRequired(Problem):
    """Somebody else's record is opened for a stated purpose only (GDPR art. 5(1)(b))."""

    type, status = "purpose-required", 400
    title = "Say why you open this record"
    detail = "The header Purpose is missing, or is not a known purpose with the number of its file."
    remedy = 'Send the header Purpose with a code and the number of the file: CASE_HANDLING;file="123/2026".'


class InvalidToken(Problem):
    """No token, or one that is expired, revoked, forged or meant for another audience (RFC 6750)."""

    type, status = "invalid-token", 401
    title = "Please sign in"
    detail = "The access token is missing, has ended or is not valid here."
    remedy = "Sign in again, or refresh the access token."


class InsufficientScope(Problem):
    """The token lacks the scope of the operation (RFC 6750, 3.1)."""

    type, status = "insufficient-scope", 403
    title = "The application may not do this"
    detail = "The access token lacks the scope {scope}."
    remedy = "Ask for the named scope when signing in."


class InsufficientAssurance(Problem):
    """The sign-in is too weak for the operation (RFC 9470): step up."""

    type, status = "insufficient-user-authentication", 403
    title = "A stronger sign-in is needed"
    detail = "This operation needs the level of assurance {assurance}."
    remedy = "Sign in again with a stronger means, such as the electronic identity card."


class RoleRequired(Problem):
    """Only an official with one of the named roles may; the token is a citizen's, or of another role."""

    type, status = "role-required", 403
    title = "You may not do this"
    detail = "This needs one of the roles: {roles}."
    remedy = "Sign in as an official of your institution who has the role."


class NotFound(Problem):
    """Not there, or not yours: the two look the same on purpose."""

    type, status = "not-found", 404
    title = "Not found"
    detail = "There is nothing at this address that you may see."
    remedy = "Check the identifier and the account you are signed in with."


class MethodNotAllowed(Problem):
    """The address exists, but not for this method; `Allow` names those that it answers to."""

    type, status = "method-not-allowed", 405
    title = "The method is not allowed here"
    detail = "The Allow header names the methods of this address."
    remedy = "Use one of the methods that the Allow header names."


class IdempotencyKeyInUse(Problem):
    """The first request with this key is still at work."""

    type, status = "idempotency-key-in-use", 409
    title = "The same request is still being handled"
    detail = "A request with this Idempotency-Key has not ended yet."
    remedy = "Wait for the time that Retry-After gives, then send the same request again."


class PreconditionFailed(Problem):
    """Somebody else changed the resource since it was read (RFC 9110, 412)."""

    type, status = "precondition-failed", 412
    title = "The resource has changed in the meantime"
    detail = "The If-Match header names a version that is no longer the current one."
    remedy = "Read the resource again and repeat the change on its current version."


class ContentTooLarge(Problem):
    """The body is larger than the operation takes."""

    type, status = "content-too-large", 413
    title = "The request is too large"
    detail = "The body may have at most {limit} bytes."
    remedy = "Send less, or split the request."


class UnsupportedMediaType(Problem):
    """The body is of a type that the operation does not take."""

    type, status = "unsupported-media-type", 415
    title = "The content type is not supported"
    detail = "This operation takes application/json."
    remedy = "Send the body as JSON, with the header Content-Type: application/json."


class InvalidRequest(Problem):
    """Readable, but wrong: `errors` names each member with a JSON pointer."""

    type, status = "invalid-request", 422
    title = "Some of the data is not valid"
    detail = "Each wrong value is listed under errors."
    remedy = "Correct the listed values and send the request again."


class IdempotencyKeyReused(Problem):
    """The key was used before with another request."""

    type, status = "idempotency-key-reused", 422
    title = "The Idempotency-Key was used for another request"
    detail = "A different request was made with this key in the last 24 hours."
    remedy = "Make a new key for each new request; keep a key only to repeat the same one."


class PreconditionRequired(Problem):
    """A change that two people may make at once needs `If-Match` (RFC 6585, 428)."""

    type, status = "precondition-required", 428
    title = "The version you change is missing"
    detail = "This change needs the If-Match header with the ETag of the version you read."
    remedy = "Read the resource, then send its ETag as If-Match."


class TooManyRequests(Problem):
    """More requests than the policy allows; `Retry-After` says when to come back."""

    type, status = "too-many-requests", 429
    title = "Too many requests"
    detail = "The limit for this operation was reached."
    remedy = "Wait for the time that Retry-After gives."


class InternalError(Problem):
    """A fault of ours. Nothing of it is shown; the trace id finds it in the logs."""

    type, status = "internal-error", 500
    title = "Something went wrong on our side"
    detail = "The request was not carried out. The fault was recorded."
    remedy = "Try again later; if it stays, give the trace id to support."


class ServiceUnavailable(Problem):
    """The service cannot answer for now (database or another part is away)."""

    type, status = "service-unavailable", 503
    title = "The service is unavailable for the moment"
    detail = "Nothing was stored. It is safe to try again."
    remedy = "Try again after the time that Retry-After gives."


EVERYWHERE: Sequence[type[Problem]] = (
    MalformedRequest,
    InvalidRequest,
    TooManyRequests,
    InternalError,
    ServiceUnavailable,
)
"""The problems that every operation can answer with."""


def address(public_origin: str, problem: type[Problem]) -> str:
    """The problem's `type` member: the address of its page for people."""
    return f"{public_origin}/problems/{problem.type}"


def body(
    problem: Problem, language: Language, texts: Texts, public_origin: str, instance: str
) -> dict[str, Any]:
    """The problem's members, in the caller's language."""
    shown: dict[str, Any] = {
        "type": address(public_origin, type(problem)),
        "title": texts.translate(language, problem.title),
        "status": problem.status,
        "detail": texts.translate(language, problem.detail).format_map(problem.facts),
        "instance": instance,
        "trace_id": current_trace_id(),
    }
    if problem.errors:
        shown["errors"] = [
            {
                "pointer": error.pointer.replace("\0", "\N{REPLACEMENT CHARACTER}")[:_POINTER_LONGEST],
                "code": error.code,
                "detail": _detail(error, language, texts),
            }
            for error in problem.errors
        ]
    return shown


def _detail(error: FieldError, language: Language, texts: Texts) -> str:
    detail = texts.translate(language, error.detail)
    return detail.format_map(error.facts) if error.facts else detail


def response(
    problem: Problem,
    request: Request,
    texts: Texts,
    public_origin: str,
    otherwise: Mapping[str, Shown] = _NOWHERE,
) -> Response:
    """The answer for a problem met while handling `request`.

    `otherwise` are the beginnings of addresses whose problems are shown in another way.
    """
    language = negotiate(request.headers.get("accept-language"))
    members = body(problem, language, texts, public_origin, request.url.path)
    show = next((way for start, way in otherwise.items() if request.url.path.startswith(start)), None)
    answer = (
        show(request, problem, members)
        if show
        else JSONResponse(members, status_code=problem.status, media_type=MEDIA_TYPE)
    )
    answer.headers.update({"content-language": language, "cache-control": "no-store", **problem.headers})
    return answer


def catalogue(texts: Texts) -> dict[str, Any]:
    """Every known problem with its texts, as the contract's `x-problems`: slug → texts by language."""
    return {
        problem.type: {
            "status": problem.status,
            **{
                member: {
                    language.value: texts.translate(language, getattr(problem, member))
                    for language in Language
                }
                for member in ("title", "detail", "remedy")
            },
        }
        for problem in known()
    }


def known() -> list[type[Problem]]:
    """Every class of problem that is loaded, by slug."""
    return sorted(set(_descendants(Problem)), key=lambda problem: problem.type)


def _descendants(problem: type[Problem]) -> Iterator[type[Problem]]:
    for child in problem.__subclasses__():
        yield child
        yield from _descendants(child)
