"""Assertions by which a client proves itself with a key of its own (RFC 7523; OpenID Connect Core, 9)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ..errors.oauth import InvalidClient
from . import rules
from .client import Client, Profile
from .rules import RuleId

TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
"""The one value of `client_assertion_type`."""
_LONGEST_ID: Final = 256


@dataclass(frozen=True, slots=True)
class Assertion:
    """An assertion that is good now. It is used once: its `name` is remembered until `ends_at`."""

    name: str
    ends_at: datetime


def check(
    claims: Mapping[str, Any], client: Client, issuer: str, endpoints: Collection[str], now: datetime
) -> Assertion:
    """Judge the claims of an assertion whose signature was verified; `InvalidClient` says what is wrong.

    A FAPI client names the issuer, and nothing else, as audience (FAPI 2.0 Security Profile, 5.3.2.1);
    others may name one of the `endpoints` instead.
    """
    if claims.get("iss") != client.id or claims.get("sub") != client.id:
        raise InvalidClient("iss and sub of the assertion must be the client_id")
    audience = claims.get("aud")
    if client.profile is not Profile.FAPI and isinstance(audience, list) and len(audience) == 1:
        (audience,) = audience
    allowed = {issuer} if client.profile is Profile.FAPI else {issuer, *endpoints}
    if not isinstance(audience, str) or audience not in allowed:
        raise InvalidClient("aud of the assertion must be the issuer, as one text")
    name = claims.get("jti")
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_ID:
        raise InvalidClient("jti of the assertion is missing")
    return Assertion(name, _ends(claims, now))


def _ends(claims: Mapping[str, Any], now: datetime) -> datetime:
    longest = rules.duration(RuleId.ASSERTION_LONGEST, now)
    ahead = rules.duration(RuleId.CLOCK_AHEAD, now)
    ends_at = _instant(claims.get("exp"))
    if ends_at is None or not now < ends_at <= now + longest + ahead:
        raise InvalidClient("exp of the assertion is missing, past or too far")
    for claim, earliest in (("iat", now - longest - ahead), ("nbf", None)):
        at = _instant(claims.get(claim))
        if at is None and claims.get(claim) is not None:
            raise InvalidClient(f"{claim} of the assertion is no time")
        if at is not None and (at > now + ahead or (earliest is not None and at < earliest)):
            raise InvalidClient(f"{claim} of the assertion is too old or lies ahead")
    return ends_at


def _instant(seconds: Any) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return None
