"""The JSON API of means of sign-in: what a person has, changes and takes away."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from starlette.requests import Request
from starlette.responses import Response

from hub_core.principal import Principal
from hub_service import paging, policy, schemas
from hub_service.dependencies import Now, Session
from hub_service.problems import NotFound
from hub_service.routing import Router

from ..dependencies import Address, Provider, SessionApart
from ..domain import login_name, scopes
from ..errors.accounts import CodeExpired, TooManyTries, WrongCode
from ..errors.means import (
    AlreadySetUp,
    LastMeans,
    NotSetUp,
    PasswordRefused,
    SecondFactorNeeded,
    SignInAgain,
    WrongOneTimeCode,
    WrongPassword,
)
from ..operations import means, password, security
from ..operations.means import Owner
from ..operations.sign_in import Browser
from ..schemas.accounts import ConfirmationView
from ..schemas.means import (
    AskReset,
    AuthenticatorView,
    ChangePassword,
    ConfirmAuthenticator,
    MeansView,
    PasskeyView,
    RecoveryCodesView,
    RenamePasskey,
    ResetPassword,
    SecurityChangeView,
)

router = Router(prefix="/identity/v1")

PasskeyId = Annotated[schemas.Id, Path(description="The passkey's identifier.")]


@router.post(
    "/accounts/forgotten-password",
    status_code=202,
    tags=["accounts"],
    summary="Ask for a new password",
    **policy.public(raises=(TooManyTries,)),
)
async def ask_password_reset(
    body: AskReset, provider: Provider, session: Session, address: Address, now: Now
) -> ConfirmationView:
    """Have a code sent to the address, if it has an account; the answer is the same if it has none."""
    email = login_name.parse(body.email)
    return ConfirmationView.of(await password.ask_reset(session, provider, email, address, now))


@router.post(
    "/accounts/reset-password",
    status_code=204,
    tags=["accounts"],
    summary="Choose a new password",
    **policy.public(raises=(WrongCode, CodeExpired, PasswordRefused)),
)
async def reset_password(
    body: ResetPassword, provider: Provider, session: SessionApart, now: Now
) -> Response:
    """Choose another password with the code of the e-mail. Whoever is signed in is signed out everywhere.

    A second factor stays needed. Wrong codes are counted.
    """
    text = body.password.get_secret_value()
    await password.reset(session, provider, body.confirmation_id, body.code, text, now)
    return Response(status_code=204)


@router.get(
    "/me/means",
    tags=["me"],
    summary="See how you sign in",
    **policy.operation(scopes.ACCOUNT_READ),
)
async def get_means(person: policy.Person, session: Session) -> MeansView:
    """What you can sign in with."""
    return MeansView.of(await means.read(session, person.person_id))


@router.get(
    "/me/security-changes",
    tags=["me"],
    summary="List changes of how you sign in",
    **policy.operation(scopes.ACCOUNT_READ),
)
async def list_security_changes(
    asked: paging.Asked,
    person: policy.Person,
    session: Session,
) -> paging.Page[SecurityChangeView]:
    """What changed about how you sign in, and sign-ins on devices not seen before, newest first."""
    found = await security.list_changes(session, person.person_id, limit=asked.rows, before=asked.after(int))
    return asked.page(
        found,
        position=lambda changed: (changed.version,),
        view=SecurityChangeView.of,
    )


@router.post(
    "/me/password",
    status_code=204,
    tags=["me"],
    summary="Change your password",
    **policy.operation(
        scopes.ACCOUNT_WRITE, raises=(NotFound, WrongPassword, PasswordRefused, SignInAgain, TooManyTries)
    ),
)
async def change_password(
    request: Request,
    body: ChangePassword,
    person: policy.Person,
    provider: Provider,
    session: SessionApart,
    address: Address,
    now: Now,
) -> Response:
    """Change the password; your other sign-ins end. Without a password yet, a fresh sign-in is needed."""
    old = body.old_password.get_secret_value() if body.old_password else None
    new = body.password.get_secret_value()
    browser = _browser(request, address)
    await password.change(session, provider, _owner(person), old, new, browser, now)
    return Response(status_code=204)


@router.post(
    "/me/authenticator",
    tags=["me"],
    summary="Set up an app for one-time codes",
    **policy.operation(scopes.ACCOUNT_WRITE, raises=(NotFound, SignInAgain, AlreadySetUp)),
)
async def begin_authenticator(
    person: policy.Person, provider: Provider, session: Session, now: Now
) -> AuthenticatorView:
    """Get a key for an app (RFC 6238); it counts once a code of it was confirmed. Needs a fresh sign-in."""
    return AuthenticatorView.of(await means.begin_authenticator(session, provider, _owner(person), now))


@router.post(
    "/me/authenticator/confirm",
    tags=["me"],
    summary="Confirm the app",
    **policy.operation(
        scopes.ACCOUNT_WRITE, raises=(NotFound, SignInAgain, NotSetUp, WrongOneTimeCode, TooManyTries)
    ),
)
async def confirm_authenticator(
    request: Request,
    body: ConfirmAuthenticator,
    person: policy.Person,
    provider: Provider,
    session: SessionApart,
    address: Address,
    now: Now,
) -> RecoveryCodesView:
    """Show that the app works. From then on its code is asked for after the password."""
    browser = _browser(request, address)
    owner = _owner(person)
    return RecoveryCodesView(
        codes=await means.confirm_authenticator(session, provider, owner, body.code, browser, now)
    )


@router.post(
    "/me/authenticator/remove",
    status_code=204,
    tags=["me"],
    summary="Remove the app",
    **policy.operation(scopes.ACCOUNT_WRITE, raises=(NotFound, SignInAgain)),
)
async def remove_authenticator(person: policy.Person, session: Session, now: Now) -> Response:
    """Ask for codes of the app no more. Needs a fresh sign-in."""
    await means.remove_authenticator(session, _owner(person), now)
    return Response(status_code=204)


@router.post(
    "/me/recovery-codes",
    tags=["me"],
    summary="Make new recovery codes",
    **policy.operation(scopes.ACCOUNT_WRITE, raises=(NotFound, SignInAgain, SecondFactorNeeded)),
)
async def make_recovery_codes(
    person: policy.Person, provider: Provider, session: SessionApart, now: Now
) -> RecoveryCodesView:
    """Get new codes, shown this once; those before are worth nothing. Needs a fresh sign-in."""
    return RecoveryCodesView(codes=await means.make_recovery_codes(session, provider, _owner(person), now))


@router.patch(
    "/me/passkeys/{passkey_id}",
    tags=["me"],
    summary="Rename a passkey",
    **policy.operation(scopes.ACCOUNT_WRITE, raises=(NotFound,)),
)
async def rename_passkey(
    passkey_id: PasskeyId, body: RenamePasskey, person: policy.Person, session: Session
) -> PasskeyView:
    """Give a passkey another name. New ones are added on the account page, to whose address they belong."""
    return PasskeyView.of(await means.rename_passkey(session, person.person_id, passkey_id, body.name))


@router.post(
    "/me/passkeys/{passkey_id}/remove",
    status_code=204,
    tags=["me"],
    summary="Remove a passkey",
    **policy.operation(scopes.ACCOUNT_WRITE, raises=(NotFound, SignInAgain, LastMeans)),
)
async def remove_passkey(
    passkey_id: PasskeyId, person: policy.Person, session: Session, now: Now
) -> Response:
    """Sign in with a passkey no more. Needs a fresh sign-in."""
    await means.remove_passkey(session, _owner(person), passkey_id, now)
    return Response(status_code=204)


@router.post(
    "/me/links/{provider_name}/remove",
    status_code=204,
    tags=["me"],
    summary="Remove a linked identity provider",
    **policy.operation(scopes.ACCOUNT_WRITE, raises=(NotFound, SignInAgain, LastMeans)),
)
async def remove_link(
    provider_name: Annotated[
        str, Path(max_length=32, pattern=r"^[a-z0-9-]+$", description="The provider's name.")
    ],
    person: policy.Person,
    session: Session,
    now: Now,
) -> Response:
    """Be signed in by an outside identity provider no more. Needs a fresh sign-in."""
    await means.remove_link(session, _owner(person), provider_name, now)
    return Response(status_code=204)


def _owner(person: Principal) -> Owner:
    if person.session_id is None:
        raise NotFound
    return Owner(person.person_id, UUID(person.session_id))


def _browser(request: Request, address: str) -> Browser:
    """The caller: an application without cookies of ours."""
    return Browser(address, request.headers.get("user-agent", ""), "", "")
