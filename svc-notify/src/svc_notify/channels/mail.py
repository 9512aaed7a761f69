"""A letter as an e-mail message (RFC 5322, MIME)."""

import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as CRLF
from email.utils import parseaddr
from typing import Final
from uuid import UUID

from hub_core.clock import BUCHAREST

from ..domain.deliveries import Delivery
from ..rendering import Letter

_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
"""What a browser takes as an e-mail address (WHATWG HTML): ASCII, nothing quoted, no white space."""


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
    headers = EmailMessage(policy=CRLF)
    headers["From"] = sender
    headers["To"] = Address(addr_spec=address)
    headers["Subject"] = letter.subject
    headers["Date"] = delivery.queued_at.astimezone(BUCHAREST)
    headers["Message-ID"] = message_id(delivery.id, sender)
    headers["Auto-Submitted"] = "auto-generated"
    headers["Content-Language"] = letter.language
    headers["MIME-Version"] = "1.0"
    # by hand: the email package would encode an address that is longer than a line
    ways_out = "".join(f"{name}: {value}\r\n" for name, value in (unsubscribing or {}).items()).encode()
    parts = _part(boundary, "plain", letter.text) + _part(boundary, "html", letter.html)
    parts += f"--{boundary}--\r\n".encode()
    if calendar is None:
        return ways_out + _content_type("alternative", boundary) + headers.as_bytes() + parts
    around = f"{boundary}="
    said = _content_type("alternative", boundary) + b"\r\n" + parts
    inner = f"--{around}\r\n".encode() + said + _attached(around, calendar)
    return (
        ways_out + _content_type("mixed", around) + headers.as_bytes() + inner + f"--{around}--\r\n".encode()
    )


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


def domain_of(sender: str) -> str:
    """The domain of a sender, `Name <local@domain>`."""
    return parseaddr(sender)[1].rpartition("@")[2]
