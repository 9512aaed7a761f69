"""Whether a PDF file is one that we sealed, as we sealed it.

    verdict = verification.verify(pdf, trust, now)

A seal of ours covers the whole file but its own place, which holds hexadecimal digits and nothing else.
So the file is intact exactly when the signature fits its bytes: no PDF is parsed, nothing in the file is
followed, and the time it takes is that of hashing it. Whatever is added later, a revision of any kind,
leaves bytes outside the signature, and is refused: the seal permits no change (DocMDP, P 1).
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError

from . import cms
from .seal import Level

MOST_BYTES: Final = 20_000_000
"""A longer file is none of ours; it is not looked at."""

_MOST_HEXADECIMAL: Final = 200_000
_RANGE: Final = re.compile(
    rb"/ByteRange\s{0,9}\[\s{0,9}0\s{1,9}(\d{1,10})\s{1,9}(\d{1,10})\s{1,9}(\d{1,10})\s{0,9}\]"
)
_PLACE: Final = re.compile(rb"<((?:[0-9a-f]{2})+)>")
_SIGNS_OF_A_SEAL: Final = (b"/ByteRange", b"/ETSI.CAdES.detached", b"/adbe.pkcs7.detached")
_MOMENT: Final = re.compile(rb"/M\(D:(\d{14})\+00'00'\)")


class Outcome(StrEnum):
    """What is to be thought of a file."""

    INTACT = "INTACT"
    ALTERED = "ALTERED"
    UNTRUSTED = "UNTRUSTED"
    REVOKED_SEAL = "REVOKED_SEAL"
    NOT_SEALED = "NOT_SEALED"
    NOT_A_PDF = "NOT_A_PDF"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome, and what is known of the seal where it is genuine.

    `signed_at` is the time stamp's, or what the seal itself says where it has none. `sha256` is that of
    the file, in hexadecimal.
    """

    outcome: Outcome
    sha256: str
    signed_by: str | None = None
    signed_at: datetime | None = None
    level: Level | None = None


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose seals count: those of `organization` (ETSI EN 319 412-1, 5.1.4) below one of the roots.

    An authority issues seals for many; without an organization, each of them counts.
    """

    roots: tuple[x509.Certificate, ...]
    organization: str = ""


def trust_in(roots: Path, organization: str = "") -> Trust:
    """The trust in the roots of a PEM file."""
    return Trust(tuple(x509.load_pem_x509_certificates(roots.read_bytes())), organization)


class _Refused(Exception):
    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class _Seal:
    """A seal as it lies in the file: the bytes that it covers, and its signature in DER."""

    signed: bytes
    der: bytes
    covers_all: bool


def verify(pdf: bytes, trust: Trust, now: datetime) -> Verdict:
    """The verdict on a file of any content; it fails for none."""
    sha256 = hashlib.sha256(pdf).hexdigest()
    try:
        return _examined(_found(pdf), sha256, trust, now)
    except _Refused as refused:
        return Verdict(refused.outcome, sha256)
    except (ValueError, UnsupportedAlgorithm):  # certificates are read bit by bit, as they are needed
        return Verdict(Outcome.ALTERED, sha256)


def _found(pdf: bytes) -> _Seal:
    if not pdf.startswith(b"%PDF-"):
        raise _Refused(Outcome.NOT_A_PDF)
    if len(pdf) > MOST_BYTES:
        raise _Refused(Outcome.NOT_SEALED)
    ranges = list(_RANGE.finditer(pdf))
    if not ranges:
        is_damaged = any(sign in pdf for sign in _SIGNS_OF_A_SEAL)
        raise _Refused(Outcome.ALTERED if is_damaged else Outcome.NOT_SEALED)
    start, end, rest = (int(number) for number in ranges[-1].groups())
    place = _PLACE.fullmatch(pdf, start, end) if end - start < _MOST_HEXADECIMAL else None
    if place is None:
        raise _Refused(Outcome.ALTERED)
    return _Seal(pdf[:start] + pdf[end:], bytes.fromhex(place[1].decode()), end + rest == len(pdf))


def _examined(seal: _Seal, sha256: str, trust: Trust, now: datetime) -> Verdict:
    found = cms.parts(seal.der)
    own = x509.load_der_x509_certificate(found.certificate)
    chain = [x509.load_der_x509_certificate(one) for one in found.chain]
    if not _is_trusted(own, chain, trust, now):
        raise _Refused(Outcome.UNTRUSTED)
    if not seal.covers_all or not _fits(seal, own):
        raise _Refused(Outcome.ALTERED)
    return Verdict(
        Outcome.INTACT,
        sha256,
        signed_by=_organization(own, NameOID.ORGANIZATION_NAME),
        signed_at=_claimed(seal.signed),
        level=Level.B_B,
    )


def _fits(seal: _Seal, own: x509.Certificate) -> bool:
    message = cms.read(seal.der)
    key = own.public_key()
    if hashlib.sha256(seal.signed).digest() != message.digest or not isinstance(
        key, ec.EllipticCurvePublicKey
    ):
        return False
    signed = cms.Template(message.certificate, message.chain).to_sign(message.digest)
    try:
        key.verify(message.signature, signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _is_trusted(own: x509.Certificate, chain: list[x509.Certificate], trust: Trust, now: datetime) -> bool:
    """Whether the certificate may seal, belongs to whom we trust, and was issued below our roots."""
    try:
        usage = own.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    identifier = _organization(own, NameOID.ORGANIZATION_IDENTIFIER)
    if not usage.content_commitment or (trust.organization and identifier != trust.organization):
        return False
    builder = (
        PolicyBuilder()
        .store(Store(list(trust.roots)))
        .time(now)
        .extension_policies(
            ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=ExtensionPolicy.permit_all()
        )
    )
    try:
        builder.build_client_verifier().verify(own, chain)
    except VerificationError:
        return False
    return True


def _organization(certificate: x509.Certificate, kind: x509.ObjectIdentifier) -> str | None:
    found = certificate.subject.get_attributes_for_oid(kind)
    return str(found[0].value) if found else None


def _claimed(signed: bytes) -> datetime | None:
    moments = _MOMENT.findall(signed[signed.rfind(b" obj\n") :])
    return datetime.strptime(moments[0].decode() + "+0000", "%Y%m%d%H%M%S%z") if moments else None
