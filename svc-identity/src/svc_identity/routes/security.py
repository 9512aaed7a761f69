"""Pages: how a person signs in, and changing it."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from hub_service.dependencies import Now, Session
from hub_service.problems import NotFound

from .. import one_time_codes
from ..dependencies import Address
from ..operations import means, password, security
from ..operations.means import Owner, SetUp
from ..operations.password import Ended
from ..pages import messages, rendering
from ..schemas.means import ChangePassword, ConfirmAuthenticator, RenamePasskey
from .visits import Visit, Visitor, see_other, validated

router = APIRouter(prefix="/account", include_in_schema=False, redirect_slashes=False)

_HOME: Final = "/account/security"
_LATELY: Final = 10
_KEY_GROUP: Final = 4


@router.get("/passkeys.js")
async def get_script() -> Response:
    """The script of passkeys."""
    return rendering.script()


@router.get("/security")
async def show_security(visit: Visitor, session: Session, now: Now) -> Response:
    """What the person can sign in with, and what changed lately."""
    if visit.signed_in is None:
        return see_other("/account/sign-in", next="security")
    person_id = visit.signed_in.account_id
    held = await means.read(session, person_id)
    return visit.show(
        "security.html",
        means=held,
        providers=visit.provider.outside.all,
        linked={link.provider: link for link in held.links},
        may_change=await means.may_change(session, visit.signed_in, now),
        changes=await security.list_changes(session, person_id, limit=_LATELY),
        said=messages.CHANGES,
    )


async def _owner(visit: Visit, session: Session, now: Now) -> Owner | None:
    """Who may change their means now; none when they have to sign in again first."""
    if visit.signed_in is None or not await means.may_change(session, visit.signed_in, now):
        return None
    return Owner(visit.signed_in.account_id, visit.signed_in.id)


def _again() -> Response:
    return see_other("/account/sign-in", next="security", notice="sign-in-again")


# ── password ──


@router.get("/security/password")
async def show_password(visit: Visitor, session: Session, now: Now) -> Response:
    """The form for another password."""
    if visit.signed_in is None:
        return _again()
    has_password = (await means.read(session, visit.signed_in.account_id)).has_password
    if not has_password and await _owner(visit, session, now) is None:
        return _again()
    return await _password(visit, session, {}, 200)


@router.post("/security/password")
async def change_password_by_form(visit: Visitor, session: Session, address: Address, now: Now) -> Response:
    """Change the password; the person's other sign-ins end."""
    form = await visit.form()
    if visit.signed_in is None:
        return _again()
    said = {name: form.get(name) or "" for name in ("old_password", "password")}
    body, errors = validated(ChangePassword, said)
    if body is None:
        return await _password(visit, session, errors, 422)
    owner = Owner(visit.signed_in.account_id, visit.signed_in.id)
    new = body.password.get_secret_value()
    old = said["old_password"]
    match await password.try_change(session, visit.provider, owner, old, new, visit.browser(address), now):
        case Ended.WRONG_PASSWORD:
            return await _password(visit, session, {"old_password": messages.WRONG_PASSWORD}, 422)
        case Ended.REFUSED:
            wrong = {"password": messages.of_field("password", "password_own")}
            return await _password(visit, session, wrong, 422)
    return see_other(_HOME, notice="password-changed")


async def _password(visit: Visit, session: Session, errors: dict[str, str], status: int) -> Response:
    if visit.signed_in is None:
        return _again()
    held = await means.read(session, visit.signed_in.account_id)
    return visit.show("change_password.html", status=status, means=held, errors=errors)


# ── the app for one-time codes ──


@router.post("/security/app")
async def begin_app(visit: Visitor, session: Session, now: Now) -> Response:
    """Make a key for an app."""
    await visit.form()
    owner = await _owner(visit, session, now)
    if owner is None:
        return _again()
    await means.begin_authenticator(session, visit.provider, owner, now)
    return see_other("/account/security/app")


@router.get("/security/app")
async def show_app(visit: Visitor, session: Session, now: Now) -> Response:
    """The key that waits for its first code, as picture and text."""
    owner = await _owner(visit, session, now)
    if owner is None:
        return _again()
    set_up = await means.waiting_authenticator(session, visit.provider, owner, now)
    return _app(visit, set_up, {}, 200)


@router.post("/security/app/confirm")
async def confirm_app(visit: Visitor, session: Session, address: Address, now: Now) -> Response:
    """Confirm the app with a code; recovery codes are shown when there are new ones."""
    form = await visit.form()
    owner = await _owner(visit, session, now)
    if owner is None:
        return _again()
    code = "".join((form.get("code") or "").split())
    body, _ = validated(ConfirmAuthenticator, {"code": code})
    codes = None
    if body is not None:
        browser = visit.browser(address)
        codes = await means.try_authenticator(session, visit.provider, owner, body.code, browser, now)
    if codes is None:
        set_up = await means.waiting_authenticator(session, visit.provider, owner, now)
        return _app(visit, set_up, {"code": messages.WRONG_ONE_TIME_CODE}, 422)
    return _codes(visit, codes, "app-added")


def _app(visit: Visit, set_up: SetUp, errors: dict[str, str], status: int) -> Response:
    groups = range(0, len(set_up.secret), _KEY_GROUP)
    return visit.show(
        "authenticator.html",
        status=status,
        errors=errors,
        picture=one_time_codes.picture(set_up.address),
        key=" ".join(set_up.secret[first : first + _KEY_GROUP] for first in groups),
    )


@router.post("/security/app/remove")
async def remove_app(visit: Visitor, session: Session, now: Now) -> Response:
    """Ask for codes of the app no more."""
    await visit.form()
    owner = await _owner(visit, session, now)
    if owner is None:
        return _again()
    await means.remove_authenticator(session, owner, now)
    return see_other(_HOME, notice="app-removed")


# ── recovery codes ──


@router.post("/security/recovery-codes")
async def make_codes(visit: Visitor, session: Session, now: Now) -> Response:
    """Make new recovery codes and show them this once."""
    await visit.form()
    owner = await _owner(visit, session, now)
    if owner is None:
        return _again()
    return _codes(visit, await means.make_recovery_codes(session, visit.provider, owner, now), "")


def _codes(visit: Visit, codes: list[str], notice: str) -> Response:
    if not codes:
        return see_other(_HOME, notice=notice)
    return visit.show("recovery_codes.html", codes=codes)


# ── passkeys ──


@router.get("/security/passkeys/new")
async def show_new_passkey(visit: Visitor, session: Session, now: Now) -> Response:
    """The form for a new passkey."""
    owner = await _owner(visit, session, now)
    if owner is None:
        return _again()
    return await _new_passkey(visit, session, owner, now, "", {}, 200)


@router.post("/security/passkeys")
async def add_passkey(visit: Visitor, session: Session, now: Now) -> Response:
    """Register the passkey that the browser has made."""
    form = await visit.form()
    owner = await _owner(visit, session, now)
    if owner is None:
        return _again()
    said = form.get("name") or ""
    body, errors = validated(RenamePasskey, {"name": said})
    if body is None:
        return await _new_passkey(visit, session, owner, now, said, errors, 422)
    credential = form.get("credential") or ""
    codes = await means.add_passkey(session, visit.provider, owner, visit.csrf, credential, body.name, now)
    return _codes(visit, codes, "passkey-added")


async def _new_passkey(
    visit: Visit,
    session: Session,
    owner: Owner,
    now: Now,
    name: str,
    errors: dict[str, str],
    status: int,
) -> Response:
    options = await means.passkey_options(session, visit.provider, owner, visit.csrf, now)
    return visit.show(
        "passkey_new.html", status=status, scripted=True, name=name, errors=errors, passkey_options=options
    )


@router.get("/security/passkeys/{passkey_id}")
async def show_passkey(passkey_id: UUID, visit: Visitor, session: Session) -> Response:
    """The form for another name."""
    if visit.signed_in is None:
        return _again()
    held = (await means.read(session, visit.signed_in.account_id)).passkeys
    found = next((passkey for passkey in held if passkey.id == passkey_id), None)
    if found is None:
        raise NotFound
    return visit.show("passkey_name.html", name=found.name, errors={})


@router.post("/security/passkeys/{passkey_id}")
async def rename_passkey_by_form(passkey_id: UUID, visit: Visitor, session: Session) -> Response:
    """Give a passkey another name."""
    form = await visit.form()
    if visit.signed_in is None:
        return _again()
    said = form.get("name") or ""
    body, errors = validated(RenamePasskey, {"name": said})
    if body is None:
        return visit.show("passkey_name.html", status=422, name=said, errors=errors)
    await means.rename_passkey(session, visit.signed_in.account_id, passkey_id, body.name)
    return see_other(_HOME, notice="passkey-renamed")


@router.post("/security/passkeys/{passkey_id}/remove")
async def remove_passkey_by_form(passkey_id: UUID, visit: Visitor, session: Session, now: Now) -> Response:
    """Sign in with a passkey no more."""
    await visit.form()
    owner = await _owner(visit, session, now)
    if owner is None:
        return _again()
    await means.remove_passkey(session, owner, passkey_id, now)
    return see_other(_HOME, notice="passkey-removed")
