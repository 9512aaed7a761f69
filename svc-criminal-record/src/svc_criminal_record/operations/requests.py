"""Asking for a certificate, following it, giving it up: one function per verb, one transaction each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_core.language import Language
from hub_core.principal import Principal
from hub_core.rules import Option
from hub_events import outbox
from hub_service import access, rules
from hub_service.access import Action

from ..clients import check_mandate, find_person
from ..domain import requests as domain
from ..domain.certificates import Certificate
from ..domain.holders import Holder, Organisation, Person
from ..domain.products import Channel, Product
from ..domain.records import CompanyMatch
from ..domain.requests import SUBMIT_RULES, Actor, ActorKind, Request, Step
from ..domain.review import REDRESS_RULE, InviteReason
from ..domain.states import State
from ..errors.registers import RecordsUnavailable
from ..errors.requests import (
    AskedAlready,
    CertificateRequestNotFound,
    HolderUnknown,
    MandateDoesNotCarry,
    OrganisationNotRegistered,
)
from ..events.access import RecordAccessed
from ..issuing import Means
from ..storage import certificates, holders
from ..storage import requests as storage
from .issuing import DECIDE_RULES, WRITE, decide

REPRESENTATION: Final = "Civil Code art. 1295, 2009"
"""By what a representative asks and reads in another's name."""
_ORGANISATION: Final = "ORGANISATION"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for; `motive_text` are the words of another motive."""

    motive: str
    motive_text: str | None
    language: Language


@dataclass(frozen=True, slots=True)
class Shown:
    """A request as its people see it; `certificate` is there once it was issued.

    `redress` says what can be done against a refusal, by the rule table of the day of the decision.
    """

    request: Request
    steps: Sequence[Step]
    certificate: Certificate | None
    redress: Sequence[Option] = ()

    @property
    def invited_for(self) -> InviteReason | None:
        """Why the person is invited to a counter, while they are."""
        is_invited = self.request.state is State.NEEDS_COUNTER
        return InviteReason(self.steps[-1].reason) if is_invited and self.steps[-1].reason else None


@dataclass(frozen=True, slots=True)
class Listed:
    """A request in a list."""

    summary: storage.Summary
    certificate: Certificate | None


async def create(session: AsyncSession, means: Means, wish: Wish, caller: Principal, now: datetime) -> Shown:
    """Ask for a certificate online, in one's own name or under a mandate, and get it where possible at once.

    The row comes first, so that of equal requests at the same instant one is at work and the others are
    `AskedAlready`; then the register, the certificate and the events, with one commit. Raises besides
    `MotiveUnknown`, `MotiveTextMisplaced`, `HolderUnknown`, `HolderHasDied`, `HolderTooYoung`,
    `NotRomanian`, `MandateDoesNotCarry`, `OrganisationNotRegistered`, `ServiceUnavailable`.
    """
    today = local_date(now)
    async with session.begin():
        legal = await rules.read(session, *SUBMIT_RULES, *DECIDE_RULES)
    motive = domain.motive_of(legal, wish.motive, wish.motive_text, today)
    holder = await _holder(means, caller, motive)
    domain.must_be_served_online(holder, legal, now)
    holder_key = holders.key_of(means.key, holder.number)
    async with session.begin():
        request = domain.submit(
            request_id=ids.new_id(),
            product=Product.CRIMINAL_RECORD,
            channel=Channel.ONLINE,
            holder=holder,
            holder_key=holder_key,
            motive=wish.motive,
            motive_text=wish.motive_text,
            language=wish.language,
            legal=legal,
            now=now,
            holder_id=signatory(caller),
            acting_person_id=caller.person_id,
            mandate_id=caller.mandate_id,
        )
        request = domain.move(request, State.AUTO_CHECK, now)
        steps = domain.first_steps(request, Actor(ActorKind.PERSON, caller.person_id))
        added = await storage.add(session, means.key, request, steps)
        if added is None:
            raise await _asked_already(session, request, caller)
        await note_access(session, caller, Action.CREATE, "certificate-request", request.id, now)
        decided, certificate = await decide(session, means, added, now, legal)
        await storage.tell(session, decided)
        return Shown(decided, domain.next_steps(steps, decided, now), certificate)


async def read(
    session: AsyncSession, means: Means, request_id: UUID, caller: Principal, now: datetime
) -> Shown:
    """A request about the caller, or about whom they act for; `CertificateRequestNotFound` otherwise."""
    async with session.begin():
        request = await storage.read(session, means.key, request_id)
        if request is None or request.holder_id != signatory(caller):
            raise CertificateRequestNotFound
        await note_access(session, caller, Action.READ, "certificate-request", request.id, now)
        return await _show(session, request)


async def find(
    session: AsyncSession,
    caller: Principal,
    now: datetime,
    *,
    state: State | None,
    product: Product | None,
    before: UUID | None,
    limit: int,
) -> Sequence[Listed]:
    """The requests about the caller, or about whom they act for, newest first."""
    async with session.begin():
        found = await storage.summaries(
            session, signatory(caller), state=state, product=product, before=before, limit=limit
        )
        issued = await certificates.by_requests(session, [one.id for one in found])
        await note_access(session, caller, Action.SEARCH, "certificate-requests", signatory(caller), now)
    return [Listed(one, issued.get(one.id)) for one in found]


async def cancel(
    session: AsyncSession, means: Means, request_id: UUID, caller: Principal, now: datetime
) -> Shown:
    """Give a request up, which frees the day; one that was given up stays as it is.

    Raises `CertificateRequestNotFound`, `RequestState` once it is decided.
    """
    async with session.begin():
        request = await storage.lock(session, means.key, request_id)
        if request is None or request.holder_id != signatory(caller):
            raise CertificateRequestNotFound
        if request.state is not State.CANCELLED:
            actor = Actor(ActorKind.PERSON, caller.person_id)
            request = await storage.move(session, means.key, request, State.CANCELLED, actor, now)
            await note_access(session, caller, Action.CHANGE, "certificate-request", request.id, now)
        return await _show(session, request)


def signatory(caller: Principal) -> UUID:
    """The person or organisation in whose name the caller acts."""
    return caller.on_behalf_of or caller.person_id


async def note_access(
    session: AsyncSession, caller: Principal, action: Action, kind: str, record: UUID, now: datetime
) -> None:
    """A line of the principal's access log, when somebody acts for them; in the caller's transaction."""
    if caller.on_behalf_of is None:
        return
    line = access.line(
        caller,
        action=action,
        resource_type=kind,
        resource_id=record,
        subject_person_id=caller.on_behalf_of,
        legal_basis=REPRESENTATION,
    )
    await outbox.record(session, RecordAccessed.of(line), now)


async def _holder(means: Means, caller: Principal, motive: Option) -> Holder:
    """Whose record it is, as the registers say today, and whether the caller may ask for it."""
    if caller.mandate_id is None:
        return await _known(means, caller.person_id)
    answer = await check_mandate(
        means.identity, caller.mandate_id, caller.person_id, WRITE, domain.wordings(motive)
    )
    if answer is None or not answer.carries or answer.principal_id != caller.on_behalf_of:
        raise MandateDoesNotCarry
    if answer.principal_kind != _ORGANISATION:
        return await _known(means, signatory(caller))
    if not answer.is_legal_representative or not answer.organisation_cui:
        raise OrganisationNotRegistered
    return await _registered(means, answer.organisation_name or "", answer.organisation_cui)


async def _known(means: Means, person_id: UUID) -> Person:
    person = await find_person(means.identity, person_id)
    if person is None:
        raise HolderUnknown
    return person


async def _registered(means: Means, name: str, cui: str) -> Organisation:
    """An organisation of the trade register, by name and number; `OrganisationNotRegistered`.

    While the register is away the mandate's own word is taken: it comes from the trade register too.
    """
    asked = Organisation(name=name, cui=cui)
    try:
        matches = await means.records.find(asked)
    except RecordsUnavailable:
        return asked
    found = next((one for one in matches if isinstance(one, CompanyMatch) and one.cui == cui), None)
    if found is None or found.dissolved_on is not None:
        raise OrganisationNotRegistered
    return Organisation(name=found.name, cui=cui, registration=found.number)


async def _asked_already(session: AsyncSession, request: Request, caller: Principal) -> AskedAlready:
    """The refusal; it names the request of the day to whose it is."""
    held = await storage.of_day(
        session, request.product, request.holder_key, request.motive, request.requested_on
    )
    if held is None or held.holder_id != signatory(caller):
        return AskedAlready(None)
    return AskedAlready(held.id, f"/criminal-record/v1/requests/{held.id}")


async def _show(session: AsyncSession, request: Request) -> Shown:
    """A request with its steps and its certificate, in the caller's transaction."""
    issued = await certificates.by_requests(session, [request.id])
    redress: Sequence[Option] = ()
    if request.state is State.REJECTED and request.decided_at is not None:
        legal = await rules.read(session, REDRESS_RULE)
        redress = legal.on(REDRESS_RULE, local_date(request.decided_at)).options
    steps = await storage.steps(session, request.id)
    return Shown(request, steps, issued.get(request.id), redress)
