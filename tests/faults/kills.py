"""Petitions while processes are killed, and afterwards the account of every promise.

People file petitions, eight at a time, each repeated with its Idempotency-Key until it is answered
with 201. Meanwhile the gateway, svc-petitions, svc-notify, the relay (its hold on the database), NATS
and PostgreSQL are each killed with SIGKILL, again and again, in random order. At the end every 201 must
have its number, the numbers of each register must be 1…n without a gap, and each petition must have
its e-mail exactly once by Message-ID.

    make up DETACH=1
    .venv/bin/python tests/faults/kills.py --petitions 2000 --rounds 3

The hub starts again whatever dies; that it does is part of what is shown.
"""

import argparse
import asyncio
import itertools
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import asyncpg
import httpx2

from hub_cli import demo, roles
from hub_cli.hub import servers
from hub_cli.place import Place, State

VICTIMS: Final = ("gateway", "petitions", "notify", "relay", "nats", "postgres")
PASSING: Final = (409, 429, 502, 503, 504)
"""What a client may be told while a part is away; each says that it may try again."""
AT_ONCE: Final = 8
INSTITUTIONS: Final = 3
BACK_SECONDS: Final = 30.0
SETTLED_SECONDS: Final = 120.0


@dataclass
class Account:
    """What was asked, what was answered, and what was done to the hub."""

    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    repeats: int = 0
    replays: int = 0
    refusals: Counter[int] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def choose_institutions(client: httpx2.AsyncClient) -> list[str]:
    asked = {"accepts_petitions": "true", "limit": INSTITUTIONS}
    answer = await client.get("/catalog/v1/institutions", params=asked)
    return [institution["id"] for institution in answer.json()["items"]]


async def file_one(client: httpx2.AsyncClient, institution: str, account: Account) -> None:
    """File a petition, and repeat the request until it is answered with 201."""
    key = str(uuid4())
    petition = {
        "institution_id": institution,
        "kind": "REQUEST",
        "subject": "Programul de lucru cu publicul",
        "text": f"Vă rog să îmi comunicați programul de lucru. Cererea {key}.",
        "language": "ro",
    }
    while key not in account.answers:
        try:
            answer = await client.post(
                "/petitions/v1/petitions", json=petition, headers={"idempotency-key": key}
            )
        except httpx2.TransportError:
            answer = None
        if answer is not None and answer.status_code == httpx2.codes.CREATED:
            account.answers[key] = answer.json()
            account.replays += "idempotent-replay" in answer.headers
            return
        if answer is not None:
            account.refusals[answer.status_code] += 1
        account.repeats += 1
        await asyncio.sleep(random.uniform(0.05, 0.3))


async def file_all(
    client: httpx2.AsyncClient, petitions: int, killing: asyncio.Task[None], account: Account
) -> None:
    """File as many petitions as asked for, and go on for as long as something is killed."""
    institutions = itertools.cycle(await choose_institutions(client))

    async def work() -> None:
        while len(account.answers) < petitions or not killing.done():
            await file_one(client, next(institutions), account)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


class Killer:
    """Kills one victim after the other, and waits until each is back."""

    def __init__(self, place: Place, account: Account) -> None:
        self._place = place
        self._account = account
        self._database = servers(place)[0].dsn(roles.DATABASE)

    async def work(self, rounds: int) -> None:
        for _ in range(rounds):
            for victim in random.sample(VICTIMS, len(VICTIMS)):
                await asyncio.sleep(random.uniform(0.2, 1.5))
                await (self._kill_relay() if victim == "relay" else self._kill(victim))
                self._account.kills[victim] += 1

    async def _kill(self, victim: str) -> None:
        before = self._process(victim)
        os.kill(before.pid, signal.SIGKILL)
        deadline = time.monotonic() + BACK_SECONDS
        while (now := self._process(victim)).restarts == before.restarts or now.state != "ready":
            if time.monotonic() > deadline:
                raise TimeoutError(f"{victim} is not back after {BACK_SECONDS:.0f} s")
            await asyncio.sleep(0.05)

    async def _kill_relay(self) -> None:
        """End the connection that holds the lead: the relay's work stops in the middle."""
        connection = await asyncpg.connect(self._database)
        try:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%relay'"
            )
        finally:
            await connection.close()

    def _process(self, name: str) -> Any:
        state = State.read(self._place.folder)
        return next(process for process in state.processes if process.name == name)


async def judge(place: Place, mailbox: httpx2.AsyncClient, account: Account) -> list[str]:
    """Every promise that was broken, in words; none is what we hope for."""
    connection = await asyncpg.connect(servers(place)[0].dsn(roles.DATABASE))
    try:
        await _settle(connection)
        stored = await connection.fetch(
            "SELECT p.id, p.institution_id, p.year, p.number, d.id AS delivery, d.state"
            " FROM petitions.petitions p"
            " LEFT JOIN petitions.outbox o ON o.key = p.id::text"
            " LEFT JOIN notify.deliveries d ON d.cause_id = o.id"
        )
    finally:
        await connection.close()
    broken = [
        f"{count} answers {status}" for status, count in account.refusals.items() if status not in PASSING
    ]
    by_id = {str(row["id"]): row for row in stored}
    if len(by_id) != len(stored):
        broken.append(f"{len(stored) - len(by_id)} petitions with more than one event or delivery")
    registers: dict[tuple[str, int], list[int]] = {}
    for row in stored:
        registers.setdefault((str(row["institution_id"]), row["year"]), []).append(row["number"])
    for register, numbers in registers.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            broken.append(f"register {register} is not 1…{len(numbers)}")
    for answer in account.answers.values():
        row = by_id.get(answer["id"])
        if row is None:
            broken.append(f"lost: {answer['registration_label']}")
        elif row["number"] != answer["number"]:
            broken.append(f"another number than answered: {answer['registration_label']}")
    ids = [answer["id"] for answer in account.answers.values()]
    if len(set(ids)) != len(ids):
        broken.append("two keys got one petition")
    copies = (await mailbox.get("/api/copies")).json()
    prefixes = {message_id.strip("<>").partition("@")[0]: count for message_id, count in copies.items()}
    missing = [row for row in stored if prefixes.get(str(row["delivery"])) is None]
    if missing:
        broken.append(f"{len(missing)} petitions without their e-mail")
    again = sum(count - 1 for count in prefixes.values())
    say(f"e-mails: {len(stored) - len(missing)} by Message-ID, {again} handed over a second time")
    return broken


async def _settle(connection: Any) -> None:
    """Wait until nothing waits: no event in an outbox, no delivery that is due."""
    deadline = time.monotonic() + SETTLED_SECONDS
    while True:
        waiting = await connection.fetchval(
            "SELECT (SELECT count(*) FROM petitions.outbox WHERE published_at IS NULL)"
            " + (SELECT count(*) FROM notify.deliveries WHERE ended_at IS NULL)"
            " + (SELECT count(*) FROM petitions.petitions)"
            " - (SELECT count(*) FROM notify.deliveries WHERE template = 'submission.registered')"
        )
        if not waiting or time.monotonic() > deadline:
            return
        await asyncio.sleep(0.2)


async def run(folder: Path, petitions: int, rounds: int) -> list[str]:
    """File, kill, judge; what was broken."""
    place = Place(folder, State.read(folder).ports)
    account = Account()
    token = await asyncio.to_thread(demo.access_token, place)
    async with (
        httpx2.AsyncClient(
            base_url=place.origin, headers={"authorization": f"Bearer {token}"}, timeout=10.0
        ) as client,
        httpx2.AsyncClient(base_url=place.url("mailbox"), timeout=30.0) as mailbox,
    ):
        began = time.monotonic()
        killing = asyncio.create_task(Killer(place, account).work(rounds))
        await file_all(client, petitions, killing, account)
        say(f"{len(account.answers)} petitions answered with 201 after {time.monotonic() - began:.0f} s")
        await killing
        broken = await judge(place, mailbox, account)
    say(f"kills: {json.dumps(account.kills)}")
    say(f"requests repeated by the client: {account.repeats}, answered by a replay: {account.replays}")
    say(f"answers other than 201: {json.dumps(account.refusals)}")
    say("broken promises: " + ("none" if not broken else "; ".join(broken[:20])))
    return broken


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--var", type=Path, default=Path("var"))
    parser.add_argument("--petitions", type=int, default=2000, help="at least so many")
    parser.add_argument("--rounds", type=int, default=3, help="how often each of the six is killed")
    chosen = parser.parse_args()
    sys.exit(bool(asyncio.run(run(chosen.var.absolute(), chosen.petitions, chosen.rounds))))
