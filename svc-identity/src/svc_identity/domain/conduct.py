"""What was seen of an application in the sandbox: whether it keeps to what its owner promises of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from .authorization import Authorization
from .client import Authentication, Client, GrantType


class Behaviour(StrEnum):
    """A fact of the protocol that requests of an application have shown."""

    REQUEST_PUSHED = "REQUEST_PUSHED"
    LEVEL_ASKED = "LEVEL_ASKED"
    NONCE_SENT = "NONCE_SENT"
    PROVED_BY_KEY = "PROVED_BY_KEY"
    TOKEN_BOUND = "TOKEN_BOUND"
    TOKEN_REFRESHED = "TOKEN_REFRESHED"
    TOKEN_EXCHANGED = "TOKEN_EXCHANGED"
    TOKEN_REVOKED = "TOKEN_REVOKED"
    IDEMPOTENCY_KEY_SENT = "IDEMPOTENCY_KEY_SENT"
    CONDITIONAL_READ = "CONDITIONAL_READ"
    CONDITIONAL_CHANGE = "CONDITIONAL_CHANGE"
    NEXT_PAGE_READ = "NEXT_PAGE_READ"
    RETRY_AFTER_HONOURED = "RETRY_AFTER_HONOURED"
    CODE_REPLAYED = "CODE_REPLAYED"
    REFRESH_TOKEN_REPLAYED = "REFRESH_TOKEN_REPLAYED"
    IDEMPOTENCY_KEY_MISSING = "IDEMPOTENCY_KEY_MISSING"
    RETRY_AFTER_IGNORED = "RETRY_AFTER_IGNORED"


FLAWS: Final = frozenset(
    {
        Behaviour.CODE_REPLAYED,
        Behaviour.REFRESH_TOKEN_REPLAYED,
        Behaviour.IDEMPOTENCY_KEY_MISSING,
        Behaviour.RETRY_AFTER_IGNORED,
    }
)
"""What an application should never be seen to do."""

_BY_GRANT: Final = {
    GrantType.REFRESH: Behaviour.TOKEN_REFRESHED,
    GrantType.TOKEN_EXCHANGE: Behaviour.TOKEN_EXCHANGED,
}


@dataclass(frozen=True, slots=True)
class Seen:
    """When a behaviour was seen first and last; never without instants."""

    behaviour: Behaviour
    first_at: datetime | None = None
    last_at: datetime | None = None

    @property
    def is_flaw(self) -> bool:
        """Whether the application should not do it."""
        return self.behaviour in FLAWS


def parse(text: str) -> Behaviour | None:
    """The behaviour of this name; none for one that is not known here."""
    return next((one for one in Behaviour if one.value == text), None)


def of_request(asked: Authorization, *, pushed: bool) -> set[Behaviour]:
    """What an authorization request shows."""
    shown = {
        Behaviour.REQUEST_PUSHED: pushed,
        Behaviour.LEVEL_ASKED: bool(asked.acr_values),
        Behaviour.NONCE_SENT: asked.nonce is not None,
    }
    return {behaviour for behaviour, is_so in shown.items() if is_so}


def of_tokens(client: Client, grant_type: GrantType, *, bound: bool) -> set[Behaviour]:
    """What a request for tokens shows, once they were given."""
    shown = {_BY_GRANT[grant_type]} if grant_type in _BY_GRANT else set()
    if bound:
        shown.add(Behaviour.TOKEN_BOUND)
    if client.authentication is Authentication.PRIVATE_KEY_JWT:
        shown.add(Behaviour.PROVED_BY_KEY)
    return shown
