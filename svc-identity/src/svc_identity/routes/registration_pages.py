"""Pages: a person's requests to be known by an institution (C25)."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response

from hub_core.clock import local_date
from hub_core.cnp import InvalidCnp, validate
from hub_core.language import Language
from hub_core.principal import Assurance
from hub_core.text import fold
from hub_service.dependencies import Now, Session

from ..domain.registration import RegisterCheck, State, Step, steps
from ..operations import accounts, registrations
from ..pages import countries, messages, registration_words
from ..schemas.registrations import SubmitRegistration
from .visits import Visit, Visitor, see_other, validated

router = APIRouter(prefix="/account/registrations", include_in_schema=False, redirect_slashes=False)

_PAGE: Final = "/account/registrations"
_SHOWN: Final = 20


class Typed(BaseModel):
    """What a person has typed so far."""

    model_config = ConfigDict(frozen=True)

    institution_id: str = ""
    cnp: str = ""
    birth_date: str = ""
    citizenship: str = "RO"


@router.get("")
async def show_registrations(visit: Visitor, session: Session, now: Now) -> Response:
    """The person's requests, newest first, and the form for another one."""
    return await _show(visit, session, now, Typed(), {})


@router.post("")
async def submit_registration_by_form(visit: Visitor, session: Session, now: Now) -> Response:
    """Ask an institution, with a CNP: the register answers for it, and no document is sent."""
    form = await visit.form()
    if visit.signed_in is None:
        return _sign_in()
    typed = Typed(**{name: form.get(name) or "" for name in Typed.model_fields})
    wanted, errors = validated(SubmitRegistration, typed.model_dump())
    if wanted is None:
        return await _show(visit, session, now, typed, errors)
    errors = _of_the_future(wanted, now)
    if errors:
        return await _show(visit, session, now, typed, errors)
    person_id = visit.signed_in.account_id
    await registrations.submit(
        session, visit.provider, person_id, wanted.institution_id, wanted.stated(), now
    )
    return see_other(_PAGE, notice="registration-sent")


@router.post("/{registration_id}/complete")
async def complete_registration_by_form(
    registration_id: UUID, visit: Visitor, session: Session, now: Now
) -> Response:
    """Say that what the official asked for is done."""
    await visit.form()
    if visit.signed_in is None:
        return _sign_in()
    await registrations.complete(session, visit.signed_in.account_id, registration_id, now)
    return see_other(_PAGE, notice="registration-completed")


def _sign_in() -> Response:
    return see_other("/account/sign-in", next="registrations")


def _of_the_future(wanted: SubmitRegistration, now: Now) -> dict[str, str]:
    """What is wrong with dates of birth that have not come."""
    today = local_date(now)
    wrong = []
    if wanted.cnp is not None:
        try:
            validate(wanted.cnp.number, today)
        except InvalidCnp:
            wrong.append("cnp")
    if wanted.birth_date > today:
        wrong.append("birth_date")
    return {field: messages.of_field(field, "future") for field in wrong}


async def _show(visit: Visit, session: Session, now: Now, typed: Typed, errors: dict[str, str]) -> Response:
    if visit.signed_in is None:
        return _sign_in()
    person_id = visit.signed_in.account_id
    account = await accounts.read(session, person_id)
    found = await registrations.list_named(
        session, person_id, before=visit.query_id("before"), limit=_SHOWN + 1
    )
    offered = [
        (str(one.id), one.names.get(visit.language) or one.names[Language.RO])
        for one in await registrations.list_askable(session, person_id, now)
    ]
    return visit.show(
        "registrations.html",
        status=422 if errors else 200,
        errors=errors,
        typed=typed,
        is_validated=account.assurance is not Assurance.LOW,
        requests=found[:_SHOWN],
        older=found[_SHOWN - 1].request.id if len(found) > _SHOWN else None,
        institutions=sorted(offered, key=lambda one: fold(one[1])),
        countries=countries.in_language(visit.language),
        states=registration_words.STATES,
        reasons=registration_words.REASONS,
        remedies=registration_words.REMEDIES,
        can_complete=lambda request: Step.COMPLETE in steps(request),
        needs_copy=lambda request: (
            request.check is RegisterCheck.NOT_POSSIBLE
            and request.state in (State.SUBMITTED, State.NEEDS_COMPLETION)
        ),
    )
