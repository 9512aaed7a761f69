"""A program in another language, with the public key alone, says what a QR code is worth."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from hub_cli.outside.trust import authority
from hub_core import typed_codes
from hub_documents import facts, status_list
from hub_documents.facts import FactsSigner
from hub_documents.status_list import Status
from svc_criminal_record.documents import printing
from svc_criminal_record.domain.facts import Facts, expires_at
from svc_criminal_record.domain.hints import Hint
from svc_criminal_record.domain.products import Product

from .documents.build import a_document

ORIGIN = "https://hub.example"
NOW = datetime.now(UTC)
ISSUED = Facts(
    product=Product.CRIMINAL_RECORD,
    number="CJ 0048213",
    code="K7QF2M9XT4PA8WDC",
    holder=Hint.of("Ștefănel Bălaș Țurcan-Szőke", "1850312149006"),
    motive="angajare",
    issued_at=NOW.replace(microsecond=0),
    valid_until=(NOW + timedelta(days=180)).date(),
    status_list=f"{ORIGIN}/criminal-record/v1/status-lists/1",
    status_index=482_113,
)


def signer_in(folder: Path) -> FactsSigner:
    return facts.from_files(folder / "facts.pem", folder / "facts.key", folder / "chain.pem")


@pytest.fixture(scope="module")
def issuer(trust_folder) -> tuple[FactsSigner, Path]:
    """The signer, and the file with its certificate that verifiers have."""
    return signer_in(trust_folder), trust_folder / "facts.pem"


@pytest.fixture(scope="module")
def somebody_else(tmp_path_factory) -> FactsSigner:
    folder = tmp_path_factory.mktemp("another")
    authority.make(str(folder), "http://localhost/trust")
    return signer_in(folder)


def qr(issued: Facts, signer: FactsSigner, origin: str = ORIGIN) -> str:
    return facts.address(origin, typed_codes.grouped(issued.code), facts.sign(issued.claims(), signer))


def a_list(folder: Path, signer: FactsSigner, revoked: set[int], **changed: Any) -> Path:
    size = changed.pop("size", 1 << 20)
    given = {
        "address": ISSUED.status_list,
        "issued_at": NOW,
        "valid_for": timedelta(days=1),
        "ttl": timedelta(hours=1),
    } | changed
    packed = status_list.bits(dict.fromkeys(revoked, Status.INVALID), size, given.get("width", 1))
    file = folder / "list.jwt"
    file.write_text(status_list.token(packed, signer, **given))
    return file


def test_it_says_whose_certificate_it_is_and_for_what(offline, issuer) -> None:
    signer, pem = issuer
    ended, said, _ = offline(qr(ISSUED, signer), pem)
    assert ended == 0
    assert said == {
        "standing": "VALID",
        "type": "CRIMINAL_RECORD",
        "no": "CJ 0048213",
        "holder": "Ș. B. Ț. S.",
        "last4": "9006",
        "motive": "angajare",
        "code": "K7QF2M9XT4PA8WDC",
        "issued": f"{ISSUED.issued_at:%Y-%m-%dT%H:%M:%S}.000Z",
        "expires": f"{expires_at(ISSUED.valid_until).astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
        "revocation": f"not checked: {ISSUED.status_list}",
    }


def test_what_is_scanned_from_a_print_of_150_dots_is_verified(offline, issuer, program, tmp_path) -> None:
    signer, pem = issuer
    issued = replace(ISSUED, motive="angajare-in-strainatate", holder=Hint("Ș. A. Ț. S. K. Ő.", "9006"))
    link = qr(issued, signer, "https://certificate.hub.example.gov.ro")
    path = tmp_path / "certificate.pdf"
    path.write_bytes(printing.pdf(printing.renderer(), a_document(link=link)))
    program("pdftoppm", "-r", "150", "-gray", "-singlefile", path, tmp_path / "print")
    scanned = program("zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", tmp_path / "print.pgm")
    ended, said, _ = offline(scanned.decode().strip(), pem)
    assert (ended, said["no"], said["holder"]) == (0, "CJ 0048213", "Ș. A. Ț. S. K. Ő.")


def test_a_public_key_will_do_and_a_holder_without_a_number(offline, issuer, tmp_path) -> None:
    signer, pem = issuer
    public = x509.load_pem_x509_certificate(pem.read_bytes()).public_key()
    bare = tmp_path / "facts.pub"
    bare.write_bytes(
        public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    ended, said, _ = offline(qr(replace(ISSUED, holder=Hint("I. P.", None)), signer), bare)
    assert (ended, said["holder"], said["last4"]) == (0, "I. P.", None)


@pytest.mark.parametrize("width", [1, 2])
def test_with_the_list_it_says_whether_it_was_revoked(offline, issuer, tmp_path, width) -> None:
    signer, pem = issuer
    text = qr(ISSUED, signer)
    around = {ISSUED.status_index - 1, ISSUED.status_index + 1}
    ended, said, _ = offline(text, pem, a_list(tmp_path, signer, around, width=width))
    assert (ended, said["standing"], said["revocation"]) == (0, "VALID", "checked")
    ended, said, _ = offline(text, pem, a_list(tmp_path, signer, {ISSUED.status_index}, width=width))
    assert (ended, said["standing"], said["revocation"]) == (1, "REVOKED", "checked")


def test_an_expired_one_is_not_to_be_relied_on(offline, issuer) -> None:
    signer, pem = issuer
    ended, said, _ = offline(qr(replace(ISSUED, valid_until=date(2026, 1, 31)), signer), pem)
    assert (ended, said["standing"]) == (1, "EXPIRED")


def test_no_flipped_byte_makes_it_say_anything_else(offline, issuer) -> None:
    signer, pem = issuer
    token = facts.sign(ISSUED.claims(), signer)
    for place in range(2, len(token), 23):  # behind the tag and the number of parts, which say nothing
        changed = token[:place] + bytes([token[place] ^ 1]) + token[place + 1 :]
        ended, other, _ = offline(facts.address(ORIGIN, ISSUED.code, changed), pem)
        assert (ended, other) == (1, {}), place


def test_another_key_and_another_address_are_refused(offline, issuer, somebody_else) -> None:
    signer, pem = issuer
    ended, said, why = offline(qr(ISSUED, somebody_else), pem)
    assert (ended, said) == (1, {})
    assert "not signed with this key" in why
    moved = facts.address(ORIGIN, "0000000000000000", facts.sign(ISSUED.claims(), signer))
    ended, said, why = offline(moved, pem)
    assert (ended, said) == (1, {})
    assert "the address is of another certificate" in why


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"address": f"{ISSUED.status_list}0"}, "not a current list"),
        ({"issued_at": NOW - timedelta(days=2)}, "not a current list"),
        ({"size": 8}, "too short"),
    ],
)
def test_a_list_that_does_not_speak_of_it_clears_it_of_nothing(
    offline, issuer, tmp_path, changed, complaint
) -> None:
    signer, pem = issuer
    ended, said, why = offline(qr(ISSUED, signer), pem, a_list(tmp_path, signer, set(), **changed))
    assert (ended, said) == (1, {})
    assert complaint in why


def test_a_list_that_somebody_else_signed_clears_it_of_nothing(
    offline, issuer, somebody_else, tmp_path
) -> None:
    signer, pem = issuer
    ended, said, why = offline(qr(ISSUED, signer), pem, a_list(tmp_path, somebody_else, set()))
    assert (ended, said) == (1, {})
    assert "not a list signed with this key" in why
