"""Certificates: one for each holder, motive and day, with one number, one event, its e-mail and its file."""

import asyncio
import json
import os
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from unittest import mock
from urllib.parse import urlsplit

import httpx2
import nats
import nats.js.errors
import structlog

from hub_cli import environment
from hub_cli.broker import OPERATOR
from hub_cli.hub import servers
from hub_cli.place import Place
from hub_core import clock, manifest
from hub_documents import anchors, verification
from hub_documents.store import DocumentDamaged, DocumentMissing
from hub_documents.verification import Outcome
from hub_service.database import Database
from svc_criminal_record import keys
from svc_criminal_record.issuing import Means, press
from svc_criminal_record.manifest import MANIFEST
from svc_criminal_record.operations import upkeep
from svc_criminal_record.settings import Settings

from ..bench.population import people
from ..journey.person import PASSWORD, Person
from . import trial
from .trial import Account, Wish

REQUESTS: Final = "/criminal-record/v1/requests"
SCOPES: Final = "openid criminal-record:read criminal-record:write"
OTHER: Final = "alt-motiv"
SUBMITTED: Final = "hub.criminal-record.request.submitted.v1"
CHANGED: Final = "hub.criminal-record.request.state-changed.v1"
ISSUED: Final = "hub.criminal-record.certificate.issued.v1"
AT_ONCE: Final = ["criminal-record.step"]
AFTER_A_WAIT: Final = ["criminal-record.registered", "criminal-record.step"]
OURS: Final = """
    SELECT * FROM "criminal-record".requests WHERE holder_id IN
        (SELECT holder_id FROM "criminal-record".requests WHERE id::text = ANY($1))"""
CERTIFICATES: Final = f"""
    SELECT c.*, r.id AS of_request, r.number AS request_number, r.state, r.requested_on
    FROM ({OURS}) r LEFT JOIN "criminal-record".certificates c ON c.request_id = r.id"""
LETTERS: Final = f"""
    SELECT o.key, d.template, d.id FROM ({OURS}) r
    JOIN "criminal-record".outbox o ON o.key = r.id::text JOIN (
        SELECT m.cause_id, m.template, e.id FROM notify.messages m
        JOIN notify.deliveries e ON e.message_id = m.id AND e.channel = 'EMAIL') d ON d.cause_id = o.id"""
UNWRITTEN: Final = f"""
    SELECT o.id FROM ({OURS}) r JOIN "criminal-record".outbox o ON o.key = r.id::text
    WHERE o.subject = '{SUBMITTED}' AND convert_from(o.body, 'UTF8')::jsonb #>> '{{data,state}}' <> 'ISSUED'
        AND NOT EXISTS (SELECT FROM notify.messages d WHERE d.cause_id = o.id)"""
WAITING: Final = f"""
    SELECT (SELECT count(*) FROM "criminal-record".outbox WHERE published_at IS NULL)
        + (SELECT count(*) FROM notify.deliveries WHERE ended_at IS NULL)
        + (SELECT count(*) FROM ({UNWRITTEN}) o)
        + (SELECT count(*) FROM ({OURS}) r WHERE r.state <> 'ISSUED' OR NOT EXISTS (
            SELECT FROM ({LETTERS}) d WHERE d.key = r.id::text AND d.template = 'criminal-record.step'))"""


class Certificates:
    """As many requests as `count`, of people whose certificates need no look; each kill has its share."""

    victims = ("gateway", "criminal-record", "identity", "outside", "notify", trial.RELAY, "nats", "postgres")
    pause = (0.0, 0.5)

    def __init__(self, count: int) -> None:
        self._count = count
        self._left: list[Wish] = []

    async def prepare(self, place: Place, client: httpx2.AsyncClient) -> None:
        told = (await client.get("/criminal-record/v1/motives")).json()["items"]
        motives = [one["code"] for one in told if one["code"] != OTHER]
        emails = await people(place, -(-self._count // len(motives)), PASSWORD)
        asking = [Person(client, email, SCOPES) for email in emails]
        for person in asking:
            await person.sign_in()
        every = [Wish(REQUESTS, {"motive": motive}, person.token) for person in asking for motive in motives]
        self._left = random.sample(every, self._count)

    async def wishes(self, account: Account) -> AsyncIterator[Wish]:
        while self._left:
            share = self._count / account.planned * (account.kills.total() + 1)
            if self._count - len(self._left) < share:
                yield self._left.pop()
            else:
                await asyncio.sleep(0.02)

    async def waiting(self, connection: Any, account: Account) -> int:
        """Events in an outbox, letters that are due, requests without their certificate or their letter."""
        count: int = await connection.fetchval(WAITING, _ids(account))
        return count

    async def judge(self, place: Place, connection: Any, copies: Counter[str], account: Account) -> list[str]:
        rows = await connection.fetch(CERTIFICATES, _ids(account))
        letters = await connection.fetch(LETTERS, _ids(account))
        told = await told_by(place, MANIFEST)
        at_once = sum(answer["state"] == "ISSUED" for answer in account.answers.values())
        levels = Counter(str(row["seal_level"]) for row in rows)
        trial.say(f"{at_once} certificates in the answer, {len(rows) - at_once} later; seals {dict(levels)}")
        return [
            *_of_requests(rows, account),
            *_of_events(rows, told),
            *_of_letters(rows, letters, copies, told),
            *await _of_files(place, connection, rows),
        ]


def _ids(account: Account) -> list[str]:
    return [answer["id"] for answer in account.answers.values()]


def _of_requests(rows: list[Any], account: Account) -> list[str]:
    """Every answer has its request, and each request one certificate; nothing else is there."""
    broken = []
    by_id = {str(row["of_request"]): row for row in rows}
    if len(by_id) != len(rows):
        broken.append(f"{len(rows) - len(by_id)} requests with more than one certificate")
    broken += account.differing(by_id, number="request_number", label="number")
    for answer in account.answers.values():
        row = by_id.get(answer["id"])
        if row and answer["certificate"] and answer["certificate"]["id"] != str(row["id"]):
            broken.append(f"another certificate than answered: request {answer['number']}")
    if set(by_id) != set(_ids(account)):
        broken.append(f"{len(by_id)} requests of {len(account.answers)} answers")
    states = Counter(row["state"] for row in rows)
    if set(states) != {"ISSUED"}:
        broken.append(f"requests are {dict(states)}")
    days = Counter((row["holder_key"], row["motive"], row["requested_on"]) for row in rows if row["id"])
    if len(days) != len(rows):
        broken.append(f"{len(rows)} requests, {len(days)} holders, motives and days with a certificate")
    if len({row["number"] for row in rows}) != len(rows):
        broken.append("a number of a certificate is there twice")
    return broken


async def told_by(
    place: Place, service: manifest.Manifest
) -> dict[tuple[str, str], dict[str, dict[str, Any]]]:
    """What a service's stream holds of each subject and key: the data of its events, by their ids."""
    box = servers(place)[1]
    broker = await nats.connect(box.url, nkeys_seed_str=box.seed(OPERATOR))
    stream, after = manifest.stream_name(service.name), 0
    told: dict[tuple[str, str], dict[str, dict[str, Any]]] = defaultdict(dict)
    try:
        while True:
            message = await broker.jetstream().get_msg(stream, after + 1, "hub.>", next=True)
            event, after = json.loads(message.data or b""), message.seq or 0
            told[event["type"], event["subject"]][event["id"]] = event["data"]
    except nats.js.errors.NotFoundError:
        return told
    finally:
        await broker.close()


def _of_events(rows: list[Any], told: dict[tuple[str, str], dict[str, Any]]) -> list[str]:
    """Two events of the same are two ids: what was published again under the same id is one event."""
    broken = []
    for row in rows:
        expected = {(ISSUED, str(row["id"])): 1, (SUBMITTED, str(row["of_request"])): 1}
        expected[CHANGED, str(row["of_request"])] = 0 if _is_at_once(row, told) else 1
        broken += [
            f"{len(told.get(one, {}))} events {one[0]} of request {row['request_number']}"
            for one, count in expected.items()
            if len(told.get(one, {})) != count
        ]
    return broken


def _is_at_once(row: Any, told: dict[tuple[str, str], dict[str, Any]]) -> bool:
    """Whether the certificate was in the answer: then nothing else is told of the request."""
    [*sent] = told.get((SUBMITTED, str(row["of_request"])), {}).values()
    return bool(sent) and sent[0]["state"] == "ISSUED"


def _of_letters(
    rows: list[Any], letters: list[Any], copies: Counter[str], told: dict[tuple[str, str], dict[str, Any]]
) -> list[str]:
    """Each request has its letters, one of a kind, and each of them came."""
    broken = []
    written: dict[str, list[str]] = defaultdict(list)
    for letter in letters:
        written[letter["key"]].append(letter["template"])
        if not copies[str(letter["id"])]:
            broken.append("a letter did not come")
    for row in rows:
        expected = AT_ONCE if _is_at_once(row, told) else AFTER_A_WAIT
        if sorted(written[str(row["of_request"])]) != expected:
            broken.append(f"letters of request {row['request_number']}: {written[str(row['of_request'])]}")
    return broken


async def _of_files(place: Place, connection: Any, rows: list[Any]) -> list[str]:
    """Each certificate has its file as it was sealed, and after the sweep there is no other file."""
    known = manifest.installed()
    variables = environment.of_service(MANIFEST, place, known, *servers(place))
    with mock.patch.dict(os.environ, variables):
        settings = Settings()
    folder = Path(urlsplit(settings.criminal_record_store).path)
    key, database = keys.derived_from(settings.criminal_record_key.get_secret_value()), Database(settings)
    async with httpx2.AsyncClient() as http, database.sessions() as session:
        issuer = press(settings, key, http)
        means = Means(key, mock.NonCallableMock(), mock.NonCallableMock(), issuer)
        with structlog.testing.capture_logs():
            swept = await upkeep.sweep(session, means, clock.now() + timedelta(hours=2))
    await database.close()
    trust = anchors.read(settings.criminal_record_trust).trust
    broken = []
    for row in rows:
        try:
            content = await issuer.store.get(row["file_key"] or "none")
        except (DocumentMissing, DocumentDamaged) as fault:
            broken.append(f"file of certificate {row['number']}: {type(fault).__name__}")
            continue
        verdict = await asyncio.to_thread(verification.verify, content, trust, clock.now())
        if verdict.outcome is not Outcome.INTACT or verdict.sha256 != row["file_sha256"].hex():
            broken.append(f"file of certificate {row['number']}: {verdict.outcome}")
    there = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
    trial.say(f"files without a certificate, swept: {swept}")
    owned = await connection.fetch('SELECT file_key FROM "criminal-record".certificates')
    if there != {row["file_key"] for row in owned}:
        broken.append(f"{len(there)} files of {len(owned)} certificates")
    return broken
