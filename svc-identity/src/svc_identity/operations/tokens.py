"""The token endpoint and what stands behind a token."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.principal import Assurance, Kind
from hub_service.problems import InvalidToken
from hub_service.tokens import AUDIENCE, TYPE

from ..domain import grant as grants
from ..domain import rules, scopes
from ..domain.account import Account
from ..domain.client import Client
from ..domain.grant import Grant, Redemption, Token, TokenKind
from ..domain.rules import RuleId
from ..domain.session import EndReason, Session
from ..domain.signing_key import Use
from ..errors.oauth import InsufficientBearer, InvalidBearer, InvalidGrant
from ..provider import Provider
from ..storage import accounts
from ..storage import grants as storage
from . import sessions


@dataclass(frozen=True, slots=True)
class Issued:
    """What a client gets: the texts of its tokens, given out this once."""

    access_token: str
    expires_in: int
    scopes: tuple[str, ...]
    refresh_token: str | None
    id_token: str | None


@dataclass(frozen=True, slots=True)
class InternalToken:
    """A token for the hub's own services, and when it ends."""

    text: str
    expires_at: datetime
    session_id: UUID | None


@dataclass(frozen=True, slots=True)
class _Minted:
    """Tokens made but not yet stored."""

    issued: Issued
    stored: list[Token]


async def exchange_code(
    session: AsyncSession,
    provider: Provider,
    client: Client,
    *,
    code: str,
    redirect_uri: str,
    verifier: str,
    now: datetime,
) -> Issued:
    """Tokens for a code (RFC 6749, 4.1.3); a code shown twice ends what it gave. Raises `InvalidGrant`."""
    minted = None
    async with session.begin():
        found = await storage.lock_by_code(session, grants.hash_of(code))
        if found is None:
            raise InvalidGrant
        signed_in, grant = found
        redemption = grants.redeem_code(grant, client.id, redirect_uri, verifier, now)
        if redemption is Redemption.GOOD:
            await storage.spend_code(session, grant.id, now)
            minted = _mint(provider, grant, grant.scopes, grant.nonce, now)
            await storage.add_tokens(session, minted.stored)
        elif redemption is Redemption.REPLAYED:
            await _end_family(session, signed_in, grant, EndReason.CODE_REPLAYED, now)
    if minted is None:
        raise InvalidGrant
    return minted.issued


async def refresh(
    session: AsyncSession,
    provider: Provider,
    client: Client,
    *,
    refresh_token: str,
    asked: tuple[str, ...],
    now: datetime,
) -> Issued:
    """The next tokens of a family (RFC 6749, 6); the token shown is spent. Raises `InvalidGrant`.

    One that was spent before has been copied: the whole family ends (RFC 9700, 4.14.2).
    """
    minted = None
    async with session.begin():
        found = await storage.lock_by_token(session, grants.hash_of(refresh_token))
        if found is None:
            raise InvalidGrant
        signed_in, grant, token = found
        redemption = grants.redeem_refresh(token, grant, client.id, now)
        if redemption is Redemption.GOOD:
            narrowed = grants.narrow(grant.scopes, asked)
            await storage.spend_token(session, token.hash, now)
            minted = _mint(provider, grant, narrowed, None, now)
            await storage.add_tokens(session, minted.stored)
        elif redemption is Redemption.REPLAYED:
            await _end_family(session, signed_in, grant, EndReason.REFRESH_REUSED, now)
    if minted is None:
        raise InvalidGrant
    return minted.issued


async def revoke(session: AsyncSession, client: Client, text: str, now: datetime) -> None:
    """End a client's own token (RFC 7009): a refresh token with its family, an access token alone.

    What is unknown, ended or another client's stays as it is, and nothing is said about it.
    """
    async with session.begin():
        found = await storage.lock_by_token(session, grants.hash_of(text))
        if found is None or found[1].client_id != client.id:
            return
        signed_in, grant, token = found
        if token.kind is TokenKind.REFRESH and grant.ended_at is None:
            await _end_family(session, signed_in, grant, EndReason.TOKEN_REVOKED, now)
        elif grants.is_live(token, grant, now):
            await storage.spend_token(session, token.hash, now)
            await sessions.tell_revoked(session, signed_in, EndReason.TOKEN_REVOKED, now)


async def introspect(
    session: AsyncSession, provider: Provider, client: Client, text: str, now: datetime
) -> dict[str, Any]:
    """What stands behind a client's own token (RFC 7662); any other is only said not to be active."""
    async with session.begin():
        found = await storage.read_by_token(session, grants.hash_of(text))
    if found is None or found[0].client_id != client.id or not grants.is_live(found[1], found[0], now):
        return {"active": False}
    grant, token = found
    return {
        "active": True,
        "iss": provider.issuer,
        "sub": str(grant.account_id),
        "client_id": grant.client_id,
        "scope": " ".join(token.scopes),
        "iat": _seconds(token.issued_at),
        "exp": _seconds(token.expires_at),
        "acr": grant.assurance,
        "auth_time": _seconds(grant.authenticated_at),
        "sid": str(grant.session_id),
    }


async def userinfo(session: AsyncSession, text: str, now: datetime) -> dict[str, Any]:
    """The claims an access token opens (OpenID Connect Core, 5.3).

    Raises `InvalidBearer`, `InsufficientBearer`.
    """
    async with session.begin():
        found = await _live_access(session, text, now)
        account = await accounts.read(session, found[0].account_id) if found else None
    if found is None or account is None:
        raise InvalidBearer
    return _claims(account, frozenset(found[1].scopes))


async def userinfo_of(session: AsyncSession, person_id: UUID, granted: frozenset[str]) -> dict[str, Any]:
    """The same for a token that the gateway has resolved already."""
    async with session.begin():
        account = await accounts.read(session, person_id)
    if account is None:
        raise InvalidBearer
    return _claims(account, granted)


async def resolve(session: AsyncSession, provider: Provider, text: str, now: datetime) -> InternalToken:
    """The internal token for an access token, for the gateway; raises `InvalidToken`."""
    async with session.begin():
        found = await _live_access(session, text, now)
    if found is None:
        raise InvalidToken
    grant, token = found
    ends = min(now + rules.duration(RuleId.INTERNAL_TOKEN_VALIDITY, now), token.expires_at)
    claims = {
        "sub": str(grant.account_id),
        "kind": Kind.PERSON,
        "acr": grant.assurance,
        "scope": " ".join(token.scopes),
        "client_id": grant.client_id,
        "sid": str(grant.session_id),
        "roles": [],
    }
    return InternalToken(_sign_internal(provider, claims, ends, now), ends, grant.session_id)


def issue_service_token(
    provider: Provider, name: str, service_scopes: tuple[str, ...], now: datetime
) -> InternalToken:
    """A service's own internal token, with the scopes it was given."""
    ends = now + rules.duration(RuleId.INTERNAL_TOKEN_VALIDITY, now)
    claims = {
        "sub": name,
        "kind": Kind.SERVICE,
        "acr": Assurance.LOW,
        "scope": " ".join(service_scopes),
        "client_id": name,
        "roles": [],
    }
    return InternalToken(_sign_internal(provider, claims, ends, now), ends, None)


async def _live_access(session: AsyncSession, text: str, now: datetime) -> tuple[Grant, Token] | None:
    if not text.startswith(grants.ACCESS_PREFIX):
        return None
    found = await storage.read_by_token(session, grants.hash_of(text))
    if found is None or found[1].kind is not TokenKind.ACCESS or not grants.is_live(found[1], found[0], now):
        return None
    return found


async def _end_family(
    session: AsyncSession, signed_in: Session, grant: Grant, reason: EndReason, now: datetime
) -> None:
    await storage.end(session, grant.id, reason, now)
    await sessions.tell_revoked(session, signed_in, reason, now)


def _mint(
    provider: Provider, grant: Grant, access_scopes: tuple[str, ...], nonce: str | None, now: datetime
) -> _Minted:
    validity = rules.duration(RuleId.ACCESS_TOKEN_VALIDITY, now)
    access = grants.ACCESS_PREFIX + secrets.token_urlsafe(32)
    stored = [Token(grants.hash_of(access), grant.id, TokenKind.ACCESS, access_scopes, now, now + validity)]
    next_refresh = None
    if scopes.OFFLINE_ACCESS in grant.scopes:
        next_refresh = grants.REFRESH_PREFIX + secrets.token_urlsafe(32)
        ends = now + rules.duration(RuleId.REFRESH_TOKEN_VALIDITY, now)
        refresh_hash = grants.hash_of(next_refresh)
        stored.append(Token(refresh_hash, grant.id, TokenKind.REFRESH, grant.scopes, now, ends))
    id_token = None
    if scopes.OPENID in grant.scopes:
        id_token = provider.key_ring.sign(Use.ID_TOKEN, _id_claims(provider, grant, access, nonce, now), now)
    issued = Issued(access, int(validity.total_seconds()), access_scopes, next_refresh, id_token)
    return _Minted(issued, stored)


def _id_claims(
    provider: Provider, grant: Grant, access_token: str, nonce: str | None, now: datetime
) -> dict[str, Any]:
    digest = hashlib.sha256(access_token.encode()).digest()
    claims = {
        "iss": provider.issuer,
        "sub": str(grant.account_id),
        "aud": grant.client_id,
        "iat": _seconds(now),
        "exp": _seconds(now + rules.duration(RuleId.ID_TOKEN_VALIDITY, now)),
        "auth_time": _seconds(grant.authenticated_at),
        "acr": grant.assurance,
        "amr": list(grant.methods),
        "sid": str(grant.session_id),
        "at_hash": base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode(),
    }
    return claims if nonce is None else claims | {"nonce": nonce}


def _sign_internal(provider: Provider, claims: dict[str, Any], ends: datetime, now: datetime) -> str:
    said = claims | {
        "iss": provider.issuer,
        "aud": AUDIENCE,
        "iat": _seconds(now),
        "exp": _seconds(ends),
        "jti": str(ids.new_id()),
    }
    return provider.key_ring.sign(Use.INTERNAL_TOKEN, said, now, kind=TYPE)


def _claims(account: Account, granted: frozenset[str]) -> dict[str, Any]:
    """Standard claims (OpenID Connect Core, 5.1, 5.4) for the scopes granted."""
    if scopes.OPENID not in granted:
        raise InsufficientBearer
    claims: dict[str, Any] = {"sub": str(account.id)}
    if scopes.PROFILE in granted:
        claims |= {
            "name": account.name,
            "given_name": account.given_name,
            "family_name": account.family_name,
            "locale": account.language,
        }
    if scopes.EMAIL in granted:
        claims |= {"email": account.email, "email_verified": True}
    return claims


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())
