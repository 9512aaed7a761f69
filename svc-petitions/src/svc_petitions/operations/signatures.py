"""Several sign one petition, and one of them withdraws: it goes on for the others."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.principal import Principal
from hub_core.tries import Try
from hub_service import rules
from hub_service.access import Action

from ..domain import codes, handling
from ..domain.petitioners import MOST
from ..domain.tries import Counted
from ..errors.petitions import PetitionNotFound
from ..errors.signatures import LastSignature, SignaturesClosed
from ..errors.status import StatusNotFound
from ..keys import MasterKey
from ..storage import files, petitioners
from ..storage import petitions as storage
from . import status
from .guests import Filed
from .petitions import acting_of, note_access
from .registering import status_code
from .status import Asked


async def slip_of(
    session: AsyncSession, key: MasterKey, caller: Principal, petition_id: UUID, now: datetime
) -> Filed:
    """The slip of a petition in the caller's name: its code lets others sign it. `PetitionNotFound`."""
    async with session.begin():
        petition = await storage.petition_of(session, acting_of(caller), petition_id)
        if petition is None or petition.is_sandbox:
            raise PetitionNotFound
        await note_access(session, caller, Action.READ, petition_id, now)
        legal = await rules.read(session, codes.LENGTH_RULE)
    length = legal.on(codes.LENGTH_RULE, local_date(now)).whole
    return Filed(petition, status_code(key, petition_id, length))


async def sign(
    apart: AsyncSession,
    session: AsyncSession,
    key: MasterKey,
    caller: Principal,
    asked: Asked,
    now: datetime,
) -> Filed:
    """Sign the petition of a slip, too; who has signed it already has.

    `StatusNotFound` for every wrong pair, `TriedTooOften`, `SignaturesClosed`.
    """
    acting = acting_of(caller)
    if acting.signatory is None or acting.sandbox is not None:
        raise StatusNotFound
    counted = Try(Counted.STATUS_OF_OPERATOR, str(caller.person_id))
    found = await status.ask(apart, session, key, asked, counted, now)
    async with session.begin():
        file = await files.lock_any(session, found.id)
        signed = await petitioners.standing(session, found.id)
        if acting.signatory not in signed:
            last = await petitioners.last_ordinal(session, found.id)
            has_withdrawn = await petitioners.has_signed(session, found.id, acting.signatory)
            if file.is_ended or has_withdrawn or not 0 < last < MOST:
                raise SignaturesClosed
            await petitioners.add_account(session, found.id, acting.signatory, now, last + 1)
        await note_access(session, caller, Action.CHANGE, found.id, now)
    return await slip_of(session, key, caller, found.id, now)


async def withdraw(session: AsyncSession, caller: Principal, petition_id: UUID, now: datetime) -> None:
    """Stand behind a petition no more, while others do. `PetitionNotFound`, `LastSignature`.

    A petition against which nothing can be done any more keeps its signatures (`FileStateForbids`).
    """
    acting = acting_of(caller)
    async with session.begin():
        petition = await storage.petition_of(session, acting, petition_id)
        if petition is None or petition.is_sandbox or acting.signatory is None:
            raise PetitionNotFound
        handling.refuse_withdrawal(await files.lock_any(session, petition_id))
        signed = await petitioners.standing(session, petition_id)
        if [*signed] == [acting.signatory]:
            raise LastSignature
        await petitioners.withdraw(session, petition_id, acting.signatory, now)
        await note_access(session, caller, Action.CHANGE, petition_id, now)
