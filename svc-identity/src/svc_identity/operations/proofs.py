"""Proofs that a caller holds a key (DPoP, RFC 9449), at the provider's own endpoints."""

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hub_service import dpop
from hub_service.dpop import ProofRefused

from ..errors.oauth import InvalidProof
from ..storage import single_uses as storage


async def receive(
    session: AsyncSession,
    shown: Sequence[str],
    method: str,
    address: str,
    now: datetime,
    access_token: str | None = None,
) -> str | None:
    """The thumbprint of the key behind the `DPoP` headers of a request; none without such a header.

    A proof serves once, at whichever replica. Raises `InvalidProof`.
    """
    if not shown:
        return None
    if len(shown) > 1:
        raise InvalidProof("there is more than one DPoP header")
    try:
        token = None if access_token is None else access_token.encode()
        proof = dpop.read(shown[0], method, address, now.timestamp(), token)
    except ProofRefused as refusal:
        raise InvalidProof(str(refusal)) from refusal
    async with session.begin():
        until = datetime.fromtimestamp(proof.forgotten_at, UTC)
        if not await storage.spend(session, proof.digest, until):
            raise InvalidProof("the proof was used before")
    return proof.jkt
