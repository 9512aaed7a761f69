"""The SMTP side: a message is answered with 250 when it is on the disk, and not before."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session

from hub_cli import ports
from hub_core import clock

from . import content
from .refusal import Refusal
from .store import Channel, Store

_LONGEST_MESSAGE: Final = 10_000_000


class Receiver:
    """Takes messages into the store, unless told to refuse."""

    def __init__(self, store: Store, refusal: Refusal) -> None:
        self._store = store
        self._refusal = refusal

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Store the message; the answer to DATA."""
        code = self._refusal.next()
        if code:
            return f"{code} refused, as told"
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        headers = content.parse(raw)
        self._store.add(
            Channel.EMAIL,
            str(headers.get("Message-ID", "")).strip(),
            envelope.mail_from or "",
            envelope.rcpt_tos,
            str(headers.get("Subject", "")),
            raw,
            clock.now(),
        )
        return "250 stored"


@asynccontextmanager
async def listening(receiver: Receiver, port: int) -> AsyncIterator[int]:
    """Listen on the loopback address (port 0: any free one); gives the port."""
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        return SMTP(
            receiver,
            data_size_limit=_LONGEST_MESSAGE,
            enable_SMTPUTF8=True,
            hostname="mailbox.localhost",
            ident="mailbox",
            loop=loop,
        )

    server = await loop.create_server(protocol, ports.LOOPBACK, port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
