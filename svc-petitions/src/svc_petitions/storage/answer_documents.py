"""Sealed answers: rows in, domain values out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_core.language import Language

from ..domain import answers as domain
from ..domain.petitioners import Account, Identity, Petitioner
from ..domain.petitions import PetitionKind
from ..keys import MasterKey, Purpose
from ..tables.answer_documents import ANSWER_DOCUMENTS
from ..tables.files import COMPARTMENTS, DELEGATIONS, DRAFTS
from ..tables.institutions import INSTITUTIONS
from ..tables.petitions import PETITIONS
from . import petitioners


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Where the document of an answer lies."""

    petition_id: UUID
    made_at: datetime
    file_key: str
    file_sha256: bytes
    file_bytes: int
    seal_level: str


async def find(session: AsyncSession, petition_id: UUID) -> Kept | None:
    """The document of an answer, once it was made."""
    wanted = select(*(ANSWER_DOCUMENTS.c[name] for name in Kept.__dataclass_fields__))
    row = (await session.execute(wanted.where(ANSWER_DOCUMENTS.c.petition_id == petition_id))).mappings()
    found = row.first()
    return Kept(**found) if found else None


async def add(session: AsyncSession, key: MasterKey, kept: Kept, code: str) -> bool:
    """Store where a document lies; False when somebody was faster, whose document it is then."""
    row = {name: getattr(kept, name) for name in Kept.__dataclass_fields__} | {"code_key": _key(key, code)}
    put = postgresql.insert(ANSWER_DOCUMENTS).values(row)
    put = put.on_conflict_do_nothing(index_elements=["petition_id"])
    return (await session.execute(put.returning(ANSWER_DOCUMENTS.c.petition_id))).first() is not None


async def waiting(
    session: AsyncSession, since: datetime, limit: int, after: UUID | None = None
) -> Sequence[UUID]:
    """Petitions whose answer was sent since then and has no document yet, in the order of their ids."""
    table = ANSWER_DOCUMENTS
    made = select(table.c.petition_id).where(table.c.petition_id == DRAFTS.c.petition_id)
    wanted = select(DRAFTS.c.petition_id).where(DRAFTS.c.sent_at >= since, ~made.exists())
    if after is not None:
        wanted = wanted.where(DRAFTS.c.petition_id > after)
    return (await session.execute(wanted.order_by(DRAFTS.c.petition_id).limit(limit))).scalars().all()


async def answered_by(session: AsyncSession, petition_id: UUID) -> UUID:
    """The petition whose answer is this one's: the one that it is joined to, or itself."""
    leader = select(PETITIONS.c.leader_id).where(PETITIONS.c.id == petition_id)
    return (await session.execute(leader)).scalar() or petition_id


async def known(session: AsyncSession, names: Sequence[str]) -> set[str]:
    """Those of these names that a document has."""
    wanted = select(ANSWER_DOCUMENTS.c.file_key).where(ANSWER_DOCUMENTS.c.file_key.in_(names))
    return set((await session.execute(wanted)).scalars())


async def sent(session: AsyncSession, key: MasterKey, petition_id: UUID) -> domain.Sent | None:
    """What the answer to a petition says, once it was sent."""
    wanted = (
        select(
            *(DRAFTS.c[name] for name in ("text", "legal_basis", "courtesy_language", "courtesy_text")),
            *(DRAFTS.c[name] for name in ("sent_at", "out_number", "signed_by")),
            *(PETITIONS.c[name] for name in ("kind", "subject", "number", "registered_on")),
            *(INSTITUTIONS.c[name] for name in ("names", "code")),
            INSTITUTIONS.c.id.label("institution_id"),
            COMPARTMENTS.c.name.label("compartment"),
            DELEGATIONS.c.act,
        )
        .select_from(DRAFTS)
        .join(PETITIONS, PETITIONS.c.id == DRAFTS.c.petition_id)
        .join(INSTITUTIONS, INSTITUTIONS.c.id == DRAFTS.c.institution_id)
        .outerjoin(COMPARTMENTS, COMPARTMENTS.c.id == PETITIONS.c.compartment_id)
        .outerjoin(DELEGATIONS, DELEGATIONS.c.id == DRAFTS.c.delegation_id)
        .where(DRAFTS.c.petition_id == petition_id, DRAFTS.c.sent_at.is_not(None))
    )
    row = (await session.execute(wanted)).mappings().first()
    if row is None:
        return None
    language = row["courtesy_language"]
    standing = await _standing(session, key, petition_id)
    first = standing[0] if standing else None
    known = first if isinstance(first, Identity) else None
    return domain.Sent(
        petition_id=petition_id,
        kind=PetitionKind(row["kind"]),
        institution_id=row["institution_id"],
        institution_code=row["code"],
        institution=row["names"],
        compartment=row["compartment"],
        number=f"{row['out_number']}/{local_date(row['sent_at']):%d.%m.%Y}",
        petition=f"{row['number']}/{row['registered_on']:%d.%m.%Y}",
        petitioner_id=first.person_id if isinstance(first, Account) else None,
        petitioner=_named(known) if known else None,
        address=known.address if known else None,
        others=max(len(standing) - 1, 0),
        subject=row["subject"],
        text=row["text"],
        legal_basis=row["legal_basis"],
        courtesy_language=Language(language) if language else None,
        courtesy_text=row["courtesy_text"],
        signed_by=row["signed_by"],
        delegation=row["act"],
        joined=await _joined(session, petition_id),
        sent_at=row["sent_at"],
    )


async def verified(session: AsyncSession, key: MasterKey, code: str) -> domain.Verified | None:
    """What is known of the answer that has a code."""
    return await _verified(session, ANSWER_DOCUMENTS.c.code_key == _key(key, code))


async def verified_file(session: AsyncSession, sha256: bytes) -> domain.Verified | None:
    """What is known of the answer whose very file it is."""
    return await _verified(session, ANSWER_DOCUMENTS.c.file_sha256 == sha256)


async def _verified(session: AsyncSession, which: ColumnElement[bool]) -> domain.Verified | None:
    wanted = (
        select(
            ANSWER_DOCUMENTS.c.file_sha256,
            *(DRAFTS.c[name] for name in ("sent_at", "out_number")),
            *(PETITIONS.c[name] for name in ("number", "registered_on")),
            INSTITUTIONS.c.names,
        )
        .select_from(ANSWER_DOCUMENTS)
        .join(PETITIONS, PETITIONS.c.id == ANSWER_DOCUMENTS.c.petition_id)
        .join(
            DRAFTS,
            (DRAFTS.c.petition_id == ANSWER_DOCUMENTS.c.petition_id) & DRAFTS.c.sent_at.is_not(None),
        )
        .join(INSTITUTIONS, INSTITUTIONS.c.id == DRAFTS.c.institution_id)
        .where(which)
    )
    row = (await session.execute(wanted)).mappings().first()
    if row is None:
        return None
    return domain.Verified(
        institution=row["names"],
        number=f"{row['out_number']}/{local_date(row['sent_at']):%d.%m.%Y}",
        petition=f"{row['number']}/{row['registered_on']:%d.%m.%Y}",
        sent_on=local_date(row["sent_at"]),
        sha256=row["file_sha256"],
    )


async def _standing(session: AsyncSession, key: MasterKey, petition_id: UUID) -> list[Petitioner]:
    """Who stands behind a petition, in the order in which they signed it."""
    signed = await petitioners.of_petition(session, key, petition_id)
    return [one.petitioner for one in signed if one.withdrawn_at is None]


def _named(one: Identity) -> str:
    own = f"{one.given_name} {one.family_name}"
    if one.represented_by:
        own = f"{own}, prin {one.represented_by}"
    return f"{one.organisation.name}, prin {own}" if one.organisation else own


async def _joined(session: AsyncSession, petition_id: UUID) -> list[str]:
    label = PETITIONS.c.number.concat(func.to_char(PETITIONS.c.registered_on, "/DD.MM.YYYY"))
    wanted = select(label).where(PETITIONS.c.leader_id == petition_id)
    rows = await session.execute(wanted.order_by(PETITIONS.c.registered_on, PETITIONS.c.number))
    return list(rows.scalars())


def _key(key: MasterKey, code: str) -> bytes:
    return key.digest(Purpose.CODES, f"answer:{code}")
