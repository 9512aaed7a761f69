"""A service's own copy of what another tells: one row an aggregate, with its `version`."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession


async def keep(session: AsyncSession, copy: Table, told: Mapping[str, Any]) -> None:
    """Keep a row as it was told, unless the copy has this version of it or a newer one.

    So events may come twice, late or out of order.
    """
    storing = insert(copy).values(told)
    await session.execute(
        storing.on_conflict_do_update(
            index_elements=[*copy.primary_key],
            set_={name: storing.excluded[name] for name in told},
            where=copy.c.version < storing.excluded.version,
        )
    )
