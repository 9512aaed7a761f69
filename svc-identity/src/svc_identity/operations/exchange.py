"""Acting for another: one's own access token, exchanged for one under a mandate (RFC 8693)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids

from ..domain import grant as grants
from ..domain import mandate_type
from ..domain.client import Client
from ..domain.grant import Grant, Token, TokenKind
from ..domain.mandate import Mandate
from ..errors.oauth import InvalidGrant, OAuthError
from ..provider import Provider
from ..storage import grants as storage
from . import mandates
from .minting import Issued, mint


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a client asks for: `subject_token` is its own access token of the person who acts.

    `mandate_id` is our extension parameter: under which mandate. `asked` are fewer scopes than possible.
    """

    subject_token: str
    mandate_id: UUID
    asked: tuple[str, ...]


async def act_for(
    session: AsyncSession,
    provider: Provider,
    client: Client,
    wanted: Exchange,
    jkt: str | None,
    now: datetime,
) -> Issued:
    """An access token to act for the mandate's principal, within the same sign-in.

    It carries what both the person's own token and the mandate allow, and ends with the family of the
    one, and with the other. `OAuthError`: `invalid_request` for a subject token that is not good here,
    `invalid_grant` for a mandate that is not in force, `invalid_scope` for more than both allow.
    """
    person_id = await _person(session, client, wanted, jkt, now)
    await mandates.confirm(session, provider, wanted.mandate_id, person_id, now)
    async with session.begin():
        parent, token = await _own(session, client, wanted, jkt, now)
        mandate = await mandates.in_force(session, wanted.mandate_id, person_id, now)
        if mandate is None:
            raise InvalidGrant
        grant = grants.give_under(ids.new_id(), parent, mandate.id, _scopes(token, mandate, wanted), now)
        await storage.add(session, grant)
        return await mint(session, provider, client, grant, grant.scopes, now, jkt=jkt)


async def _person(
    session: AsyncSession, client: Client, wanted: Exchange, jkt: str | None, now: datetime
) -> UUID:
    """Who acts; looked at before the registers are asked, and again with its rows locked."""
    async with session.begin():
        grant, _ = await _own(session, client, wanted, jkt, now)
    if grant.account_id is None:
        raise _unfit()
    return grant.account_id


async def _own(
    session: AsyncSession, client: Client, wanted: Exchange, jkt: str | None, now: datetime
) -> tuple[Grant, Token]:
    """The subject token and its family, locked: neither an official's nor under another mandate."""
    found = await storage.lock_by_token(session, grants.hash_of(wanted.subject_token))
    if found is None or found[1].client_id != client.id:
        raise _unfit()
    _, grant, token = found
    plain = grant.account_id and grant.mandate_id is None and grant.institution_id is None
    if not plain or token.kind is not TokenKind.ACCESS or not grants.is_live(token, grant, now):
        raise _unfit()
    if token.jkt not in (None, jkt):
        raise _unfit()
    return grant, token


def _scopes(token: Token, mandate: Mandate, wanted: Exchange) -> tuple[str, ...]:
    possible = mandate_type.carried(token.scopes, mandate.scopes)
    if not possible:
        raise OAuthError("invalid_scope", "the mandate covers none of the scopes of the subject token")
    return grants.narrow(possible, wanted.asked)


def _unfit() -> OAuthError:
    return OAuthError(
        "invalid_request",
        "subject_token must be a live access token of this client, of a person as themselves",
    )
