"""Signatures of e-mails, checked by dkimpy."""

import json
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path

import dkim as oracle
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from dkim.crypto import parse_public_key
from hypothesis import given
from hypothesis import strategies as st

from svc_notify import commands
from svc_notify.channels import dkim
from svc_notify.channels.dkim import Key, UnusableKey

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
RSA = Key("s1", rsa.generate_private_key(65537, 2048))
NEXT = Key("s2", rsa.generate_private_key(65537, 2048))
ED = Key("e1", ed25519.Ed25519PrivateKey.generate())
HEADER = (
    b'From: "Hub de servicii" <noreply@hub.example>\r\nTo: ana@example.org\r\n'
    b"Subject: =?utf-8?q?Cererea_a_fost_=C3=AEnregistrat=C4=83?=\r\n continued\r\n"
    b"Date: Mon, 23 Nov 2026 10:00:00 +0200\r\nMessage-ID: <1@hub.example>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/alternative;\r\n boundary="=1"\r\n'
    b"List-Unsubscribe: <https://hub.example/u>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
)
MESSAGE = HEADER + b"\r\nOne  line \t\r\n\r\ntwo\r\n\r\n\r\n"


def verified(message: bytes, *keys: Key) -> list[bool]:
    """What dkimpy says of each signature; the first stands highest."""

    def record(name: bytes, timeout: int = 5) -> bytes | None:
        found = {f"{key.selector}._domainkey.hub.example.".encode(): key.record.encode() for key in keys}
        return found.get(name)

    checking = oracle.DKIM(message)
    count = message.count(b"DKIM-Signature:")
    return [checking.verify(index, dnsfunc=record) for index in range(count)]


def test_dkimpy_verifies_an_rsa_signature() -> None:
    signed = dkim.sign(MESSAGE, "hub.example", (RSA,), AT)
    assert verified(signed, RSA) == [True]
    assert signed.endswith(MESSAGE)
    assert max(map(len, signed.split(b"\r\n"))) <= 100


def test_during_a_change_of_keys_each_signature_is_good_by_its_own_record() -> None:
    signed = dkim.sign(MESSAGE, "hub.example", (RSA, NEXT), AT)
    assert verified(signed, RSA, NEXT) == [True, True]


def test_the_same_message_has_the_same_signatures() -> None:
    assert dkim.sign(MESSAGE, "hub.example", (RSA, ED), AT) == dkim.sign(
        MESSAGE, "hub.example", (RSA, ED), AT
    )


def test_an_ed25519_signature_is_over_the_hash_of_what_rsa_signs() -> None:
    """RFC 8463, 3: PureEdDSA over the SHA-256 of the canonical fields; its record holds the bare key."""
    signed = dkim.sign(MESSAGE, "hub.example", (ED,), AT)
    assert b"a=ed25519-sha256;" in signed
    assert ED.record.startswith("v=DKIM1; k=ed25519; p=")
    assert verified(signed, ED) == [True]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"One", b"Two"),
        (b"To: ana@", b"To: ion@"),
        (b"Subject:", b"Subject: another\r\nSubject:"),
        (b"MIME-Version: 1.0", b"MIME-Version: 1.1"),
        (b"hub.example/u>", b"evil.example/u>"),
    ],
)
def test_what_is_changed_on_the_way_is_seen(old: bytes, new: bytes) -> None:
    signed = dkim.sign(MESSAGE, "hub.example", (RSA,), AT)
    assert verified(signed.replace(old, new, 1), RSA) == [False]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"One  line \t\r\n", b"One line\r\n"),
        (b"two\r\n\r\n\r\n", b"two\r\n"),
        (b"Message-ID: <1", b"message-id:   <1"),
    ],
)
def test_white_space_and_letter_case_may_change_on_the_way(old: bytes, new: bytes) -> None:
    signed = dkim.sign(MESSAGE, "hub.example", (RSA,), AT)
    assert verified(signed.replace(old, new, 1), RSA) == [True]


LINES = st.lists(st.text("ab \t.", max_size=6), max_size=6).map(
    lambda lines: "".join(f"{line}\r\n" for line in lines).encode()
)
"""Bodies as they travel: each line has its end."""


@given(LINES)
def test_any_body_is_signed_as_dkimpy_reads_it(body: bytes) -> None:
    assert verified(dkim.sign(HEADER + b"\r\n" + body, "hub.example", (RSA,), AT), RSA) == [True]


def write(file: Path, key: object) -> Path:
    encoded = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())  # type: ignore[attr-defined]
    file.write_bytes(encoded)
    return file


def test_keys_are_read_from_files(tmp_path: Path) -> None:
    assert dkim.load("s1", write(tmp_path / "a.pem", RSA.private)).record == RSA.record
    assert dkim.load("e1", write(tmp_path / "b.pem", ED.private)).record == ED.record
    public = parse_public_key(b64decode(RSA.record.partition("p=")[2]))
    assert public["modulus"].bit_length() == 2048


@pytest.mark.parametrize(
    "key",
    [
        rsa.generate_private_key(65537, 1024),  # noqa: S505
        ec.generate_private_key(ec.SECP256R1()),
    ],
    ids=["short", "ec"],
)
def test_a_key_that_nobody_would_trust_is_refused(tmp_path: Path, key: object) -> None:
    with pytest.raises(UnusableKey):
        dkim.load("s1", write(tmp_path / "a.pem", key))


async def test_the_records_of_every_key_are_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "s1": str(write(tmp_path / "a.pem", RSA.private)),
        "e1": str(write(tmp_path / "b.pem", ED.private)),
    }
    monkeypatch.setenv("HUB_NOTIFY_DKIM_KEYS", json.dumps(files))
    assert await commands.show_dkim_records() == (
        f's1._domainkey.hub.example. IN TXT "{RSA.record[:255]}" "{RSA.record[255:]}"\n'
        f'e1._domainkey.hub.example. IN TXT "{ED.record}"'
    )
