"""How a letter leaves the hub: e-mail by SMTP (RFC 5321), over kept connections."""

import ssl
from contextlib import suppress
from email.utils import parseaddr
from typing import Final

import aiosmtplib

from ..domain import deliveries
from ..domain.deliveries import Answer, Outcome
from ..settings import Settings
from . import mail

_CONNECT_SECONDS: Final = 5.0
_REPLY_SECONDS: Final = 30.0
_DATA_SECONDS: Final = 120.0
_GONE: Final = (aiosmtplib.SMTPException, OSError)
"""Ways in which a server is not there (time-outs are `OSError` too)."""


class Smtp:
    """The server that takes our mail over.

    A connection is kept after each message that it took; as many are open as messages were ever
    handed over at once.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sender = parseaddr(settings.notify_sender)[1]
        self._idle: list[aiosmtplib.SMTP] = []
        self._tls: ssl.SSLContext | None = None

    async def hand_over(self, address: str, message: bytes) -> Outcome:
        """Give one message to the server, and say what it answered.

        Whatever fails before the recipient is named is an outage: it is no message's fault.
        """
        try:
            connection = await self._open_envelope()
        except aiosmtplib.SMTPResponseException as refusal:
            return Outcome(Answer.OUTAGE, refusal.code)
        except _GONE:
            return Outcome(Answer.OUTAGE)
        try:
            await connection.rcpt(address)
            reply = await connection.data(message, timeout=_DATA_SECONDS)
        except aiosmtplib.SMTPResponseException as refusal:
            connection.close()
            return Outcome(deliveries.read_reply(refusal.code), refusal.code)
        except _GONE:
            return Outcome(Answer.DEFERRED)
        except BaseException:
            connection.close()
            raise
        self._idle.append(connection)
        return Outcome(Answer.ACCEPTED, reply.code)

    async def close(self) -> None:
        """Say goodbye on every kept connection."""
        while self._idle:
            with suppress(*_GONE):
                await self._idle.pop().quit(timeout=1.0)

    async def _open_envelope(self) -> aiosmtplib.SMTP:
        """A connection on which MAIL was accepted.

        A kept connection may have died meanwhile. Nothing was handed over on it yet, so the next
        is tried, and in the end a new one, whose answer counts.
        """
        while self._idle:
            kept = self._idle.pop()
            try:
                await kept.mail(self._sender)
            except _GONE:
                kept.close()
            else:
                return kept
        connection = self._new_connection()
        try:
            await connection.connect(timeout=_CONNECT_SECONDS)
            await connection.mail(self._sender)
        except BaseException:
            connection.close()
            raise
        return connection

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
