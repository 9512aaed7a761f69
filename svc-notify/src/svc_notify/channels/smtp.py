"""How a letter leaves the hub: e-mail by SMTP (RFC 5321), over kept connections."""

import ssl
from contextlib import suppress
from email.utils import parseaddr
from time import monotonic
from typing import Final, NamedTuple

import aiosmtplib

from ..domain import deliveries
from ..domain.deliveries import Answer, Outcome
from ..settings import Settings
from . import mail

_CONNECT_SECONDS: Final = 5.0
_REPLY_SECONDS: Final = 30.0
_DATA_SECONDS: Final = 120.0
_OLDEST_SECONDS: Final = 300.0
"""The age at which a connection is given up: servers close old ones, and addresses behind a name change."""
_NOTIFY: Final = ("NOTIFY=FAILURE,DELAY",)
_GONE: Final = (aiosmtplib.SMTPException, OSError)
"""Ways in which a server is not there (time-outs are `OSError` too)."""


class _Kept(NamedTuple):
    """A connection, and when it was made (seconds of a clock that never goes back)."""

    connection: aiosmtplib.SMTP
    since: float


class Smtp:
    """The server that takes our mail over.

    A connection is kept after each message, for some minutes; as many are open as messages were ever
    handed over at once.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sender = parseaddr(settings.notify_sender)[1]
        self._idle: list[_Kept] = []
        self._tls: ssl.SSLContext | None = None

    async def hand_over(
        self, address: str, message: bytes, return_path: str = "", envelope_id: str = ""
    ) -> Outcome:
        """Give one message to the server, and say what it answered.

        What comes back goes to `return_path` (the sender, without one), and names `envelope_id` where the
        server reports by RFC 3461. Whatever fails before the recipient is named is an outage: it is no
        message's fault.
        """
        try:
            kept = await self._open_envelope(return_path or self._sender, envelope_id)
        except aiosmtplib.SMTPResponseException as refusal:
            return Outcome(Answer.OUTAGE, refusal.code)
        except _GONE:
            return Outcome(Answer.OUTAGE)
        try:
            asked = _NOTIFY if kept.connection.supports_extension("dsn") else None
            await kept.connection.rcpt(address, options=asked)
            reply = await kept.connection.data(message, timeout=_DATA_SECONDS)
        except aiosmtplib.SMTPResponseException as refusal:
            await self._reset(kept)
            return Outcome(deliveries.read_reply(refusal.code), refusal.code)
        except _GONE:
            kept.connection.close()
            return Outcome(Answer.DEFERRED)
        except BaseException:
            kept.connection.close()
            raise
        self._idle.append(kept)
        return Outcome(Answer.ACCEPTED, reply.code)

    async def close(self) -> None:
        """Say goodbye on every kept connection."""
        while self._idle:
            await _part(self._idle.pop())

    async def _open_envelope(self, sender: str, envelope_id: str) -> _Kept:
        """A connection on which MAIL was accepted.

        A kept connection may have died meanwhile. Nothing was handed over on it yet, so the next
        is tried, and in the end a new one, whose answer counts.
        """
        while self._idle:
            kept = self._idle.pop()
            if monotonic() - kept.since > _OLDEST_SECONDS:
                await _part(kept)
                continue
            try:
                await _begin(kept.connection, sender, envelope_id)
            except _GONE:
                kept.connection.close()
            else:
                return kept
        connection = self._new_connection()
        try:
            await connection.connect(timeout=_CONNECT_SECONDS)
            await _begin(connection, sender, envelope_id)
        except BaseException:
            connection.close()
            raise
        return _Kept(connection, monotonic())

    async def _reset(self, kept: _Kept) -> None:
        """Keep a connection whose server refused a message, if it goes on (RFC 5321, 4.1.1.5)."""
        try:
            await kept.connection.rset(timeout=_CONNECT_SECONDS)
        except _GONE:
            kept.connection.close()
        else:
            self._idle.append(kept)

    def _new_connection(self) -> aiosmtplib.SMTP:
        settings = self._settings
        return aiosmtplib.SMTP(
            hostname=settings.notify_smtp_host,
            port=settings.notify_smtp_port,
            local_hostname=mail.domain_of(settings.notify_sender),
            timeout=_REPLY_SECONDS,
            start_tls={"opportunistic": None, "required": True, "off": False}[settings.notify_smtp_tls],
            tls_context=self._tls_context(),
        )

    def _tls_context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context(cafile=self._settings.notify_smtp_ca_file)
            if self._settings.notify_smtp_tls != "required":
                self._tls.check_hostname = False
                self._tls.verify_mode = ssl.CERT_NONE
        return self._tls


async def _begin(connection: aiosmtplib.SMTP, sender: str, envelope_id: str) -> None:
    asked = None
    if envelope_id and connection.supports_extension("dsn"):
        asked = ["RET=HDRS", f"ENVID={envelope_id}"]
    await connection.mail(sender, options=asked)


async def _part(kept: _Kept) -> None:
    with suppress(*_GONE):
        await kept.connection.quit(timeout=1.0)
