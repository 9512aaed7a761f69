"""Pages: who looked at my data, and a person's rights on them."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from hub_core.principal import Assurance
from hub_service.dependencies import Now, Session
from hub_service.problems import InsufficientAssurance, MalformedRequest
from hub_service.purpose import Purpose

from ..dependencies import Provider
from ..domain import data_request
from ..domain.data_request import Kind
from ..operations import access_log, accounts, data_requests, deletion, disputes, exports
from ..operations.access_log import Period
from ..pages import privacy_words
from ..schemas.access_log import DisputeAccess, by
from ..schemas.privacy import AskAboutData
from .privacy import ZipResponse
from .visits import SESSION, Visit, Visitor, see_other, validated

router = APIRouter(prefix="/account", include_in_schema=False, redirect_slashes=False)

_PRIVACY: Final = "/account/privacy"
_SHOWN: Final = 20
_WORDS: Final[dict[str, Any]] = {
    "records": privacy_words.RECORDS,
    "dispute_states": privacy_words.DISPUTE_STATES,
    "outcomes": privacy_words.OUTCOMES,
    "kinds": privacy_words.KINDS,
    "fields": privacy_words.FIELDS,
    "request_states": privacy_words.REQUEST_STATES,
    "export_states": privacy_words.EXPORT_STATES,
}


class Asked(BaseModel):
    """What a person has typed so far."""

    model_config = ConfigDict(frozen=True)

    kind: str = Kind.RECTIFICATION
    field: str = ""
    details: str = ""


@router.get("/access")
async def show_accesses(visit: Visitor, session: Session, now: Now) -> Response:
    """Who looked at the person's data, newest first."""
    if visit.signed_in is None:
        return see_other("/account/sign-in", next="access")
    before = visit.request.query_params.get("before", "")
    if before and not (before.isascii() and before.isdigit()):
        raise MalformedRequest
    found = await access_log.list_own(
        session,
        visit.signed_in.account_id,
        Period(),
        now,
        before=int(before) if before else None,
        limit=_SHOWN + 1,
    )
    older = found[_SHOWN - 1].line.seq if len(found) > _SHOWN else None
    return visit.show(
        "access.html",
        lines=found[:_SHOWN],
        older=older,
        by=lambda line: privacy_words.BY[by(line)],
        roles=privacy_words.ROLES,
        purpose=lambda code: Purpose(code).text,
        **_WORDS,
    )


@router.get("/access/{line_id}/dispute")
async def show_dispute(line_id: UUID, visit: Visitor) -> Response:
    """Ask why the person finds an access unjustified."""
    del line_id
    if visit.signed_in is None:
        return see_other("/account/sign-in", next="access")
    return visit.show("dispute.html", errors={}, reason="")


@router.post("/access/{line_id}/dispute")
async def dispute_by_form(line_id: UUID, visit: Visitor, session: Session, now: Now) -> Response:
    """Dispute an access."""
    form = await visit.form()
    if visit.signed_in is None:
        return see_other("/account/sign-in", next="access")
    typed = {"reason": form.get("reason") or ""}
    wanted, errors = validated(DisputeAccess, typed)
    if wanted is None:
        return visit.show("dispute.html", status=422, errors=errors, reason=typed["reason"])
    await disputes.open_(session, visit.signed_in.account_id, line_id, wanted.reason, now)
    return see_other("/account/access", notice="dispute-sent")


@router.get("/privacy")
async def show_privacy(visit: Visitor, session: Session, now: Now) -> Response:
    """The person's copies, requests, and what the deletion of the account means."""
    if visit.signed_in is None:
        return see_other("/account/sign-in", next="privacy")
    return await _show(visit, session, now, Asked(), {})


@router.post("/privacy/export")
async def export_by_form(visit: Visitor, session: Session, now: Now) -> Response:
    """Have a copy made."""
    await visit.form()
    if visit.signed_in is None:
        return see_other("/account/sign-in", next="privacy")
    _must_be_strong(visit)
    await exports.request(session, visit.signed_in.account_id, visit.language, now)
    return see_other(_PRIVACY, notice="copy-asked")


@router.get("/privacy/exports/{export_id}")
async def fetch_export(
    export_id: UUID, visit: Visitor, provider: Provider, session: Session, now: Now
) -> Response:
    """The ZIP file of a copy."""
    if visit.signed_in is None:
        return see_other("/account/sign-in", next="privacy")
    _must_be_strong(visit)
    return ZipResponse(await exports.fetch(session, provider, visit.signed_in.account_id, export_id, now))


@router.post("/privacy/requests")
async def ask_by_form(visit: Visitor, provider: Provider, session: Session, now: Now) -> Response:
    """Use a right on one's data."""
    form = await visit.form()
    if visit.signed_in is None:
        return see_other("/account/sign-in", next="privacy")
    typed = Asked(
        kind=form.get("kind") or "", field=form.get("field") or "", details=form.get("details") or ""
    )
    is_rectification = typed.kind == Kind.RECTIFICATION
    if is_rectification and typed.field not in set(data_request.Field):
        return await _show(visit, session, now, typed, {"field": privacy_words.NO_FIELD})
    values = {"kind": typed.kind, "details": typed.details}
    wanted, errors = validated(AskAboutData, values | ({"field": typed.field} if is_rectification else {}))
    if wanted is None:
        return await _show(visit, session, now, typed, errors)
    await data_requests.receive(session, provider, visit.signed_in.account_id, wanted.wanted(), now)
    return see_other(_PRIVACY, notice="request-sent")


@router.post("/privacy/requests/{request_id}/withdraw")
async def withdraw_by_form(request_id: UUID, visit: Visitor, session: Session, now: Now) -> Response:
    """Take a request back."""
    await visit.form()
    if visit.signed_in is None:
        return see_other("/account/sign-in", next="privacy")
    await data_requests.withdraw(session, visit.signed_in.account_id, request_id, now)
    return see_other(_PRIVACY, notice="request-withdrawn")


@router.post("/privacy/delete")
async def delete_by_form(visit: Visitor, session: Session, now: Now) -> Response:
    """Delete the account."""
    form = await visit.form()
    if visit.signed_in is None:
        return see_other("/account/sign-in", next="privacy")
    if form.get("understood") != "yes":
        return await _show(visit, session, now, Asked(), {"understood": privacy_words.NOT_UNDERSTOOD})
    account = await accounts.read(session, visit.signed_in.account_id)
    if not visit.signed_in.assurance.meets(account.assurance):
        raise InsufficientAssurance(assurance=account.assurance)
    await deletion.delete(session, account.id, now)
    onward = see_other("/account/signed-out", notice="account-deleted")
    visit.drop(onward, SESSION)
    return onward


async def _show(visit: Visit, session: Session, now: Now, asked: Asked, errors: dict[str, str]) -> Response:
    if visit.signed_in is None:
        return see_other("/account/sign-in", next="privacy")
    person_id = visit.signed_in.account_id
    return visit.show(
        "privacy.html",
        status=422 if errors else 200,
        errors=errors,
        asked=asked,
        strong=_is_strong(visit),
        copies=await exports.list_own(session, person_id, before=None, limit=_SHOWN),
        requests=await data_requests.list_own(session, person_id, before=None, limit=_SHOWN),
        consequences=await deletion.foresee(session, person_id, now),
        **_WORDS,
    )


def _is_strong(visit: Visit) -> bool:
    return visit.signed_in is not None and visit.signed_in.assurance.meets(Assurance.SUBSTANTIAL)


def _must_be_strong(visit: Visit) -> None:
    if not _is_strong(visit):
        raise InsufficientAssurance(assurance=Assurance.SUBSTANTIAL)
