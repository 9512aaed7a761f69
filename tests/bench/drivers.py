"""A million drivers with ten entries each, as svc-traffic-history stores them; copied in by two processes.

The facts of a driver are spread over two years: reports that were paid, that were not, that a court has or
has decided on, that were taken back, and sums that suspended. What was applied comes from the rules of its
day. The rows of a driver lie apart, as they would had they come over the years: those of 20,000 drivers are
written round by round.
"""

import asyncio
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import chain, count, zip_longest
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

import asyncpg
import orjson

from hub_core import clock, cnp, ids
from hub_core.rules import Rules
from hub_testing import rules
from hub_testing.databases import ServiceDatabase
from svc_traffic_history import keys
from svc_traffic_history.domain import fines, offences
from svc_traffic_history.operations.registering import cited
from svc_traffic_history.storage import drivers

RULES: Final = Path(__file__).parents[2] / "svc-catalog/contract/rules.json"
ENTRIES: Final = 10
"""Of each driver."""
PROCESSES: Final = 2
TOGETHER: Final = 20_000
DAYS: Final = 700
OFFICERS: Final = 40
UNIT: Final = UUID("39d62b88-9ccb-5653-a7d6-77ac8931e031")
CODES: Final = ("speed-10", "speed-21", "speed-31", "phone-in-hand", "seat-belt-helmet")
SUMMING: Final = "speed-31"
WAYS: Final = (
    *(("FOUND", "COMMUNICATED", "PAID"),) * 5,
    *(("FOUND", "COMMUNICATED"),) * 3,
    ("FOUND", "FOUND", "COMMUNICATED", "PAID"),
    ("FOUND", "COMMUNICATED", "CONTESTED"),
    ("FOUND", "COMMUNICATED", "CONTESTED", "COURT_DECIDED"),
    ("FOUND", "COMMUNICATED", "REVERSED"),
)
"""What becomes of a report, as often as it stands here."""
ONE_SUSPENDED_IN: Final = 20
COUNTIES: Final = ("CV", "CJ", "HR", "B", "IS", "TM")
_TABLES: Final = {
    "drivers": (
        *("id", "driver_key", "person_id", "holder", "licence", "categories", "held_since"),
        *("licence_valid_to", "asked_at", "version"),
    ),
    "proces_verbale": (
        *("id", "driver_id", "series", "number", "institution_id", "found_at", "county", "place"),
        *("recorded_by", "recorded_at"),
    ),
    "entries": (
        *("driver_id", "id", "kind", "fact_on", "proces_verbal_id", "offence", "article", "committed_on"),
        *("points", "fine", "half", "amount", "outcome", "reverses", "reason", "recorded_by"),
        *("institution_id", "recorded_at"),
    ),
    "suspensions": (
        *("id", "driver_id", "proces_verbal_id", "grounds", "increased", "days", "fact_on", "proposed_on"),
        *("proposed_by", "notice_by", "state", "communicated_on", "hand_in_by", "handed_in_on"),
        *("begins_on", "ends_on", "reduced_by", "days_left", "version"),
    ),
    "suspension_steps": ("suspension_id", "version", "state", "fact_on", "at", "actor_id"),
    "expiry_looks": ("driver_id", "look_on"),
}
FILLED: Final = tuple(_TABLES)
_OWN_INDEXES: Final = """
SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND tablename = ANY($1)
AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""
_STATES: Final = ("PROPOSED", "COMMUNICATED", "LICENCE_HANDED_IN", "RUNNING", "ENDED")

Row = tuple[Any, ...]


def officer(number: int) -> UUID:
    """One of those who record."""
    return uuid5(UNIT, f"officer {number % OFFICERS}")


async def connected(made: ServiceDatabase) -> asyncpg.Connection:
    """Somebody who may do anything, and whom nobody waits for."""
    return await asyncpg.connect(
        made.superuser_dsn,
        server_settings={
            "search_path": f'"{made.schema}"',
            "synchronous_commit": "off",
            "session_replication_role": "replica",  # what is copied in is whole: no foreign key is asked
            "maintenance_work_mem": "512MB",
        },
    )


async def fill(made: ServiceDatabase, looking: asyncpg.Connection, key: bytes, entries: int) -> None:
    """So many entries, ten a driver, and no others."""
    await looking.execute(f"TRUNCATE {', '.join(_TABLES)}, outbox, idempotency_keys CASCADE")
    indexes = await looking.fetch(_OWN_INDEXES, list(_TABLES))
    for index in indexes:
        await looking.execute(f'DROP INDEX "{index["indexname"]}"')
    wanted = entries // ENTRIES
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as processes:
        parts = [range(first, wanted, PROCESSES) for first in range(PROCESSES)]
        jobs = [processes.submit(_copy, made, key, part) for part in parts]
        await asyncio.gather(*map(asyncio.wrap_future, jobs))
    for index in indexes:
        await looking.execute(index["indexdef"], timeout=3600)
    await looking.execute("VACUUM ANALYZE", timeout=3600)
    await looking.execute("CHECKPOINT", timeout=3600)


def _copy(made: ServiceDatabase, key: bytes, numbers: range) -> None:
    """The drivers with these numbers, in a process of its own."""

    async def work() -> None:
        looking = await connected(made)
        maker = Maker(keys.derived_from(key), rules.values(RULES), numbers.start)
        for first in range(0, len(numbers), TOGETHER):
            for table, rows in maker.made(numbers[first : first + TOGETHER]).items():
                await looking.copy_records_to_table(table, records=rows, columns=_TABLES[table], timeout=3600)
        await looking.close()

    asyncio.run(work())


class Maker:
    """Makes the rows of drivers, by chance; `part` is which of the processes it is."""

    def __init__(self, key: keys.MasterKey, legal: Rules, part: int) -> None:
        self._key = key
        self._chance = random.Random(part)
        self._numbers = count(part, PROCESSES)
        self._now = clock.now()
        self._today = clock.local_date(self._now)
        self._applied = lru_cache(maxsize=None)(
            lambda code, day, fine_points: _applied(legal, code, day, fine_points)
        )

    def made(self, numbers: Sequence[int]) -> dict[str, list[Row]]:
        """The rows of these drivers by table; entries round by round."""
        rows: dict[str, list[Row]] = {table: [] for table in _TABLES}
        entries: list[list[Row]] = []
        for number in numbers:
            driver_id = ids.new_id()
            rows["drivers"].append(self._driver(driver_id, number))
            rows["expiry_looks"].append((driver_id, self._today + timedelta(days=1 + number % 180)))
            entries.append([*self._facts(driver_id, number, rows)])
        rounds = zip_longest(*entries)
        rows["entries"] = [entry for entry in chain.from_iterable(rounds) if entry is not None]
        self._chance.shuffle(rows["proces_verbale"])
        return rows

    def _driver(self, driver_id: UUID, number: int) -> Row:
        digits = personal_number(number)
        holder = {"cnp": digits, "family_name": f"Popescu-{number % 7919}", "given_name": "Ana Maria"}
        return (
            driver_id,
            drivers.key_of(self._key, digits),
            ids.new_id(),
            self._key.seal(orjson.dumps(holder), f"driver:{driver_id}"),
            self._key.seal(f"C{number:08d}X".encode(), f"licence:{driver_id}"),
            ["AM", "B"],
            date(2012, 5, 1),
            date(2032, 5, 1),
            self._now + timedelta(days=7),  # the register's word is fresh as long as anything is measured
            1,
        )

    def _facts(self, driver_id: UUID, number: int, rows: dict[str, list[Row]]) -> Iterator[Row]:
        if not number % ONE_SUSPENDED_IN:
            yield from self._suspended(driver_id, rows)
            return
        left = ENTRIES
        while left:
            way = self._chance.choice([way for way in WAYS if left - len(way) not in (1, *range(-9, 0))])
            left -= len(way)
            found_on = self._today - timedelta(days=self._chance.randint(30, DAYS))
            yield from self._report(driver_id, found_on, way, rows, self._chance.choice(CODES))

    def _suspended(self, driver_id: UUID, rows: dict[str, list[Row]]) -> Iterator[Row]:
        """Four findings in two months, whose sum suspended, and a payment."""
        last = self._today - timedelta(days=self._chance.randint(20, DAYS))
        way: tuple[str, ...] = ("FOUND", "COMMUNICATED")
        for days in (60, 40, 20):
            yield from self._report(driver_id, last - timedelta(days=days), way, rows, SUMMING)
        yield from self._report(driver_id, last, (*way, "PAID"), rows, SUMMING)
        report_id = rows["proces_verbale"][-1][0]
        day, suspension_id = timedelta(days=1), ids.new_id()
        begins_on, ends_on = last + 10 * day, last + 39 * day
        state = "ENDED" if ends_on < self._today else "RUNNING"
        rows["suspensions"].append(
            (
                *(suspension_id, driver_id, report_id, ["POINTS"], False, 30, last, last, officer(1)),
                *(last + 10 * day, state, last + 3 * day, last + 8 * day, last + 9 * day),
                *(begins_on, ends_on, 0, None, 1 + _STATES.index(state)),
            )
        )
        for version, each in enumerate(_STATES[: 1 + _STATES.index(state)], 1):
            at = datetime.combine(last + version * day, time(12), UTC)
            rows["suspension_steps"].append((suspension_id, version, each, last, at, officer(version)))
        yield self._entry(
            driver_id, uuid5(suspension_id, "began"), "SUSPENSION_BEGAN", begins_on, report_id, None
        )

    def _report(
        self,
        driver_id: UUID,
        found_on: date,
        way: Sequence[str],
        rows: dict[str, list[Row]],
        code: str,
    ) -> Iterator[Row]:
        """A report, recorded by an officer or told by the register, and what became of it."""
        by = officer(self._chance.randrange(OFFICERS)) if self._chance.random() < 0.5 else None
        number = f"{next(self._numbers):012d}"
        report_id = ids.new_id() if by else uuid5(driver_id, number)
        at = datetime.combine(found_on, time(8 + found_on.day % 10, 30), UTC)
        county = self._chance.choice(COUNTIES)
        rows["proces_verbale"].append(
            (
                *(report_id, driver_id, f"P{county}{found_on.year % 100}", number, UNIT if by else None),
                *(at, county, f"DN{found_on.day}, km {self._chance.randint(1, 300)}, localitatea Exemplu"),
                *(by, at),
            )
        )
        fine, half, points, article = self._applied(code, found_on, 6 if code == SUMMING else 0)
        first: UUID | None = None
        day = found_on
        for place, kind in enumerate(way):
            entry_id = ids.new_id() if by else uuid5(report_id, f"{kind} {place}")
            first = first or entry_id
            day = min(self._today, day + timedelta(days=(0 if kind == "FOUND" else 7)))
            facts: dict[str, Any] = {}
            if kind == "FOUND":
                facts = {
                    "offence": code,
                    "article": article,
                    "committed_on": found_on,
                    "points": points,
                    "fine": fine,
                    "half": half,
                }
            elif kind == "PAID":
                facts = {"amount": half * sum(each == "FOUND" for each in way)}
            elif kind == "COURT_DECIDED":
                facts = {"outcome": self._chance.choice(("REJECTED", "ADMITTED", "ADMITTED_IN_PART"))}
            elif kind == "REVERSED":
                facts = {"reverses": first, "reason": "WRONG_DRIVER"}
            yield self._entry(driver_id, entry_id, kind, day, report_id, by, **facts)

    def _entry(
        self,
        driver_id: UUID,
        entry_id: UUID,
        kind: str,
        day: date,
        report_id: UUID,
        by: UUID | None,
        **facts: Any,
    ) -> Row:
        said = {
            "driver_id": driver_id,
            "id": entry_id,
            "kind": kind,
            "fact_on": day,
            "proces_verbal_id": report_id,
            "points": 0,
            "recorded_by": by,
            "institution_id": UNIT if by else None,
            "recorded_at": datetime.combine(day, time(15), UTC),
        } | facts
        return tuple(said.get(column) for column in _TABLES["entries"])


def personal_number(number: int) -> str:
    """The number of somebody who is made up, another one for each."""
    serial, rest = 900 + number % 100, number // 100
    county, rest = 1 + rest % 46, rest // 46
    day = date(1940, 1, 1) + timedelta(days=rest)
    return cnp.complete(f"1{day:%y%m%d}{county:02d}{serial}").number


def _applied(legal: Rules, code: str, day: date, fine_points: int) -> tuple[Decimal, Decimal, int, str]:
    """Fine, half of the least, points and article, as the service takes them from the rules of the day."""
    offence = offences.find(legal, code, day)
    fine = fines.amount(legal, fine_points or offence.least, day)
    least = fines.amount(legal, offence.least, day)
    return fine, fines.half(legal, fine, least, day), offence.penalty_points, cited(offence)
