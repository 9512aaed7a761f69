"""Sessions whose operations begin their transaction, and the unit of work they join.

An operation writes `async with session.begin():` and nobody calls `commit()`. Two places need more
than the operation inside the same transaction: the inbox row beside the effect of an event, and the
Idempotency-Key record beside the effect of a request. They open a *unit of work*, and the
operation's `begin()` joins it:

    async with session.unit_of_work():
        ...                                  # the inbox row, the key
        await operations.hold_slot(session)  # its `session.begin()` joins, and commits nothing
"""

from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, AsyncSessionTransaction

_PASSING_SQLSTATES: Final = ("08", "25006", "40", "53", "55P03", "57P", "58")
"""Connection lost, a standby, lost races, no resources, lock time-out, shutting down, disk."""


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


def is_away(error: Exception) -> bool:
    """Whether an error says that the database cannot answer for now, and trying again may help."""
    if isinstance(error, (OperationalError, InterfaceError, PoolTimeout)):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None) or ""
    return error.connection_invalidated or state.startswith(_PASSING_SQLSTATES)
