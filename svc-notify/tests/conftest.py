"""The running parts and what tests build. Tests stay apart by ids of their own where they can."""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from aiosmtpd.smtp import SMTP as SmtpProtocol

from hub_core import clock, ids
from hub_service.clients import ServiceClient
from hub_service.database import Database
from hub_service.tokens import OwnToken
from hub_testing import rules
from svc_notify.carriers import ByEmail
from svc_notify.channels.pace import Pace
from svc_notify.domain.deliveries import Delivery
from svc_notify.domain.kinds import Lane
from svc_notify.domain.messages import Cause, Channel
from svc_notify.holding import Holder
from svc_notify.jobs import Priority, Sender
from svc_notify.main import create_app
from svc_notify.manifest import MANIFEST
from svc_notify.operations import notices
from svc_notify.settings import Settings

_CUT = ""
RULES = Path(__file__).parents[2] / "svc-catalog/contract/rules.json"
ROWS = (
    "SELECT m.*, d.id AS delivery_id, d.channel, d.state, d.attempts, d.due_at, d.ended_at, d.language,"
    " d.failure, d.reply_code, d.version AS delivery_version"
    " FROM notify.messages m JOIN notify.deliveries d ON d.message_id = m.id AND d.channel <> 'IN_APP'"
)
"""A message, and what brings it, besides the inbox, as it stands."""


class _Protocol(SmtpProtocol):
    """aiosmtpd's server, that can also hang up in the middle of the message."""

    async def smtp_DATA(self, arg: str) -> None:
        if not self.event_handler.cuts_in_data:
            await super().smtp_DATA(arg)
            return
        self.event_handler.cuts_in_data -= 1
        await self.push("354 go on")
        await self._reader.readline()
        self.transport.abort()


@dataclass
class PostOffice:
    """A real SMTP server on the loopback address; `letters` are what it took over."""

    tls: ssl.SSLContext | None = None
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    connections: int = 0
    encrypted: int = 0
    cuts_in_data: int = 0
    port: int = 0

    def __post_init__(self) -> None:
        self._replies: dict[str, deque[str]] = {"MAIL": deque(), "RCPT": deque(), "DATA": deque()}
        self._arrival = asyncio.Condition()
        self._may_answer = asyncio.Event()
        self._may_answer.set()
        self._server: asyncio.Server | None = None
        self._protocols: list[SmtpProtocol] = []

    async def open(self) -> None:
        """Listen, on the same port as before."""

        def protocol() -> SmtpProtocol:
            self.connections += 1
            made = _Protocol(
                self, hostname="office.test", tls_context=self.tls, loop=asyncio.get_running_loop()
            )
            self._protocols.append(made)
            return made

        self._server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening, and hang up on everybody."""
        if self._server:
            self._server.close()
            for protocol in self._protocols:
                if protocol.transport:
                    protocol.transport.abort()
            self._protocols.clear()
            await self._server.wait_closed()
            self._server = None

    def reply(self, command: str, *replies: str) -> None:
        """Answer so to the next commands of this name, each once."""
        self._replies[command].extend(replies)

    def cut(self, command: str) -> None:
        """Hang up instead of answering the next command of this name."""
        self.reply(command, _CUT)

    def hold(self) -> None:
        """Take messages, but do not answer."""
        self._may_answer.clear()

    def release(self) -> None:
        """Answer again."""
        self._may_answer.set()

    async def until(self, count: int) -> list[EmailMessage]:
        """The letters, once there are so many; `TimeoutError` after ten seconds."""
        async with asyncio.timeout(10), self._arrival:
            await self._arrival.wait_for(lambda: len(self.letters) >= count)
        return list(self.letters)

    async def letter(self, text: str, after: int) -> EmailMessage:
        """The first letter past so many that says this; `TimeoutError` after ten seconds.

        A letter of an earlier test may come late, or a second time.
        """

        def saying() -> EmailMessage | None:
            return next((each for each in self.letters[after:] if text in body(each)), None)

        async with asyncio.timeout(10), self._arrival:
            return await self._arrival.wait_for(saying)

    @property
    def message_ids(self) -> list[str]:
        return [str(letter["Message-ID"]) for letter in self.letters]

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        envelope.mail_from = address
        self.senders.append(address)
        return self._next(server, "MAIL")

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        reply = self._next(server, "RCPT")
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        reply = self._next(server, "DATA")
        if reply.startswith("2"):
            self.encrypted += session.ssl is not None
            self.recipients.extend(envelope.rcpt_tos)
            self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
            async with self._arrival:
                self._arrival.notify_all()
        await self._may_answer.wait()
        return reply

    def _next(self, server: Any, command: str) -> str:
        reply = self._replies[command].popleft() if self._replies[command] else "250 2.0.0 taken"
        if reply == _CUT:
            server.transport.abort()
        return reply


def body(letter: EmailMessage) -> str:
    """The plain text of a letter."""
    part: Any = letter.get_body(("plain",))
    return str(part.get_content())


@pytest.fixture(scope="module")
async def service(schema: Any, empty_streams: Any, service_settings: Any, running: Any) -> AsyncIterator[Any]:
    """The running service: `client` to its API, and the `office` it sends to.

    It has nothing to send for other services, whose tests have told hundreds of events before.
    """
    await empty_streams()
    await schema.truncate("rule_tables")
    office = PostOffice()
    await office.open()
    app = create_app(
        service_settings(
            MANIFEST,
            Settings,
            notify_smtp_port=office.port,
            outside_allowed=frozenset({"localhost"}),
        )
    )
    async with running(app) as client:
        yield SimpleNamespace(client=client, office=office)
    await office.close()


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    """A post office of this test."""
    made = PostOffice()
    await made.open()
    yield made
    made.release()
    await made.close()


@pytest.fixture(scope="session")
async def schema(provision: Any) -> Any:
    """The migrated schema, with the legal numbers as the catalog tells them."""
    made = await provision(MANIFEST)
    await rules.load(made, RULES)
    return made


@pytest.fixture
async def settings(schema: Any, service_settings: Any, office: PostOffice) -> Settings:
    """The service's settings, with the post office of this test, on emptied tables."""
    await schema.truncate("rule_tables")
    made: Settings = service_settings(
        MANIFEST, Settings, notify_smtp_host="127.0.0.1", notify_smtp_port=office.port
    )
    return made


@pytest.fixture
async def hub(settings: Settings) -> AsyncIterator[Any]:
    """What senders need of a running service."""
    async with httpx2.AsyncClient(timeout=5.0) as http:
        database = Database(settings)
        own_token = OwnToken(MANIFEST.name, settings, http)
        yield SimpleNamespace(
            database=database, service=lambda address: ServiceClient(address, own_token, http)
        )
        await database.close()


@pytest.fixture
async def holder(settings: Settings) -> AsyncIterator[Holder]:
    """This process, as other senders know it."""
    made = Holder(settings.database_dsn.get_secret_value())
    yield made
    await made.close()


@pytest.fixture
async def make_sender(settings: Settings, holder: Holder) -> AsyncIterator[Callable[..., Sender]]:
    """Make `make_sender(lane)`; its connections are closed at the end."""
    async with AsyncExitStack() as stack:

        def make(lane: Lane = Lane.NOTICE, **special: Any) -> Sender:
            special_settings = settings.model_copy(update=special)
            sender = Sender(
                Channel.EMAIL,
                lane,
                ByEmail(special_settings, Pace(special_settings.notify_smtp_rates), lane),
                settings.notify_smtp_connections,
                holder,
                Priority(),
            )
            stack.push_async_callback(sender._finish)
            return sender

        yield make


@pytest.fixture
def sender(make_sender: Callable[..., Sender]) -> Sender:
    """A sender of the notices."""
    return make_sender()


@pytest.fixture
def turn(hub: Any) -> Callable[[Sender], Awaitable[None]]:
    """Let a sender take what is due, and end each attempt."""

    async def take_a_turn(sender: Sender) -> None:
        await sender._claim(hub)
        attempts = list(sender._attempts)
        if attempts:
            await asyncio.wait(attempts, timeout=10)

    return take_a_turn


@pytest.fixture
def ana(fake_identity: Any) -> UUID:
    """A person of this test, who reads Romanian."""
    person_id = ids.new_id()
    fake_identity.answer(
        f"/internal/v1/people/{person_id}/contact",
        {"person_id": str(person_id), "email": "ana.popescu@example.org", "language": "ro"},
    )
    return person_id


@pytest.fixture
def queue_notice(hub: Any, ana: UUID) -> Callable[..., Awaitable[Delivery]]:
    """Queue `queue_notice(person_id=ana)`, a registration notice."""

    async def queue(person_id: UUID = ana, institution_id: UUID | None = None) -> Delivery:
        registration = notices.Registration(
            person_id=person_id,
            institution_id=institution_id or ids.new_id(),
            petition_kind="REQUEST",
            number=123,
            registered_on=date(2026, 11, 21),
            answer_due_on=date(2026, 12, 21),
        )
        now = clock.now()
        async with hub.database.sessions() as session:
            (queued,) = await notices.queue_registration_notice(
                session, registration, Cause(ids.new_id(), now), now
            )
        return queued

    return queue


@pytest.fixture
def stored(looking: asyncpg.Connection) -> Callable[[UUID], Awaitable[Any]]:
    """The row of a delivery."""

    async def read(delivery_id: UUID) -> Any:
        return await looking.fetchrow(f"{ROWS} WHERE d.id = $1", delivery_id)

    return read


@pytest.fixture
def told(looking: asyncpg.Connection) -> Callable[[], Awaitable[list[tuple[str, str]]]]:
    """The events that were recorded: subject and key, in their order."""

    async def read() -> list[tuple[str, str]]:
        rows = await looking.fetch("SELECT subject, key FROM notify.outbox ORDER BY seq")
        return [(row["subject"], row["key"]) for row in rows]

    return read


@pytest.fixture
def let_time_pass(looking: asyncpg.Connection) -> Callable[[], Awaitable[None]]:
    """Whatever waits for a retry or holds a lease is due now."""

    async def shift() -> None:
        await looking.execute("UPDATE notify.deliveries SET due_at = now() WHERE due_at IS NOT NULL")

    return shift
