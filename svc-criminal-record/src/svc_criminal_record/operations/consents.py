"""Letting institutions ask for extracts, and taking that back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_service import rules

from ..clients import Identity, find_person
from ..domain import consents
from ..domain.consents import TERM_RULE, Consent
from ..domain.institutions import Institution
from ..domain.motives import MOTIVES_RULE
from ..domain.requests import AGE_RULES, must_be_of_age
from ..errors.consents import ConsentNotFound
from ..errors.requests import HolderUnknown
from ..keys import MasterKey
from ..storage import consents as storage
from ..storage import holders, institutions


@dataclass(frozen=True, slots=True, repr=False)
class Given:
    """A consent with the institution it was given to."""

    consent: Consent
    institution: Institution


async def give_consent(
    session: AsyncSession,
    key: MasterKey,
    identity: Identity,
    person_id: UUID,
    *,
    institution_id: UUID,
    motive: str,
    valid_until: date,
    now: datetime,
) -> Given:
    """Let an institution ask for the person's extract, in the place of what it was let before.

    Raises `HolderUnknown`, `HolderTooYoung`, `ConsentInstitutionUnknown`, `MotiveUnknown`,
    `ConsentTermUnfit`.
    """
    person = await find_person(identity, person_id)
    if person is None:
        raise HolderUnknown
    async with session.begin():
        legal = await rules.read(session, MOTIVES_RULE, TERM_RULE, *AGE_RULES)
        must_be_of_age(person, legal, local_date(now))
        institution = await institutions.find(session, institution_id)
        consent = consents.give(
            consent_id=ids.new_id(),
            person_id=person_id,
            holder_key=holders.key_of(key, person.number),
            institution=institution,
            motive=motive,
            valid_until=valid_until,
            legal=legal,
            now=now,
        )
        await storage.add(session, consent)
        return await _given(session, consent)


async def revoke_consent(session: AsyncSession, person_id: UUID, consent_id: UUID, now: datetime) -> Given:
    """Take a consent back at once; one that has ended already stays as it is. Raises `ConsentNotFound`."""
    async with session.begin():
        consent = _own(await storage.lock(session, consent_id), person_id)
        if consent.revoked_at is None:
            await storage.revoke(session, consent.id, now)
            consent = replace(consent, revoked_at=now)
        return await _given(session, consent)


async def read_consent(session: AsyncSession, person_id: UUID, consent_id: UUID) -> Given:
    """One of the person's consents; raises `ConsentNotFound`."""
    async with session.begin():
        return await _given(session, _own(await storage.read(session, consent_id), person_id))


async def list_consents(
    session: AsyncSession, person_id: UUID, *, before: UUID | None, limit: int
) -> Sequence[Given]:
    """The person's consents, newest first."""
    async with session.begin():
        found = await storage.of_person(session, person_id, before=before, limit=limit)
        known = await _institutions(session, found)
    return [Given(one, known[one.institution_id]) for one in found]


def _own(consent: Consent | None, person_id: UUID) -> Consent:
    if consent is None or consent.person_id != person_id:
        raise ConsentNotFound
    return consent


async def _given(session: AsyncSession, consent: Consent) -> Given:
    return Given(consent, (await _institutions(session, [consent]))[consent.institution_id])


async def _institutions(session: AsyncSession, given: Sequence[Consent]) -> Mapping[UUID, Institution]:
    return await institutions.find_all(session, {one.institution_id for one in given})
