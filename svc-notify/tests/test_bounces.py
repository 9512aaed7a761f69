"""Mail that came back: reports as servers write them, and what each changes (RFC 3464; edge case 86)."""

from base64 import encodebytes
from collections.abc import Awaitable, Callable
from quopri import encodestring
from typing import Any

import asyncpg
import pytest

from hub_core import clock
from svc_notify.channels.return_paths import ReturnPaths
from svc_notify.domain import bounces
from svc_notify.domain.bounces import Action
from svc_notify.domain.deliveries import Delivery, Failure
from svc_notify.jobs import Sender
from svc_notify.keys import derived_from
from svc_notify.operations import bounces as operations
from svc_notify.operations.bounces import Taken

ANA = "ana.popescu@example.org"
KEYS = derived_from(bytes(32))
PATHS = ReturnPaths(KEYS, "hub.example")

POSTFIX = """\
Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 5.1.1 <{to}>: Recipient address rejected: User unknown
"""
EXIM = """\
Action: failed
Final-Recipient: rfc822;{to}
Status: 5.0.0
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 Mailbox unavailable
"""
EXCHANGE = """\
Final-Recipient: rfc822;{to}
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found
"""
GMAIL = """\
Final-Recipient: rfc822; {to}
Action: failed
Status: 5.2.1
Diagnostic-Code: smtp; 550-5.2.1 The email account that you tried to reach is inactive.
Last-Attempt-Date: Mon, 23 Nov 2026 01:02:03 -0800 (PST)
"""
DELAYED = """\
Final-Recipient: rfc822; {to}
Action: delayed
Status: 4.4.1
Will-Retry-Until: Sat, 28 Nov 2026 10:00:00 +0200
"""


def report(
    block: str, returned_to: str, to: str = ANA, kind: str = "delivery-status", encoding: str = "7bit"
) -> bytes:
    """A report as it arrives, its status as some servers encode it."""
    fields = ("Reporting-MTA: dns; mx.example.org", "Arrival-Date: Mon, 23 Nov 2026 10:00:00 +0200", "")
    status = "\n".join((*fields, block.format(to=to)))
    encoded = {
        "7bit": lambda: status,
        "base64": lambda: encodebytes(status.encode()).decode(),
        "quoted-printable": lambda: encodestring(status.encode()).decode(),
    }[encoding]()
    lines = (
        "Return-Path: <>",
        "From: MAILER-DAEMON@mx.example.org",
        f"To: {returned_to}",
        "Subject: Undelivered Mail Returned to Sender",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type={kind};\n boundary="B"',
        "",
        "--B",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "Your message could not be delivered.",
        "",
        "--B",
        f"Content-Type: message/{kind}",
        f"Content-Transfer-Encoding: {encoding}",
        "",
        encoded,
        "--B",
        "Content-Type: text/rfc822-headers",
        "",
        "Subject: x",
        "",
        "--B--",
        "",
    )
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("block", "status", "failure"),
    [
        (POSTFIX, "5.1.1", Failure.ADDRESS_GONE),
        (EXIM, "5.0.0", Failure.RETURNED),
        (EXCHANGE, "5.1.10", Failure.ADDRESS_GONE),
        (GMAIL, "5.2.1", Failure.ADDRESS_GONE),
    ],
    ids=["postfix", "exim", "exchange", "gmail"],
)
@pytest.mark.parametrize("kind", ["delivery-status", "global-delivery-status", "Delivery-Status"])
@pytest.mark.parametrize("encoding", ["7bit", "base64", "quoted-printable"])
def test_a_report_of_failure_is_read(
    block: str, status: str, failure: Failure, kind: str, encoding: str
) -> None:
    said = bounces.read(report(block, "x@hub.example", kind=kind, encoding=encoding))
    assert said is not None
    assert (said.action, said.status, said.failure) == (Action.FAILED, status, failure)
    assert set(said.recipients) == {ANA}


@pytest.mark.parametrize(
    "content",
    [
        b"From: ana@example.org\nTo: x@hub.example\nAuto-Submitted: auto-replied\n\nOut of office\n",
        report("Final-Recipient: rfc822; {to}\n", "x@hub.example"),
        report("Action: relished\nStatus: 5.1.1\n", "x@hub.example"),
        b"",
        b"\xff\x00",
    ],
    ids=["out of office", "without an action", "unknown action", "nothing", "no mail"],
)
def test_what_is_no_report_says_nothing(content: bytes) -> None:
    assert bounces.read(content) is None


@pytest.fixture
def take(hub: Any) -> Callable[[bytes], Awaitable[Taken]]:
    """Take what came back."""

    async def give(content: bytes) -> Taken:
        async with hub.database.sessions() as session:
            return await operations.take(session, KEYS, PATHS, content, clock.now())

    return give


async def test_an_address_that_is_gone_is_left_alone_and_its_delivery_bounces(
    take: Any,
    sender: Sender,
    turn: Any,
    queue_notice: Any,
    stored: Any,
    told: Any,
    looking: asyncpg.Connection,
) -> None:
    """Edge case 86."""
    delivery: Delivery = await queue_notice()
    await turn(sender)
    back = report(POSTFIX, PATHS.of(delivery.id, ANA))
    assert await take(back) is Taken.BOUNCED
    row = await stored(delivery.id)
    assert (row["state"], row["failure"]) == ("BOUNCED", "address-gone")
    assert ("hub.notify.delivery.bounced.v1", str(delivery.id)) in await told()
    assert await looking.fetchval("SELECT count(*) FROM notify.suppressions") == 1
    assert await take(back) is Taken.IGNORED


async def test_a_report_cannot_have_another_address_left_alone(
    take: Any, sender: Sender, turn: Any, queue_notice: Any, looking: asyncpg.Connection
) -> None:
    delivery = await queue_notice()
    await turn(sender)
    back = report(POSTFIX, PATHS.of(delivery.id, ANA), to="ion@example.org")
    assert await take(back) is Taken.BOUNCED
    assert await looking.fetchval("SELECT count(*) FROM notify.suppressions") == 0


@pytest.mark.parametrize("block", [DELAYED, POSTFIX], ids=["delayed", "forged"])
async def test_a_delay_and_a_forged_report_change_nothing(
    take: Any, sender: Sender, turn: Any, queue_notice: Any, stored: Any, block: str
) -> None:
    delivery = await queue_notice()
    await turn(sender)
    forging = ReturnPaths(derived_from(b"\1" * 32), "hub.example")
    back = (PATHS if block is DELAYED else forging).of(delivery.id, ANA)
    expected = Taken.DELAYED if block is DELAYED else Taken.IGNORED
    assert await take(report(block, back)) is expected
    assert (await stored(delivery.id))["state"] == "SENT"


async def test_a_message_goes_out_with_the_return_path_of_its_delivery(
    take: Any, make_sender: Any, queue_notice: Any, turn: Any, office: Any
) -> None:
    delivery = await queue_notice()
    await turn(make_sender())
    assert PATHS.read(office.senders[-1]) == delivery.id
