"""The JSON API: asking an institution to know one, and the institution's queue."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Header, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from hub_core.clock import local_date
from hub_core.cnp import InvalidCnp, validate
from hub_core.decisions import OwnCase
from hub_core.principal import Assurance, Role
from hub_core.problem import FieldError
from hub_service import paging, policy, purpose, schemas
from hub_service.dependencies import Now, Session
from hub_service.problems import (
    ContentTooLarge,
    InvalidRequest,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
)
from hub_service.routing import Router

from ..dependencies import Provider
from ..domain import scopes
from ..domain.registration import State
from ..errors.decisions import RegisterUnavailable
from ..errors.officials import UnknownInstitution
from ..errors.proofing import AlreadyVerified, IdentityNotConfirmed, NumberTaken
from ..errors.registration import (
    AlreadyRecognised,
    EvidenceMissing,
    EvidenceNotNeeded,
    NotYourReview,
    RegistrationOpen,
    TooMuchEvidence,
    TransitionRefused,
    UnreadableFile,
)
from ..operations import registration_decisions, registrations
from ..schemas.accounts import shown_etag, wanted_version
from ..schemas.registrations import (
    ApproveRegistration,
    EvidenceView,
    OpenedRegistrationView,
    QueuedRegistrationView,
    RegistrationView,
    RejectRegistration,
    ReturnRegistration,
    SubmitRegistration,
)

SCOPES: Final = {
    scopes.REGISTRATION_READ: "See your requests to be known by an institution",
    scopes.REGISTRATION_WRITE: "Ask institutions to know you",
    scopes.REGISTRATION_DECIDE: "Decide on requests to be known by your institution",
}
_DECIDERS: Final = (Role.CLERK, Role.HEAD)
_CHANGES: Final = (NotFound, PreconditionFailed, PreconditionRequired, TransitionRefused)
_DECISIONS: Final = (*_CHANGES, NotYourReview, purpose.PurposeRequired)
_FILE_TYPES: Final = ("image/jpeg", "image/png", "application/pdf")
_FILE: Final = {"schema": {"type": "string", "format": "binary", "maxLength": 1_048_576}}

router = Router(prefix="/identity/v1")

RegistrationId = Annotated[schemas.Id, Path(description="The request's identifier.")]
EvidenceId = Annotated[schemas.Id, Path(description="The copy's identifier.")]


def _deciding(raises: tuple[Any, ...]) -> dict[str, Any]:
    return policy.operation(
        scopes.REGISTRATION_DECIDE, assurance=Assurance.SUBSTANTIAL, roles=_DECIDERS, raises=raises
    )


def _with_file(described: dict[str, Any]) -> dict[str, Any]:
    """The policy of an operation whose body is a file."""
    body = {"required": True, "content": dict.fromkeys(_FILE_TYPES, _FILE)}
    return described | {"openapi_extra": described["openapi_extra"] | {"requestBody": body}}


def _with_file_answer(described: dict[str, Any]) -> dict[str, Any]:
    """The policy of an operation that answers with a file."""
    answer = {"description": "The copy", "content": dict.fromkeys(_FILE_TYPES, _FILE)}
    return described | {"responses": described["responses"] | {200: answer}}


async def _version(
    if_match: Annotated[
        str | None,
        Header(max_length=64, pattern=r"^[ -~]*$", description="The ETag of the version that is changed."),
    ] = None,
) -> int:
    if if_match is None:
        raise PreconditionRequired
    version = wanted_version(if_match)
    if version is None:
        raise PreconditionFailed
    return version


Wanted = Annotated[int, Depends(_version)]


@router.post(
    "/me/registration-requests",
    status_code=201,
    tags=["me"],
    summary="Ask an institution to know you",
    **policy.operation(
        scopes.REGISTRATION_WRITE,
        raises=(NotFound, UnknownInstitution, AlreadyRecognised, RegistrationOpen, RegisterUnavailable),
    ),
)
async def submit_registration(
    body: SubmitRegistration, person: policy.Person, provider: Provider, session: Session, now: Now
) -> RegistrationView:
    """Send a request to one institution, whose officials decide on it.

    Who has a personal number is looked up in the population register and sends no document (Law
    9/2023). An approval counts at that institution.
    """
    if body.cnp is not None:
        try:
            validate(body.cnp.number, local_date(now))
        except InvalidCnp as error:
            wrong = FieldError("/cnp", error.code, "The date of birth lies in the future")
            raise InvalidRequest(errors=[wrong]) from error
    made = await registrations.submit(
        session, provider, person.person_id, body.institution_id, body.stated(), now
    )
    return RegistrationView.of(made)


@router.get(
    "/me/registration-requests",
    tags=["me"],
    summary="List your registration requests",
    **policy.operation(scopes.REGISTRATION_READ),
)
async def list_own_registrations(
    asked: paging.Asked,
    person: policy.Person,
    session: Session,
) -> paging.Page[RegistrationView]:
    """Your requests to be known by institutions, newest first."""
    found = await registrations.list_own(
        session, person.person_id, before=asked.after(UUID), limit=asked.rows
    )
    return asked.page(found, position=lambda one: (one.id,), view=RegistrationView.of)


@router.get(
    "/me/registration-requests/{registration_id}",
    tags=["me"],
    summary="See one of your registration requests",
    **policy.operation(scopes.REGISTRATION_READ, raises=(NotFound,)),
)
async def get_own_registration(
    registration_id: RegistrationId, person: policy.Person, session: Session, response: Response
) -> RegistrationView:
    """Where a request stands, and what is asked of you."""
    found = await registrations.read_own(session, person.person_id, registration_id)
    response.headers["etag"] = shown_etag(found.version)
    return RegistrationView.of(found)


@router.post(
    "/me/registration-requests/{registration_id}/documents",
    status_code=201,
    tags=["me"],
    summary="Add a copy of a document",
    **_with_file(
        policy.operation(
            scopes.REGISTRATION_WRITE,
            raises=(
                *(NotFound, TransitionRefused, EvidenceNotNeeded, TooMuchEvidence, UnreadableFile),
                ContentTooLarge,
            ),
        )
    ),
)
async def add_registration_document(
    request: Request,
    registration_id: RegistrationId,
    person: policy.Person,
    provider: Provider,
    session: Session,
    now: Now,
) -> EvidenceView:
    """Send a copy as JPEG, PNG or PDF of at most 1 MiB, where no register can be asked.

    It is kept encrypted, seen by officials of that institution only, and deleted with the decision.
    """
    content = await request.body()
    added = await registrations.add_evidence(
        session, provider, person.person_id, registration_id, content, now
    )
    return EvidenceView.of(added)


@router.post(
    "/me/registration-requests/{registration_id}/complete",
    tags=["me"],
    summary="Say that a request is complete",
    **policy.operation(scopes.REGISTRATION_WRITE, raises=(NotFound, TransitionRefused)),
)
async def complete_registration(
    registration_id: RegistrationId, person: policy.Person, session: Session, now: Now
) -> RegistrationView:
    """Send a request that came back to the official again, after what was missing was added."""
    return RegistrationView.of(await registrations.complete(session, person.person_id, registration_id, now))


@router.get(
    "/registration-requests",
    tags=["proofing"],
    summary="List the requests at your institution",
    **_deciding(()),
)
async def list_registrations(
    asked: paging.Asked,
    official: policy.Acting,
    session: Session,
    state: Annotated[
        State | None, Query(description="Those in this state; all that are not decided when left out.")
    ] = None,
) -> paging.Page[QueuedRegistrationView]:
    """The queue, oldest first. It says nothing of the people: opening a request does."""
    wanted = (state,) if state else (State.SUBMITTED, State.UNDER_REVIEW, State.NEEDS_COMPLETION)
    found = await registration_decisions.list_at(
        session, official, wanted, after=asked.after(UUID), limit=asked.rows
    )
    return asked.page(found, position=lambda one: (one.id,), view=QueuedRegistrationView.of)


@router.get(
    "/registration-requests/{registration_id}",
    tags=["proofing"],
    summary="Open a request",
    **_deciding((NotFound, purpose.PurposeRequired)),
)
async def open_registration(
    registration_id: RegistrationId,
    official: policy.Acting,
    stated: purpose.Given,
    provider: Provider,
    session: Session,
    response: Response,
    now: Now,
) -> OpenedRegistrationView:
    """A request with what the person states. The person sees that it was opened, by whom and why."""
    opened = await registration_decisions.open_request(
        session, provider, official, registration_id, stated, now
    )
    response.headers["etag"] = shown_etag(opened.request.version)
    return OpenedRegistrationView.of(opened)


@router.get(
    "/registration-requests/{registration_id}/documents/{evidence_id}",
    tags=["proofing"],
    summary="See a copy of a document",
    response_class=Response,
    **_with_file_answer(_deciding((NotFound, purpose.PurposeRequired))),
)
async def get_registration_document(
    registration_id: RegistrationId,
    evidence_id: EvidenceId,
    official: policy.Acting,
    stated: purpose.Given,
    provider: Provider,
    session: Session,
    now: Now,
) -> Response:
    """A copy that the person has sent, until the decision."""
    media_type, content = await registration_decisions.open_evidence(
        session, provider, official, registration_id, evidence_id, stated, now
    )
    headers = {
        "cache-control": "no-store",
        "content-disposition": "attachment",
        "x-content-type-options": "nosniff",
    }
    return Response(content, media_type=media_type, headers=headers)


@router.post(
    "/registration-requests/{registration_id}/claim",
    tags=["proofing"],
    summary="Take a request in hand",
    **_deciding((*_CHANGES, OwnCase, RegisterUnavailable)),
)
async def claim_registration(
    registration_id: RegistrationId,
    official: policy.Acting,
    version: Wanted,
    provider: Provider,
    session: Session,
    now: Now,
) -> QueuedRegistrationView:
    """Take a request in hand. Nobody takes their own, or that of their spouse or a relative."""
    claimed = await registration_decisions.claim(session, provider, official, registration_id, version, now)
    return QueuedRegistrationView.of(claimed)


@router.post(
    "/registration-requests/{registration_id}/return",
    tags=["proofing"],
    summary="Ask the person to complete a request",
    **_deciding(_DECISIONS),
)
async def return_registration(
    body: ReturnRegistration,
    registration_id: RegistrationId,
    official: policy.Acting,
    version: Wanted,
    stated: purpose.Given,
    session: Session,
    now: Now,
) -> QueuedRegistrationView:
    """Tell the person what is missing; there is a term for it, and the request expires after it."""
    returned = await registration_decisions.give_back(
        session, official, registration_id, version, body.message, stated, now
    )
    return QueuedRegistrationView.of(returned)


@router.post(
    "/registration-requests/{registration_id}/approve",
    tags=["proofing"],
    summary="Approve a request",
    **_deciding(
        (
            *_DECISIONS,
            *(OwnCase, IdentityNotConfirmed, EvidenceMissing, NumberTaken, AlreadyVerified),
            RegisterUnavailable,
        )
    ),
)
async def approve_registration(
    body: ApproveRegistration,
    registration_id: RegistrationId,
    official: policy.Acting,
    version: Wanted,
    stated: purpose.Given,
    provider: Provider,
    session: Session,
    now: Now,
) -> QueuedRegistrationView:
    """Let your institution know the person at level `substantial`; copies of documents are deleted."""
    approved = await registration_decisions.approve(
        session, provider, official, registration_id, version, body.document, stated, now
    )
    return QueuedRegistrationView.of(approved)


@router.post(
    "/registration-requests/{registration_id}/reject",
    tags=["proofing"],
    summary="Reject a request",
    **_deciding((*_DECISIONS, OwnCase, RegisterUnavailable)),
)
async def reject_registration(
    body: RejectRegistration,
    registration_id: RegistrationId,
    official: policy.Acting,
    version: Wanted,
    stated: purpose.Given,
    provider: Provider,
    session: Session,
    now: Now,
) -> QueuedRegistrationView:
    """Say no with the reason and what the person can do; what the person stated and sent is deleted."""
    rejected = await registration_decisions.reject(
        session, provider, official, registration_id, version, body.reason, body.message, stated, now
    )
    return QueuedRegistrationView.of(rejected)
