"""The database of a service: one engine, and sessions whose operations begin their transaction.

An operation writes `async with session.begin():` and nobody calls `commit()`. Two places need more
than the operation inside the same transaction: the Idempotency-Key record beside the effect of a
POST, and the inbox record beside the effect of an event. They open a *unit of work*, and the
operation's `begin()` joins it:

    async with session.unit_of_work():
        ...                                  # the key, the inbox row
        await operations.hold_slot(session)  # its `session.begin()` joins, and commits nothing
"""

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncSession,
    AsyncSessionTransaction,
    async_sessionmaker,
    create_async_engine,
)

from .settings import ServiceSettings

_PASSING_SQLSTATES = ("08", "40", "53", "55P03", "57")
"""Connection failures, lost races, no resources, lock and statement time-outs, shutting down."""


class _Joined(AsyncSessionTransaction):
    """A transaction block inside a unit of work: it neither begins nor ends anything."""

    async def start(self, is_ctxmanager: bool = False) -> "_Joined":
        """Join; the transaction is already there."""
        del is_ctxmanager
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave the commit or the rollback to the unit of work."""


class _UnitOfWork(AsyncSessionTransaction):
    """The transaction that the `begin()` of operations joins."""

    session: "Session"

    async def start(self, is_ctxmanager: bool = False) -> "_UnitOfWork":
        """Begin, and let what follows join."""
        await super().start(is_ctxmanager)
        self.session.in_unit_of_work = True
        return self

    async def __aexit__(self, *failure: object) -> None:
        """Commit, or roll back when something was raised."""
        self.session.in_unit_of_work = False
        await super().__aexit__(*failure)


class Session(AsyncSession):
    """An `AsyncSession` whose `begin()` joins a unit of work, if one is open.

    Outside of one, `begin()` is SQLAlchemy's own: it raises when a query has already begun a
    transaction by itself, so that nothing is ever left uncommitted by accident.
    """

    in_unit_of_work = False

    def begin(self) -> AsyncSessionTransaction:
        """Begin the operation's transaction, or join the unit of work around it."""
        return _Joined(self) if self.in_unit_of_work else super().begin()

    def unit_of_work(self) -> AsyncSessionTransaction:
        """One transaction around an operation and what must be stored beside its effect."""
        return _UnitOfWork(self)


class ConsumerSession(Session):
    """The session of one event: its first `begin()`, the consumer loop's, is the unit of work."""

    def begin(self) -> AsyncSessionTransaction:
        """Open the unit of work, or join it."""
        return _Joined(self) if self.in_unit_of_work else self.unit_of_work()


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
        self.consumer_sessions = async_sessionmaker(
            self.engine, class_=ConsumerSession, expire_on_commit=False
        )

    async def ping(self) -> None:
        """Raise unless the database answers."""
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close every pooled connection."""
        await self.engine.dispose()


def is_away(error: Exception) -> bool:
    """Whether an error says that the database cannot answer for now, and trying again may help."""
    if isinstance(error, (OperationalError, InterfaceError, PoolTimeout)):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or state.startswith(_PASSING_SQLSTATES)
