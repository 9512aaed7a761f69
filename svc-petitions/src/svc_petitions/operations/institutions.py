"""Institutions, as the catalog tells of them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from ..domain.institutions import Institution
from ..storage import directory, institutions


async def keep(session: AsyncSession, changed: Institution, entry: Mapping[str, Any] | None = None) -> None:
    """Keep what the catalog told of an institution, with its `entry` of the directory of attributions.

    The newest version wins, in whatever order they come.
    """
    async with session.begin():
        await institutions.keep(session, changed)
        if entry is not None:
            await directory.keep(session, entry)
