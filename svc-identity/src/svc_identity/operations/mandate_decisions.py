"""What officials do with mandates: look at the act and at whom it names, verify, refuse, revoke."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.cnp import Cnp
from hub_core.decisions import FourEyes
from hub_core.principal import Role
from hub_events import outbox
from hub_service import access
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.problems import NotFound, PreconditionFailed
from hub_service.purpose import Stated

from ..domain import mandate as mandates
from ..domain.mandate import EndCause, Mandate, State
from ..domain.mandate_type import Bounds, MandateType, PrincipalKind
from ..domain.person import Identifier, Scheme
from ..domain.population import RegisteredPerson
from ..errors.mandates import MandateState, NotYourOwnMandate, PrincipalNotThere
from ..events.access import RecordAccessed
from ..events.mandates import MandateActivated, MandateEnded
from ..provider import Provider
from ..storage import legal, people
from ..storage import mandates as storage
from . import identities, mandate_parties, principals, representation
from .mandate_ends import end_locked
from .mandate_parties import Shown
from .representation import Offered

_LEGAL_BASIS: Final = "Civil Code art. 1301, 2013"


@dataclass(frozen=True, slots=True)
class Case:
    """A mandate to be decided, with the register's entries of both people.

    `principal_id` is that of the principal, a person who is known here; none for any other.
    """

    shown: Shown
    principal_id: UUID | None
    principal: RegisteredPerson | None
    representative: RegisteredPerson | None


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The CNPs of the two people of a mandate, where they have one."""

    principal: Cnp | None
    representative: Cnp | None


async def offer_for_institution(
    session: AsyncSession, official: Official, bounds: Bounds, evidence_ref: str, now: datetime
) -> Offered:
    """Let the head of an institution offer one of its officials to act for it, by a signed act.

    Another official than the giver verifies the act. Raises `MandateServices`, `MandateDates`.
    """
    async with session.begin():
        law = await legal.read(session)
    made = mandates.offer(
        ids.new_id(),
        MandateType.INSTITUTION,
        PrincipalKind.INSTITUTION,
        official.institution_id,
        official.person_id,
        bounds,
        now,
        law,
        evidence_ref=evidence_ref,
        institution_id=official.institution_id,
    )
    return await representation.keep_offer(session, made, now)


async def list_waiting(
    session: AsyncSession, official: Official, *, after: UUID | None, limit: int
) -> Sequence[Mandate]:
    """What waits for the officials of an institution, oldest first; without anybody's name."""
    async with session.begin():
        found = await storage.waiting(session, official.institution_id, after=after, limit=limit)
    return [held.mandate for held in found]


async def read_case(
    session: AsyncSession,
    provider: Provider,
    official: Official,
    mandate_id: UUID,
    purpose: Stated,
    now: datetime,
) -> Case:
    """A case of the official's institution, else `NotFound`; both people see that it was opened.

    Raises `RegisterUnavailable`.
    """
    case = await _case(session, provider, official, mandate_id)
    async with session.begin():
        await _note(session, official, case, Action.READ, purpose, now)
    return case


async def verify(
    session: AsyncSession,
    provider: Provider,
    official: Official,
    mandate_id: UUID,
    version: int,
    purpose: Stated,
    now: datetime,
) -> Shown:
    """Find a mandate's act in order: it is in force from its first day on.

    Raises `NotFound`, `MandateState`, `PreconditionFailed`, `OwnCase`, `FourEyes`, `PrincipalNotThere`,
    `NotYourOwnMandate`, `WithoutFullCapacity`, `RegisterUnavailable`.
    """
    case = await _case(session, provider, official, mandate_id)
    mandate = case.shown.mandate
    if mandate.state is not State.PENDING_VERIFICATION or mandate.representative_id is None:
        raise MandateState(mandate.state, mandates.OPEN[mandate.state])
    await _must_be_impartial(session, provider, official, case)
    if mandate.principal_kind is PrincipalKind.PERSON and (
        case.principal is None or case.principal.died_on is not None
    ):
        raise PrincipalNotThere
    await mandate_parties.must_be_able(session, provider, mandate.representative_id, now)
    async with session.begin():
        locked = await _lock(session, mandate_id, version)
        principal_id = locked.principal_id
        if case.principal is not None:
            principal_id = (await principals.establish_person(session, provider, case.principal, now)).id
        if principal_id is None:
            raise PrincipalNotThere
        if principal_id == locked.representative_id:
            raise NotYourOwnMandate
        verified = mandates.verify(locked, principal_id, official.person_id, now)
        await storage.store(session, verified)
        await outbox.record(session, MandateActivated.of(verified), now)
        await _note(session, official, case, Action.DECIDE, purpose, now)
        return (await mandate_parties.show(session, [mandate_id]))[0]


async def refuse(
    session: AsyncSession,
    provider: Provider,
    official: Official,
    mandate_id: UUID,
    version: int,
    purpose: Stated,
    reason: str,
    now: datetime,
) -> Shown:
    """Refuse a mandate with the reason; raises `NotFound`, `MandateState`, `PreconditionFailed`, `OwnCase`.

    Who gave it may not refuse it either: `FourEyes`.
    """
    case = await _case(session, provider, official, mandate_id)
    await _must_be_impartial(session, provider, official, case)
    async with session.begin():
        locked = await _lock(session, mandate_id, version)
        refused = mandates.refuse(locked, official.person_id, reason, now)
        await storage.store(session, refused)
        await outbox.record(session, MandateEnded.of(refused), now)
        await _note(session, official, case, Action.DECIDE, purpose, now)
        return (await mandate_parties.show(session, [mandate_id]))[0]


async def revoke(
    session: AsyncSession,
    provider: Provider,
    official: Official,
    mandate_id: UUID,
    purpose: Stated,
    reason: str,
    now: datetime,
) -> Shown:
    """End a mandate in force, with the reason: the act was annulled, a court has decided otherwise.

    Officials do it for their own institution's cases, an administrator of the hub for any: after that
    the register alone brings a mandate of a parent or legal representative back no more. Raises
    `NotFound`, `MandateState`, `OwnCase`, `FourEyes`, `RegisterUnavailable`.
    """
    case = await _case(session, provider, official, mandate_id)
    await _must_be_impartial(session, provider, official, case)
    async with session.begin():
        held = await storage.lock(session, mandate_id)
        if held is None:
            raise NotFound
        await end_locked(
            session, held.mandate, EndCause.REVOKED_BY_OFFICIAL, now, by=official.person_id, reason=reason
        )
        await _note(session, official, case, Action.DECIDE, purpose, now)
        return (await mandate_parties.show(session, [mandate_id]))[0]


async def _case(session: AsyncSession, provider: Provider, official: Official, mandate_id: UUID) -> Case:
    async with session.begin():
        held = await storage.read(session, mandate_id)
        if held is None or not _is_theirs(held.mandate, official):
            raise NotFound
        shown = (await mandate_parties.with_names(session, [held]))[0]
        numbers = await _numbers(session, provider, held.mandate)
        is_person = held.mandate.principal_kind is PrincipalKind.PERSON
        principal_id = held.mandate.principal_id if is_person else None
        if principal_id is None and numbers.principal is not None:
            number = Identifier(Scheme.CNP, numbers.principal.number)
            known = await people.by_identifier(session, provider.master_key, number)
            principal_id = known.id if known else None
    return Case(
        shown,
        principal_id,
        await provider.population.find(numbers.principal) if numbers.principal else None,
        await provider.population.find(numbers.representative) if numbers.representative else None,
    )


def _is_theirs(mandate: Mandate, official: Official) -> bool:
    return mandate.institution_id == official.institution_id or Role.ADMIN in official.roles


async def _numbers(session: AsyncSession, provider: Provider, mandate: Mandate) -> _Numbers:
    key = provider.master_key
    sealed = await storage.principal_number(session, mandate.id)
    principal = None
    if sealed is not None:
        principal = Cnp(key.unseal(sealed, str(mandate.id)).decode())
    elif mandate.principal_kind is PrincipalKind.PERSON and mandate.principal_id is not None:
        principal = await _cnp_of(session, provider, mandate.principal_id)
    representative = None
    if mandate.representative_id is not None:
        representative = await _cnp_of(session, provider, mandate.representative_id)
    return _Numbers(principal, representative)


async def _cnp_of(session: AsyncSession, provider: Provider, person_id: UUID) -> Cnp | None:
    number = await people.identifier_of(session, provider.master_key, person_id, Scheme.CNP)
    return Cnp(number.value) if number else None


async def _must_be_impartial(
    session: AsyncSession, provider: Provider, official: Official, case: Case
) -> None:
    """`OwnCase` for either side's official or relative, `FourEyes` for who gave the mandate."""
    mandate = case.shown.mandate
    if mandate.given_by == official.person_id:
        raise FourEyes
    for person_id, entry in (
        (case.principal_id, case.principal),
        (mandate.representative_id, case.representative),
    ):
        # an id that nobody has stands for a principal who is in the register only
        await identities.refuse_own_case(
            session, provider, official.person_id, person_id or mandate.id, entry
        )


async def _lock(session: AsyncSession, mandate_id: UUID, version: int) -> Mandate:
    held = await storage.lock(session, mandate_id)
    if held is None:
        raise NotFound
    if held.mandate.version != version:
        raise PreconditionFailed
    return held.mandate


async def _note(
    session: AsyncSession,
    official: Official,
    case: Case,
    action: Action,
    purpose: Stated,
    now: datetime,
) -> None:
    """A line for each of the two people who is known here."""
    mandate = case.shown.mandate
    for person_id in (case.principal_id, mandate.representative_id):
        if person_id is None:
            continue
        line = access.line(
            official.principal,
            action=action,
            resource_type="mandate",
            resource_id=mandate.id,
            subject_person_id=person_id,
            purpose=purpose,
            legal_basis=_LEGAL_BASIS,
        )
        await outbox.record(session, RecordAccessed.of(line), now)
