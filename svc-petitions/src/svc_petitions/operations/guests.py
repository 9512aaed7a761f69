"""Who files without an account: a name, an address, and an e-mail address that a code has confirmed."""

import secrets
from collections.abc import AsyncIterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import email_codes, ids
from hub_core.clock import local_date
from hub_core.email_codes import EmailCode
from hub_core.language import Language
from hub_core.tries import Try, network
from hub_events import outbox
from hub_service import rules

from ..domain import codes
from ..domain import petitions as domain
from ..domain.attachments import Attachment, Guest
from ..domain.email_codes import VALID_RULE, WRONG_RULE
from ..domain.petitioners import Identity, Signature
from ..domain.tries import Counted
from ..errors.guests import ProofRefused
from ..events.guests import EmailCodeRequested
from ..keys import MasterKey
from ..storage import attachments as uploads
from ..storage import guests as storage
from ..storage import petitioners, petitions
from . import attachments, tries
from .attaching import refuse_more
from .attachments import Means
from .registering import register, status_code


@dataclass(frozen=True, slots=True, repr=False)
class Proof:
    """The code that was sent to an address, with its id."""

    code_id: UUID
    code: str


@dataclass(frozen=True, slots=True, repr=False)
class Filed:
    """A petition with what its slip says: `code` opens with its number how it stands."""

    petition: domain.Petition
    code: str


async def send_code(
    apart: AsyncSession,
    session: AsyncSession,
    key: MasterKey,
    email: str,
    language: Language,
    address: str,
    now: datetime,
) -> EmailCode:
    """Send a code to an address, whoever's it is; `TriedTooOften`. `apart` is as for `file`."""
    counted = [
        Try(Counted.CODES_TO_EMAIL, email_codes.normal(email)),
        Try(Counted.CODES_FROM_ADDRESS, network(address)),
    ]
    await tries.take(apart, key, counted, now)
    async with session.begin():
        legal = await rules.read(session, VALID_RULE)
        valid = timedelta(minutes=legal.on(VALID_RULE, local_date(now)).whole)
        made = EmailCode(
            id=ids.new_id(),
            email=email.strip(),
            code=email_codes.code_of(secrets.randbelow(10**email_codes.DIGITS)),
            language=language,
            created_at=now,
            expires_at=now + valid,
        )
        await storage.add_code(session, key, made)
        await outbox.record(session, EmailCodeRequested.of(made), now)
    return made


async def file(
    apart: AsyncSession,
    session: AsyncSession,
    key: MasterKey,
    submission: domain.Submission,
    petitioner: Identity,
    proof: Proof,
    address: str,
    now: datetime,
) -> Filed:
    """Register the petition of somebody without an account; the address that the code went to is theirs.

    A wrong code counts although nothing is stored: `apart` is a session outside of the unit of work of an
    Idempotency-Key. `TriedTooOften`, `ProofRefused`, `InstitutionUnknown`, `InstitutionAcceptsNoPetitions`,
    `TooManyAttachments`, `AttachmentUnknown`.
    """
    await tries.take(apart, key, [Try(Counted.GUESTS_FROM_ADDRESS, network(address))], now)
    await _admit(apart, key, proof, now)
    async with session.begin():
        found = await storage.read_code(session, key, proof.code_id, is_locked=True)
        legal = await rules.read(session, WRONG_RULE, codes.LENGTH_RULE)
        most = legal.on(WRONG_RULE, local_date(now)).whole
        if found is None or not found.is_good(most, now) or not found.fits(proof.code):
            raise ProofRefused
        await storage.spend_code(session, found.id, now)
        known = replace(petitioner, email=found.email)
        petition = await register(
            session, key, submission, [known], domain.Channel.GUEST, now, guest=Guest(found.id)
        )
        length = legal.on(codes.LENGTH_RULE, local_date(now)).whole
    return Filed(petition, status_code(key, petition.id, length))


async def upload(
    apart: AsyncSession,
    session: AsyncSession,
    means: Means,
    proof: Proof,
    address: str,
    name: str,
    chunks: AsyncIterable[bytes],
    now: datetime,
) -> Attachment:
    """Take a file of who has a code and has not filed with it yet; the code stays good for the petition.

    `TriedTooOften`, `ProofRefused`, `TooManyAttachments`, and what `attachments.upload` raises.
    """
    await tries.take(apart, means.key, [Try(Counted.UPLOADS_FROM_ADDRESS, network(address))], now)
    await _admit(apart, means.key, proof, now)
    guest = Guest(proof.code_id)
    async with session.begin():
        await refuse_more(session, await uploads.uploads_of(session, guest) + 1, now)
    return await attachments.upload(session, means, guest, name, chunks, now)


@dataclass(frozen=True, slots=True, repr=False)
class Letter:
    """What an e-mail to somebody without an account needs: their address, and what their slip says."""

    email: str
    petition: domain.Summary
    code: str


async def letter(session: AsyncSession, key: MasterKey, petition_id: UUID, now: datetime) -> Letter | None:
    """Where news of a guest's petition go; None of any other one."""
    async with session.begin():
        petition = await petitions.of_guest(session, petition_id)
        signatures = await petitioners.of_petition(session, key, petition_id) if petition else []
        legal = await rules.read(session, codes.LENGTH_RULE)
    email = next((address for one in signatures if (address := _address(one))), None)
    if petition is None or email is None:
        return None
    length = legal.on(codes.LENGTH_RULE, local_date(now)).whole
    return Letter(email, petition, status_code(key, petition.id, length))


def _address(signature: Signature) -> str | None:
    """Of who stands behind a petition without an account."""
    who = signature.petitioner
    return who.email if isinstance(who, Identity) and signature.withdrawn_at is None else None


async def message(session: AsyncSession, key: MasterKey, code_id: UUID, now: datetime) -> EmailCode | None:
    """A code that is still to be sent, with its address; None when it is out of date or used."""
    async with session.begin():
        found = await storage.read_code(session, key, code_id)
    return found if found and found.spent_at is None and now < found.expires_at else None


async def forget(session: AsyncSession, now: datetime) -> None:
    """Forget codes that are out of date."""
    async with session.begin():
        await storage.forget(session, now)


async def _admit(apart: AsyncSession, key: MasterKey, proof: Proof, now: datetime) -> None:
    """Let in who has the right code, before anything is registered; a wrong one is counted for good."""
    is_right = False
    async with apart.begin():
        found = await storage.read_code(apart, key, proof.code_id, is_locked=True)
        legal = await rules.read(apart, WRONG_RULE)
        most = legal.on(WRONG_RULE, local_date(now)).whole
        if found is not None and found.is_good(most, now):
            is_right = found.fits(proof.code)
            if not is_right:
                await storage.count_wrong(apart, found.id)
    if not is_right:
        raise ProofRefused
