"""The process is killed between any two steps of an act: whoever asks again finds it done once.

Beside it `tests/faults/kills.py` kills every process of a whole hub by chance.
"""

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import nats.js.errors
import pytest

from hub_core import clock, cnp, ids
from hub_core.manifest import stream_name
from hub_core.principal import Assurance, Role
from hub_service.database import Database
from hub_testing import mortal
from hub_testing.mortal import Mortal, Place
from svc_traffic_history import keys
from svc_traffic_history.domain.drivers import Driver, Licence
from svc_traffic_history.manifest import MANIFEST
from svc_traffic_history.settings import Settings
from svc_traffic_history.storage import drivers

SCRIPT = Path(__file__).with_name("mortal.py")
RULES = Path(__file__).parents[2] / "svc-catalog/contract/rules.json"
V1 = "/traffic-history/v1"
TODAY = clock.local_date(clock.now())
PURPOSE = {"purpose": 'CASE_HANDLING;file="41/2026"'}
SCOPES = frozenset({"traffic-history:record", "traffic-history:decide"})
KEPT = ("kept the answer", "committed", "published")
WITHDRAWING = ("wrote the entries", "recorded two events", "moved the suspension", "recorded three events")
STEPS = {
    "record": (
        *("recorded an event", "wrote the report", "wrote the entries", "recorded two events"),
        *("proposed a suspension", "recorded three events", "proposed both suspensions", *KEPT),
    ),
    "pay": ("wrote the entries", "recorded two events", *KEPT),
    "decide": (*WITHDRAWING, *KEPT),
    "take back": (*WITHDRAWING, *KEPT),
    "communicate": ("moved the suspension", "recorded two events", *KEPT),
    "begin": ("moved the suspension", "wrote the entries", "recorded two events", *KEPT),
}
WRITTEN = {
    "record": Counter(FOUND=2),
    "pay": Counter(PAID=1),
    "decide": Counter(COURT_DECIDED=1),
    "take back": Counter(REVERSED=1),
    "communicate": Counter[str](),
    "begin": Counter(SUSPENSION_BEGAN=1),
}
TOLD = {
    "record": Counter({"record.accessed": 1, "line.changed": 1, "suspension.moved": 2}),
    "pay": Counter({"record.accessed": 1, "line.changed": 1}),
    "decide": Counter({"record.accessed": 1, "line.changed": 1, "suspension.moved": 1}),
    "take back": Counter({"record.accessed": 1, "line.changed": 1, "suspension.moved": 1}),
    "communicate": Counter({"record.accessed": 1, "suspension.moved": 1}),
    "begin": Counter({"record.accessed": 1, "suspension.moved": 1}),
}
NUMBERS = count()
ENDING = ("moved the suspension", "recorded an event", "committed the move", "published")


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.fixture
async def looking(place: Place) -> AsyncIterator[asyncpg.Connection]:
    async with mortal.looking_at(place) as made:
        yield made


@pytest.fixture
async def client(service: Mortal) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(base_url=service.url, timeout=30) as made:
        yield made


@dataclass
class Case:
    """A driver with points, the suspension that was proposed for 16 of them, and who keeps the record."""

    client: httpx2.AsyncClient
    officer: dict[str, str]
    head: dict[str, str]
    driver: str
    report: str = ""
    entry: str = ""
    suspension: str = ""

    async def bring(self, act: str) -> None:
        """To where the act can be done; by a process that lives."""
        for days in (60, 50, 40) if act == "record" else (60, 50, 40, 12):
            body = a_report(ago(days), "speed-31")
            self.report = await self._did(f"/drivers/{self.driver}/proces-verbale", body)
        shown = await self.client.get(f"{V1}/drivers/{self.driver}", headers=self.officer)
        assert shown.status_code == 200, shown.text
        self.entry = shown.json()["lines"][0]["offences"][0]["entry_id"]
        for suspension in shown.json()["record"]["suspensions"]:
            self.suspension = suspension["id"]
        if act == "decide":
            await self._did(f"/proces-verbale/{self.report}/complaint", {"on": str(ago(3))})
        if act in ("begin", "end"):
            path = f"/suspensions/{self.suspension}"
            await self._did(f"{path}/communicate", {"on": str(ago(5))}, self.head)
            await self._did(f"{path}/hand-in", {"on": str(ago(4))})
        if act == "end":
            await self._did(f"{path}/begin", {"on": str(ago(4))})

    def asked(self, act: str) -> tuple[str, Any, dict[str, str]]:
        """Where the act is asked for, with what, and by whom."""
        line, suspension = f"/proces-verbale/{self.report}", f"/suspensions/{self.suspension}"
        entry = f"/drivers/{self.driver}/entries/{self.entry}"
        money = {"amount": "648.75", "currency": "RON"}
        new = a_report(ago(2), "speed-31", "red-light")
        new["offences"][1]["fine_points"] = 4
        asked: dict[str, tuple[str, Any]] = {
            "record": (f"/drivers/{self.driver}/proces-verbale", new),
            "pay": (f"{line}/payments", {"on": str(ago(2)), "amount": money}),
            "decide": (f"{line}/court-decision", {"on": str(ago(1)), "outcome": "ADMITTED"}),
            "take back": (f"{entry}/reversal", {"reason": "WRONG_DRIVER"}),
            "communicate": (f"{suspension}/communicate", {"on": str(ago(1))}),
            "begin": (f"{suspension}/begin", {"on": str(ago(1))}),
        }
        return *asked[act], self.head if act in ("take back", "communicate") else self.officer

    async def _did(self, path: str, body: Any, who: dict[str, str] | None = None) -> str:
        headers = (who or self.officer) | {"idempotency-key": str(ids.new_id())}
        answer = await self.client.post(f"{V1}{path}", json=body, headers=headers)
        assert answer.is_success, answer.text
        return str(answer.json()["id"])


@pytest.fixture
async def case(
    service: Mortal, client: httpx2.AsyncClient, variables: dict[str, str], signed_in: Any
) -> Case:
    """A new driver, and a process that lives."""
    if not service.is_alive:
        await service.start()

    def official(role: Role) -> dict[str, str]:
        held = {"roles": [role], "institution": str(ids.new_id())}
        headers: dict[str, str] = signed_in(ids.new_id(), SCOPES, Assurance.SUBSTANTIAL, **held)
        return headers | PURPOSE

    driver = await a_driver(variables["HUB_DATABASE_DSN"])
    return Case(client, official(Role.TRAFFIC_OFFICER), official(Role.HEAD), driver)


async def a_driver(dsn: str) -> str:
    """A new driver, whom the register told of."""
    settings = Settings(database_dsn=dsn)
    database = Database(settings)
    driver_id = ids.new_id()
    sector, serial = divmod(next(NUMBERS), 100)
    made = Driver(
        id=driver_id,
        cnp=cnp.complete(f"2850312{1 + sector:02d}{900 + serial}").number,
        family_name="Popescu",
        given_name="Ana",
        licence=Licence(
            number="C00900123X", categories=("B",), held_since=date(2010, 5, 1), valid_to=date(2031, 5, 1)
        ),
        person_id=ids.new_id(),
        asked_at=clock.now(),
    )
    key = keys.derived_from(settings.traffic_history_key.get_secret_value())
    async with database.sessions() as session, session.begin():
        kept = await drivers.keep(session, key, made)
    await database.close()
    assert kept.id == driver_id
    return str(driver_id)


def a_report(found_on: date, *codes: str) -> dict[str, Any]:
    return {
        "series": "PCV",
        "number": str(ids.new_id().int)[-12:],
        "found_at": f"{found_on}T09:00:00Z",
        "county": "CV",
        "place": "DN12, km 20",
        "offences": [{"offence": code, "committed_on": str(found_on), "fine_points": 6} for code in codes],
    }


async def written(looking: asyncpg.Connection, driver: str) -> Counter[str]:
    """The entries of a driver, by kind."""
    rows = await looking.fetch("SELECT kind FROM entries WHERE driver_id = $1", UUID(driver))
    return Counter(row["kind"] for row in rows)


async def told(place: Place, looking: asyncpg.Connection, driver: str) -> Counter[str]:
    """What the stream holds of a driver, by kind of event; each event of the outbox is there once.

    Its versions are those of what it is about: of a suspension each step, of a report its entries.
    """
    async with asyncio.timeout(30):
        while await looking.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL"):
            await asyncio.sleep(0.01)
    stream, found, after = place[2].jetstream(), [], 0
    with suppress(nats.js.errors.NotFoundError):
        while True:
            message = await stream.get_msg(stream_name(MANIFEST.name), after + 1, "hub.>", next=True)
            found.append(json.loads(message.data or b""))
            after = message.seq or 0
    recorded = {str(row["id"]) for row in await looking.fetch("SELECT id FROM outbox")}
    assert Counter(event["id"] for event in found) == Counter(recorded)
    own = [
        event
        for event in found
        if driver in (event["data"].get("driver_id"), event["data"].get("resource_id"))
    ]
    versions: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for event in own:
        versions[kind_of(event)][event["subject"]].append(event["data"]["version"])
    suspensions = await looking.fetch(
        "SELECT id, version FROM suspensions WHERE driver_id = $1", UUID(driver)
    )
    assert versions["suspension.moved"] == {
        str(row["id"]): [*range(1, row["version"] + 1)] for row in suspensions
    }
    entries = await looking.fetch(
        """SELECT proces_verbal_id AS id, count(*) FROM entries
           WHERE driver_id = $1 AND kind <> 'SUSPENSION_BEGAN' GROUP BY 1""",
        UUID(driver),
    )
    lines = versions["line.changed"]
    assert {name: of[-1] for name, of in lines.items()} == {str(row["id"]): row["count"] for row in entries}
    assert all(of == sorted(set(of)) for of in lines.values())
    return Counter(map(kind_of, own))


def kind_of(event: dict[str, Any]) -> str:
    return str(event["type"]).removeprefix("hub.traffic-history.").removesuffix(".v1")


async def steps(looking: asyncpg.Connection, suspension: str) -> list[str]:
    rows = await looking.fetch(
        "SELECT state FROM suspension_steps WHERE suspension_id = $1 ORDER BY version", UUID(suspension)
    )
    return [row["state"] for row in rows]


@pytest.mark.parametrize(
    ("act", "point"), [(act, point) for act, points in STEPS.items() for point in points]
)
async def test_who_asks_again_when_the_process_died_finds_it_done_once(
    service: Mortal,
    client: httpx2.AsyncClient,
    case: Case,
    place: Place,
    looking: asyncpg.Connection,
    act: str,
    point: str,
) -> None:
    await case.bring(act)
    before = await written(looking, case.driver), await told(place, looking, case.driver)
    path, body, who = case.asked(act)
    headers = who | {"idempotency-key": str(ids.new_id())}

    async def ask() -> httpx2.Response | None:
        """The answer; none when the process died over it."""
        try:
            return await client.post(f"{V1}{path}", json=body, headers=headers)
        except httpx2.TransportError:
            return None

    await service.start(point)
    first = await ask()
    await service.death()
    was_told = point == "published"
    assert first is None or was_told
    await service.start()
    answer = await ask()
    assert answer is not None
    assert answer.is_success, answer.text
    assert ("idempotent-replay" in answer.headers) == (point in ("committed", "published"))
    twice = await ask()
    assert twice is not None
    assert twice.content == answer.content
    assert await written(looking, case.driver) - before[0] == WRITTEN[act]
    assert await told(place, looking, case.driver) - before[1] == TOLD[act]


@pytest.mark.parametrize("point", ENDING)
async def test_a_suspension_that_is_over_ends_once_whenever_the_process_dies(
    service: Mortal, case: Case, place: Place, looking: asyncpg.Connection, point: str
) -> None:
    await case.bring("end")
    await told(place, looking, case.driver)
    await service.kill()
    await looking.execute(
        "UPDATE suspensions SET begins_on = $2, ends_on = $3 WHERE id = $1",
        *(UUID(case.suspension), ago(31), ago(2)),
    )
    await service.start(point)
    await service.death()
    await service.start()
    async with asyncio.timeout(30):
        while (await steps(looking, case.suspension))[-1] != "ENDED":
            await asyncio.sleep(0.02)
    await told(place, looking, case.driver)
    went = await steps(looking, case.suspension)
    assert went == ["PROPOSED", "COMMUNICATED", "LICENCE_HANDED_IN", "RUNNING", "ENDED"]
