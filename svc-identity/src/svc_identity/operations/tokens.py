"""The token endpoint and what stands behind a token."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.principal import Assurance, Kind
from hub_events import outbox
from hub_service.problems import InvalidToken
from hub_service.tokens import AUDIENCE, TYPE

from ..domain import assurance, mandate_type, rules, scopes
from ..domain import grant as grants
from ..domain.account import Account
from ..domain.client import Client
from ..domain.conduct import Behaviour
from ..domain.grant import Grant, Redemption, Token, TokenKind
from ..domain.mandate import Mandate, midnight_after
from ..domain.rules import RuleId
from ..domain.session import EndReason, Session
from ..domain.signing_key import Use
from ..errors.oauth import DPOP, InsufficientBearer, InvalidBearer, InvalidGrant
from ..events.sessions import TokenRevoked
from ..provider import Provider
from ..storage import accounts, clients, refreshes, resolutions
from ..storage import grants as storage
from ..storage.resolutions import Behind
from . import conduct, mandates, officials, sessions, subjects
from .clients import Presented
from .minting import Issued, make, mint
from .officials import Office


@dataclass(frozen=True, slots=True)
class InternalToken:
    """A token for the hub's own services, and when it ends.

    `session_id` is what a revocation names: the sign-in, or the grant of a client that stands for itself.
    `jkt` is the key without which the access token is not good (RFC 9449, 6).
    """

    text: str
    expires_at: datetime
    session_id: UUID | None
    jkt: str | None = None


async def exchange_code(
    session: AsyncSession,
    provider: Provider,
    client: Client,
    *,
    code: str,
    redirect_uri: str,
    verifier: str,
    jkt: str | None = None,
    now: datetime,
) -> Issued:
    """Tokens for a code (RFC 6749, 4.1.3); a code shown twice ends what it gave. Raises `InvalidGrant`.

    `jkt` is the key that the client has proved to hold; the tokens are bound to it (RFC 9449, 5).
    """
    issued = None
    async with session.begin():
        found = await storage.lock_by_code(session, grants.hash_of(code))
        if found is None:
            raise InvalidGrant
        signed_in, grant = found
        redemption = grants.redeem_code(grant, client.id, redirect_uri, verifier, now, jkt=jkt)
        if redemption is Redemption.GOOD:
            await storage.spend_code(session, grant.id, now)
            issued = await mint(
                session, provider, client, grant, grant.scopes, now, nonce=grant.nonce, jkt=jkt
            )
        elif redemption is Redemption.REPLAYED:
            await _end_family(session, signed_in, grant, EndReason.CODE_REPLAYED, now)
            await conduct.note(session, client, {Behaviour.CODE_REPLAYED}, now)
    if issued is None:
        raise InvalidGrant
    return issued


async def refresh(
    session: AsyncSession,
    provider: Provider,
    client: Client,
    *,
    refresh_token: str,
    asked: tuple[str, ...],
    presented: Presented | None = None,
    jkt: str | None = None,
    now: datetime,
) -> Issued:
    """The next tokens of a family (RFC 6749, 6); the token shown is spent. Raises `InvalidGrant`.

    One that was spent before has been copied: the whole family ends (RFC 9700, 4.14.2). A FAPI client
    keeps its refresh token, which is good until it ends.

    With what was `presented`, found a moment ago, a token that is good then is replaced in one statement
    if it still is; everything else is judged anew with its rows locked.
    """
    issued = (
        None if presented is None else await _replace(session, provider, client, presented, asked, jkt, now)
    )
    if issued is not None:
        return issued
    async with session.begin():
        found = await storage.lock_by_token(session, grants.hash_of(refresh_token))
        if found is None:
            raise InvalidGrant
        signed_in, grant, token = found
        redemption = grants.redeem_refresh(token, grant, client.id, now, jkt=jkt)
        if redemption is Redemption.GOOD:
            narrowed = grants.narrow(grant.scopes, asked)
            renewed = not client.keeps_refresh_token
            if renewed:
                await storage.spend_token(session, token.hash, now)
            issued = await mint(session, provider, client, grant, narrowed, now, jkt=jkt, refreshable=renewed)
        elif redemption is Redemption.REPLAYED:
            await _end_family(session, signed_in, grant, EndReason.REFRESH_REUSED, now)
            await conduct.note(session, client, {Behaviour.REFRESH_TOKEN_REPLAYED}, now)
    if issued is None:
        raise InvalidGrant
    return issued


async def _replace(
    session: AsyncSession,
    provider: Provider,
    client: Client,
    presented: Presented,
    asked: tuple[str, ...],
    jkt: str | None,
    now: datetime,
) -> Issued | None:
    grant, token = presented
    redemption = grants.redeem_refresh(token, grant, client.id, now, jkt=jkt)
    if redemption is not Redemption.GOOD or client.keeps_refresh_token:
        return None
    issued, made = make(provider, client, grant, grants.narrow(grant.scopes, asked), now, jkt=jkt)
    match made:
        case [access, renewed] if await refreshes.replace(session, token, access, renewed, now):
            return issued
    return None


async def issue_to_client(
    session: AsyncSession,
    provider: Provider,
    client: Client,
    *,
    asked: tuple[str, ...],
    jkt: str | None = None,
    now: datetime,
) -> Issued:
    """An access token that stands for the client itself (RFC 6749, 4.4); `OAuthError` for a wrong scope."""
    grant = grants.give_to_client(ids.new_id(), client, asked, now)
    async with session.begin():
        await storage.add(session, grant)
        return await mint(session, provider, client, grant, grant.scopes, now, jkt=jkt)


async def revoke(session: AsyncSession, client: Client, text: str, now: datetime) -> None:
    """End a client's own token (RFC 7009): a refresh token with its family, an access token alone.

    A token of a client that stands for itself is all its grant has, and ends with it.

    What is unknown, ended or another client's stays as it is, and nothing is said about it.
    """
    async with session.begin():
        found = await storage.lock_by_token(session, grants.hash_of(text))
        if found is None or found[1].client_id != client.id:
            return
        signed_in, grant, token = found
        alone = signed_in is None
        if (token.kind is TokenKind.REFRESH or alone) and grant.ended_at is None:
            await _end_family(session, signed_in, grant, EndReason.TOKEN_REVOKED, now)
        elif signed_in is not None and grants.is_live(token, grant, now):
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
    mandate = None
    if grant.mandate_id and grant.account_id:
        async with session.begin():
            mandate = await mandates.in_force(session, grant.mandate_id, grant.account_id, now)
        if mandate is None:
            return {"active": False}
    said = {
        "active": True,
        "iss": provider.issuer,
        "sub": subjects.of_grant(provider.master_key, client, grant),
        "client_id": grant.client_id,
        "scope": " ".join(token.scopes),
        "iat": _seconds(token.issued_at),
        "exp": _seconds(token.expires_at),
    }
    if client.is_sandbox:
        said["sandbox"] = True
    if token.kind is TokenKind.ACCESS:
        said["token_type"] = DPOP if token.jkt else "Bearer"
    if token.jkt:
        said["cnf"] = {"jkt": token.jkt}
    if mandate is not None and mandate.principal_id is not None:
        acting = said["sub"]
        principal = subjects.of(provider.master_key, client, mandate.principal_id)
        said |= {"sub": principal, "act": {"sub": acting}, "mandate_id": str(mandate.id)}
    if grant.session_id is None:
        return said
    return said | {
        "acr": grant.assurance,
        "auth_time": _seconds(grant.authenticated_at),
        "sid": str(grant.session_id),
    }


def sign_introspection(provider: Provider, client: Client, said: dict[str, Any], now: datetime) -> str:
    """The same as a JWT that the client can keep as evidence (RFC 9701, 5)."""
    claims = {
        "iss": provider.issuer,
        "aud": client.id,
        "iat": _seconds(now),
        "token_introspection": said,
    }
    return provider.key_ring.sign(Use.ID_TOKEN, claims, now, kind="token-introspection+jwt")


async def userinfo(
    session: AsyncSession, provider: Provider, text: str, jkt: str | None, now: datetime
) -> dict[str, Any]:
    """The claims an access token opens (OpenID Connect Core, 5.3); a bound one for the holder of its key.

    Raises `InvalidBearer`, `InsufficientBearer`.
    """
    async with session.begin():
        found = await _live_access(session, text, now)
    if found is None or found[0].account_id is None:
        raise InvalidBearer
    if found[1].jkt != jkt:
        raise InvalidBearer(DPOP)
    person_id, granted = found[0].account_id, frozenset(found[1].scopes)
    return await userinfo_of(session, provider, person_id, found[0].client_id, granted)


async def userinfo_of(
    session: AsyncSession, provider: Provider, person_id: UUID, client_id: str, granted: frozenset[str]
) -> dict[str, Any]:
    """The same for a token that the gateway has resolved already."""
    async with session.begin():
        account = await accounts.read(session, person_id)
        client = await clients.find(session, client_id)
    if account is None or client is None:
        raise InvalidBearer
    return _claims(account, subjects.of(provider.master_key, client, account.id), granted)


async def resolve(session: AsyncSession, provider: Provider, text: str, now: datetime) -> InternalToken:
    """The internal token for an access token, for the gateway; raises `InvalidToken`."""
    if not text.startswith(grants.ACCESS_PREFIX):
        raise InvalidToken
    found = await resolutions.find(session, grants.hash_of(text))
    if found is None:
        raise InvalidToken
    grant, token, client = found.grant, found.token, found.client
    if token.kind is not TokenKind.ACCESS or not grants.is_live(token, grant, now):
        raise InvalidToken
    office, mandate = await _powers(session, grant, token, now)
    known_by = _recognised(found, now)
    ends = min(now + rules.duration(RuleId.INTERNAL_TOKEN_VALIDITY, now), token.expires_at)
    granted = [scope for scope in token.scopes if scope in client.scopes]
    claims: dict[str, Any] = {
        "sub": grant.subject,
        "kind": Kind.PERSON if grant.account_id else Kind.CLIENT,
        "acr": grant.assurance,
        "scope": " ".join(granted),
        "client_id": grant.client_id,
        "plan": client.plan,
        "roles": [],
    } | _of_client(grant, client)
    if grant.session_id:
        claims["sid"] = str(grant.session_id)
    if office is not None:
        claims |= {"roles": sorted(office.roles), "institution": str(office.institution_id)}
        ends = min(ends, office.until)
    if known_by:
        claims["recognised"] = known_by
    if mandate is not None:
        claims |= {
            "scope": " ".join(mandate_type.carried(granted, mandate.scopes)),
            "mandate": str(mandate.id),
            "act_for": str(mandate.principal_id),
        }
        if mandate.valid_to is not None:
            ends = min(ends, midnight_after(mandate.valid_to))
    return InternalToken(_sign_internal(provider, claims, ends, now), ends, grant.ends_with, token.jkt)


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


def _of_client(grant: Grant, client: Client) -> dict[str, Any]:
    """What is said of the client: that it is being tested; without a person the institution it stands for."""
    said: dict[str, Any] = {"sandbox": True} if client.is_sandbox else {}
    if grant.account_id is None and client.institution_id is not None:
        said["institution"] = str(client.institution_id)
    return said


def _recognised(found: Behind, now: datetime) -> dict[str, str]:
    """The institutions that know a person better than the hub does, with the level of this sign-in there."""
    grant = found.grant
    if not found.recognitions or grant.mandate_id is not None:
        return {}
    reached = assurance.of_means(grant.methods, now)
    there = {one: assurance.lower(level, reached) for one, level in found.recognitions.items()}
    return {str(one): level for one, level in there.items() if not grant.assurance.meets(level)}


async def _powers(
    session: AsyncSession, grant: Grant, token: Token, now: datetime
) -> tuple[Office | None, Mandate | None]:
    """What the person may do besides what is their own; nothing is asked for a grant that is only theirs."""
    if grant.institution_id is None and grant.mandate_id is None:
        return None, None
    async with session.begin():
        return await _office(session, grant, token, now), await _mandate(session, grant, now)


async def _office(session: AsyncSession, grant: Grant, token: Token, now: datetime) -> Office | None:
    """What the person may do as an official with this token; `InvalidToken` when no role is left."""
    if grant.account_id is None or grant.institution_id is None or scopes.STAFF not in token.scopes:
        return None
    office = await officials.office_of(session, grant.account_id, grant.institution_id, now)
    if office is None:
        raise InvalidToken
    return office


async def _mandate(session: AsyncSession, grant: Grant, now: datetime) -> Mandate | None:
    """The mandate that the person acts under with this token; `InvalidToken` when it is not in force."""
    if grant.account_id is None or grant.mandate_id is None:
        return None
    mandate = await mandates.in_force(session, grant.mandate_id, grant.account_id, now)
    if mandate is None:
        raise InvalidToken
    return mandate


async def _live_access(session: AsyncSession, text: str, now: datetime) -> tuple[Grant, Token] | None:
    if not text.startswith(grants.ACCESS_PREFIX):
        return None
    found = await storage.read_by_token(session, grants.hash_of(text))
    if found is None or found[1].kind is not TokenKind.ACCESS or not grants.is_live(found[1], found[0], now):
        return None
    return found


async def _end_family(
    session: AsyncSession, signed_in: Session | None, grant: Grant, reason: EndReason, now: datetime
) -> None:
    await storage.end(session, grant.id, reason, now)
    if signed_in is None:
        await outbox.record(session, TokenRevoked.of_client(grant, reason), now)
    else:
        await sessions.tell_revoked(session, signed_in, reason, now)


def _sign_internal(provider: Provider, claims: dict[str, Any], ends: datetime, now: datetime) -> str:
    said = claims | {
        "iss": provider.issuer,
        "aud": AUDIENCE,
        "iat": _seconds(now),
        "exp": _seconds(ends),
        "jti": str(ids.new_id()),
    }
    return provider.key_ring.sign(Use.INTERNAL_TOKEN, said, now, kind=TYPE)


def _claims(account: Account, subject: str, granted: frozenset[str]) -> dict[str, Any]:
    """Standard claims (OpenID Connect Core, 5.1, 5.4) for the scopes granted."""
    if scopes.OPENID not in granted:
        raise InsufficientBearer
    claims: dict[str, Any] = {"sub": subject}
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
