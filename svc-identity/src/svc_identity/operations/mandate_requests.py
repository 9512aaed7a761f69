"""Asking for a mandate that an act gives, which an official verifies."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.cnp import Cnp
from hub_events import outbox

from ..domain import mandate as mandates
from ..domain.mandate_type import Bounds, MandateType
from ..domain.person import Scheme
from ..errors.mandates import NotYourOwnMandate
from ..events.mandates import MandateRequested
from ..provider import Provider
from ..storage import legal, people
from ..storage import mandates as storage
from .mandate_parties import Shown, must_be_established, show


@dataclass(frozen=True, slots=True)
class Proof:
    """The act that a mandate comes from, by its number and issuer, and whose officials look at it."""

    evidence_ref: str
    institution_id: UUID


async def ask(
    session: AsyncSession,
    provider: Provider,
    person_id: UUID,
    of: MandateType,
    principal: Cnp,
    bounds: Bounds,
    proof: Proof,
    now: datetime,
) -> Shown:
    """Ask for a mandate that an act gives: an official looks at the act and at who is named there.

    The register is not asked about the principal before an official does: nobody learns here who has
    which number. Raises `IdentityNotEstablished`, `NotYourOwnMandate`, `MandateServices`, `MandateDates`.
    """
    async with session.begin():
        made = mandates.ask(
            ids.new_id(),
            of,
            person_id,
            bounds,
            now,
            await legal.read(session),
            evidence_ref=proof.evidence_ref,
            institution_id=proof.institution_id,
        )
        await must_be_established(session, person_id)
        own = await people.numbers_of(session, provider.master_key, person_id, Scheme.CNP)
        if principal.number in {number.value for number in own}:
            raise NotYourOwnMandate
        sealed = provider.master_key.seal(principal.number.encode(), str(made.id))
        await storage.add(session, made, principal_number=sealed)
        await outbox.record(session, MandateRequested.of(made), now)
        return (await show(session, [made.id]))[0]
