"""Requests of devices."""

from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.device_request import DeviceRequest
from ..tables.devices import DEVICE_REQUESTS


async def add(session: AsyncSession, request: DeviceRequest) -> None:
    """Store a new request."""
    await session.execute(insert(DEVICE_REQUESTS).values(asdict(request)))


async def store(session: AsyncSession, changed: DeviceRequest) -> None:
    """Store a request that has changed."""
    await session.execute(
        update(DEVICE_REQUESTS).where(DEVICE_REQUESTS.c.id == changed.id).values(asdict(changed))
    )


async def lock(session: AsyncSession, request_id: UUID) -> DeviceRequest | None:
    """A request; its row is locked until the transaction ends."""
    return await _lock(session, DEVICE_REQUESTS.c.id == request_id)


async def lock_by_code(session: AsyncSession, code_hash: bytes) -> DeviceRequest | None:
    """The request of a device code; its row is locked."""
    return await _lock(session, DEVICE_REQUESTS.c.code_hash == code_hash)


async def by_user_code(session: AsyncSession, digest: bytes) -> DeviceRequest | None:
    """The request of a user code."""
    found = await session.execute(select(DEVICE_REQUESTS).where(DEVICE_REQUESTS.c.user_code_digest == digest))
    row = found.mappings().first()
    return _request(row) if row else None


async def purge(session: AsyncSession, before: datetime) -> None:
    """Forget the requests whose time ended before then."""
    await session.execute(delete(DEVICE_REQUESTS).where(DEVICE_REQUESTS.c.expires_at < before))


async def _lock(session: AsyncSession, one: ColumnElement[bool]) -> DeviceRequest | None:
    found = await session.execute(select(DEVICE_REQUESTS).where(one).with_for_update())
    row = found.mappings().first()
    return _request(row) if row else None


def _request(row: Any) -> DeviceRequest:
    return DeviceRequest(**{**row, "scopes": tuple(row["scopes"])})
