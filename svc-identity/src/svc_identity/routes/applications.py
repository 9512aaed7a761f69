"""The JSON API: client applications of the signed-in person, and their review."""

from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import Header, Path, Query
from starlette.responses import Response

from hub_core import clock
from hub_core.decisions import OwnCase
from hub_core.principal import Assurance, Role
from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.problems import NotFound, PreconditionFailed, PreconditionRequired
from hub_service.routing import Router

from ..domain import scopes, usage
from ..domain.client import State
from ..errors.applications import NoSecret, ReviewNeeded, ReviewOpen, TooManyApplications, WrongState
from ..operations import applications
from ..schemas.accounts import shown_etag, wanted_version
from ..schemas.applications import (
    AddKey,
    ApproveClient,
    ClientMetadata,
    ClientView,
    RefuseClient,
    RenewSecret,
    RequestReview,
    ReviewView,
    SecretView,
    StateView,
    UsageView,
    WaitingReviewView,
)

SCOPES: Final = {
    scopes.CLIENTS_READ: "See the applications the person has registered, and how they are used",
    scopes.CLIENTS_WRITE: "Register applications and change them",
    scopes.CLIENTS_REVIEW: "Decide which applications may serve everybody",
}
_SHOWN_BY_ITSELF: Final = timedelta(days=29)

router = Router(prefix="/identity/v1")

ClientId = Annotated[
    str, Path(max_length=64, pattern=r"^[A-Za-z0-9._-]+$", description="The client's identifier.")
]
ReviewId = Annotated[schemas.Id, Path(description="The review's identifier.")]


@router.post(
    "/clients",
    status_code=201,
    tags=["clients"],
    summary="Register an application",
    **policy.operation(scopes.CLIENTS_WRITE, raises=(TooManyApplications,)),
)
async def create_client(
    body: ClientMetadata, person: policy.Person, session: Session, response: Response, now: Now
) -> ClientView:
    """Register a client application in the sandbox; it can be used at once.

    There only its owner and invented people may use it. One that proves itself by a secret gets it
    from `PUT /clients/{client_id}/secret`: a secret is in no answer that is kept to be repeated.
    """
    made = await applications.register(session, person.person_id, body.metadata(), now)
    response.headers["etag"] = shown_etag(made.version)
    return ClientView.of(made)


@router.get(
    "/clients", tags=["clients"], summary="List your applications", **policy.operation(scopes.CLIENTS_READ)
)
async def list_clients(
    asked: paging.Asked,
    person: policy.Person,
    session: Session,
) -> paging.Page[ClientView]:
    """The applications you have registered, by identifier."""
    found = await applications.list_own(session, person.person_id, before=asked.after(str), limit=asked.rows)
    return asked.page(found, position=lambda client: (client.id,), view=ClientView.of)


@router.get(
    "/clients/{client_id}",
    tags=["clients"],
    summary="See an application",
    **policy.operation(scopes.CLIENTS_READ, raises=(NotFound,)),
)
async def get_client(
    client_id: ClientId, person: policy.Person, session: Session, response: Response
) -> ClientView:
    """One of your applications, with its version as ETag."""
    found = await applications.read(session, person.person_id, client_id)
    response.headers["etag"] = shown_etag(found.version)
    return ClientView.of(found)


@router.put(
    "/clients/{client_id}",
    tags=["clients"],
    summary="Change an application",
    **policy.operation(
        scopes.CLIENTS_WRITE, raises=(NotFound, PreconditionFailed, PreconditionRequired, ReviewNeeded)
    ),
)
async def replace_client(
    client_id: ClientId,
    body: ClientMetadata,
    person: policy.Person,
    session: Session,
    response: Response,
    now: Now,
    if_match: Annotated[
        str | None,
        Header(max_length=64, pattern=r"^[ -~]*$", description="The ETag of the version that is changed."),
    ] = None,
) -> ClientView:
    """Replace what an application says of itself; in production only its keys, the rest by a review."""
    if if_match is None:
        raise PreconditionRequired
    version = wanted_version(if_match)
    if version is None:
        raise PreconditionFailed
    changed = await applications.change(session, person.person_id, client_id, body.metadata(), version, now)
    response.headers["etag"] = shown_etag(changed.version)
    return ClientView.of(changed)


@router.put(
    "/clients/{client_id}/secret",
    tags=["clients"],
    summary="Make a secret",
    **policy.operation(scopes.CLIENTS_WRITE, raises=(NotFound, NoSecret)),
)
async def renew_client_secret(
    client_id: ClientId,
    body: RenewSecret,
    person: policy.Person,
    session: Session,
    response: Response,
    now: Now,
) -> SecretView:
    """Make a secret, shown this once. The one before is good for 7 days more, unless it has leaked."""
    response.headers["cache-control"] = "no-store"
    made = await applications.renew_secret(session, person.person_id, client_id, now, overlap=body.overlap)
    return SecretView.of(made)


@router.post(
    "/clients/{client_id}/keys",
    status_code=201,
    tags=["clients"],
    summary="Add a public key",
    **policy.operation(scopes.CLIENTS_WRITE, raises=(NotFound,)),
)
async def add_client_key(
    client_id: ClientId, body: AddKey, person: policy.Person, session: Session, now: Now
) -> ClientView:
    """Add a public key: the next one is here before it signs, so that there is no gap."""
    return ClientView.of(await applications.add_key(session, person.person_id, client_id, body.key, now))


@router.delete(
    "/clients/{client_id}/keys/{kid}",
    tags=["clients"],
    summary="Remove a public key",
    **policy.operation(scopes.CLIENTS_WRITE, raises=(NotFound,)),
)
async def remove_client_key(
    client_id: ClientId,
    kid: Annotated[str, Path(max_length=128, pattern=r"^[A-Za-z0-9._-]+$", description="The key's `kid`.")],
    person: policy.Person,
    session: Session,
    now: Now,
) -> ClientView:
    """Remove a public key; what it has signed is refused from then on."""
    return ClientView.of(await applications.remove_key(session, person.person_id, client_id, kid, now))


@router.post(
    "/clients/{client_id}/suspend",
    tags=["clients"],
    summary="Suspend an application",
    **policy.operation(scopes.CLIENTS_WRITE, raises=(NotFound, WrongState)),
)
async def suspend_client(
    client_id: ClientId, person: policy.Person, session: Session, now: Now
) -> ClientView:
    """Stop an application: within a second none of its tokens is good, until it is resumed."""
    moved = await applications.move(session, person.person_id, client_id, State.SUSPENDED, now)
    return ClientView.of(moved)


@router.post(
    "/clients/{client_id}/resume",
    tags=["clients"],
    summary="Resume an application",
    **policy.operation(scopes.CLIENTS_WRITE, raises=(NotFound, WrongState)),
)
async def resume_client(client_id: ClientId, person: policy.Person, session: Session, now: Now) -> ClientView:
    """Let a suspended application work again. One that an administrator has blocked stays blocked."""
    moved = await applications.move(session, person.person_id, client_id, State.ACTIVE, now)
    return ClientView.of(moved)


@router.delete(
    "/clients/{client_id}",
    status_code=204,
    tags=["clients"],
    summary="Delete an application",
    **policy.operation(scopes.CLIENTS_WRITE, raises=(NotFound,)),
)
async def delete_client(client_id: ClientId, person: policy.Person, session: Session, now: Now) -> Response:
    """Delete an application for good; its identifier is not given out again."""
    await applications.move(session, person.person_id, client_id, State.DELETED, now)
    return Response(status_code=204)


@router.get(
    "/clients/{client_id}/usage",
    tags=["clients"],
    summary="See how an application is used",
    **policy.operation(scopes.CLIENTS_READ, raises=(NotFound,)),
)
async def get_client_usage(
    client_id: ClientId,
    person: policy.Person,
    session: Session,
    now: Now,
    first: Annotated[
        schemas.LegalDate | None, Query(description="First day; 29 days before the last when left out.")
    ] = None,
    last: Annotated[schemas.LegalDate | None, Query(description="Last day; today when left out.")] = None,
) -> UsageView:
    """Requests by day and class of answer, at most 93 days. The last seconds may be missing."""
    until = last or clock.local_date(now)
    since = first or until - _SHOWN_BY_ITSELF
    until = min(until, since + usage.LONGEST)
    days = await applications.usage_of(session, person.person_id, client_id, since, until)
    return UsageView.of(client_id, since, until, days)


@router.post(
    "/clients/{client_id}/reviews",
    status_code=201,
    tags=["clients"],
    summary="Ask that an application may serve everybody",
    **policy.operation(scopes.CLIENTS_WRITE, assurance=Assurance.SUBSTANTIAL, raises=(NotFound, ReviewOpen)),
)
async def request_client_review(
    client_id: ClientId, body: RequestReview, person: policy.Person, session: Session, now: Now
) -> ReviewView:
    """Ask for production, or, there, for other data or more scopes. An administrator decides."""
    metadata = body.metadata.metadata() if body.metadata else None
    review = await applications.request_review(
        session, person.person_id, client_id, body.purpose, metadata, now
    )
    return ReviewView.of(review)


@router.get(
    "/clients/{client_id}/reviews",
    tags=["clients"],
    summary="List the reviews of an application",
    **policy.operation(scopes.CLIENTS_READ, raises=(NotFound,)),
)
async def list_client_reviews(
    asked: paging.Asked,
    client_id: ClientId,
    person: policy.Person,
    session: Session,
) -> paging.Page[ReviewView]:
    """The reviews of one of your applications, newest first."""
    found = await applications.list_reviews(
        session, person.person_id, client_id, before=asked.after(UUID), limit=asked.rows
    )
    return asked.page(found, position=lambda review: (review.id,), view=ReviewView.of)


@router.post(
    "/clients/{client_id}/reviews/withdraw",
    status_code=204,
    tags=["clients"],
    summary="Withdraw the request for a review",
    **policy.operation(scopes.CLIENTS_WRITE, raises=(NotFound,)),
)
async def withdraw_client_review(
    client_id: ClientId, person: policy.Person, session: Session, now: Now
) -> Response:
    """Take back the request that waits; without one nothing changes."""
    await applications.withdraw_review(session, person.person_id, client_id, now)
    return Response(status_code=204)


@router.get(
    "/client-reviews",
    tags=["client-reviews"],
    summary="List the reviews that wait",
    **policy.operation(scopes.CLIENTS_REVIEW, roles=(Role.ADMIN,)),
)
async def list_waiting_reviews(
    asked: paging.Asked,
    session: Session,
) -> paging.Page[WaitingReviewView]:
    """The queue, oldest first, each with the client as it is now."""
    found = await applications.list_waiting(session, after=asked.after(UUID), limit=asked.rows)
    return asked.page(
        found,
        position=lambda waiting: (waiting.review.id,),
        view=WaitingReviewView.of,
    )


@router.post(
    "/client-reviews/{review_id}/approve",
    tags=["client-reviews"],
    summary="Let an application serve everybody",
    **policy.operation(
        scopes.CLIENTS_REVIEW,
        assurance=Assurance.SUBSTANTIAL,
        roles=(Role.ADMIN,),
        raises=(NotFound, OwnCase, WrongState),
    ),
)
async def approve_client(
    review_id: ReviewId, body: ApproveClient, official: policy.Acting, session: Session, now: Now
) -> ReviewView:
    """Approve a review; the client is in production with this plan. Never one's own client."""
    return ReviewView.of(await applications.approve(session, official.person_id, review_id, body.plan, now))


@router.post(
    "/client-reviews/{review_id}/refuse",
    tags=["client-reviews"],
    summary="Refuse a review",
    **policy.operation(
        scopes.CLIENTS_REVIEW,
        assurance=Assurance.SUBSTANTIAL,
        roles=(Role.ADMIN,),
        raises=(NotFound, OwnCase, WrongState),
    ),
)
async def refuse_client(
    review_id: ReviewId, body: RefuseClient, official: policy.Acting, session: Session, now: Now
) -> ReviewView:
    """Refuse a review with a reason, which the owner reads; the client stays as it is."""
    return ReviewView.of(await applications.refuse(session, official.person_id, review_id, body.reason, now))


@router.post(
    "/clients/{client_id}/block",
    tags=["client-reviews"],
    summary="Block an application",
    **policy.operation(
        scopes.CLIENTS_REVIEW,
        assurance=Assurance.SUBSTANTIAL,
        roles=(Role.ADMIN,),
        raises=(NotFound, WrongState),
    ),
)
async def block_client(client_id: ClientId, session: Session, now: Now) -> StateView:
    """Stop any application: within a second none of its tokens is good, and its owner cannot resume it."""
    return StateView.of(await applications.move_any(session, client_id, State.BLOCKED, now))


@router.post(
    "/clients/{client_id}/unblock",
    tags=["client-reviews"],
    summary="Open a blocked application again",
    **policy.operation(
        scopes.CLIENTS_REVIEW,
        assurance=Assurance.SUBSTANTIAL,
        roles=(Role.ADMIN,),
        raises=(NotFound, WrongState),
    ),
)
async def unblock_client(client_id: ClientId, session: Session, now: Now) -> StateView:
    """Let a blocked application work again."""
    return StateView.of(await applications.move_any(session, client_id, State.ACTIVE, now))
