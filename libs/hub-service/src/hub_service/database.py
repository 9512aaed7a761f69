"""The database of a service: one engine, and its sessions (`hub_events.session`)."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from hub_events.session import Session

from .settings import ServiceSettings


class Database:
    """The engine and the sessions of one service; connects when first used."""

    def __init__(self, settings: ServiceSettings) -> None:
        self.engine = create_async_engine(
            settings.database_dsn.get_secret_value(),
            pool_size=settings.database_pool_size,
            max_overflow=0,
            pool_timeout=3,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"timeout": 3, "command_timeout": 10},
        )
        self.sessions = async_sessionmaker(self.engine, class_=Session, expire_on_commit=False)

    async def ping(self) -> None:
        """Raise unless the database answers."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.engine.dispose()
