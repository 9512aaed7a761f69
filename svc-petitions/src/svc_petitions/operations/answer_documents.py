"""The sealed document of an answer: made once the answer was sent, fetched, verified, swept.

The answer was sent under its number in one transaction. Its document is made after that, with no lock
held and as often as it takes: by whoever asks for it first, or by the clock. Who is killed on the way leaves
a file that no row knows, which is swept, and never a number that is given twice or lost.
"""

import asyncio
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids, typed_codes
from hub_core.clock import local_date
from hub_core.principal import Principal
from hub_documents.store import Store, StoreUnavailable
from hub_service import rules
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.problems import ServiceUnavailable
from hub_service.purpose import Stated

from ..clients.identity import Identity, find_name
from ..documents import answers as documents
from ..documents.press import Press
from ..documents.seals import Owner
from ..domain import answers as domain
from ..errors.documents import AnswerDocumentMissing, AnswerNotVerified, DocumentStoreAway, SealNotInForce
from ..keys import MasterKey
from ..storage import answer_documents as storage
from ..storage import files as file_rows
from . import files, petitions

FOLDER: Final = "answers/"
"""Before the names of the files of answers: `answers/<id>.pdf`."""
_AT_ONCE: Final = 50
_LEFT_ALONE: Final = timedelta(hours=1)
_THESE_DAYS: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class AnswerMeans:
    """What it takes to make a document, and to find it again."""

    key: MasterKey
    identity: Identity
    press: Press
    store: Store
    origin: str


async def fetch(
    session: AsyncSession, means: AnswerMeans, caller: Principal, petition_id: UUID, now: datetime
) -> bytes:
    """The sealed answer, for the one in whose name the petition was made; of one joined, its leader's.

    Raises `PetitionNotFound`, `AnswerDocumentMissing`, `SealNotInForce`, `DocumentStoreAway`.
    """
    petition = await petitions.read_petition(session, petition_id, caller, now)
    async with session.begin():
        answered_by = await storage.answered_by(session, petition.id)
    content = await document_of(session, means, answered_by, now)
    if content is None:
        raise AnswerDocumentMissing
    return content


async def fetch_for_official(
    session: AsyncSession,
    means: AnswerMeans,
    official: Official,
    petition_id: UUID,
    purpose: Stated,
    now: datetime,
) -> bytes:
    """The sealed answer of a file, to be sent on paper or kept; the petitioner reads who fetched it.

    Raises `FileNotFound`, `AnswerDocumentMissing`, `SealNotInForce`, `DocumentStoreAway`.
    """
    async with session.begin():
        file = await file_rows.read(session, petition_id, official.institution_id)
        await files.leave_line(session, official, file, Action.READ, purpose, now)
        answered_by = await storage.answered_by(session, file.id)
    content = await document_of(session, means, answered_by, now)
    if content is None:
        raise AnswerDocumentMissing
    return content


async def document_of(
    session: AsyncSession, means: AnswerMeans, petition_id: UUID, now: datetime
) -> bytes | None:
    """The document of an answer, made now if it was not before; None while no answer was sent."""
    try:
        async with session.begin():
            kept = await storage.find(session, petition_id)
            sent = None if kept else await storage.sent(session, means.key, petition_id)
            legal = await rules.read(session, *domain.redress_rules(sent.kind)) if sent else None
        if kept is not None:
            return await means.store.get(kept.file_key)
        if sent is None or legal is None:
            return None
        redress = domain.redress(sent.kind, local_date(sent.sent_at), legal)
        return await _make(session, means, sent, redress, now)
    except StoreUnavailable as away:
        raise DocumentStoreAway from away


async def _make(
    session: AsyncSession, means: AnswerMeans, sent: domain.Sent, redress: tuple[str, ...], now: datetime
) -> bytes:
    code = typed_codes.code_of(secrets.token_bytes(typed_codes.RANDOM_BYTES))
    petitioner, signatory = await asyncio.gather(
        _name(means, sent.petitioner_id), _name(means, sent.signed_by)
    )
    courtesy = None
    if sent.courtesy_language and sent.courtesy_text:
        courtesy = documents.Courtesy(sent.courtesy_language, sent.courtesy_text)
    answer = documents.Answer(
        institution=Owner(sent.institution_id, sent.institution_code, sent.institution),
        compartment=sent.compartment,
        number=sent.number,
        petition=sent.petition,
        petitioner=sent.addressee(petitioner),
        address=sent.address,
        subject=sent.subject,
        text=sent.text,
        legal_basis=sent.legal_basis,
        redress=redress,
        signed_by=sent.signature(signatory),
        code=typed_codes.grouped(code, domain.CODE_LETTER),
        origin=means.origin,
        courtesy=courtesy,
        joined=tuple(sent.joined),
    )
    sealed = await documents.make(means.press, answer, now)
    stored = await means.store.put(f"{FOLDER}{ids.new_id()}.pdf", sealed.content)
    kept = storage.Kept(
        petition_id=sent.petition_id,
        made_at=now,
        file_key=stored.name,
        file_sha256=stored.sha256,
        file_bytes=stored.size,
        seal_level=sealed.level,
    )
    async with session.begin():
        is_ours = await storage.add(session, means.key, kept, code)
        first = None if is_ours else await storage.find(session, sent.petition_id)
    if first is None:
        return sealed.content
    await means.store.delete(stored.name)
    return await means.store.get(first.file_key)


async def _name(means: AnswerMeans, principal_id: UUID | None) -> str | None:
    return await find_name(means.identity, principal_id) if principal_id else None


async def press_waiting(session: AsyncSession, means: AnswerMeans, now: datetime) -> int:
    """Make the documents of answers of these days that have none; how many were made.

    One that cannot be made now (no seal in force, svc-identity away) is left for the next time and holds up
    nobody else. Of an older one it is made when somebody asks for it.
    """
    made, after = 0, None
    while True:
        async with session.begin():
            waiting = await storage.waiting(session, now - _THESE_DAYS, _AT_ONCE, after)
        for petition_id in waiting:
            with suppress(SealNotInForce, ServiceUnavailable):
                await document_of(session, means, petition_id, now)
                made += 1
        if len(waiting) < _AT_ONCE:
            return made
        after = waiting[-1]


async def sweep(session: AsyncSession, means: AnswerMeans, now: datetime) -> int:
    """Delete files of answers that no row knows, an hour after they were stored; how many there were.

    With them what was cut off in the middle, of an answer or of an attachment.
    """
    names = [name async for name in means.store.names(now - _LEFT_ALONE) if name.startswith(FOLDER)]
    swept = await means.store.clear(now - _LEFT_ALONE)
    for start in range(0, len(names), _AT_ONCE):
        part = names[start : start + _AT_ONCE]
        async with session.begin():
            known = await storage.known(session, part)
        for name in set(part) - known:
            await means.store.delete(name)
            swept += 1
    return swept


async def verify(session: AsyncSession, key: MasterKey, typed: str) -> domain.Verified:
    """What anybody is told of the answer with a code. Raises `AnswerNotVerified`, for every other code."""
    found = await find(session, key, typed)
    if found is None:
        raise AnswerNotVerified
    return found


async def find(session: AsyncSession, key: MasterKey, typed: str) -> domain.Verified | None:
    """The answer with a code, however it was typed; what cannot be a code is looked for as well."""
    async with session.begin():
        return await storage.verified(
            session, key, typed_codes.read(typed, domain.CODE_LETTER) or f"no code: {typed}"
        )


async def find_file(session: AsyncSession, sha256: bytes, seal: domain.AnswerSeal) -> domain.Verified | None:
    """The answer whose very file it is; a file whose seal is not intact is no answer's."""
    async with session.begin():
        found = await storage.verified_file(session, sha256)
    return found if seal is domain.AnswerSeal.INTACT else None
