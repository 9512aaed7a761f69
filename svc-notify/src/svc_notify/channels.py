"""How a letter leaves the hub: e-mail by SMTP (RFC 5321), over kept connections."""

import re
import ssl
from base64 import encodebytes
from binascii import b2a_qp
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as CRLF
from email.utils import parseaddr
from typing import Final
from uuid import UUID

import aiosmtplib

from hub_core.clock import BUCHAREST

from .domain import deliveries
from .domain.deliveries import Answer, Delivery, Outcome
from .rendering import Letter
from .settings import Settings

_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
"""What a browser takes as an e-mail address (WHATWG HTML): ASCII, nothing quoted, no white space."""

_CONNECT_SECONDS: Final = 5.0
_REPLY_SECONDS: Final = 30.0
_DATA_SECONDS: Final = 120.0
_GONE: Final = (aiosmtplib.SMTPException, OSError)
"""Ways in which a server is not there (time-outs are `OSError` too)."""


class UnusableAddress(ValueError):
    """The address cannot stand in a header or an SMTP command."""


def compose(
    delivery: Delivery, letter: Letter, sender: str, address: str, calendar: str | None = None
) -> bytes:
    """The message as it goes over the wire; the same bytes whenever it is composed again.

    Its Message-ID comes from the delivery, so that a repeat can be known for what it is. `calendar` goes
    along as a file that a calendar takes (RFC 5545).
    Raises `UnusableAddress`.
    """
    if not _ADDRESS.fullmatch(address):
        raise UnusableAddress
    boundary = f"={delivery.id.hex}"
    headers = EmailMessage(policy=CRLF)
    headers["From"] = sender
    headers["To"] = Address(addr_spec=address)
    headers["Subject"] = letter.subject
    headers["Date"] = delivery.queued_at.astimezone(BUCHAREST)
    headers["Message-ID"] = message_id(delivery.id, sender)
    headers["Auto-Submitted"] = "auto-generated"
    headers["Content-Language"] = letter.language
    headers["MIME-Version"] = "1.0"
    parts = _part(boundary, "plain", letter.text) + _part(boundary, "html", letter.html)
    parts += f"--{boundary}--\r\n".encode()
    if calendar is None:
        return _content_type("alternative", boundary) + headers.as_bytes() + parts
    around = f"{boundary}="
    said = _content_type("alternative", boundary) + b"\r\n" + parts
    inner = f"--{around}\r\n".encode() + said + _attached(around, calendar)
    return _content_type("mixed", around) + headers.as_bytes() + inner + f"--{around}--\r\n".encode()


def _content_type(subtype: str, boundary: str) -> bytes:
    return f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n'.encode()


def _attached(boundary: str, calendar: str) -> bytes:
    header = (
        f'--{boundary}\r\nContent-Type: text/calendar; charset="utf-8"; method=PUBLISH\r\n'
        'Content-Disposition: attachment; filename="appointment.ics"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return header.encode() + encodebytes(calendar.encode()).replace(b"\n", b"\r\n")


def _part(boundary: str, subtype: str, text: str) -> bytes:
    """One alternative of the message; by hand, because the email package takes four times as long."""
    header = (
        f'--{boundary}\r\nContent-Type: text/{subtype}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )
    return header.encode() + b2a_qp(text.replace("\n", "\r\n").encode(), istext=True) + b"\r\n"


def message_id(delivery_id: UUID, sender: str) -> str:
    """The Message-ID of a delivery, in the sender's domain (RFC 5322, 3.6.4)."""
    return f"<{delivery_id}@{_domain(sender)}>"


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
            local_hostname=_domain(settings.notify_sender),
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


def _domain(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2]
