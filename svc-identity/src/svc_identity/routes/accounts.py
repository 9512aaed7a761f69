"""The JSON API: making an account, and what its owner sees and changes."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import Header, Path
from starlette.responses import Response

from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.problems import NotFound, PreconditionFailed, PreconditionRequired
from hub_service.routing import Router

from ..dependencies import Address, Provider, SessionApart
from ..domain import scopes
from ..domain.session import EndReason
from ..errors.accounts import AccountExists, CodeExpired, NoMoreCodes, TooManyTries, WrongCode
from ..operations import accounts, sessions
from ..schemas.accounts import (
    AccountView,
    ChangeAccount,
    ConfirmAccount,
    ConfirmationView,
    CreateAccount,
    RenewCode,
    SessionView,
    shown_etag,
    wanted_version,
)

SCOPES: Final = {
    scopes.ACCOUNT_READ: "See your account and where you are signed in",
    scopes.ACCOUNT_WRITE: "Change your account and sign you out elsewhere",
}

router = Router(prefix="/identity/v1")


@router.post(
    "/accounts",
    status_code=202,
    tags=["accounts"],
    summary="Create an account",
    **policy.public(raises=(TooManyTries,)),
)
async def create_account(
    body: CreateAccount, provider: Provider, session: Session, address: Address, now: Now
) -> ConfirmationView:
    """Start an account: a code is sent to the address, and the account exists once it is confirmed.

    For an address that has an account already the answer is the same, so that nobody can ask who
    has one.
    """
    return ConfirmationView.of(await accounts.sign_up(session, provider, body.wanted(), address, now))


@router.post(
    "/accounts/confirm",
    status_code=204,
    tags=["accounts"],
    summary="Confirm an account",
    **policy.public(raises=(WrongCode, CodeExpired, AccountExists)),
)
async def confirm_account(
    body: ConfirmAccount, provider: Provider, session: SessionApart, now: Now
) -> Response:
    """Confirm the e-mail address with the code that was sent to it. Then the person can sign in.

    Wrong codes are counted. Repeating a request that was right gives the same answer.
    """
    await accounts.confirm(session, provider, body.confirmation_id, body.code, now)
    return Response(status_code=204)


@router.post(
    "/accounts/new-code",
    status_code=202,
    tags=["accounts"],
    summary="Ask for another code",
    **policy.public(raises=(NoMoreCodes, TooManyTries)),
)
async def renew_code(
    body: RenewCode, provider: Provider, session: Session, address: Address, now: Now
) -> ConfirmationView:
    """Have another code sent to the address; the code before is no longer valid."""
    renewed = await accounts.send_new_code(session, provider, body.confirmation_id, address, now)
    return ConfirmationView.of(renewed)


@router.get(
    "/me",
    tags=["me"],
    summary="See your account",
    **policy.operation(scopes.ACCOUNT_READ, raises=(NotFound,)),
)
async def get_account(person: policy.Person, session: Session, response: Response) -> AccountView:
    """The account of the signed-in person, with its version as ETag."""
    account = await accounts.read(session, person.person_id)
    response.headers["etag"] = shown_etag(account.version)
    return AccountView.of(account)


@router.patch(
    "/me",
    tags=["me"],
    summary="Change your account",
    **policy.operation(scopes.ACCOUNT_WRITE, raises=(NotFound, PreconditionFailed, PreconditionRequired)),
)
async def change_account(
    body: ChangeAccount,
    person: policy.Person,
    session: Session,
    response: Response,
    if_match: Annotated[
        str | None,
        Header(max_length=64, pattern=r"^[ -~]*$", description="The ETag of the version that is changed."),
    ] = None,
) -> AccountView:
    """Change names or language. What is left out stays as it is."""
    if if_match is None:
        raise PreconditionRequired
    version = wanted_version(if_match)
    if version is None:
        raise PreconditionFailed
    account = await accounts.change(session, person.person_id, body.amend, version)
    response.headers["etag"] = shown_etag(account.version)
    return AccountView.of(account)


@router.get(
    "/me/sessions", tags=["me"], summary="List your sign-ins", **policy.operation(scopes.ACCOUNT_READ)
)
async def list_sessions(
    asked: paging.Asked,
    person: policy.Person,
    session: Session,
    now: Now,
) -> paging.Page[SessionView]:
    """Where you are signed in and which applications are connected there, newest first."""
    found = await sessions.list_open(
        session, person.person_id, now, limit=asked.rows, before=asked.after(UUID)
    )
    return asked.page(
        found,
        position=lambda shown: (shown.session.id,),
        view=lambda shown: SessionView.of(shown, person.session_id),
    )


@router.post(
    "/me/sessions/{session_id}/end",
    status_code=204,
    tags=["me"],
    summary="End one of your sign-ins",
    **policy.operation(scopes.ACCOUNT_WRITE, raises=(NotFound,)),
)
async def end_session(
    session_id: Annotated[schemas.Id, Path(description="The session's identifier.")],
    person: policy.Person,
    session: Session,
    now: Now,
) -> Response:
    """Sign out there: the browser and every application connected through it."""
    await sessions.end(session, session_id, person.person_id, EndReason.ENDED_BY_OWNER, now)
    return Response(status_code=204)
