"""A request for authorization from its coming to its answer (RFC 6749, 4.1; OpenID Connect Core, 3.1.2)."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from hub_core.language import Language
from hub_core.principal import Assurance

from ..errors.oauth import InvalidProof
from . import rules
from .device_request import DeviceRequest
from .rules import RuleId


class Prompt(StrEnum):
    """What the client wants the person to be asked (OpenID Connect Core, 3.1.2.1)."""

    NONE = "none"
    LOGIN = "login"
    CONSENT = "consent"
    SELECT_ACCOUNT = "select_account"


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
