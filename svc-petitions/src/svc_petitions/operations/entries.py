"""What registrars enter: paper, telephone, e-mail, the counter; and the slip that goes back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.rules import Rules
from hub_events import outbox
from hub_service import access, rules
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.purpose import Stated
from hub_terms.calendar import HOLIDAYS, Calendar
from hub_terms.terms import Term

from ..domain import codes, entries
from ..domain import petitions as domain
from ..domain.entries import Entered
from ..domain.petitioners import (
    LEAP_DAY_RULE,
    MINOR_ALONE_RULE,
    Account,
    Petitioner,
    Signature,
    refuse_child_alone,
)
from ..errors.entries import ReceivedOnWrong
from ..errors.files import FileNotFound
from ..events.access import RecordAccessed
from ..keys import MasterKey
from ..storage import petitioners
from ..storage import petitions as storage
from .information import link_entered
from .registering import register, status_code

LEGAL_BASIS: Final = "OG nr. 27/2002"


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Wanted:
    """What a registrar enters; nobody has signed an anonymous one.

    `alone` are the birth dates of minors for whom nobody has signed.
    """

    channel: domain.Channel
    received_on: date
    submission: domain.Submission
    petitioners: Sequence[Petitioner]
    complains_of: UUID | None = None
    alone: Sequence[date] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Slip:
    """What the slip says (bonul), and by when it should have been in the register."""

    petition: domain.Petition
    code: str
    received_on: date
    register_by: date

    @property
    def is_late(self) -> bool:
        """Whether it reached the register later than the rule says (OMAI 33/2020)."""
        return self.petition.registration.registered_on > self.register_by


async def enter(
    session: AsyncSession,
    key: MasterKey,
    official: Official,
    wanted: Wanted,
    purpose: Stated,
    now: datetime,
) -> Slip:
    """Register what came another way, on the day of today whenever it came: that is its legal date.

    A complaint about public information is linked to the request that it names; that it is late is for its
    answer to say. `ReceivedOnWrong`, `ParentNeeded`, `InstitutionUnknown`, `InstitutionAcceptsNoPetitions`,
    `FileNotFound`, `NotARequestForInformation`, `NothingToComplainOf`, `ComplainedAlready`.
    """
    if wanted.received_on > local_date(now):
        raise ReceivedOnWrong
    entered = Entered(wanted.received_on, official.person_id)
    async with session.begin():
        legal = await _legal(session)
        for born_on in wanted.alone:
            refuse_child_alone(born_on, local_date(now), legal)
        petition = await register(
            session, key, wanted.submission, wanted.petitioners, wanted.channel, now, entered
        )
        if wanted.complains_of is not None:
            await link_entered(session, official, wanted.complains_of, petition, wanted.received_on, now)
        await _tell(session, official, petition.id, wanted.petitioners, Action.CREATE, purpose, now)
    return _slip(key, legal, petition, wanted.received_on, now)


async def slip_of(
    session: AsyncSession, key: MasterKey, official: Official, petition_id: UUID, now: datetime
) -> Slip:
    """The slip of a petition of the official's institution, to be printed again. `FileNotFound`."""
    async with session.begin():
        legal = await _legal(session)
        found = await storage.at_institution(session, petition_id, official.institution_id)
    if found is None:
        raise FileNotFound
    petition, received_on = found
    return _slip(key, legal, petition, received_on or petition.registration.registered_on, now)


async def petitioners_of(
    session: AsyncSession,
    key: MasterKey,
    official: Official,
    petition_id: UUID,
    purpose: Stated,
    now: datetime,
) -> list[Signature]:
    """Who signed a petition of the official's institution, seen in their access logs. `FileNotFound`."""
    async with session.begin():
        if await storage.at_institution(session, petition_id, official.institution_id) is None:
            raise FileNotFound
        signatures = await petitioners.of_petition(session, key, petition_id)
        signed_by = [signature.petitioner for signature in signatures]
        await _tell(session, official, petition_id, signed_by, Action.READ, purpose, now)
    return signatures


async def _tell(
    session: AsyncSession,
    official: Official,
    petition_id: UUID,
    signed_by: Sequence[Petitioner],
    action: Action,
    purpose: Stated,
    now: datetime,
) -> None:
    """A line in the log of each who has an account; who has none has no log to read."""
    for petitioner in signed_by:
        if isinstance(petitioner, Account):
            line = access.line(
                official.principal,
                action=action,
                resource_type="petition",
                resource_id=petition_id,
                subject_person_id=petitioner.person_id,
                purpose=purpose,
                legal_basis=LEGAL_BASIS,
            )
            await outbox.record(session, RecordAccessed.of(line), now)


async def _legal(session: AsyncSession) -> Rules:
    return await rules.read(
        *(session, codes.LENGTH_RULE, entries.REACH_RULE, HOLIDAYS, MINOR_ALONE_RULE, LEAP_DAY_RULE)
    )


def _slip(key: MasterKey, legal: Rules, petition: domain.Petition, received_on: date, now: datetime) -> Slip:
    reach = Term.of(legal.on(entries.REACH_RULE, received_on))
    length = legal.on(codes.LENGTH_RULE, local_date(now)).whole
    code = status_code(key, petition.id, length)
    return Slip(petition, code, received_on, reach.end(received_on, Calendar(legal)))
