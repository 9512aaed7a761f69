"""Coming to act for another by a register or by the principal's will, and what both sides see and end."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, ids
from hub_core.cnp import Cnp
from hub_core.cui import Cui
from hub_events import outbox
from hub_service.problems import NotFound

from ..domain import capacity, mandate_guard, mandate_type, offer_code, rules
from ..domain import mandate as mandates
from ..domain.grant import hash_of
from ..domain.legal import MANDATE_TERM
from ..domain.mandate import EndCause, Mandate, State
from ..domain.mandate_guard import Side, Wish
from ..domain.mandate_type import Bounds, MandateType, PrincipalKind
from ..domain.organisation import Organisation
from ..domain.population import Kin, RegisteredPerson
from ..domain.rules import RuleId
from ..errors.mandates import NotARepresentative, NotYourOwnMandate, OrganisationUnknown, WrongOfferCode
from ..events.mandates import MandateActivated, MandateRequested
from ..provider import Provider
from ..storage import legal, organisations, people
from ..storage import mandates as storage
from . import principals
from .mandate_ends import end_locked
from .mandate_parties import (
    Shown,
    must_be_able,
    must_be_established,
    must_represent,
    show,
    side_of,
    with_names,
)
from .mandate_requests import Proof


@dataclass(frozen=True, slots=True)
class Offered:
    """A mandate that waits for its representative, and the code that accepts it, shown this once."""

    shown: Shown
    code: str
    expires_at: datetime


async def register_children(
    session: AsyncSession, provider: Provider, person_id: UUID, now: datetime
) -> list[Shown]:
    """Let a person act for their minor children, as the population register names them.

    What is in force already stays. Where an official has ended it, the register alone does not bring it
    back. Raises `IdentityNotEstablished`, `WithoutFullCapacity`, `RegisterUnavailable`.
    """
    async with session.begin():
        number = await principals.number_of(session, provider, person_id)
        law = await legal.read(session)
    await must_be_able(session, provider, person_id, now)
    minors = [
        entry
        for entry in await _children(provider, number)
        if entry.died_on is None and not capacity.is_of_age(entry.birth_date, now, law)
    ]
    async with session.begin():
        made = []
        for entry in sorted(minors, key=lambda one: one.cnp.number):
            child = await principals.establish_person(session, provider, entry, now)
            last_day = mandate_type.last_day_of_minor(entry.birth_date, now, law)
            found = await _from_register(
                session,
                mandates.from_register(
                    ids.new_id(),
                    MandateType.PARENT,
                    PrincipalKind.PERSON,
                    child.id,
                    person_id,
                    last_day,
                    now,
                ),
                now,
            )
            if found is not None:
                made.append(found)
        return await show(session, made)


async def _children(provider: Provider, number: Cnp) -> list[RegisteredPerson]:
    relatives = await provider.population.relatives(number)
    entries = [
        await provider.population.find(relative.cnp) for relative in relatives if relative.kind is Kin.CHILD
    ]
    return [entry for entry in entries if entry is not None]


async def register_company(
    session: AsyncSession, provider: Provider, person_id: UUID, cui: Cui, now: datetime
) -> Shown:
    """Let a person act for a company that the trade register says they represent today.

    Raises `IdentityNotEstablished`, `OrganisationUnknown`, `NotARepresentative`, `WithoutFullCapacity`,
    `RegisterUnavailable`.
    """
    async with session.begin():
        number = await principals.number_of(session, provider, person_id)
    company = await provider.companies.find(cui)
    if company is None:
        raise OrganisationUnknown
    today = clock.local_date(now)
    is_open = company.dissolved_on is None or today < company.dissolved_on
    if not is_open or not any(one.cnp == number and one.represents(today) for one in company.representatives):
        raise NotARepresentative
    await must_be_able(session, provider, person_id, now)
    async with session.begin():
        organisation = await principals.establish_organisation(session, company, now)
        made = mandates.from_register(
            ids.new_id(),
            MandateType.LEGAL_REP,
            PrincipalKind.ORGANISATION,
            organisation.id,
            person_id,
            None,
            now,
        )
        found = await _from_register(session, made, now)
        if found is None:
            raise NotARepresentative
        return (await show(session, [found]))[0]


async def _from_register(session: AsyncSession, wanted: Mandate, now: datetime) -> UUID | None:
    """Store what a register says; the id of the one in force, none where an official has ended it."""
    if wanted.principal_id is None or wanted.representative_id is None:
        raise ValueError("a register names both sides")
    await people.lock(session, wanted.representative_id)
    before = await storage.between(
        session, wanted.type, wanted.principal_kind, wanted.principal_id, wanted.representative_id
    )
    if any(one.end_cause is EndCause.REVOKED_BY_OFFICIAL for one in before):
        return None
    for one in before:
        if one.state is State.ACTIVE:
            await storage.store(session, mandates.recheck(one, now))
            return one.id
    await storage.add(session, wanted)
    await outbox.record(session, MandateActivated.of(wanted), now)
    return wanted.id


async def offer(
    session: AsyncSession,
    provider: Provider,
    person_id: UUID,
    of: MandateType,
    bounds: Bounds,
    now: datetime,
    *,
    organisation_id: UUID | None = None,
    proof: Proof | None = None,
) -> Offered:
    """Give a mandate, in one's own name or as legal representative of an organisation.

    The code is for the giver to pass on: whoever accepts with it becomes the representative, and the
    giver looks nobody up. Raises `NotFound` for an organisation that one does not represent,
    `IdentityNotEstablished`, `MandateServices`, `MandateDates`.
    """
    if organisation_id is not None:
        await must_represent(session, provider, person_id, organisation_id, now)
    kind = PrincipalKind.PERSON if organisation_id is None else PrincipalKind.ORGANISATION
    async with session.begin():
        law = await legal.read(session)
    made = mandates.offer(
        ids.new_id(),
        of,
        kind,
        organisation_id or person_id,
        person_id,
        bounds,
        now,
        law,
        evidence_ref=proof.evidence_ref if proof else "",
        institution_id=proof.institution_id if proof else None,
    )
    return await keep_offer(session, made, now)


async def usual_term(session: AsyncSession, now: datetime) -> int:
    """For how many years a mandate holds that is given today without a last day."""
    async with session.begin():
        law = await legal.read(session)
    return law.on(MANDATE_TERM, clock.local_date(now)).whole


async def keep_offer(session: AsyncSession, made: Mandate, now: datetime) -> Offered:
    """Store an offer with the code that accepts it."""
    code = offer_code.make()
    expires_at = now + rules.duration(RuleId.MANDATE_OFFER, now)
    async with session.begin():
        if made.principal_kind is PrincipalKind.PERSON:
            await must_be_established(session, made.principal_id)
        await storage.add(session, made, code_hash=hash_of(code), code_expires_at=expires_at)
        shown = (await show(session, [made.id]))[0]
    return Offered(shown, code, expires_at)


async def accept(
    session: AsyncSession, provider: Provider, person_id: UUID, code: str, now: datetime
) -> Shown:
    """Become the representative of an offer; ACTIVE, or verified by an official first.

    Raises `WrongOfferCode`, `NotYourOwnMandate`, `IdentityNotEstablished`, `WithoutFullCapacity`,
    `RegisterUnavailable`.
    """
    await must_be_able(session, provider, person_id, now)
    async with session.begin():
        offered = await storage.lock_by_code(session, hash_of(offer_code.read(code)), now)
        if offered is None:
            raise WrongOfferCode
        if person_id in (offered.principal_id, offered.given_by):
            raise NotYourOwnMandate
        accepted = mandates.accept(offered, person_id, now)
        await storage.store(session, accepted)
        told = MandateActivated if accepted.state is State.ACTIVE else MandateRequested
        await outbox.record(session, told.of(accepted), now)
        return (await show(session, [accepted.id]))[0]


async def finish(
    session: AsyncSession,
    provider: Provider,
    person_id: UUID,
    mandate_id: UUID,
    wish: Wish,
    reason: str,
    now: datetime,
) -> Shown:
    """End a mandate from one of its sides, with every token under it.

    Raises `NotFound` for who stands on neither side, `MandateState`, `RepresentationByLaw`.
    """
    async with session.begin():
        held = await storage.read(session, mandate_id)
    side = await side_of(session, provider, held, person_id, now) if held else None
    async with session.begin():
        locked = await storage.lock(session, mandate_id)
        if locked is None or side is None:
            raise NotFound
        cause = mandate_guard.cause_of_wish(locked.mandate, side, wish)
        await end_locked(session, locked.mandate, cause, now, by=person_id, reason=reason)
        return (await show(session, [mandate_id]))[0]


async def read(
    session: AsyncSession, provider: Provider, person_id: UUID, mandate_id: UUID, now: datetime
) -> Shown:
    """A mandate, for who stands on one of its sides; `NotFound` for any other."""
    async with session.begin():
        held = await storage.read(session, mandate_id)
    if held is None or await side_of(session, provider, held, person_id, now) is None:
        raise NotFound
    async with session.begin():
        return (await show(session, [mandate_id]))[0]


async def list_of(
    session: AsyncSession, person_id: UUID, side: Side, *, before: UUID | None, limit: int
) -> list[Shown]:
    """A person's mandates on one side, newest first; `before` is the last of the page before."""
    async with session.begin():
        if side is Side.PRINCIPAL:
            found = await storage.of_principal(
                session, PrincipalKind.PERSON, person_id, before=before, limit=limit
            )
        else:
            found = await storage.of_representative(session, person_id, before=before, limit=limit)
        return await with_names(session, found)


async def list_organisations(
    session: AsyncSession, person_id: UUID, *, before: UUID | None, limit: int
) -> list[tuple[UUID, Organisation]]:
    """The organisations that a person represents by law, each with the mandate that says so, newest first."""
    async with session.begin():
        found = await storage.active_of(session, MandateType.LEGAL_REP, person_id, before=before, limit=limit)
        named = await organisations.named(
            session, {one.principal_id for one in found if one.principal_id is not None}
        )
    by_id = {one.id: one for one in named}
    return [(one.id, by_id[one.principal_id]) for one in found if one.principal_id in by_id]


async def read_organisation(
    session: AsyncSession, provider: Provider, person_id: UUID, organisation_id: UUID, now: datetime
) -> Organisation:
    """An organisation, for its legal representatives; `NotFound` for any other."""
    await must_represent(session, provider, person_id, organisation_id, now)
    async with session.begin():
        found = await organisations.read(session, organisation_id)
    if found is None:
        raise NotFound
    return found


async def list_of_organisation(
    session: AsyncSession,
    provider: Provider,
    person_id: UUID,
    organisation_id: UUID,
    now: datetime,
    *,
    before: UUID | None,
    limit: int,
) -> list[Shown]:
    """Who acts, acted or may act for an organisation, for its legal representatives; else `NotFound`."""
    await must_represent(session, provider, person_id, organisation_id, now)
    async with session.begin():
        found = await storage.of_principal(
            session, PrincipalKind.ORGANISATION, organisation_id, before=before, limit=limit
        )
        return await with_names(session, found)
