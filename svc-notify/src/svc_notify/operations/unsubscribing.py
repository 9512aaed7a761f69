"""Unsubscribing by a link of a message, without signing in (RFC 2369, RFC 8058)."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain import preferences as domain
from ..domain.kinds import Group, Purpose
from ..domain.messages import Message
from ..errors.preferences import UnsubscriptionNotFound
from ..keys import MasterKey
from ..storage import institutions
from ..storage import preferences as storage
from . import following

API: Final = "/notify/v1/unsubscriptions"
PAGE: Final = "/notify/unsubscribe"
_CONTEXT: Final = "unsubscribe/1"
_GROUPS: Final = tuple(sorted(Group))
_NOBODY: Final = UUID(int=0)
_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Address:
    """Where a message is unsubscribed from: `page` for people, `headers` for programs that read mail."""

    page: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose messages a link ends, and which: a group, of one institution only where one is named."""

    person_id: UUID
    group: Group
    institution_id: UUID | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a link is about, the institution's names by language, and whether it is unsubscribed from."""

    subject: Subject
    names: Mapping[str, str]
    is_unsubscribed: bool


def address(keys: MasterKey, origin: str, message: Message) -> Address | None:
    """Where a message is unsubscribed from; none for a notice, and for who has no account.

    The address says nothing of its person: what it stands for is encrypted, and nobody can guess another.
    """
    if message.purpose is Purpose.TRANSACTIONAL or message.person_id is None:
        return None
    token = seal(keys, Subject(message.person_id, message.group, message.sender_id))
    headers = {
        "List-Unsubscribe": f"<{origin}{API}/{token}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    return Address(f"{origin}{PAGE}/{token}", headers)


def seal(keys: MasterKey, subject: Subject) -> str:
    """The token of a subject."""
    institution = subject.institution_id or _NOBODY
    plain = subject.person_id.bytes + institution.bytes + subject.group.encode()
    return urlsafe_b64encode(keys.seal(plain, _CONTEXT)).rstrip(b"=").decode()


def unseal(keys: MasterKey, token: str) -> Subject:
    """The subject of a token; raises `UnsubscriptionNotFound` for one that was not given out."""
    subject = find_subject(keys, token)
    if subject is None:
        raise UnsubscriptionNotFound
    return subject


def find_subject(keys: MasterKey, token: str) -> Subject | None:
    """The same; none for one that was not given out."""
    try:
        plain = keys.unseal(urlsafe_b64decode(token + "=" * (-len(token) % 4)), _CONTEXT)
    except (Error, InvalidTag, ValueError):
        return None
    institution = UUID(bytes=plain[_BYTES : 2 * _BYTES])
    group = Group(plain[2 * _BYTES :].decode())
    return Subject(UUID(bytes=plain[:_BYTES]), group, institution if institution != _NOBODY else None)


async def read(session: AsyncSession, subject: Subject) -> Shown:
    """What a link is about; nothing is changed."""
    async with session.begin():
        return await _shown(session, subject, await storage.find(session, subject.person_id))


async def unsubscribe(session: AsyncSession, subject: Subject, now: datetime) -> Shown:
    """End what a link is about and call back what waits of it; the same again changes nothing."""
    async with session.begin():
        held = await storage.lock(session, subject.person_id)
        chosen = domain.unsubscribe(held, subject.group, subject.institution_id, now)
        if chosen is not held:
            await storage.put(session, chosen)
            await following.stop(session, subject.person_id, subject.group, subject.institution_id, now)
        return await _shown(session, subject, chosen)


async def resubscribe(session: AsyncSession, subject: Subject, now: datetime) -> Shown:
    """Want again what a link is about; what was called back does not return."""
    async with session.begin():
        held = await storage.lock(session, subject.person_id)
        chosen = domain.resubscribe(held, subject.group, subject.institution_id, now)
        if chosen is not held:
            await storage.put(session, chosen)
        return await _shown(session, subject, chosen)


async def _shown(session: AsyncSession, subject: Subject, held: domain.Preferences) -> Shown:
    wanted = {subject.institution_id} if subject.institution_id else set()
    names = await institutions.find_institution_names(session, wanted)
    ended = any(
        (each.group, each.institution_id) == (subject.group, subject.institution_id)
        for each in held.unsubscribed
    )
    return Shown(subject, names.get(subject.institution_id, {}), ended)
