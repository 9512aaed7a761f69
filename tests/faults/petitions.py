"""Petitions: every 201 has its number, each register is 1…n without a gap, each petition has its e-mail."""

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final

import httpx2

from hub_cli import demo
from hub_cli.place import Place

from . import trial
from .registers import of_registers
from .trial import Account, Wish

INSTITUTIONS: Final = 3
REGISTERED: Final = "hub.petitions.petition.registered.v1"


async def choose_institutions(client: httpx2.AsyncClient) -> list[str]:
    asked = {"accepts_petitions": "true", "limit": INSTITUTIONS}
    answer = await client.get("/catalog/v1/institutions", params=asked)
    return [institution["id"] for institution in answer.json()["items"]]


def a_petition(institution: str, token: str, number: int = 1) -> Wish:
    petition = {
        "institution_id": institution,
        "kind": "REQUEST",
        "subject": "Programul de lucru cu publicul",
        "text": f"Vă rog să îmi comunicați programul de lucru. Cererea {number}.",
        "language": "ro",
    }
    return Wish("/petitions/v1/petitions", petition, token)


class Petitions:
    """At least `count` petitions of one person, and more for as long as something is killed."""

    victims = ("gateway", "petitions", "notify", trial.RELAY, "nats", "postgres")
    pause = (0.2, 1.5)

    def __init__(self, count: int) -> None:
        self._count = count
        self._next: Iterator[Wish] = iter(())

    async def prepare(self, place: Place, client: httpx2.AsyncClient) -> None:
        _, token = await asyncio.to_thread(demo.somebody, place)
        institutions = itertools.cycle(await choose_institutions(client))
        self._next = (a_petition(next(institutions), token, number) for number in itertools.count(1))

    async def wishes(self, account: Account) -> AsyncIterator[Wish]:
        while len(account.answers) < self._count or account.is_killing:
            yield next(self._next)

    async def waiting(self, connection: Any, _: Account) -> int:
        """Events in an outbox, deliveries that are due, and petitions without one."""
        count: int = await connection.fetchval(
            "SELECT (SELECT count(*) FROM petitions.outbox WHERE published_at IS NULL)"
            " + (SELECT count(*) FROM notify.deliveries WHERE ended_at IS NULL)"
            " + (SELECT count(*) FROM petitions.outbox o WHERE subject = $1"
            " AND NOT EXISTS (SELECT FROM notify.messages d WHERE d.cause_id = o.id))",
            REGISTERED,
        )
        return count

    async def judge(self, _: Place, connection: Any, copies: Counter[str], account: Account) -> list[str]:
        stored = await connection.fetch(
            "SELECT p.id, p.number, d.id AS delivery FROM petitions.petitions p"
            " JOIN petitions.outbox o ON o.key = p.id::text AND o.subject = $1"
            " LEFT JOIN notify.messages m ON m.cause_id = o.id"
            " LEFT JOIN notify.deliveries d ON d.message_id = m.id AND d.channel = 'EMAIL'",
            REGISTERED,
        )
        broken = await of_registers(connection)
        by_id = {str(row["id"]): row for row in stored}
        if len(by_id) != len(stored):
            broken.append(f"{len(stored) - len(by_id)} petitions with more than one event or delivery")
        broken += account.differing(by_id, number="number", label="registration_label")
        ids = [answer["id"] for answer in account.answers.values()]
        if len(set(ids)) != len(ids):
            broken.append("two keys got one petition")
        missing = [row for row in stored if not copies[str(row["delivery"])]]
        if missing:
            broken.append(f"{len(missing)} petitions without their e-mail")
        return broken
