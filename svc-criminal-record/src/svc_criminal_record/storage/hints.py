"""Hints of holders, encrypted beside the certificate: who verifies never needs what else stands in it."""

from typing import Final
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.hints import Hint
from ..keys import MasterKey
from ..tables.certificates import CERTIFICATES

_BYTES: Final = 96
"""Every hint is of one size, so that none takes longer than another."""


def seal(key: MasterKey, certificate_id: UUID, hint: Hint) -> bytes:
    """The hint for the row of a certificate (`certificates.hint`)."""
    said = orjson.dumps([hint.initials, hint.last_four]).ljust(_BYTES)
    return key.seal(said, _context(certificate_id))


async def sealed(session: AsyncSession, certificate_id: UUID) -> bytes | None:
    """The hint of a certificate, as it is kept."""
    found: bytes | None = await session.scalar(
        select(CERTIFICATES.c.hint).where(CERTIFICATES.c.id == certificate_id)
    )
    return found


def unseal(key: MasterKey, certificate_id: UUID, sealed: bytes) -> Hint:
    """The hint of a row."""
    initials, last_four = orjson.loads(key.unseal(sealed, _context(certificate_id)))
    return Hint(initials, last_four)


def _context(certificate_id: UUID) -> str:
    return f"hint:{certificate_id}"
