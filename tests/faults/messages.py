"""Messages of institutions: each order that was accepted reaches its person once, whatever is killed."""

import itertools
import os
import random
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any, Final
from unittest import mock

import httpx2

from hub_cli.place import Place
from hub_core.principal import Role
from svc_identity import commands
from svc_identity.seed import IPJ_CV

from ..journey.institution import Institution
from ..journey.person import Person
from . import trial
from .accounts import accounts, variables
from .trial import Account, Asking, Story, Wish

API: Final = "/notify/v1"
SCOPES: Final = "messages:send"
PEOPLE: Final = 12
ITEMS: Final = 20
"""Orders of a batch."""
CONTENT: Final = {
    "purpose": "TRANSACTIONAL",
    "names": {"ro": "Dosar actualizat"},
    "channels": ["EMAIL"],
    "variables": [{"name": "number", "type": "NUMBER", "sample": "4821"}],
    "wording": {
        "ro": {
            "subject": "Dosarul nr. {{ number }}",
            "title": "Dosarul are o noutate",
            "text": "Dosarul nr. {{ number }} are o noutate.",
        }
    },
}
STORED: Final = """
    SELECT o.id, o.batch_id, m.id AS message, d.id AS delivery, d.state
    FROM notify.orders o
    LEFT JOIN notify.messages m ON m.order_id = o.id
    LEFT JOIN notify.deliveries d ON d.message_id = m.id AND d.channel = 'EMAIL'
    WHERE o.client_id = $1"""
WAITING: Final = """
    SELECT (SELECT count(*) FROM notify.outbox WHERE published_at IS NULL)
        + (SELECT count(*) FROM notify.orders WHERE state = 'WAITING')
        + (SELECT count(*) FROM notify.deliveries WHERE ended_at IS NULL)"""


class Messages:
    """At least `count` requests of an institution, for one person or many, and more while one is killed."""

    victims = ("gateway", "notify", "identity", trial.RELAY, "nats", "postgres", "mailbox")
    pause = (0.2, 1.5)

    def __init__(self, count: int) -> None:
        self._count = count
        self._institution: Institution
        self._token = ""
        self._template = f"institution.trial-{random.randrange(10**9):09d}"
        self._people: list[str] = []
        self._numbers = itertools.count(1)

    async def prepare(self, place: Place, client: httpx2.AsyncClient) -> None:
        officials = [(IPJ_CV, (role,)) for role in (Role.CATALOG_EDITOR, Role.HEAD)]
        made = await accounts(place, [*officials, *(None for _ in range(PEOPLE))])
        self._people = [person_id for _, person_id in made[2:]]
        editor, head = [
            Person(client, email, "openid staff templates:write", "demo-office") for email, _ in made[:2]
        ]
        await self._approve(editor, head)
        self._institution = Institution(place.origin, SCOPES, IPJ_CV)
        with mock.patch.dict(os.environ, variables(place, "identity")):
            await commands.put_clients(self._institution.described())
        endpoint, form, headers = self._institution.own_token(SCOPES)
        given = await client.post(endpoint, data=form, headers=headers)
        self._token = given.raise_for_status().json()["access_token"]

    async def wishes(self, account: Account) -> AsyncIterator[Wish | Story]:
        while len(account.answers) < self._count or account.is_killing:
            yield self._batch if random.random() < 0.05 else self._order()

    async def waiting(self, connection: Any, _: Account) -> int:
        """Events in the outbox, orders that wait, and deliveries that are due."""
        count: int = await connection.fetchval(WAITING)
        return count

    async def judge(self, _: Place, connection: Any, copies: Counter[str], account: Account) -> list[str]:
        rows = await connection.fetch(STORED, self._institution.id)
        stored = {str(row["id"]): row for row in rows}
        sizes = Counter(str(row["batch_id"]) for row in rows)
        broken = [f"{n} orders with more than one message or e-mail" for n in [len(rows) - len(stored)] if n]
        for answer in account.answers.values():
            if "size" in answer:
                if sizes[answer["id"]] != answer["size"]:
                    broken.append(
                        f"of batch {answer['id']} {sizes[answer['id']]} of {answer['size']} are there"
                    )
            elif answer["id"] not in stored:
                broken.append(f"lost: order {answer['id']}")
        if len({answer["id"] for answer in account.answers.values()}) != len(account.answers):
            broken.append("two keys got one order")
        answered = sum(answer.get("size", 1) for answer in account.answers.values())
        if answered != len(stored):
            broken.append(f"{len(stored)} orders are there, {answered} were answered")
        unsent = [row for row in rows if row["state"] != "SENT"]
        broken += [f"{n} orders whose e-mail was not handed over" for n in [len(unsent)] if n]
        missing = [row for row in rows if not copies[str(row["delivery"])]]
        broken += [f"{n} e-mails that nobody has" for n in [len(missing)] if n]
        return broken

    def _order(self) -> Wish:
        path = f"{API}/orders"
        return Wish(path, {"template": self._template, **self._item()}, "", sign=self._signed(path))

    async def _batch(self, ask: Asking) -> None:
        path = f"{API}/batches"
        body = {"template": self._template, "items": [self._item() for _ in range(ITEMS)]}
        await ask(Wish(path, body, "", sign=self._signed(path)))

    def _item(self) -> dict[str, Any]:
        number = next(self._numbers)
        return {
            "person_id": random.choice(self._people),
            "variables": {"number": str(number)},
            "reference": f"trial/{number}",
        }

    def _signed(self, path: str) -> Any:
        """What proves the institution, anew for each try (RFC 9449)."""
        return lambda: self._institution.bound("POST", self._institution.origin + path, self._token)

    async def _approve(self, editor: Person, head: Person) -> None:
        """A template, written by one official and approved by another."""
        for person in (editor, head):
            await person.sign_in()
        path = f"{API}/templates"
        wanted = {"key": self._template, "content": CONTENT}
        answer = await editor.client.post(path, json=wanted, headers=_by(editor))
        for person, step in ((editor, "submit"), (head, "approve")):
            headers = _by(person) | {"if-match": answer.raise_for_status().headers["etag"]}
            answer = await person.client.post(f"{path}/{self._template}/{step}", headers=headers)
        answer.raise_for_status()


def _by(person: Person) -> dict[str, str]:
    return {"authorization": f"Bearer {person.token}", "idempotency-key": f"trial-{random.randrange(10**12)}"}
