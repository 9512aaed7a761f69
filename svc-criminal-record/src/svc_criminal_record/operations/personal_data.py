"""What is held of a person, for the copy that they may ask for (GDPR art. 15 and 20).

Nothing of it is erased when an account is: requests, certificates, consents and extracts are acts of an
institution, kept by the law on archives (GDPR art. 17(3)(b)), and a certificate in somebody's hands has to
be verifiable.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import RowMapping
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.certificates import Certificate
from ..domain.consents import Consent
from ..domain.institutions import Institution
from ..domain.requests import Request
from ..domain.verification import Verification
from ..keys import MasterKey
from ..storage import certificates, consents, extracts, institutions, requests, verifications


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Held:
    """Everything in the name of a person; extracts as `storage.extracts.about` has them."""

    requests: Sequence[Request]
    certificates: Sequence[Certificate]
    verifications: Sequence[Verification]
    consents: Sequence[Consent]
    institutions: Mapping[UUID, Institution]
    extracts: Sequence[RowMapping]


async def held_of(session: AsyncSession, key: MasterKey, person_id: UUID) -> Held:
    """What is held of a person and of nobody else."""
    async with session.begin():
        given = await consents.of_person(session, person_id)
        return Held(
            requests=await requests.all_of_holder(session, key, person_id),
            certificates=await certificates.of_holder(session, person_id),
            verifications=await verifications.all_of_holder(session, person_id),
            consents=given,
            institutions=await institutions.find_all(session, {one.institution_id for one in given}),
            extracts=await extracts.about(session, person_id),
        )
