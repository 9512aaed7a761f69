"""The authorization endpoint: from the client's request to its answer, by way of the person."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_events import outbox

from ..domain import authorization as authorizations
from ..domain import authorization_request, authorization_step, scopes
from ..domain import client as clients
from ..domain import conduct as behaviours
from ..domain import device_request as device_requests
from ..domain import grant as grants
from ..domain.account import Account
from ..domain.authorization import Authorization
from ..domain.authorization_step import Present, Step
from ..domain.client import Client
from ..domain.device_request import DeviceRequest
from ..domain.official import Institution
from ..domain.parameters import Parameters
from ..domain.session import Session
from ..domain.signing_key import Use
from ..errors.oauth import AuthorizationRefused, OAuthError
from ..errors.pages import RequestEnded, UnknownApplication, UnregisteredRedirect
from ..events.consents import ConsentGranted
from ..provider import Provider
from ..storage import accounts, sandbox_people
from ..storage import authorizations as storage
from ..storage import clients as client_storage
from ..storage import device_requests as device_storage
from ..storage import grants as grant_storage
from . import conduct, officials, subjects

_DECIDED: Final = (Step.CONSENT, Step.GRANT)
_DENIED: Final = OAuthError("access_denied", "the person did not agree")


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a request has come: `location` is the client's answer once the step is GRANT.

    `offices` are the institutions the person may act for, when the client asks for an official.
    `consented` is what the person has agreed to before; `is_open` is false for a client of the sandbox
    and a person who may not try it.
    """

    step: Step
    authorization: Authorization
    client: Client
    location: str = ""
    offices: Sequence[Institution] = ()
    consented: frozenset[str] = frozenset()
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class Pushed:
    """What stands for a pushed request in the browser's address, for so many seconds."""

    request_uri: str
    expires_in: int


async def receive(
    session: AsyncSession, provider: Provider, parameters: Parameters, now: datetime
) -> Authorization:
    """Take an authorization request (RFC 6749, 4.1.1).

    Without a known client and one of its redirect addresses there is nobody to answer to: the
    person is told (`UnknownApplication`, `UnregisteredRedirect`). Everything else that is wrong
    goes back to the client (`AuthorizationRefused`).

    A `request_uri` of ours stands for a request that was pushed: nothing else in the address counts
    (RFC 9126, 4), and it serves once (`RequestEnded`).
    """
    if (parameters.get("request_uri") or "").startswith(authorizations.PUSHED):
        return await _take_pushed(session, parameters, now)
    async with session.begin():
        client = await client_storage.find(session, parameters.get("client_id") or "")
        if client is None:
            raise UnknownApplication
        redirect_uri = parameters.get("redirect_uri") or ""
        if not clients.redirect_allowed(client, redirect_uri):
            raise UnregisteredRedirect
        try:
            authorization = _read(provider, parameters, client, redirect_uri, now)
        except OAuthError as error:
            raise AuthorizationRefused(redirect_uri, parameters.get("state"), error) from error
        await storage.add(session, authorization)
        await conduct.note(session, client, behaviours.of_request(authorization, pushed=False), now)
    return authorization


async def _take_pushed(session: AsyncSession, parameters: Parameters, now: datetime) -> Authorization:
    pushed_hash = grants.hash_of(parameters.get("request_uri") or "")
    async with session.begin():
        pushed = await storage.lock_pushed(session, pushed_hash)
        taken = authorizations.take(pushed, parameters.get("client_id") or "", now) if pushed else None
        if taken is None:
            raise RequestEnded
        await storage.take(session, taken)
    return taken


async def push(
    session: AsyncSession,
    provider: Provider,
    client: Client,
    parameters: Parameters,
    jkt: str | None,
    now: datetime,
) -> Pushed:
    """Take a request from the client itself (RFC 9126); `OAuthError` says what is wrong with it.

    `jkt` is the key that the client has proved, to which the code will be bound (RFC 9449, 10.1).
    """
    if parameters.get("request_uri") is not None:
        raise OAuthError("invalid_request", "request_uri must not be pushed")
    redirect_uri = parameters.need("redirect_uri")
    if not clients.redirect_allowed(client, redirect_uri):
        raise OAuthError("invalid_request", "redirect_uri is not registered for this client")
    asked = _read(provider, parameters, client, redirect_uri, now, pushed=True)
    request_uri = authorizations.PUSHED + secrets.token_urlsafe(32)
    pushed = authorizations.push(asked, grants.hash_of(request_uri), jkt, now)
    async with session.begin():
        await storage.add(session, pushed)
        await conduct.note(session, client, behaviours.of_request(asked, pushed=True), now)
    return Pushed(request_uri, int((pushed.expires_at - now).total_seconds()))


def _read(
    provider: Provider,
    parameters: Parameters,
    client: Client,
    redirect_uri: str,
    now: datetime,
    *,
    pushed: bool = False,
) -> Authorization:
    authorization = authorization_request.parse(
        ids.new_id(), parameters, client, redirect_uri, now, pushed=pushed
    )
    hint = parameters.get("id_token_hint")
    if hint is None:
        return authorization
    return replace(authorization, hinted_subject=_hinted(provider, hint, authorization))


def _hinted(provider: Provider, hint: str, authorization: Authorization) -> str:
    claims = provider.key_ring.read(Use.ID_TOKEN, hint)
    if claims is None or claims.get("aud") != authorization.client_id:
        raise OAuthError("invalid_request", "id_token_hint is not an ID token of this client")
    subject: str = claims["sub"]
    return subject


async def advance(
    session: AsyncSession,
    provider: Provider,
    authorization_id: UUID,
    signed_in: Session | None,
    now: datetime,
) -> Reached:
    """Bring a request as far as it goes: to the page that the person has to see next, or its answer.

    Raises `RequestEnded` when it was answered before or has run out, `AuthorizationRefused` when the
    client forbade to ask the person.
    """
    async with session.begin():
        authorization, client = await _open(session, authorization_id, now)
        consented: frozenset[str] = frozenset()
        offices: Sequence[Institution] = ()
        present, is_open = None, True
        if signed_in is not None:
            consented = await storage.consented(session, signed_in.account_id, client.id)
            account = await accounts.read(session, signed_in.account_id)
            present = _present(provider, client, signed_in, account)
            is_open = account is not None and await _is_open(session, client, account)
            if scopes.STAFF in authorization.scopes:
                offices = await officials.offices_of(session, signed_in.account_id, now)
        try:
            step = authorization_step.next_step(authorization, present, consented, now)
            if step in _DECIDED and not is_open:
                step = authorization_step.tell_closed(authorization)
            elif step in _DECIDED and scopes.STAFF in authorization.scopes:
                chosen = authorization_step.acting_for(authorization, [office.id for office in offices])
                authorization = replace(authorization, institution_id=chosen)
                step = step if chosen else Step.CONSENT
        except OAuthError as error:
            raise AuthorizationRefused(authorization.redirect_uri, authorization.state, error) from error
        if step is Step.GRANT and signed_in is not None:
            used = await storage.use(
                session, client.id, signed_in, authorization.institution_id, now
            )  # holds the consent: from here on it is withdrawn after this grant, and ends it
            step = Step.GRANT if used else Step.CONSENT
        if step is not Step.GRANT or signed_in is None:
            return Reached(step, authorization, client, offices=offices, consented=consented, is_open=is_open)
        if authorization.device_id is not None:
            await _let_in(session, authorization, signed_in, now)
            return Reached(step, authorization, client, authorization.redirect_uri)
        code = secrets.token_urlsafe(32)
        given = grants.give(ids.new_id(), authorization, signed_in, grants.hash_of(code), now)
        await grant_storage.add(session, given)
        await storage.mark_answered(session, authorization.id, now)
    location = authorizations.answer(
        authorization.redirect_uri, code=code, state=authorization.state, iss=provider.issuer
    )
    return Reached(step, authorization, client, location)


async def _is_open(session: AsyncSession, client: Client, account: Account) -> bool:
    invented_for = None
    if clients.is_invented(account.email):
        invented_for = await sandbox_people.client_of(session, account.id)
    return clients.may_be_used_by(client, account.id, account.email, invented_for)


async def _let_in(
    session: AsyncSession, authorization: Authorization, signed_in: Session, now: datetime
) -> None:
    """The device of the request gets its tokens with its next poll."""
    device = await _device(session, authorization, now)
    given = grants.give_to_device(ids.new_id(), authorization, signed_in, now)
    await grant_storage.add(session, given)
    await device_storage.store(session, replace(device, decided_at=now, grant_id=given.id))
    await storage.mark_answered(session, authorization.id, now)


async def _device(session: AsyncSession, authorization: Authorization, now: datetime) -> DeviceRequest:
    held = await device_storage.lock(session, authorization.device_id) if authorization.device_id else None
    if held is None or not device_requests.is_open(held, now):
        raise RequestEnded
    return held


def _present(provider: Provider, client: Client, signed_in: Session, account: Account | None) -> Present:
    reachable = account.assurance if account else signed_in.assurance
    return Present(signed_in, subjects.of(provider.master_key, client, signed_in.account_id), reachable)


async def look(session: AsyncSession, authorization_id: UUID, now: datetime) -> Reached:
    """An open request whose person has not signed in yet; `RequestEnded`."""
    async with session.begin():
        authorization, client = await _open(session, authorization_id, now)
    return Reached(Step.SIGN_IN, authorization, client)


async def agree(
    session: AsyncSession,
    authorization_id: UUID,
    person_id: UUID,
    now: datetime,
    *,
    institution_id: UUID | None = None,
) -> None:
    """The person agrees to what this request asks for; it is remembered for the next.

    `institution_id` is the one they chose to act for, as an official; one that is not theirs counts
    as not chosen.
    """
    async with session.begin():
        authorization, client = await _open(session, authorization_id, now)
        if institution_id and await officials.roles_of(session, person_id, institution_id, now):
            await storage.choose_institution(session, authorization.id, institution_id)
        before = await storage.consented(session, person_id, client.id)
        agreed = before.union(authorization.scopes)
        consent_id, version = await storage.consent(session, person_id, client.id, agreed, now)
        told = ConsentGranted(
            consent_id=consent_id,
            person_id=person_id,
            client_id=client.id,
            scopes=scopes.ordered(agreed),
            version=version,
        )
        await outbox.record(session, told, now)
        await storage.mark_consented(session, authorization.id, now)


async def deny(session: AsyncSession, authorization_id: UUID, now: datetime) -> None:
    """The person does not agree; always raises `AuthorizationRefused`, the client's answer."""
    authorization = await _give_up(session, authorization_id, now)
    raise AuthorizationRefused(authorization.redirect_uri, authorization.state, _DENIED)


async def turn_back(session: AsyncSession, authorization_id: UUID, now: datetime) -> None:
    """The person cannot reach the level asked for; always raises `AuthorizationRefused`, which says so."""
    authorization = await _give_up(session, authorization_id, now)
    error = authorization_step.unmet(authorization)
    raise AuthorizationRefused(authorization.redirect_uri, authorization.state, error)


async def _give_up(session: AsyncSession, authorization_id: UUID, now: datetime) -> Authorization:
    async with session.begin():
        authorization, _ = await _open(session, authorization_id, now)
        if authorization.device_id is not None:
            device = await _device(session, authorization, now)
            await device_storage.store(session, replace(device, decided_at=now))
        await storage.mark_answered(session, authorization.id, now)
    return authorization


async def _open(session: AsyncSession, authorization_id: UUID, now: datetime) -> tuple[Authorization, Client]:
    authorization = await storage.lock(session, authorization_id)
    client = await client_storage.find(session, authorization.client_id) if authorization else None
    if authorization is None or client is None or not authorizations.is_open(authorization, now):
        raise RequestEnded
    return authorization, client
