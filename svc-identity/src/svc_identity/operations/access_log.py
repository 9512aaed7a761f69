"""The access log: lines come in, get their place in the chain, and are shown to whom they are about."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_service.problems import NotFound

from ..domain import access_log, rules
from ..domain.access_log import Access, Audit, Fault, FaultKind, Line, Position, Root
from ..domain.dispute import Dispute
from ..domain.rules import RuleId
from ..domain.signing_key import Use
from ..provider import Provider
from ..storage import access_log as storage
from ..storage import privacy

BATCH: Final = 500
_STATEMENT: Final = "hub-access-root+jwt"


async def take_in(session: AsyncSession, access: Access) -> None:
    """Keep a line that a service told; `append` gives it its place."""
    async with session.begin():
        await storage.add_arrival(session, access)


async def append(session: AsyncSession, now: datetime) -> int:
    """Give up to 500 waiting lines their place in the chain; how many.

    One replica appends at a time; the others wait for it.
    """
    async with session.begin():
        await storage.lock_chain(session)
        waiting = await storage.take_arrivals(session, BATCH)
        if waiting:
            end = await storage.end_of_chain(session)
            latest = await storage.latest_instant(session)  # clocks differ, and a lock takes time
            at = max(now, latest) if latest else now
            await storage.add_lines(session, access_log.append(end, waiting, at))
    return len(waiting)


async def close_days(session: AsyncSession, provider: Provider, now: datetime) -> int:
    """Publish the roots of days that are over and have none, days without a line too; how many."""
    closed = 0
    async with session.begin():
        await storage.lock_chain(session)
        newest = next(iter(await storage.roots(session, limit=1)), None)
        day = newest.day + timedelta(days=1) if newest else await storage.first_day(session)
        while day is not None and day < clock.local_date(now):
            end = await storage.end_of_day(session, day)
            root = access_log.close(day, await storage.hashes_on(session, day), end, now)
            await storage.add_root(session, _signed(provider, root, now))
            day, closed = day + timedelta(days=1), closed + 1
    return closed


def _signed(provider: Provider, root: Root, now: datetime) -> Root:
    claims = _claims(provider.issuer, root)
    return replace(root, statement=provider.key_ring.sign(Use.ID_TOKEN, claims, now, kind=_STATEMENT))


def _claims(issuer: str, root: Root) -> dict[str, object]:
    return {
        "iss": issuer,
        "iat": int(root.closed_at.timestamp()),
        "day": root.day.isoformat(),
        "lines": root.lines,
        "last_seq": root.last_seq,
        "chain_hash": root.chain_hash.hex(),
        "merkle_root": root.merkle_root.hex(),
    }


async def list_roots(session: AsyncSession, *, before: date | None, limit: int) -> Sequence[Root]:
    """The published roots, newest first; `before` is the last of the page before."""
    async with session.begin():
        return await storage.roots(session, before=before, limit=limit)


async def read_root(session: AsyncSession, day: date) -> Root:
    """The root of a day; `NotFound` before the day is over."""
    async with session.begin():
        root = await storage.root(session, day)
    if root is None:
        raise NotFound
    return root


@dataclass(frozen=True, slots=True)
class Period:
    """Which lines a person wants to see: days of Europe/Bucharest, both included."""

    since: date | None = None
    until: date | None = None
    service: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A line with the names of the institution by language, and the person's dispute of it."""

    line: Line
    institution: Mapping[str, str]
    dispute: Dispute | None


async def list_own(
    session: AsyncSession,
    person_id: UUID,
    period: Period,
    now: datetime,
    *,
    before: int | None = None,
    limit: int,
) -> Sequence[Shown]:
    """Who looked at a person's data, newest first, but for what a law withholds today."""
    async with session.begin():
        lines = await storage.lines_of(
            session,
            await known_as(session, person_id),
            clock.local_date(now),
            since=period.since,
            until=period.until,
            service=period.service,
            before=before,
            limit=limit,
        )
        offices = {line.access.institution_id for line in lines if line.access.institution_id}
        names = await privacy.names_of(session, offices)
        disputes = await privacy.disputes_by_line(session, person_id, [line.access.id for line in lines])
    return [
        Shown(
            line,
            names.get(line.access.institution_id, {}) if line.access.institution_id else {},
            disputes.get(line.access.id),
        )
        for line in lines
    ]


async def known_as(session: AsyncSession, person_id: UUID) -> Collection[UUID]:
    """Every id under which a person was known to services. In the caller's transaction."""
    return [person_id, *await storage.former_ids(session, person_id)]


@dataclass(frozen=True, slots=True)
class Proof:
    """That a line stands in the log: its place in its day, and the path from it to the day's root."""

    line: Line
    root: Root
    position: int
    path: Sequence[bytes]


async def prove(session: AsyncSession, person_id: UUID, line_id: UUID, now: datetime) -> Proof:
    """The proof of one of the person's lines; `NotFound` before its day is over."""
    async with session.begin():
        known = await known_as(session, person_id)
        line = await storage.line_of(session, known, line_id, clock.local_date(now))
        root = await storage.root(session, line.recorded_on) if line else None
        if line is None or root is None:
            raise NotFound
        hashes = await storage.hashes_on(session, line.recorded_on)
    position = hashes.index(line.hash)
    return Proof(line, root, position, access_log.merkle_path(hashes, position))


@dataclass(frozen=True, slots=True)
class Report:
    """What `verify` found; the log is as it was written when there is no fault."""

    lines: int
    days: int
    faults: Sequence[Fault]


async def verify(session: AsyncSession, provider: Provider, now: datetime) -> Report:
    """Go through the whole log: every line, every link, every published root and its signature.

    Lines of days that are past their term may be missing, whole days at a time. A statement signed
    with a key that we hold no more is compared with what it says only.
    """
    async with session.begin():
        roots = (await storage.roots(session))[::-1]
        forgotten = _forgotten(roots, await storage.first_day(session), now)
        audit = Audit(Position(forgotten[-1].last_seq, forgotten[-1].chain_hash) if forgotten else Position())
        kept = roots[len(forgotten) :]
        seq = forgotten[-1].last_seq if forgotten else 0
        while lines := await storage.lines_after(session, seq, BATCH):
            for line in lines:
                while kept and kept[0].day < line.recorded_on:
                    audit.pass_root(kept.pop(0))
                audit.pass_line(line)
            seq = lines[-1].seq
    for root in kept:
        audit.pass_root(root)
    faults = [*audit.faults, *_gaps(roots), *_misstated(provider, roots)]
    return Report(audit.lines, len(roots), faults)


def _forgotten(roots: Sequence[Root], first: date | None, now: datetime) -> Sequence[Root]:
    """The first days, whose lines are gone because their term is over."""
    over = rules.months_before(clock.local_date(now), RuleId.ACCESS_LOG_KEPT)
    return [root for root in roots if root.day < over and (first is None or root.day < first)]


def _gaps(roots: Sequence[Root]) -> list[Fault]:
    days = [root.day for root in roots]
    return [
        Fault(FaultKind.ROOT_MISSING, day=day + timedelta(days=1))
        for day, after in pairwise(days)
        if after != day + timedelta(days=1)
    ]


def _misstated(provider: Provider, roots: Sequence[Root]) -> list[Fault]:
    return [
        Fault(FaultKind.ROOT_DIFFERS, day=root.day)
        for root in roots
        if provider.key_ring.claimed(Use.ID_TOKEN, root.statement, kind=_STATEMENT)
        != _claims(provider.issuer, root)
    ]


async def forget(session: AsyncSession, now: datetime) -> int:
    """Delete the lines of whole days that are past their term; how many. The roots stay."""
    async with session.begin():
        await storage.lock_chain(session)
        over = rules.months_before(clock.local_date(now), RuleId.ACCESS_LOG_KEPT)
        return await storage.forget(session, over)
