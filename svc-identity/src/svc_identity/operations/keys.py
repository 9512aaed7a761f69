"""Signing keys: made when first needed, replaced by age, without anybody's help."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from .. import key_ring
from ..domain import signing_key
from ..domain.signing_key import SigningKey, Use
from ..provider import Provider
from ..storage import signing_keys as storage


async def refresh(session: AsyncSession, provider: Provider, now: datetime) -> None:
    """Give the key ring what the database holds, after making the keys that are due."""
    async with session.begin():
        keys = list(await storage.all_(session))
        if _due(keys, now):
            await storage.lock(session)
            keys = list(await storage.all_(session))  # another replica may have been quicker
            for use, starts in _due(keys, now):
                made = key_ring.make(use, starts, provider.master_key, now)
                await storage.add(session, made)
                keys.append(made)
    provider.key_ring.hold(keys, now)


def _due(keys: list[SigningKey], now: datetime) -> list[tuple[Use, datetime]]:
    starts = ((use, signing_key.next_start(keys, use, now)) for use in Use)
    return [(use, start) for use, start in starts if start is not None]
