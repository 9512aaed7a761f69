"""The ledger: the points of a driver follow from what was answered, and each event is told once."""

import asyncio
import os
import random
import secrets
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any, Final, TypeAlias
from unittest import mock
from uuid import UUID

import httpx2

from hub_cli.place import Place
from hub_core import clock, cnp, ids
from hub_core.principal import Role
from hub_core.rules import Rules
from hub_service.access import Action
from hub_service.database import Database
from hub_testing import rules
from svc_identity.seed import IPJ_CV
from svc_traffic_history import keys
from svc_traffic_history.domain import points
from svc_traffic_history.domain.drivers import Driver, Licence
from svc_traffic_history.domain.entries import Entry, Kind, Outcome
from svc_traffic_history.manifest import MANIFEST
from svc_traffic_history.settings import Settings
from svc_traffic_history.storage import drivers

from ..journey.person import Person
from . import trial
from .accounts import accounts, variables
from .certificates import told_by
from .trial import Account, Asking, Story, Wish

API: Final = "/traffic-history/v1"
SCOPES: Final = "openid staff traffic-history:record traffic-history:decide"
PURPOSE: Final = {"purpose": 'CASE_HANDLING;file="41/2026"'}
RULES: Final = Path(__file__).parents[2] / "svc-catalog/contract/rules.json"
TODAY: Final = clock.local_date(clock.now())
POINTS: Final = {"speed-10": 2, "speed-21": 3, "speed-31": 4}
SHARED: Final = 12
"""Drivers about whom several officers record at the same time."""
LINE: Final = "hub.traffic-history.line.changed.v1"
MOVED: Final = "hub.traffic-history.suspension.moved.v1"
ACCESSED: Final = "hub.traffic-history.record.accessed.v1"

Told: TypeAlias = Mapping[tuple[str, str], Mapping[str, Mapping[str, Any]]]
"""The data of events by subject and key, and by id."""


@dataclass
class Known:
    """A driver, and every fact that was answered with success."""

    id: str
    facts: list[Entry] = field(default_factory=list)
    lines: Counter[str] = field(default_factory=Counter)
    acts: int = 0

    def add(self, kind: Kind, on: date, report: str, **special: Any) -> UUID:
        """Note a fact about a report."""
        entry = Entry(id=ids.new_id(), kind=kind, on=on, proces_verbal_id=UUID(report), **special)
        self.facts.append(entry)
        return entry.id


class Ledger:
    """At least `count` reports with what becomes of them, and more for as long as something is killed."""

    victims = ("gateway", "traffic-history", "identity", trial.RELAY, "nats", "postgres")
    pause = (0.2, 1.5)

    def __init__(self, count: int) -> None:
        self._count = count
        self._client: httpx2.AsyncClient
        self._officers: list[str] = []
        self._head = ""
        self._shared: list[Known] = []
        self._fresh: list[Known] = []
        self._every: list[Known] = []
        self._legal: Rules = rules.values(RULES)

    async def prepare(self, place: Place, client: httpx2.AsyncClient) -> None:
        self._client = client
        officer, head = (Role.TRAFFIC_OFFICER,), (Role.HEAD,)
        made = await accounts(place, [(IPJ_CV, roles) for roles in (officer, officer, officer, head)])
        people = [Person(client, email, SCOPES, "demo-office") for email, _ in made]
        for person in people:
            await person.sign_in()
        *self._officers, self._head = [person.token for person in people]
        self._every = [Known(driver) for driver in await _drivers(place, SHARED + self._count)]
        self._shared, self._fresh = self._every[:SHARED], self._every[SHARED:]

    async def wishes(self, account: Account) -> AsyncIterator[Story]:
        while len(account.answers) < self._count or account.is_killing:
            yield random.choices((self._report, self._suspension), (4, 1))[0]

    async def _report(self, ask: Asking) -> None:
        """A report about a driver about whom others record meanwhile, and what becomes of it."""
        driver = random.choice(self._shared)
        found_on = TODAY - timedelta(days=random.randint(10, 150))
        code = random.choice([*POINTS])
        report = await self._record(ask, driver, found_on, code)
        if report is None:
            return
        entry_id = driver.facts[-1].id
        if not await self._fact(ask, driver, report, Kind.COMMUNICATED, found_on):
            return
        match random.choice(("pay", "contest", "take back", "leave")):
            case "pay":
                await self._fact(ask, driver, report, Kind.PAID, found_on + timedelta(days=2))
            case "contest":
                if await self._fact(ask, driver, report, Kind.CONTESTED, found_on + timedelta(days=3)):
                    await self._fact(ask, driver, report, Kind.COURT_DECIDED, found_on + timedelta(days=8))
            case "take back":
                shown = await self._open(driver)
                line = next(one for one in shown["lines"] if one["id"] == report)
                path = f"/drivers/{driver.id}/entries/{line['offences'][0]['entry_id']}/reversal"
                if await ask(_step(path, {"reason": "WRONG_DRIVER"}, self._head)):
                    driver.add(Kind.REVERSED, TODAY, report, reverses=entry_id)
                    driver.lines[report] += 1
                    driver.acts += 1

    async def _suspension(self, ask: Asking) -> None:
        """Four reports, and the suspension for their sum, which annuls the points."""
        if not self._fresh:
            return
        driver = self._fresh.pop()
        for days in (60, 50, 40, 12):
            if await self._record(ask, driver, TODAY - timedelta(days=days), "speed-31") is None:
                return
        (suspension,) = (await self._open(driver))["record"]["suspensions"]
        path = f"/suspensions/{suspension['id']}"
        for step, who, ago in (
            ("communicate", self._head, 5),
            ("hand-in", self._officers[0], 4),
            ("begin", self._officers[1], 4),
            ("reduce", self._officers[2], 1),
        ):
            on = TODAY - timedelta(days=ago)
            moved = await ask(_step(f"{path}/{step}", {"on": str(on)}, who))
            if moved is None:
                return
            driver.acts += 1
            if step == "begin":
                driver.add(Kind.SUSPENSION_BEGAN, on + timedelta(days=1), suspension["line_id"])

    async def _record(self, ask: Asking, driver: Known, found_on: date, code: str) -> str | None:
        body = {
            "series": "TRIAL",
            "number": str(ids.new_id().int)[-12:],
            "found_at": f"{found_on}T09:00:00Z",
            "county": "CV",
            "place": "DN12, km 20",
            "offences": [
                {
                    "offence": code,
                    "committed_on": str(found_on),
                    "fine_points": {"speed-10": 2, "speed-21": 4, "speed-31": 6}[code],
                }
            ],
        }
        wish = Wish(f"{API}/drivers/{driver.id}/proces-verbale", body, self._officer(), PURPOSE)
        answer = await ask(wish)
        if answer is None:
            return None
        report = str(answer["id"])
        driver.add(Kind.FOUND, found_on, report, points=POINTS[code], offence=code)
        driver.lines[report] += 1
        driver.acts += 1
        return report

    async def _fact(self, ask: Asking, driver: Known, report: str, kind: Kind, on: date) -> bool:
        facts: dict[str, Any] = {}
        body: dict[str, Any] = {"on": str(on)}
        if kind is Kind.PAID:
            facts["amount"] = Decimal("100.00")
            body["amount"] = {"amount": "100.00", "currency": "RON"}
        if kind is Kind.COURT_DECIDED:
            facts["outcome"] = random.choice([*Outcome])
            body["outcome"] = facts["outcome"].value
        path = f"/proces-verbale/{report}/{_PATHS[kind]}"
        if await ask(_step(path, body, self._officer())) is None:
            return False
        driver.add(kind, on, report, **facts)
        driver.lines[report] += 1
        driver.acts += 1
        return True

    async def _open(self, driver: Known) -> Any:
        """The record as an officer sees it, asked for until it is answered."""
        headers = {"authorization": f"Bearer {self._officer()}"} | PURPOSE
        while True:
            try:
                answer = await self._client.get(f"{API}/drivers/{driver.id}", headers=headers)
            except httpx2.TransportError:
                await asyncio.sleep(0.2)
                continue
            if answer.is_success:
                return answer.json()
            await asyncio.sleep(0.2)

    def _officer(self) -> str:
        return random.choice(self._officers)

    async def waiting(self, connection: Any, _: Account) -> int:
        """Events in the outbox."""
        waiting: int = await connection.fetchval(
            'SELECT count(*) FROM "traffic-history".outbox WHERE published_at IS NULL'
        )
        return waiting

    async def judge(self, place: Place, connection: Any, _: Counter[str], account: Account) -> list[str]:
        answered = [answer["id"] for answer in account.answers.values()]
        broken = ["two keys got one report"] if len(set(answered)) != len(answered) else []
        told = await told_by(place, MANIFEST)
        broken += await _of_stream(connection, told)  # before records are opened, which is told, too
        changing = _changes(told)
        async with httpx2.AsyncClient(base_url=place.origin, timeout=10.0) as self._client:
            for driver in self._every:
                if changing[driver.id] != driver.acts:
                    broken.append(f"{changing[driver.id]} lines of access for {driver.acts} acts")
                broken += await self._of_driver(connection, driver)
                broken += await _of_events(connection, driver, told)
        facts = Counter(entry.kind.value for driver in self._every for entry in driver.facts)
        trial.say(f"facts answered with success: {dict(facts)}")
        return broken

    async def _of_driver(self, connection: Any, driver: Known) -> list[str]:
        """What stands is what was answered, and the points follow from it on every day of half a year."""
        rows = await connection.fetch(
            'SELECT * FROM "traffic-history".entries WHERE driver_id = $1', UUID(driver.id)
        )
        stored = [_entry(row) for row in rows]
        if Counter(map(_said, stored)) != Counter(map(_said, driver.facts)):
            return [f"entries of {driver.id}: {len(stored)}, answered {len(driver.facts)}"]
        for days in range(-190, 190, 10):
            on = TODAY - timedelta(days=days)
            if points.balance(stored, on, self._legal).points != self._balance(driver, on):
                return [f"the points of {driver.id} on {on}"]
        shown = await self._open(driver)
        if shown["record"]["points"] != self._balance(driver, TODAY):
            return [f"the points that are shown of {driver.id}"]
        return []

    def _balance(self, driver: Known, on: date) -> int:
        return points.balance(driver.facts, on, self._legal).points


_PATHS: Final = {
    Kind.COMMUNICATED: "communication",
    Kind.PAID: "payments",
    Kind.CONTESTED: "complaint",
    Kind.COURT_DECIDED: "court-decision",
}


def _step(path: str, body: dict[str, Any], token: str) -> Wish:
    return Wish(f"{API}{path}", body, token, PURPOSE, is_counted=False)


def _said(entry: Entry) -> tuple[Any, ...]:
    """What an entry says; its own id is nobody's business."""
    report = str(entry.proces_verbal_id)
    return entry.kind, entry.on, report, entry.points, entry.amount, entry.outcome, entry.reverses is None


def _entry(row: Any) -> Entry:
    return Entry(
        id=row["id"],
        kind=Kind(row["kind"]),
        on=row["fact_on"],
        proces_verbal_id=row["proces_verbal_id"],
        offence=row["offence"],
        points=row["points"],
        amount=row["amount"],
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        reverses=row["reverses"],
    )


async def _drivers(place: Place, wanted: int) -> list[str]:
    """So many drivers, whom the register told of."""
    with mock.patch.dict(os.environ, variables(place, MANIFEST.name)):
        settings = Settings()
    key = keys.derived_from(settings.traffic_history_key.get_secret_value())
    database, numbers, made = Database(settings), count(secrets.randbelow(10_000) * 100), []
    licence = Licence(
        number="C00900123X", categories=("B",), held_since=date(2010, 5, 1), valid_to=date(2031, 5, 1)
    )
    async with database.sessions() as session:
        for _ in range(wanted):
            rest, serial = divmod(next(numbers), 100)
            born = date(1940, 1, 1) + timedelta(days=rest)
            driver = Driver(
                id=ids.new_id(),
                cnp=cnp.complete(f"2{born:%y%m%d}14{900 + serial}").number,
                family_name="Popescu",
                given_name="Ana",
                licence=licence,
                person_id=ids.new_id(),
                asked_at=datetime.combine(TODAY, time(), UTC),
            )
            async with session.begin():
                made.append(str((await drivers.keep(session, key, driver)).id))
    await database.close()
    return made


async def _of_events(
    connection: Any, driver: Known, told: dict[tuple[str, str], dict[str, Any]]
) -> list[str]:
    """Each fact is told once, and each step of a suspension once."""
    broken = []
    for report, facts in driver.lines.items():
        if (events := len(told.get((LINE, report), {}))) != facts:
            broken.append(f"{events} events of a report with {facts} acts")
    steps: dict[str, list[int]] = defaultdict(list)
    for row in await connection.fetch(
        """SELECT suspension_id, s.version FROM "traffic-history".suspension_steps s
           JOIN "traffic-history".suspensions p ON p.id = suspension_id
           WHERE driver_id = $1 ORDER BY s.version""",
        UUID(driver.id),
    ):
        steps[str(row[0])].append(row[1])
    for suspension, versions in steps.items():
        events = told.get((MOVED, suspension), {}).values()
        if sorted(event["version"] for event in events) != versions:
            broken.append(f"events of a suspension with {len(versions)} steps")
    return broken


def _changes(told: Told) -> Counter[str]:
    """How many acts the access log is told of each record, beside those by which it was only read."""
    return Counter(
        event["resource_id"]
        for (subject, _), events in told.items()
        if subject == ACCESSED
        for event in events.values()
        if event["action"] != Action.READ
    )


async def _of_stream(connection: Any, told: Told) -> list[str]:
    """What was recorded is told, each event by one id, and nothing else."""
    found = Counter(one for events in told.values() for one in events)
    rows = await connection.fetch('SELECT id FROM "traffic-history".outbox')
    recorded = {str(row["id"]) for row in rows}
    broken = [f"{n} events were not told" for n in [len(recorded - set(found))] if n]
    broken += [f"{n} events that nobody recorded" for n in [len(set(found) - recorded)] if n]
    broken += [f"{n} events stand under two subjects" for n in [found.total() - len(found)] if n]
    return broken
