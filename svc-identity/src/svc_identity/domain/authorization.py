"""The authorization request (RFC 6749, 4.1.1; OpenID Connect Core, 3.1.2), and what it needs next."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from hub_core.language import Language
from hub_core.principal import Assurance

from ..errors.oauth import InvalidProof, OAuthError
from . import rules, scopes
from .client import Client, GrantType
from .device_request import DeviceRequest
from .parameters import Parameters
from .rules import RuleId
from .session import Session


@dataclass(frozen=True, slots=True)
class Present:
    """Who is at the browser: `subject` as the client knows them, `reachable` what their account allows."""

    session: Session
    subject: str
    reachable: Assurance


class Prompt(StrEnum):
    """What the client wants the person to be asked (OpenID Connect Core, 3.1.2.1)."""

    NONE = "none"
    LOGIN = "login"
    CONSENT = "consent"
    SELECT_ACCOUNT = "select_account"


class Step(StrEnum):
    """What has to happen next for the request to be answered.

    UNMET: the person is signed in, and cannot reach the level of assurance by signing in once more.
    """

    SIGN_IN = "SIGN_IN"
    UNMET = "UNMET"
    CONSENT = "CONSENT"
    GRANT = "GRANT"


@dataclass(frozen=True, slots=True)
class Authorization:
    """A request that waits for the person. `hinted_subject` is the `sub` of `id_token_hint`.

    `acr_values` are the levels of assurance the client asks for, best first, `dpop_jkt` the thumbprint of
    the key its code is bound to (RFC 9449, 10), `institution_id` the one the person wants to act for as an
    official.

    With `device_id` a device asked (RFC 8628): no code is given, and `redirect_uri` is our own page.
    `pushed_hash` is SHA-256 of the `request_uri` under which a pushed request waits for its browser; none
    once it has come (RFC 9126).

    `consented_at` is when the person agreed on the consent page of this very request;
    `answered_at` when the client got its answer: a request is answered once.
    """

    id: UUID
    client_id: str
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None
    nonce: str | None
    code_challenge: str
    prompts: frozenset[Prompt]
    max_age: int | None
    login_hint: str | None
    language: Language | None
    hinted_subject: str | None
    acr_values: tuple[Assurance, ...]
    dpop_jkt: str | None
    institution_id: UUID | None
    created_at: datetime
    expires_at: datetime
    consented_at: datetime | None = None
    answered_at: datetime | None = None
    device_id: UUID | None = None
    pushed_hash: bytes | None = None

    @property
    def needed(self) -> Assurance:
        """The lowest level that serves the client: levels are ordered, and a higher one serves as well."""
        return next((level for level in Assurance if level in self.acr_values), Assurance.LOW)


PUSHED: Final = "urn:ietf:params:oauth:request_uri:"
"""How the `request_uri` of a pushed request begins (RFC 9126, 2.2)."""
_THUMBPRINT: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_CHALLENGE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_SECONDS: Final = re.compile(r"[0-9]{1,9}")
_REFUSED: Final = {
    "request": "request_not_supported",
    "request_uri": "request_uri_not_supported",
    "registration": "registration_not_supported",
}


def parse(
    authorization_id: UUID,
    parameters: Parameters,
    client: Client,
    redirect_uri: str,
    now: datetime,
    *,
    pushed: bool = False,
) -> Authorization:
    """The request of a known client with a good redirect address; `OAuthError` says what is wrong.

    `pushed` says that the client has left it itself (RFC 9126), and no browser has carried it.
    """
    parameters.check()
    if GrantType.CODE not in client.grant_types:
        raise OAuthError("unauthorized_client", "the client is not registered for codes")
    if client.pushes_only and not pushed:
        raise OAuthError("invalid_request", "requests of this client must be pushed (RFC 9126)")
    for name, error in _REFUSED.items():
        if parameters.get(name) is not None:
            raise OAuthError(error, f"{name} is not supported")
    if parameters.need("response_type") != "code":
        raise OAuthError("unsupported_response_type", "response_type must be code")
    if parameters.get("response_mode") not in (None, "query"):
        raise OAuthError("invalid_request", "response_mode must be query")
    return Authorization(
        id=authorization_id,
        client_id=client.id,
        redirect_uri=redirect_uri,
        scopes=_scopes(parameters, client),
        state=parameters.get("state"),
        nonce=parameters.get("nonce"),
        code_challenge=_challenge(parameters),
        prompts=_prompts(parameters),
        max_age=_max_age(parameters),
        login_hint=parameters.get("login_hint"),
        language=language(parameters.get("ui_locales")),
        hinted_subject=None,
        acr_values=_levels(parameters),
        dpop_jkt=_thumbprint(parameters),
        institution_id=None,
        created_at=now,
        expires_at=now + rules.duration(RuleId.AUTHORIZATION_OPEN, now),
    )


def of_device(authorization_id: UUID, request: DeviceRequest, page: str, now: datetime) -> Authorization:
    """What a device asks for, to be decided by the person who typed its code: they are always asked."""
    return Authorization(
        id=authorization_id,
        client_id=request.client_id,
        redirect_uri=page,
        scopes=request.scopes,
        state=None,
        nonce=None,
        code_challenge="",
        prompts=frozenset({Prompt.CONSENT}),
        max_age=None,
        login_hint=None,
        language=None,
        hinted_subject=None,
        acr_values=(),
        dpop_jkt=None,
        institution_id=None,
        created_at=now,
        expires_at=request.expires_at,
        device_id=request.id,
    )


def _scopes(parameters: Parameters, client: Client) -> tuple[str, ...]:
    asked = scopes.parse(parameters.get("scope") or "")
    if not asked:
        raise OAuthError("invalid_scope", "scope is required")
    if not client.scopes.issuperset(asked):
        raise OAuthError("invalid_scope", "a scope is unknown, or not registered for this client")
    return scopes.ordered(asked)


def _challenge(parameters: Parameters) -> str:
    # a missing method means plain (RFC 7636, 4.3), which is refused like the word itself
    if parameters.get("code_challenge_method") != "S256":
        raise OAuthError("invalid_request", "PKCE with code_challenge_method S256 is required")
    challenge = parameters.need("code_challenge")
    if not _CHALLENGE.fullmatch(challenge):
        raise OAuthError("invalid_request", "code_challenge must be 43 characters of base64url")
    return challenge


def _thumbprint(parameters: Parameters) -> str | None:
    thumbprint = parameters.get("dpop_jkt")
    if thumbprint is not None and not _THUMBPRINT.fullmatch(thumbprint):
        raise OAuthError("invalid_request", "dpop_jkt must be 43 characters of base64url")
    return thumbprint


def _prompts(parameters: Parameters) -> frozenset[Prompt]:
    words = frozenset((parameters.get("prompt") or "").split())
    prompts = frozenset(prompt for prompt in Prompt if prompt.value in words)
    if len(prompts) < len(words):
        raise OAuthError("invalid_request", "prompt has an unknown value")
    if Prompt.NONE in prompts and len(prompts) > 1:
        raise OAuthError("invalid_request", "prompt none stands alone")
    return prompts


def _max_age(parameters: Parameters) -> int | None:
    text = parameters.get("max_age")
    if text is None:
        return None
    if not _SECONDS.fullmatch(text):
        raise OAuthError("invalid_request", "max_age must be a number of seconds")
    return int(text)


def _levels(parameters: Parameters) -> tuple[Assurance, ...]:
    """The levels asked for; other words ask for nothing (OpenID Connect Core, 3.1.2.1: voluntary)."""
    words = dict.fromkeys((parameters.get("acr_values") or "").split())
    return tuple(level for word in words for level in Assurance if level.value == word)


def language(ui_locales: str | None) -> Language | None:
    """The first of the client's languages (BCP 47) that the pages speak."""
    for tag in (ui_locales or "").split():
        for spoken in Language:
            if tag.partition("-")[0].lower() == spoken.value:
                return spoken
    return None


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


def is_open(authorization: Authorization, now: datetime) -> bool:
    """Whether the request still waits for its answer."""
    waits = authorization.pushed_hash is None and authorization.answered_at is None
    return waits and now < authorization.expires_at


def push(authorization: Authorization, pushed_hash: bytes, jkt: str | None, now: datetime) -> Authorization:
    """The request as it waits for its browser; a key that was proved is the one its code is bound to.

    `OAuthError` when the request itself names another key (RFC 9449, 10.1).
    """
    if jkt is not None and authorization.dpop_jkt not in (None, jkt):
        raise InvalidProof("dpop_jkt is the thumbprint of another key")
    return replace(
        authorization,
        pushed_hash=pushed_hash,
        dpop_jkt=jkt or authorization.dpop_jkt,
        expires_at=now + rules.duration(RuleId.PUSHED_VALIDITY, now),
    )


def take(pushed: Authorization, client_id: str, now: datetime) -> Authorization | None:
    """The pushed request from the moment its browser comes; none for another client's, or a late one's."""
    if pushed.client_id != client_id or now >= pushed.expires_at:
        return None
    ends = now + rules.duration(RuleId.AUTHORIZATION_OPEN, now)
    return replace(pushed, pushed_hash=None, created_at=now, expires_at=ends)


def answer(redirect_uri: str, **parameters: str | None) -> str:
    """The redirect address with the answer's parameters in its query (RFC 6749, 4.1.2)."""
    said = urlencode({name: value for name, value in parameters.items() if value is not None})
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{said}"
