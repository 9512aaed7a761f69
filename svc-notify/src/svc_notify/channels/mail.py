"""A letter as an e-mail message (RFC 5322, MIME)."""

import re
from base64 import b64encode, encodebytes
from binascii import b2a_qp
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP as CRLF
from email.utils import format_datetime, parseaddr
from functools import cache
from typing import Final
from uuid import UUID

from hub_core.clock import BUCHAREST

from ..domain.deliveries import Delivery
from ..rendering import Letter

_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
"""What a browser takes as an e-mail address (WHATWG HTML): ASCII, nothing quoted, no white space."""

_LINE: Final = 67
"""Characters that fit into a line after `Subject: `."""
_WORD_BYTES: Final = 39
"""Of UTF-8: in base64, with what stands around it, no line is longer than 76 characters (RFC 2047, 2)."""


class UnusableAddress(ValueError):
    """The address cannot stand in a header or an SMTP command."""


def compose(
    delivery: Delivery,
    letter: Letter,
    sender: str,
    address: str,
    calendar: str | None = None,
    unsubscribing: Mapping[str, str] | None = None,
) -> bytes:
    """The message as it goes over the wire; the same bytes whenever it is composed again.

    Its Message-ID comes from the delivery, so that a repeat can be known for what it is. `calendar` goes
    along as a file that a calendar takes (RFC 5545), `unsubscribing` are headers for it (RFC 8058).
    Raises `UnusableAddress`.
    """
    if not _ADDRESS.fullmatch(address):
        raise UnusableAddress
    boundary = f"={delivery.id.hex}"
    headers = _always(sender) + _headers(
        {
            "To": address,
            "Subject": encode_words(letter.subject),
            "Date": format_datetime(delivery.queued_at.astimezone(BUCHAREST)),
            "Message-ID": message_id(delivery.id, sender),
            "Content-Language": letter.language,
            **(unsubscribing or {}),
        }
    )
    parts = _part(boundary, "plain", letter.text) + _part(boundary, "html", letter.html)
    parts += f"--{boundary}--\r\n".encode()
    if calendar is None:
        return _content_type("alternative", boundary) + headers + b"\r\n" + parts
    around = f"{boundary}="
    said = _content_type("alternative", boundary) + b"\r\n" + parts
    inner = f"--{around}\r\n".encode() + said + _attached(around, calendar)
    return _content_type("mixed", around) + headers + b"\r\n" + inner + f"--{around}--\r\n".encode()


def encode_words(text: str) -> str:
    """A header's text in a line, or as encoded words (RFC 2047) where it has other letters or is long.

    White space of any kind is one space. By hand, because the email package takes most of a message's time.
    """
    text = " ".join(text.split())
    if len(text) <= _LINE and text.isascii() and text.isprintable() and "=?" not in text:
        return text
    words, taken = [], b""
    for character in text:
        more = character.encode()
        if len(taken) + len(more) > _WORD_BYTES:
            words.append(taken)
            taken = b""
        taken += more
    return "\r\n ".join(f"=?utf-8?b?{b64encode(word).decode()}?=" for word in (*words, taken))


@cache
def _always(sender: str) -> bytes:
    """The headers that all messages of a sender have."""
    headers = EmailMessage(policy=CRLF)
    headers["From"] = sender
    headers["Auto-Submitted"] = "auto-generated"
    headers["MIME-Version"] = "1.0"
    return headers.as_bytes().removesuffix(b"\r\n")


def _headers(named: Mapping[str, str]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in named.items()).encode()


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
    return f"<{delivery_id}@{domain_of(sender)}>"


@cache
def domain_of(sender: str) -> str:
    """The domain of a sender, `Name <local@domain>`."""
    return parseaddr(sender)[1].rpartition("@")[2]
