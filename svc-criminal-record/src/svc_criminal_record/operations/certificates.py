"""What a holder gets of a certificate: its facts, its file, the credential for a wallet."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.principal import Principal
from hub_documents.wallet import HolderKeyInvalid
from hub_service.access import Action

from ..domain.certificates import Certificate, Standing
from ..domain.verification import Verification
from ..errors.certificates import CertificateNotFound, CertificateOver, WalletKeyInvalid
from ..issuing import Means, read_content
from ..storage import certificates as storage
from ..storage import verifications
from .requests import note_access, signatory


async def read(session: AsyncSession, certificate_id: UUID, caller: Principal, now: datetime) -> Certificate:
    """A certificate of the caller's, or of whom they act for; `CertificateNotFound` otherwise."""
    async with session.begin():
        return await _own(session, certificate_id, caller, Action.READ, now)


async def file(
    session: AsyncSession, means: Means, certificate_id: UUID, caller: Principal, now: datetime
) -> tuple[Certificate, bytes]:
    """The sealed file, while the certificate is valid. `CertificateNotFound`, `CertificateOver`."""
    async with session.begin():
        certificate = await _own(session, certificate_id, caller, Action.EXPORT, now)
        _must_be_valid(certificate, now)
    return certificate, await means.issuer.store.get(certificate.file_key)


async def credential(
    session: AsyncSession,
    means: Means,
    certificate_id: UUID,
    wallet_key: Mapping[str, Any] | None,
    caller: Principal,
    now: datetime,
) -> str:
    """The same as an SD-JWT VC for the holder's wallet, while the certificate is valid.

    Raises `CertificateNotFound`, `CertificateOver`, `WalletKeyInvalid`.
    """
    async with session.begin():
        certificate = await _own(session, certificate_id, caller, Action.EXPORT, now)
        _must_be_valid(certificate, now)
        content = await storage.content(session, means.key, certificate.id)
    if content is None:
        raise CertificateNotFound
    try:
        return means.issuer.credential(certificate, read_content(content), wallet_key)
    except HolderKeyInvalid:
        raise WalletKeyInvalid from None


async def list_verifications(
    session: AsyncSession,
    certificate_id: UUID,
    caller: Principal,
    now: datetime,
    *,
    before: UUID | None,
    limit: int,
) -> Sequence[Verification]:
    """When it was verified, newest first, of those before `before`; raises `CertificateNotFound`."""
    async with session.begin():
        certificate = await _own(session, certificate_id, caller, Action.READ, now)
        return await verifications.of_certificate(session, certificate.id, before, limit)


async def _own(
    session: AsyncSession, certificate_id: UUID, caller: Principal, action: Action, now: datetime
) -> Certificate:
    certificate = await storage.read(session, certificate_id)
    if certificate is None or certificate.holder_id != signatory(caller):
        raise CertificateNotFound
    await note_access(session, caller, action, "certificate", certificate.id, now)
    return certificate


def _must_be_valid(certificate: Certificate, now: datetime) -> None:
    if certificate.standing(now) is not Standing.VALID:
        raise CertificateOver
