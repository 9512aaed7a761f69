"""What every trial by kills has: people who repeat until they are answered, a killer, the account of both."""

import asyncio
import json
import os
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol, TypeAlias
from uuid import uuid4

import asyncpg
import httpx2

from hub_cli import roles
from hub_cli.hub import servers
from hub_cli.place import Place, State

PASSING: Final = ("409 idempotency-key-in-use", "429 ", "502 ", "503 ", "504 ")
"""What a client may be told while a part is away; each says that it may try again."""
AT_ONCE: Final = 8
BACK_SECONDS: Final = 30.0
SETTLED_SECONDS: Final = 120.0
RELAY: Final = "relay"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks for with a POST, the token of who asks, if one does, and what else is sent.

    `is_counted` says whether what is answered is one of the requests that are promised and counted. `sign`
    gives headers that are good for one try.
    """

    path: str
    body: dict[str, Any] | None
    token: str
    headers: Mapping[str, str] = field(default_factory=dict)
    is_counted: bool = True
    sign: Callable[[], Mapping[str, str]] | None = None


Asking: TypeAlias = Callable[[Wish], Awaitable[dict[str, Any] | None]]
"""Asks until there is an answer; none for a refusal that no repetition mends."""
Story: TypeAlias = Callable[[Asking], Awaitable[None]]
"""Several wishes, each of which follows from the answer to the one before."""


@dataclass
class Account:
    """What was asked, what was answered, and what was done to the hub; `planned` is the number of kills."""

    planned: int = 0
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    steps: int = 0
    repeats: int = 0
    replays: int = 0
    refusals: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)

    @property
    def is_killing(self) -> bool:
        """Whether more is to come."""
        return self.kills.total() < self.planned

    def differing(self, stored: Mapping[str, Any], *, number: str, label: str) -> list[str]:
        """Answers without a row of their id, or whose row has another number, in the column `number`.

        `label` is the member of an answer by which it is named.
        """
        broken = []
        for answer in self.answers.values():
            row = stored.get(answer["id"])
            if row is None:
                broken.append(f"lost: {answer[label]}")
            elif row[number] != answer["number"]:
                broken.append(f"another number than answered: {answer[label]}")
        return broken


class Trial(Protocol):
    """One kind of request: who asks for what, which processes have a part in it, and what was promised.

    `pause` is how long the killer waits before each kill, in seconds, from and to.
    """

    victims: tuple[str, ...]
    pause: tuple[float, float]

    async def prepare(self, place: Place, client: httpx2.AsyncClient) -> None:
        """Make those who ask; nothing is killed yet."""
        ...

    def wishes(self, account: Account) -> AsyncIterator[Wish | Story]:
        """What one of those who ask at the same time wants, one after the other."""
        ...

    def waiting(self, connection: Any, account: Account) -> Any:
        """How much is still to be done, once nothing is killed any more; awaited."""
        ...

    async def judge(self, place: Place, connection: Any, copies: Counter[str], account: Account) -> list[str]:
        """Every promise that was broken, in words; `copies` counts the e-mails of each delivery."""
        ...


def say(line: str) -> None:
    """Show a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def ask(client: httpx2.AsyncClient, wish: Wish, account: Account) -> dict[str, Any] | None:
    """Send a request with a key of its own, and repeat it until it is answered with success.

    What no repetition will mend is an answer too, though none that was promised.
    """
    key = str(uuid4())
    headers = {"idempotency-key": key, **wish.headers}
    if wish.token:
        headers["authorization"] = f"Bearer {wish.token}"
    while True:
        try:
            signed = wish.sign() if wish.sign else {}
            answer = await client.post(
                wish.path, headers={**headers, **signed}, **({} if wish.body is None else {"json": wish.body})
            )
        except httpx2.TransportError:
            answer = None
        if answer is not None and answer.is_success:
            given: dict[str, Any] = answer.json()
            account.replays += "idempotent-replay" in answer.headers
            if wish.is_counted:
                account.answers[key] = given
            else:
                account.steps += 1
            return given
        if answer is not None:
            refusal = f"{answer.status_code} {_problem(answer)}"
            account.refusals[refusal] += 1
            if not refusal.startswith(PASSING) and answer.is_client_error:
                return None
        account.repeats += 1
        await asyncio.sleep(random.uniform(0.05, 0.3))


def _problem(answer: httpx2.Response) -> str:
    """The last part of the type of a problem."""
    try:
        return str(answer.json()["type"]).rpartition("/")[2]
    except (ValueError, KeyError):
        return ""


class Killer:
    """Kills one victim after the other, and waits until each is back."""

    def __init__(self, place: Place, trial: Trial, account: Account) -> None:
        self._place = place
        self._trial = trial
        self._account = account
        self._database = servers(place)[0].dsn(roles.DATABASE)

    async def work(self, rounds: int) -> None:
        victims = self._trial.victims
        for _ in range(rounds):
            for victim in random.sample(victims, len(victims)):
                await asyncio.sleep(random.uniform(*self._trial.pause))
                await (self._kill_relay() if victim == RELAY else self._kill(victim))
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


async def run(folder: Path, trial: Trial, rounds: int) -> list[str]:
    """Ask, kill, judge; what was broken."""
    place = Place(folder, State.read(folder).ports)
    account = Account(planned=rounds * len(trial.victims))
    async with httpx2.AsyncClient(base_url=place.origin, timeout=10.0) as client:
        await trial.prepare(place, client)
        began = time.monotonic()

        async def asking(wish: Wish) -> dict[str, Any] | None:
            return await ask(client, wish, account)

        async def work() -> None:
            async for wish in trial.wishes(account):
                await (asking(wish) if isinstance(wish, Wish) else wish(asking))

        async with asyncio.TaskGroup() as group:
            group.create_task(Killer(place, trial, account).work(rounds))
            for _ in range(AT_ONCE):
                group.create_task(work())
    say(f"{len(account.answers)} requests answered with 201 after {time.monotonic() - began:.0f} s")
    if account.steps:
        say(f"{account.steps} further steps answered with success")
    connection = await asyncpg.connect(servers(place)[0].dsn(roles.DATABASE))
    try:
        await _settle(trial, connection, account)
        copies = await _copies(place)
        broken = await trial.judge(place, connection, copies, account)
    finally:
        await connection.close()
    broken += [f"{n} answers {one}" for one, n in account.refusals.items() if not one.startswith(PASSING)]
    say(f"e-mails: {copies.total() - len(copies)} of {len(copies)} handed over a second time")
    say(f"kills: {json.dumps(account.kills)}")
    say(f"requests repeated by the client: {account.repeats}, answered by a replay: {account.replays}")
    say(f"answers other than 201: {json.dumps(account.refusals)}")
    say("broken promises: " + ("none" if not broken else "; ".join(broken[:20])))
    return broken


async def _settle(trial: Trial, connection: Any, account: Account) -> None:
    """Wait until nothing waits."""
    deadline = time.monotonic() + SETTLED_SECONDS
    while await trial.waiting(connection, account) and time.monotonic() < deadline:
        await asyncio.sleep(0.2)


async def _copies(place: Place) -> Counter[str]:
    """How often the mailbox holds the e-mail of each delivery, which its Message-ID names."""
    async with httpx2.AsyncClient(base_url=place.url("mailbox"), timeout=30.0) as mailbox:
        found = (await mailbox.get("/api/copies")).json()
    return Counter({message_id.strip("<>").partition("@")[0]: count for message_id, count in found.items()})
