"""Files: petitions filed in every way and handled; each has its numbers, events, letters, one answer."""

import asyncio
import os
import random
import re
import secrets
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from unittest import mock

import httpx2

from hub_cli.place import MAILBOX, Place
from hub_core import clock
from hub_core.principal import Role
from hub_documents import verification
from hub_documents.store import DocumentDamaged, DocumentMissing, Store
from hub_documents.verification import Outcome
from svc_identity.seed import DGP, IPJ_HR
from svc_petitions import keys
from svc_petitions.manifest import MANIFEST
from svc_petitions.settings import Settings

from ..journey.person import Person
from . import trial
from .accounts import accounts, variables
from .certificates import told_by
from .petitions import a_petition
from .registers import of_registers
from .trial import Account, Asking, Story, Wish

API: Final = "/petitions/v1"
SCOPES: Final = "openid staff petitions:handle petitions:lead petitions:register petitions:sign"
PURPOSE: Final = {"purpose": 'CASE_HANDLING;file="41/2026"'}
CODE: Final = re.compile(r"(?<!\d)\d{6}(?!\d)")
GUESTS: Final = 5
"""At most so many: codes to one address are counted, and some are lost on the way."""
ANSWER: Final = {
    "solution": "FAVOURABLE",
    "text": "Ghișeul este deschis de luni până vineri, între orele 8:30 și 16:30.",
    "legal_basis": "OG nr. 27/2002 art. 8 alin. (1)",
}
_STEPS: Final = (
    *("registered", "entered", "clarification-asked", "answered", "classed", "extended"),
    *("forwarded", "joined"),
)
OWED: Final = [f"hub.petitions.petition.{step}.v1" for step in _STEPS]
"""Events of which who filed is told by a letter."""
LETTERS: Final = """
    SELECT o.id, o.subject, array_agg(d.id) FILTER (WHERE d.id IS NOT NULL) AS letters
    FROM petitions.outbox o LEFT JOIN (
        SELECT m.cause_id, m.template, e.id FROM notify.messages m
        JOIN notify.deliveries e ON e.message_id = m.id AND e.channel = 'EMAIL') d
        ON d.cause_id = o.id
    WHERE o.subject = ANY($1) AND coalesce(
        convert_from(o.body, 'UTF8')::jsonb #>> '{data,acting_person_id}',
        convert_from(o.body, 'UTF8')::jsonb #>> '{data,person_id}') IS NOT NULL
    GROUP BY o.id, o.subject"""
WAITING: Final = f"""
    SELECT (SELECT count(*) FROM petitions.outbox WHERE published_at IS NULL)
        + (SELECT count(*) FROM notify.deliveries WHERE ended_at IS NULL)
        + (SELECT count(*) FROM ({LETTERS}) l WHERE letters IS NULL)
        + (SELECT count(*) FROM petitions.drafts d WHERE sent_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM petitions.answer_documents a WHERE a.petition_id = d.petition_id))"""
STORED: Final = """
    SELECT p.id, p.state, coalesce((SELECT f.number FROM petitions.forwardings f
        WHERE f.petition_id = p.id ORDER BY f.ordinal LIMIT 1), p.number) AS number
    FROM petitions.petitions p"""


@dataclass(frozen=True, slots=True)
class House:
    """An institution whose officials take part: who works on files, two heads, two compartments."""

    id: str
    clerk_id: str
    clerk: str
    chief: str
    head: str
    first: str
    second: str


class Files:
    """At least `count` petitions of all ways, each with its story, and more while something is killed."""

    victims = ("gateway", "petitions", "identity", "notify", trial.RELAY, "nats", "postgres")
    pause = (0.2, 1.5)

    def __init__(self, count: int) -> None:
        self._count = count
        self._token = ""
        self._mailbox = ""
        self._houses: list[House] = []
        self._expected: dict[str, str] = {}
        self._struck: set[tuple[str, int]] = set()
        self._guests = 0

    async def prepare(self, place: Place, client: httpx2.AsyncClient) -> None:
        self._mailbox = place.url(MAILBOX)
        clerk, head = (Role.REGISTRAR, Role.HANDLER), (Role.HEAD,)
        offices = [(one, roles) for one in (DGP, IPJ_HR) for roles in (clerk, head, head)]
        citizen, *officials = await accounts(place, [None, *offices])
        person = Person(client, citizen[0], "openid petitions:read petitions:write")
        await person.sign_in()
        self._token = person.token
        for institution_id, people in zip((DGP, IPJ_HR), (officials[:3], officials[3:]), strict=True):
            self._houses.append(await _house(client, str(institution_id), people))

    async def wishes(self, account: Account) -> AsyncIterator[Wish | Story]:
        stories = (self._whole, self._joined, self._forwarded, self._struck_out, self._on_paper, self._guest)
        while len(account.answers) < self._count or account.is_killing:
            (story,) = random.choices(stories, (4, 2, 2, 2, 2, 1))
            yield partial(story, *random.sample(self._houses, 2))

    async def _whole(self, house: House, _: House, ask: Asking) -> None:
        if filed := await ask(a_petition(house.id, self._token)):
            await self._answer(house, filed["id"], ask)

    async def _joined(self, house: House, _: House, ask: Asking) -> None:
        leader, joined = [await ask(a_petition(house.id, self._token)) for _ in range(2)]
        if leader and joined:
            await ask(_step(leader["id"], "join", house.chief, {"petition_ids": [joined["id"]]}))
            await self._answer(house, leader["id"], ask)
            self._expected[joined["id"]] = "ANSWERED"

    async def _forwarded(self, house: House, other: House, ask: Asking) -> None:
        if filed := await ask(a_petition(house.id, self._token)):
            await ask(_triage(filed["id"], house))
            to = {"institution_id": other.id, "reason": "Este de competența lor."}
            await ask(_step(filed["id"], "forward", house.head, to))
            await self._answer(other, filed["id"], ask)

    async def _struck_out(self, house: House, _: House, ask: Asking) -> None:
        if filed := await ask(a_petition(house.id, self._token)):
            own = Wish(f"{API}/petitions/{filed['id']}/withdraw", None, self._token, is_counted=False)
            await ask(own)
            path = f"{API}/registers/{filed['year']}/entries/{filed['number']}/strike"
            reason = {"reason": "CLERICAL_ERROR"}
            if await ask(Wish(path, reason, house.clerk, PURPOSE, is_counted=False)):
                self._expected[filed["id"]] = "WITHDRAWN"
                self._struck.add((house.id, filed["number"]))

    async def _on_paper(self, house: House, _: House, ask: Asking) -> None:
        """Entered by a registrar, and handed to another compartment, which accepts it."""
        entered = {
            "channel": "POST",
            "received_on": str(clock.local_date(clock.now())),
            "kind": "REQUEST",
            "subject": "Programul ghișeului",
            "text": "Când este deschis ghișeul?",
            "language": "ro",
            "petitioners": [
                {"family_name": "Popescu", "given_name": "Ana", "address": "Strada Exemplului nr. 1, Cluj"}
            ],
        }
        if filed := await ask(Wish(f"{API}/entries", entered, house.clerk, PURPOSE)):
            await ask(_triage(filed["id"], house))
            to = {"compartment_id": house.second}
            if given := await ask(_step(filed["id"], "transfers", house.clerk, to)):
                path = f"{API}/transfers/{given['id']}/accept"
                await ask(Wish(path, None, house.chief, PURPOSE, is_counted=False))
            self._expected[filed["id"]] = "TRIAGE"

    async def _guest(self, house: House, _: House, ask: Asking) -> None:
        if self._guests >= GUESTS:
            return
        self._guests += 1
        email = f"guest-{secrets.token_hex(6)}@example.org"
        sent = await ask(Wish(f"{API}/email-codes", {"email": email}, "", is_counted=False))
        code = await self._code(email)
        if sent and code:
            who = {"family_name": "Popescu", "given_name": "Ion", "address": "Strada Exemplului nr. 2, Cluj"}
            body = a_petition(house.id, "").body or {}
            proof = {"code_id": sent["id"], "code": code}
            guest = body | {"petitioner": who, "proof": proof, "consents": True}
            if filed := await ask(Wish(f"{API}/guest-petitions", guest, "")):
                self._expected[filed["id"]] = "REGISTERED"

    async def _code(self, email: str) -> str:
        """The code that was sent there, within a minute."""
        async with httpx2.AsyncClient(base_url=self._mailbox) as mailbox:
            for _ in range(600):
                found = (await mailbox.get("/api/messages", params={"to": email})).json()["items"]
                if found and (code := CODE.search(found[0]["text"])):
                    return code[0]
                await asyncio.sleep(0.1)
        return ""

    async def _answer(self, house: House, petition_id: str, ask: Asking) -> None:
        """Every step from the register to the answer."""
        assigned = {"compartment_id": house.first, "handler_id": house.clerk_id}
        steps = (
            _triage(petition_id, house),
            _step(petition_id, "assign", house.head, assigned),
            _step(petition_id, "accept", house.clerk),
            _step(petition_id, "draft", house.clerk, ANSWER),
            _step(petition_id, "approve", house.chief),
            _step(petition_id, "sign", house.head),
            _step(petition_id, "send", house.clerk),
        )
        for step in steps:
            if await ask(step) is None:
                return
        self._expected[petition_id] = "ANSWERED"

    async def waiting(self, connection: Any, _: Account) -> int:
        """Events in an outbox, letters that are due or not written, answers without their document."""
        count: int = await connection.fetchval(WAITING, OWED)
        return count

    async def judge(self, place: Place, connection: Any, copies: Counter[str], account: Account) -> list[str]:
        stored = {str(row["id"]): row for row in await connection.fetch(STORED)}
        broken = account.differing(stored, number="number", label="registration_label")
        ids = [answer["id"] for answer in account.answers.values()]
        if len(set(ids)) != len(ids):
            broken.append("two keys got one petition")
        for petition_id, state in self._expected.items():
            if petition_id in stored and stored[petition_id]["state"] != state:
                broken.append(
                    f"{stored[petition_id]['number']} is {stored[petition_id]['state']}, not {state}"
                )
        trial.say(f"stories told to their end, by state: {dict(Counter(self._expected.values()))}")
        broken += await of_registers(connection, self._struck)
        broken += await _of_events(place, connection)
        broken += await _of_letters(connection, copies)
        broken += await _of_documents(place, connection)
        return broken


def _step(file_id: str, step: str, token: str, body: dict[str, Any] | None = None) -> Wish:
    return Wish(f"{API}/files/{file_id}/{step}", body, token, PURPOSE, is_counted=False)


def _triage(file_id: str, house: House) -> Wish:
    return _step(file_id, "triage", house.clerk, {"complained_of": [], "reports_crime": False})


async def _house(client: httpx2.AsyncClient, institution_id: str, officials: list[tuple[str, str]]) -> House:
    """Sign its officials in, and say who works where."""
    people = [Person(client, email, SCOPES, "demo-office") for email, _ in officials]
    own = [person_id for _, person_id in officials]
    for person in people:
        await person.sign_in()
    clerk, chief, head = people
    compartments = []
    for name in ("Registratură", "Relații cu publicul"):
        body = {"code": f"T{secrets.token_hex(3).upper()}", "name": name}
        compartments.append((await head.post(f"{API}/compartments", body))["id"])
    for person_id, compartment, superior in (
        (own[2], compartments[0], None),
        (own[1], compartments[1], own[2]),
        (own[0], compartments[0], own[1]),
    ):
        answer = await client.put(
            f"{API}/members/{person_id}",
            json={"compartment_id": compartment, "superior_id": superior},
            headers={"authorization": f"Bearer {head.token}"},
        )
        answer.raise_for_status()
    return House(institution_id, own[0], clerk.token, chief.token, head.token, *compartments)


async def _of_events(place: Place, connection: Any) -> list[str]:
    """What was recorded is told, each event by one id, and nothing else; each answer is told once."""
    told = await told_by(place, MANIFEST)
    ids = Counter(one for events in told.values() for one in events)
    recorded = {str(row["id"]) for row in await connection.fetch("SELECT id FROM petitions.outbox")}
    broken = [f"{len(lost)} events were not told" for lost in [recorded - set(ids)] if lost]
    broken += [f"{len(made_up)} events that nobody recorded" for made_up in [set(ids) - recorded] if made_up]
    broken += [f"{n} events stand under two subjects" for n in [ids.total() - len(ids)] if n]
    answered = "hub.petitions.petition.answered.v1"
    for row in await connection.fetch("SELECT id, number FROM petitions.petitions WHERE state = 'ANSWERED'"):
        if (count := len(told.get((answered, str(row["id"])), {}))) != 1:
            broken.append(f"{count} events of the answer to {row['number']}")
    return broken


async def _of_letters(connection: Any, copies: Counter[str]) -> list[str]:
    """Each letter that is owed was written once, and came."""
    broken, owed = [], await connection.fetch(LETTERS, OWED)
    for row in owed:
        letters = row["letters"] or []
        if len(letters) != 1:
            broken.append(f"{len(letters)} letters of an event {row['subject']}")
        broken += [f"a letter of {row['subject']} did not come" for one in letters if not copies[str(one)]]
    trial.say(f"letters owed: {len(owed)}")
    return broken


async def _of_documents(place: Place, connection: Any) -> list[str]:
    """Each answer was sent once, under one number, and has one document, as it was sealed."""
    with mock.patch.dict(os.environ, variables(place, MANIFEST.name)):
        settings = Settings()
    key = keys.derived_from(settings.petitions_key.get_secret_value())
    store = Store.open(settings.petitions_store, key.of(keys.Purpose.DOCUMENTS))
    trust = verification.trust_in(settings.petitions_trust / "root.pem")
    rows = await connection.fetch(
        """SELECT d.petition_id, d.out_number, a.file_key, a.file_sha256 FROM petitions.drafts d
           LEFT JOIN petitions.answer_documents a USING (petition_id) WHERE d.sent_at IS NOT NULL"""
    )
    broken = [f"{n} petitions answered twice" for n in [len(rows) - len({row[0] for row in rows})] if n]
    for row in rows:
        try:
            content = await store.get(row["file_key"] or "none")
        except (DocumentMissing, DocumentDamaged) as fault:
            broken.append(f"document of answer {row['out_number']}: {type(fault).__name__}")
            continue
        verdict = await asyncio.to_thread(verification.verify, content, trust, clock.now())
        if verdict.outcome is not Outcome.INTACT or verdict.sha256 != row["file_sha256"].hex():
            broken.append(f"document of answer {row['out_number']}: {verdict.outcome}")
    trial.say(f"answers with their sealed documents: {len(rows)}")
    return broken
