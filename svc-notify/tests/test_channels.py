"""E-mail: its headers, and the dialogue with a real SMTP server."""

import asyncio
import heapq
import itertools
import re
import ssl
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from hub_core.language import Language
from svc_notify.channels import mail
from svc_notify.channels import smtp as smtp_module
from svc_notify.channels.mail import UnusableAddress
from svc_notify.channels.pace import Pace
from svc_notify.channels.return_paths import ReturnPaths
from svc_notify.channels.smtp import Smtp
from svc_notify.domain import deliveries, kinds, messages
from svc_notify.domain.deliveries import Answer, Delivery, Outcome
from svc_notify.domain.messages import Cause, Channel
from svc_notify.keys import derived_from
from svc_notify.rendering import Letter
from svc_notify.settings import Settings

NOW = datetime(2026, 11, 21, 19, 0, tzinfo=UTC)
DELIVERY_ID = UUID("0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70")
ADDRESS = "ana.popescu@example.org"
SENDER = "Hub de servicii pentru cetățeni <noreply@hub.example>"


def a_delivery() -> Delivery:
    cause = Cause(UUID(int=2), NOW)
    written = messages.write(kinds.ACCOUNT_CONFIRM, UUID(int=1), cause, NOW, confirmation_id=UUID(int=3))
    return deliveries.queue(written, Channel.EMAIL, DELIVERY_ID, NOW)


def a_letter(subject: str = "Înregistrată cu nr. 123") -> Letter:
    return Letter(Language.RO, subject, "Bună ziua,\n.\nTermen: 21.12.2026\n", "<p>Bună ziua,</p>")


def composed(letter: Letter | None = None, sender: str = SENDER, address: str = ADDRESS) -> EmailMessage:
    content = mail.compose(a_delivery(), letter or a_letter(), sender, address)
    return message_from_bytes(content, policy=policy.default)


def test_a_message_says_what_it_is() -> None:
    message = composed()
    assert {name: str(value) for name, value in message.items()} == {
        "From": SENDER,
        "To": ADDRESS,
        "Subject": "Înregistrată cu nr. 123",
        "Date": "Sat, 21 Nov 2026 21:00:00 +0200",
        "Message-ID": f"<{DELIVERY_ID}@hub.example>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "ro",
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="={DELIVERY_ID.hex}"',
    }
    text, html = message.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().replace("\r\n", "\n") == a_letter().text
    assert "Bună ziua" in html.get_content()


def test_a_file_for_calendars_goes_along_and_the_rest_stays_as_it_is() -> None:
    file = "BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nSUMMARY:Pașaport simplu electronic\r\nEND:VCALENDAR\r\n"
    content = mail.compose(a_delivery(), a_letter(), SENDER, ADDRESS, file * 9)
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 78
    message = message_from_bytes(content, policy=policy.default)
    said, attached = message.iter_parts()
    assert message.get_content_type() == "multipart/mixed"
    assert [part.get_content() for part in said.iter_parts()] == [
        part.get_content() for part in composed().iter_parts()
    ]
    assert (attached.get_content_type(), attached.get_filename()) == ("text/calendar", "appointment.ics")
    assert attached.get_content_disposition() == "attachment"
    assert attached["Content-Type"].params["method"] == "PUBLISH"
    assert attached.get_payload(decode=True).decode() == file * 9
    assert [*message.defects, *attached.defects] == []


def test_a_message_travels_as_seven_bits_in_short_lines_and_is_the_same_each_time() -> None:
    content = mail.compose(a_delivery(), a_letter(), SENDER, ADDRESS)
    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert content == mail.compose(a_delivery(), a_letter(), SENDER, ADDRESS)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ana",
        "ana@",
        "@example.org",
        "ana@example.org\r\nBcc: ion@example.org",
        "ana@example.org\nBcc: ion@example.org",
        "ana@example.org\n",
        "ana@example.org, ion@example.org",
        "ana@example.org> SIZE=1",
        "<ana@example.org>",
        "Ana <ana@example.org>",
        '"ana x"@example.org',
        "ană@example.org",
        "ana@exămple.org",
        "ana @example.org",
        "ana\x00@example.org",
        "a" * 65 + "@example.org",
    ],
)
def test_an_address_cannot_bring_headers_or_commands(address: str) -> None:
    with pytest.raises(UnusableAddress):
        composed(address=address)


@pytest.mark.parametrize("subject", ["Nr. 1\r\nBcc: ion@example.org", "Nr. 1\nBcc: ion@example.org"])
def test_a_subject_cannot_bring_headers(subject: str) -> None:
    message = composed(a_letter(subject))
    assert message["Bcc"] is None
    assert message["Subject"] == "Nr. 1 Bcc: ion@example.org"


@given(
    st.text(
        st.characters(exclude_categories=("C", "Zl", "Zp", "Zs"), include_characters=" \r\n\t="), max_size=200
    )
)
def test_a_subject_is_read_as_it_was_meant_and_fits_its_lines(subject: str) -> None:
    content = mail.compose(a_delivery(), a_letter(f"A{subject}"), SENDER, ADDRESS)
    head = content.partition(b"\r\n\r\n")[0]
    assert message_from_bytes(content, policy=policy.default)["Subject"] == " ".join(f"A{subject}".split())
    assert all(len(line) <= 76 for line in head.splitlines() if not line.startswith(b"Message-ID"))
    assert {line.partition(b":")[0] for line in head.splitlines() if not line.startswith(b" ")} == {
        *(b"Content-Type", b"From", b"Auto-Submitted", b"MIME-Version", b"To", b"Subject", b"Date"),
        *(b"Message-ID", b"Content-Language"),
    }


@pytest.fixture
async def connect() -> AsyncIterator[Callable[..., Smtp]]:
    """Make `connect(office)`: our side of the dialogue."""
    made: list[Smtp] = []

    def make(office: Any, **special: Any) -> Smtp:
        smtp = Smtp(Settings(notify_smtp_port=office.port, notify_smtp_host="127.0.0.1", **special))
        made.append(smtp)
        return smtp

    yield make
    for smtp in made:
        await smtp.close()


async def hand_over(smtp: Smtp) -> Outcome:
    return await smtp.hand_over(
        ADDRESS, mail.compose(a_delivery(), a_letter(), "noreply@hub.example", ADDRESS)
    )


async def test_a_message_arrives_as_it_was_written(office: Any, connect: Callable[..., Smtp]) -> None:
    assert await hand_over(connect(office)) == Outcome(Answer.ACCEPTED, 250)
    assert office.recipients == [ADDRESS]
    text = office.letters[0].get_body(("plain",)).get_content()
    assert text.replace("\r\n", "\n") == a_letter().text  # the line with one dot too


async def test_a_connection_is_kept(office: Any, connect: Callable[..., Smtp]) -> None:
    smtp = connect(office)
    for _ in range(3):
        await hand_over(smtp)
    assert (office.connections, len(office.letters)) == (1, 3)


async def test_as_many_connections_as_messages_at_once(office: Any, connect: Callable[..., Smtp]) -> None:
    smtp = connect(office)
    await asyncio.gather(*(hand_over(smtp) for _ in range(3)))
    await asyncio.gather(*(hand_over(smtp) for _ in range(3)))
    assert (office.connections, len(office.letters)) == (3, 6)


async def test_a_kept_connection_that_died_is_replaced(office: Any, connect: Callable[..., Smtp]) -> None:
    smtp = connect(office)
    await hand_over(smtp)
    await office.close()
    await office.open()
    assert (await hand_over(smtp)).answer is Answer.ACCEPTED
    assert len(office.letters) == 2


@pytest.mark.parametrize("reply", ["421 4.4.2 idle too long", "451 4.3.0 not now"])
async def test_what_a_kept_connection_says_before_the_recipient_does_not_count(
    office: Any, connect: Callable[..., Smtp], reply: str
) -> None:
    smtp = connect(office)
    await hand_over(smtp)
    office.reply("MAIL", reply)
    assert (await hand_over(smtp)).answer is Answer.ACCEPTED


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        ("451 4.3.0 not now", Answer.DEFERRED),
        ("554 5.7.1 never", Answer.REFUSED),
        ("421 4.3.2 closing", Answer.OUTAGE),
    ],
)
async def test_an_answer_to_the_message_is_read_by_its_code(
    office: Any, connect: Callable[..., Smtp], command: str, reply: str, answer: Answer
) -> None:
    smtp = connect(office)
    office.reply(command, reply)
    assert await hand_over(smtp) == Outcome(answer, int(reply[:3]))
    assert office.letters == []
    assert (await hand_over(smtp)).answer is Answer.ACCEPTED


@pytest.mark.parametrize("reply", ["550 5.7.1 not you", "452 4.3.1 no room"])
async def test_a_server_that_takes_nothing_from_us_is_an_outage(
    office: Any, connect: Callable[..., Smtp], reply: str
) -> None:
    office.reply("MAIL", reply)
    assert await hand_over(connect(office)) == Outcome(Answer.OUTAGE, int(reply[:3]))


async def test_no_server_is_an_outage(office: Any, connect: Callable[..., Smtp]) -> None:
    await office.close()
    assert await hand_over(connect(office)) == Outcome(Answer.OUTAGE)


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
async def test_a_cut_after_the_recipient_is_this_message_s(
    office: Any, connect: Callable[..., Smtp], command: str
) -> None:
    office.cut(command)
    assert await hand_over(connect(office)) == Outcome(Answer.DEFERRED)


async def test_a_cut_in_the_middle_of_the_message_leaves_nothing(
    office: Any, connect: Callable[..., Smtp]
) -> None:
    office.cuts_in_data = 1
    smtp = connect(office)
    assert await hand_over(smtp) == Outcome(Answer.DEFERRED)
    assert office.letters == []
    assert (await hand_over(smtp)).answer is Answer.ACCEPTED


async def test_a_connection_whose_message_was_refused_is_used_again(
    office: Any, connect: Callable[..., Smtp]
) -> None:
    smtp = connect(office)
    office.reply("RCPT", "550 5.1.1 nobody here")
    assert (await hand_over(smtp)).answer is Answer.REFUSED
    assert (await hand_over(smtp)).answer is Answer.ACCEPTED
    assert (office.connections, len(office.letters)) == (1, 1)


async def test_an_old_connection_is_given_up(
    office: Any, connect: Callable[..., Smtp], monkeypatch: pytest.MonkeyPatch
) -> None:
    smtp = connect(office)
    await hand_over(smtp)
    monkeypatch.setattr(smtp_module, "_OLDEST_SECONDS", -1.0)
    await hand_over(smtp)
    assert (office.connections, len(office.letters)) == (2, 2)


@pytest.mark.parametrize(
    ("can", "said"),
    [
        (True, (["RET=HDRS", f"ENVID={DELIVERY_ID}"], ("NOTIFY=FAILURE,DELAY",))),
        (False, (None, None)),
    ],
)
async def test_a_server_that_can_is_asked_to_report_failures(
    office: Any, connect: Callable[..., Smtp], can: bool, said: tuple[Any, Any]
) -> None:
    """RFC 3461, on a connection that the server has kept."""
    heard: list[Any] = []

    async def take(*_: object, options: Any = None, **__: object) -> SimpleNamespace:
        heard.append(options)
        return SimpleNamespace(code=250)

    async def part(**_: object) -> None:
        heard.append("QUIT")

    kept: Any = SimpleNamespace(supports_extension=lambda _: can, mail=take, rcpt=take, data=take, quit=part)
    smtp = connect(office)
    smtp._idle.append(smtp_module._Kept(kept, smtp_module.monotonic()))
    outcome = await smtp.hand_over(ADDRESS, b"", "bounces+1@hub.example", str(DELIVERY_ID))
    assert (outcome.answer, tuple(heard[:2])) == (Answer.ACCEPTED, said)


KEYS = derived_from(bytes(32))


def test_a_return_path_names_its_delivery_and_tells_whom_it_went_to() -> None:
    paths = ReturnPaths(KEYS, "hub.example")
    made = paths.of(DELIVERY_ID, ADDRESS)
    local, _, domain = made.partition("@")
    assert (len(local) <= 64, domain) == (True, "hub.example")
    assert paths.read(f"rfc822; {made.upper()}") == DELIVERY_ID
    assert paths.was_to(made, DELIVERY_ID, ADDRESS.upper())
    assert not paths.was_to(made, DELIVERY_ID, "ion@example.org")


def test_a_forged_return_path_names_nothing() -> None:
    made = ReturnPaths(derived_from(b"\1" * 32), "hub.example").of(DELIVERY_ID, ADDRESS)
    assert ReturnPaths(KEYS, "hub.example").read(made) is None


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1 with its key, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "office.test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "office.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    return file


@pytest.fixture
def office_with_tls(office: Any, certificate: Path) -> Any:
    """A post office that offers STARTTLS with that certificate."""
    office.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    office.tls.load_cert_chain(certificate)
    return office


@pytest.mark.parametrize(("tls", "encrypted"), [("opportunistic", 1), ("off", 0)])
async def test_starttls_is_used_when_offered_unless_switched_off(
    office_with_tls: Any, connect: Callable[..., Smtp], tls: str, encrypted: int
) -> None:
    assert (await hand_over(connect(office_with_tls, notify_smtp_tls=tls))).answer is Answer.ACCEPTED
    assert office_with_tls.encrypted == encrypted


async def test_required_starttls_takes_a_certificate_it_can_trust(
    office_with_tls: Any, connect: Callable[..., Smtp], certificate: Path
) -> None:
    smtp = connect(
        office_with_tls,
        notify_smtp_tls="required",
        notify_smtp_ca_file=str(certificate),
    )
    smtp._settings = smtp._settings.model_copy(update={"notify_smtp_host": "localhost"})
    assert (await hand_over(smtp)).answer is Answer.ACCEPTED
    assert office_with_tls.encrypted == 1


async def test_required_starttls_refuses_a_stranger_s_certificate(
    office_with_tls: Any, connect: Callable[..., Smtp]
) -> None:
    smtp = connect(office_with_tls, notify_smtp_tls="required")
    assert await hand_over(smtp) == Outcome(Answer.OUTAGE)
    assert office_with_tls.letters == []


async def test_required_starttls_sends_nothing_to_a_server_without(
    office: Any, connect: Callable[..., Smtp]
) -> None:
    assert await hand_over(connect(office, notify_smtp_tls="required")) == Outcome(Answer.OUTAGE)
    assert office.letters == []


def test_a_message_id_is_of_the_sender_s_domain() -> None:
    assert re.fullmatch(r"<[0-9a-f-]{36}@hub\.example>", mail.message_id(DELIVERY_ID, SENDER))


def test_a_provider_of_mailboxes_gets_so_many_a_second_and_nobody_else_waits() -> None:
    pace = Pace({"slow.example": 2.0})
    waits = [pace.wait("a@Slow.example", str(number), 100.0) for number in range(4)]
    assert waits == [0.0, 0.5, 1.0, 1.5]
    assert pace.wait("a@fast.example", "other", 100.0) == 0.0


def test_who_has_waited_goes_in_its_turn_whoever_came_meanwhile() -> None:
    pace = Pace({"slow.example": 1.0})
    for number in range(3):
        pace.wait("a@slow.example", str(number), 100.0)
    assert pace.wait("a@slow.example", "1", 100.4) == pytest.approx(0.6)
    assert pace.wait("a@slow.example", "late", 101.0) == 2.0
    assert pace.wait("a@slow.example", "1", 101.0) == 0.0


def test_a_code_goes_at_once_and_counts() -> None:
    pace = Pace({"slow.example": 1.0})
    assert [pace.wait("a@slow.example", str(n), 5.0, is_code=True) for n in range(3)] == [0.0, 0.0, 0.0]
    assert pace.wait("a@slow.example", "notice", 5.0) == 3.0


@given(st.lists(st.floats(0, 2), min_size=1, max_size=40))
def test_none_goes_sooner_after_the_one_before_than_the_rate_says(pauses: list[float]) -> None:
    pace, went = Pace({"slow.example": 3.0}), []
    coming = [(at, number) for number, at in enumerate(itertools.accumulate(pauses))]
    heapq.heapify(coming)
    while coming:
        at, number = heapq.heappop(coming)
        wait = pace.wait("a@slow.example", str(number), at)
        if wait:
            heapq.heappush(coming, (at + wait, number))
        else:
            went.append(at)
    assert len(went) == len(pauses)
    assert all(later - sooner >= 1 / 3 - 1e-6 for sooner, later in itertools.pairwise(went))
