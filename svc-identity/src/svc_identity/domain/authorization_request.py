"""Reading an authorization request (RFC 6749, 4.1.1; OpenID Connect Core, 3.1.2.1) from its parameters."""

import re
from datetime import datetime
from typing import Final
from uuid import UUID

from hub_core.language import Language
from hub_core.principal import Assurance

from ..errors.oauth import OAuthError
from . import rules, scopes
from .authorization import Authorization, Prompt
from .client import Client, GrantType
from .parameters import Parameters
from .rules import RuleId

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
