"""What an authorization request needs next of the person at the browser (OpenID Connect Core, 3.1.2)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from hub_core.principal import Assurance

from ..errors.oauth import OAuthError
from .authorization import Authorization, Prompt
from .session import Session


@dataclass(frozen=True, slots=True)
class Present:
    """Who is at the browser: `subject` as the client knows them, `reachable` what their account allows."""

    session: Session
    subject: str
    reachable: Assurance


class Step(StrEnum):
    """What has to happen next for the request to be answered.

    UNMET: the person is signed in, and cannot reach the level of assurance by signing in once more.
    """

    SIGN_IN = "SIGN_IN"
    UNMET = "UNMET"
    CONSENT = "CONSENT"
    GRANT = "GRANT"


def needs_sign_in(authorization: Authorization, present: Present | None, now: datetime) -> bool:
    """Whether the person must sign in, or sign in again, for this request.

    Who has signed in since the request came is not asked again: what that did not bring, another
    time does not bring either.
    """
    if present is None:
        return True
    if present.session.signed_in_at >= authorization.created_at:
        return False
    if authorization.hinted_subject not in (None, present.subject):
        return True
    if authorization.prompts & {Prompt.LOGIN, Prompt.SELECT_ACCOUNT}:
        return True
    if not present.session.assurance.meets(authorization.needed):
        return present.reachable.meets(authorization.needed)
    return authorization.max_age is not None and now - present.session.signed_in_at > timedelta(
        seconds=authorization.max_age
    )


def next_step(
    authorization: Authorization, present: Present | None, consented: Iterable[str], now: datetime
) -> Step:
    """What has to happen next; `OAuthError` when the client forbade to ask the person for it.

    The error is also the answer when another person signed in than `id_token_hint` names.
    """
    silent = Prompt.NONE in authorization.prompts
    if present is None or needs_sign_in(authorization, present, now):
        if silent:
            raise OAuthError("login_required", "the person has to sign in")
        return Step.SIGN_IN
    if authorization.hinted_subject not in (None, present.subject):
        raise OAuthError("login_required", "another person signed in than the one of id_token_hint")
    if not present.session.assurance.meets(authorization.needed):
        if silent:
            raise unmet(authorization)
        return Step.UNMET
    asked_anew = Prompt.CONSENT in authorization.prompts and authorization.consented_at is None
    if asked_anew or not frozenset(consented).issuperset(authorization.scopes):
        if silent:
            raise OAuthError("consent_required", "the person has to agree")
        return Step.CONSENT
    return Step.GRANT


def unmet(authorization: Authorization) -> OAuthError:
    """The client's answer when the level cannot be reached (RFC 9470, 5)."""
    return OAuthError(
        "unmet_authentication_requirements", f"the person cannot sign in at level {authorization.needed}"
    )


def tell_closed(authorization: Authorization) -> Step:
    """The step for a person who may not use a client of the sandbox; `OAuthError` where nobody is asked."""
    if Prompt.NONE in authorization.prompts:
        raise OAuthError("access_denied", "the client is in the sandbox, and the person may not try it")
    return Step.CONSENT


def acting_for(authorization: Authorization, offices: Collection[UUID]) -> UUID | None:
    """The institution an official signs in for; none when the person has to be asked, or told why not.

    `offices` are those they may act for now: with one only, there is nothing to choose. `OAuthError`
    when the client forbade to ask.
    """
    if authorization.institution_id in offices:
        return authorization.institution_id
    if len(offices) == 1:
        return next(iter(offices))
    if Prompt.NONE in authorization.prompts:
        if offices:
            raise OAuthError("interaction_required", "the person has to choose an institution")
        raise OAuthError("access_denied", "the person is not an official now")
    return None
