"""What can be done with legal numbers: load, decide, store, tell, each in one transaction."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from hub_core import ids
from hub_events import outbox
from hub_events.session import Session
from hub_service.problems import PreconditionFailed

from ..domain import rules
from ..domain.changes import ChangeKind
from ..domain.rules import RuleChange, RuleChangeKind, RuleChangeState, RuleTable
from ..errors.rules import RuleChangeNotFound, RuleNotFound, RuleNotInForce
from ..events.rules import RuleChanged
from ..storage import changes
from ..storage import rules as storage

_LOADED = "Reference data of a release"


async def find(session: Session, wanted: storage.Filter, after: str | None, limit: int) -> list[RuleTable]:
    """At most `limit` tables by code, after a code."""
    async with session.begin():
        return await storage.find(session, wanted, after, limit)


async def read(session: Session, code: str, on: date | None) -> RuleTable:
    """The whole table of a code; raises `RuleNotFound`, and `RuleNotInForce` when it has no row on a day."""
    async with session.begin():
        table = _found(await storage.get(session, code))
    if on is not None and table.find(on) is None:
        raise RuleNotInForce(code=code, day=on.isoformat())
    return table


async def find_changes(
    session: Session, code: str | None, state: RuleChangeState | None, before: UUID | None, limit: int
) -> list[RuleChange]:
    """The change log of a code, or of all, the newest first."""
    async with session.begin():
        return await storage.find_changes(session, code, state, before, limit)


async def read_change(session: Session, change_id: UUID) -> RuleChange:
    """A change; raises `RuleChangeNotFound`."""
    async with session.begin():
        return _found_change(await storage.get_change(session, change_id))


async def propose(
    session: Session,
    code: str,
    kind: RuleChangeKind,
    wanted: rules.Wanted,
    reason: str,
    base: int,
    by: UUID,
    now: datetime,
) -> RuleChange:
    """Note a change that waits for a second person.

    `base` is the version that was looked at. Raises `RuleNotFound`, `PreconditionFailed`,
    `RuleKindWrong`, `RuleDaysWrong`.
    """
    async with session.begin():
        table = _found(await storage.lock(session, code))
        if table.version != base:
            raise PreconditionFailed
        row = rules.proposed(table, wanted)
        rules.changed(table, kind, row)
        change = RuleChange(
            id=ids.new_id(),
            code=code,
            kind=kind,
            state=RuleChangeState.PROPOSED,
            row=row,
            reason=reason,
            base=base,
            proposed_at=now,
            proposed_by=by,
        )
        await storage.note(session, [change])
    return change


async def publish(session: Session, change_id: UUID, decision: str, by: UUID, now: datetime) -> RuleChange:
    """Publish what somebody else has proposed; the whole table is told with the same commit.

    Raises `RuleChangeNotFound`, `RuleChangeDecided`, `FourEyes`, `RuleChangeOutdated`.
    """
    async with session.begin():
        change = _found_change(await storage.lock_change(session, change_id))
        table = _found(await storage.lock(session, change.code))
        published, made = rules.publish(change, table, decision, by, now)
        await storage.put(session, [made], now)
        await storage.decide(session, published)
        await outbox.record(session, RuleChanged.of(made), now)
        await changes.note(session, ChangeKind.RULE, made.code, made.version, now)
    return published


async def reject(session: Session, change_id: UUID, decision: str, by: UUID, now: datetime) -> RuleChange:
    """Do not publish it. Raises `RuleChangeNotFound`, `RuleChangeDecided`."""
    async with session.begin():
        change = _found_change(await storage.lock_change(session, change_id))
        rejected = rules.reject(change, decision, by, now)
        await storage.decide(session, rejected)
    return rejected


async def load(session: Session, wanted: Sequence[RuleTable], now: datetime) -> int:
    """Bring the tables to the wanted state; how many were new or changed.

    What is the same stays untouched and tells nothing; what is not named stays as it is, and so do the
    rows of a table that officials have changed.
    """
    async with session.begin():
        made = rules.loaded(wanted, await storage.lock_all(session))
        await storage.put(session, made, now)
        await storage.note(session, [_loading(table, now) for table in made])
        for table in made:
            await outbox.record(session, RuleChanged.of(table), now)
        await changes.note_all(session, ChangeKind.RULE, {table.code: table.version for table in made}, now)
    return len(made)


async def tell(session: Session, now: datetime) -> int:
    """Tell every table again, for a listener that came after the stream had forgotten; how many."""
    async with session.begin():
        tables = await storage.lock_all(session)
        for table in tables:
            await outbox.record(session, RuleChanged.of(table), now)
    return len(tables)


def _loading(table: RuleTable, now: datetime) -> RuleChange:
    return RuleChange(
        id=ids.new_id(),
        code=table.code,
        kind=RuleChangeKind.LOADED,
        state=RuleChangeState.PUBLISHED,
        row=None,
        reason=_LOADED,
        base=table.version - 1,
        version=table.version,
        proposed_at=now,
        decided_at=now,
    )


def _found(table: RuleTable | None) -> RuleTable:
    if table is None:
        raise RuleNotFound
    return table


def _found_change(change: RuleChange | None) -> RuleChange:
    if change is None:
        raise RuleChangeNotFound
    return change
