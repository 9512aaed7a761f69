"""The JSON API: an activation code for oneself, and validating an account at a counter."""

from typing import Final

from hub_core.decisions import OwnCase
from hub_core.principal import Assurance, Role
from hub_service import policy, purpose
from hub_service.dependencies import Now, Session
from hub_service.problems import NotFound
from hub_service.routing import Router

from ..dependencies import Provider, SessionApart
from ..domain import scopes
from ..errors.accounts import TooManyTries
from ..errors.decisions import RegisterUnavailable
from ..errors.proofing import (
    AlreadyVerified,
    DocumentExpired,
    IdentityNotConfirmed,
    NumberTaken,
    WrongActivationCode,
)
from ..operations import proofing
from ..schemas.proofing import ActivationCodeView, VerificationView, VerifyPerson

SCOPES: Final = {scopes.PEOPLE_VERIFY: "Validate accounts of people who come to a counter"}

router = Router(prefix="/identity/v1")


@router.post(
    "/me/activation-codes",
    status_code=201,
    tags=["me"],
    summary="Ask for an activation code",
    **policy.operation(scopes.ACCOUNT_WRITE, raises=(NotFound, AlreadyVerified, TooManyTries)),
)
async def create_activation_code(
    person: policy.Person, provider: Provider, session: Session, now: Now
) -> ActivationCodeView:
    """A code to tell the clerk at a counter, who validates the account with it.

    It is shown this once and valid for half an hour; the code before is no longer good.
    """
    return ActivationCodeView.of(await proofing.ask_code(session, provider, person.person_id, now))


@router.post(
    "/verifications",
    status_code=201,
    tags=["proofing"],
    summary="Validate an account at a counter",
    **policy.operation(
        scopes.PEOPLE_VERIFY,
        assurance=Assurance.SUBSTANTIAL,
        roles=(Role.CLERK,),
        raises=(
            *(WrongActivationCode, TooManyTries, DocumentExpired, OwnCase, IdentityNotConfirmed),
            *(NumberTaken, AlreadyVerified, RegisterUnavailable, purpose.PurposeRequired),
        ),
    ),
)
async def verify_person(
    body: VerifyPerson,
    official: policy.Acting,
    stated: purpose.Given,
    provider: Provider,
    session: SessionApart,
    now: Now,
) -> VerificationView:
    """Validate the account whose code the person tells, after the document was seen.

    The population register is asked: a living person must have the number, the date of birth and the
    names of the account. What does not fit is not told. The account is of level `substantial` from then
    on, once and for ever, and has the names of the register. The document's series and number are not
    asked for.
    """
    made = await proofing.verify(session, provider, official, body.seen(), stated, now)
    return VerificationView.of(made)
