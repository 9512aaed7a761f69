"""Who holds what this process has claimed: a number, locked for as long as a connection lives.

A lease says that a delivery is in somebody's hands, this that they are there. Who is killed is not, in the
same moment; who is stopped still is, so that what lies on a stopped process's sockets goes to nobody else.
"""

import asyncio
import secrets
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from .storage.deliveries import HOLDERS

_SERVER_SETTINGS: Final = {
    "application_name": "notify holder",
    # A machine that is gone answers none of these, a process that is stopped does: its kernel does.
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}


class Holder:
    """This process, as the others know it; it connects when it is first asked for."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._number = secrets.randbelow(2**31 - 1) + 1
        self._connection: AsyncConnection | None = None
        self._driver: Any = None
        self._connecting = asyncio.Lock()

    async def number(self) -> int:
        """The number to claim by.

        `SQLAlchemyError` or `OSError` while nobody could know that this process is there.
        """
        async with self._connecting:
            if self._driver is None or self._driver.is_closed():
                await self.close()
                await self._connect()
        return self._number

    async def close(self) -> None:
        """Leave: what is still claimed is free when its lease ends."""
        if self._connection is not None:
            await self._connection.invalidate()
            await self._connection.close()
        self._connection = self._driver = None

    async def _connect(self) -> None:
        engine = create_async_engine(
            self._dsn,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"timeout": 3, "command_timeout": 3, "server_settings": _SERVER_SETTINGS},
        )
        self._connection = await engine.connect()
        locking = select(func.pg_try_advisory_lock(HOLDERS, self._number))
        if not await self._connection.scalar(locking):
            raise ConnectionError("the server does not yet know that the connection before is gone")
        self._driver = (await self._connection.get_raw_connection()).driver_connection
