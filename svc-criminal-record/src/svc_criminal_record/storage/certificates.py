"""Certificates: rows in, domain values out. What one says is encrypted beside it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, Uuid, any_, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from hub_events.statements import Part

from ..domain.certificates import Certificate, RevocationReason
from ..domain.hints import Hint
from ..domain.products import Product
from ..keys import MasterKey, Purpose
from ..tables.certificates import CERTIFICATES
from . import hints

_COPIED: Final = tuple(CERTIFICATES.c[field.name] for field in fields(Certificate))
_ALL: Final = select(*_COPIED)
_ADD: Final = Part(
    insert(CERTIFICATES).values({column.name: bindparam(column.name) for column in CERTIFICATES.c})
)
_OF_REQUESTS: Final = Part(
    _ALL.where(CERTIFICATES.c.request_id == any_(bindparam("request_ids", type_=ARRAY(Uuid))))
)


def code_key(key: MasterKey, code: str) -> bytes:
    """What a certificate is found by, from its code without hyphens."""
    return key.digest(Purpose.CODES, code)


async def add(
    session: AsyncSession, key: MasterKey, certificate: Certificate, content: bytes, hint: Hint
) -> None:
    """Store a certificate; `content` is what it says, as bytes that are encrypted here."""
    values = {column.name: getattr(certificate, column.name) for column in _COPIED}
    values["facts"] = key.seal(content, _context(certificate.id))
    values["hint"] = hints.seal(key, certificate.id, hint)
    await _ADD.all(session, **values)


async def content(session: AsyncSession, key: MasterKey, certificate_id: UUID) -> bytes | None:
    """What a certificate says, as it was stored."""
    wanted = select(CERTIFICATES.c.facts).where(CERTIFICATES.c.id == certificate_id)
    sealed: bytes | None = await session.scalar(wanted)
    return key.unseal(sealed, _context(certificate_id)) if sealed else None


async def read(session: AsyncSession, certificate_id: UUID) -> Certificate | None:
    """A certificate."""
    return await _one(session, _ALL.where(CERTIFICATES.c.id == certificate_id))


async def lock(session: AsyncSession, certificate_id: UUID) -> Certificate | None:
    """A certificate; its row is locked until the transaction ends."""
    return await _one(session, _ALL.where(CERTIFICATES.c.id == certificate_id).with_for_update())


async def by_code_key(session: AsyncSession, code_key: bytes) -> Certificate | None:
    """The certificate with a code, by the code's keyed hash."""
    return await _one(session, _ALL.where(CERTIFICATES.c.code_key == code_key))


async def by_number(session: AsyncSession, series: str, number: int) -> Certificate | None:
    """The certificate with a series and a number."""
    return await _one(session, _ALL.where(CERTIFICATES.c.series == series, CERTIFICATES.c.number == number))


async def by_sha256(session: AsyncSession, sha256: bytes) -> Certificate | None:
    """The certificate whose sealed file has this SHA-256."""
    return await _one(session, _ALL.where(CERTIFICATES.c.file_sha256 == sha256))


async def by_requests(session: AsyncSession, request_ids: Collection[UUID]) -> dict[UUID, Certificate]:
    """The certificates of these requests, by request."""
    found = await _OF_REQUESTS.all(session, request_ids=request_ids)
    return {row["request_id"]: _certificate(dict(row)) for row in found}


async def latest_of_request(session: AsyncSession, request_id: UUID) -> Certificate | None:
    """The certificate of a request, or the last one that took its place."""
    found = await _one(session, _ALL.where(CERTIFICATES.c.request_id == request_id))
    while found is not None and found.superseded_by is not None:
        found = await read(session, found.superseded_by)
    return found


async def of_holder(
    session: AsyncSession, holder_id: UUID, *, before: UUID | None = None, limit: int | None = None
) -> Sequence[Certificate]:
    """The certificates of a holder, newest first, of those before the certificate `before`."""
    wanted = _ALL.where(CERTIFICATES.c.holder_id == holder_id)
    if before:
        wanted = wanted.where(CERTIFICATES.c.id < before)
    found = await session.execute(wanted.order_by(CERTIFICATES.c.id.desc()).limit(limit))
    return [_certificate(row) for row in found.mappings()]


async def revoke(
    session: AsyncSession, certificate: Certificate, reason: RevocationReason, now: datetime
) -> None:
    """Take the effect of a certificate, whose row is locked, from now on."""
    await _change(session, certificate, revoked_at=now, revocation_reason=reason)


async def supersede(session: AsyncSession, certificate: Certificate, by: UUID) -> None:
    """Put another in the place of a certificate, whose row is locked."""
    await _change(session, certificate, superseded_by=by)


async def known(session: AsyncSession, certificate_ids: Collection[UUID]) -> set[UUID]:
    """Which of these certificates there are."""
    wanted = select(CERTIFICATES.c.id).where(CERTIFICATES.c.id.in_(certificate_ids))
    return set(await session.scalars(wanted))


async def follow_person(session: AsyncSession, former_id: UUID, person_id: UUID) -> None:
    """Certificates of one id become another's."""
    of_former = CERTIFICATES.c.holder_id == former_id
    await session.execute(update(CERTIFICATES).where(of_former).values(holder_id=person_id))


async def _change(session: AsyncSession, certificate: Certificate, **changed: Any) -> None:
    own = CERTIFICATES.c.id == certificate.id
    await session.execute(
        update(CERTIFICATES).where(own).values(version=CERTIFICATES.c.version + 1, **changed)
    )


async def _one(session: AsyncSession, wanted: Select[Any]) -> Certificate | None:
    row = (await session.execute(wanted)).mappings().first()
    return _certificate(row) if row else None


def _certificate(row: Mapping[Any, Any]) -> Certificate:
    reason = row["revocation_reason"]
    kinds = {
        "product": Product(row["product"]),
        "revocation_reason": RevocationReason(reason) if reason else None,
    }
    return Certificate(**{**row, **kinds})


def _context(certificate_id: UUID) -> str:
    return f"certificate:{certificate_id}"
