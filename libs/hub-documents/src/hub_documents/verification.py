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
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from . import cms, paths, revision, timestamps
from .revocation import Material
from .seal import Level
from .timestamps import Stamp

MOST_BYTES: Final = 20_000_000
"""A longer file is none of ours; it is not looked at."""

_LONGEST_PLACE: Final = 200_000
_BYTE_RANGE: Final = b"/ByteRange"
_RANGE: Final = re.compile(
    rb"/ByteRange\s{0,9}\[\s{0,9}0\s{1,9}(\d{1,10})\s{1,9}(\d{1,10})\s{1,9}(\d{1,10})\s{0,9}\]"
)
_SIGNS_OF_A_SEAL: Final = (b"/ETSI.CAdES.detached", b"/adbe.pkcs7.detached")
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

    An authority issues seals for many; without an organization, each of them counts. `material` knows
    what was revoked; without it, nothing was.
    """

    roots: tuple[x509.Certificate, ...]
    organization: str = ""
    material: Material | None = None

    def revoked_at(self, *path: x509.Certificate) -> datetime | None:
        """Since when the first of these certificates is revoked."""
        return self.material.revoked_at(*path) if self.material else None


def trust_in(roots: Path, organization: str = "", material: Material | None = None) -> Trust:
    """The trust in the roots of a PEM file."""
    return Trust(tuple(x509.load_pem_x509_certificates(roots.read_bytes())), organization, material)


def organization_of(certificate: Path) -> str:
    """The identifier of the organization that a certificate in PEM names; empty when it names none."""
    own = x509.load_pem_x509_certificate(certificate.read_bytes())
    return _attribute(own, NameOID.ORGANIZATION_IDENTIFIER) or ""


class _Refused(Exception):
    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class _Seal:
    """A seal as it lies in the file: the bytes that it covers, and its signature in DER.

    `is_whole` says that it covers everything else, and that its digits are as we write them.
    """

    signed: bytes
    der: bytes
    is_whole: bool


def verify(pdf: bytes, trust: Trust, now: datetime) -> Verdict:
    """The verdict on a file of any content; it fails for none."""
    sha256 = hashlib.sha256(pdf).hexdigest()
    try:
        return _examined(_found(pdf), sha256, trust, now)
    except _Refused as refused:
        return Verdict(refused.outcome, sha256)
    except Exception:  # what anybody wrote is read bit by bit, by parsers that fail in many ways
        return Verdict(Outcome.ALTERED, sha256)


def _found(pdf: bytes) -> _Seal:
    if not pdf.startswith(b"%PDF-"):
        raise _Refused(Outcome.NOT_A_PDF)
    if len(pdf) > MOST_BYTES:
        raise _Refused(Outcome.NOT_SEALED)
    last = pdf.rfind(_BYTE_RANGE)
    if last < 0:
        is_damaged = any(sign in pdf for sign in _SIGNS_OF_A_SEAL)
        raise _Refused(Outcome.ALTERED if is_damaged else Outcome.NOT_SEALED)
    found = _RANGE.match(pdf, last)
    start, end, rest = (int(number) for number in found.groups()) if found else (0, 0, 0)
    place = pdf[start:end]
    if not place.startswith(b"<") or not place.endswith(b">") or len(place) > _LONGEST_PLACE:
        raise _Refused(Outcome.ALTERED)
    der = bytes.fromhex(place[1:-1].decode("ascii"))
    is_whole = end + rest == len(pdf) and place == b"<%b>" % der.hex().encode()
    return _Seal(pdf[:start] + pdf[end:], der, is_whole)


def _examined(seal: _Seal, sha256: str, trust: Trust, now: datetime) -> Verdict:
    message = cms.parts(seal.der)
    own = x509.load_der_x509_certificate(message.certificate)
    if not _may_seal(own, trust):
        raise _Refused(Outcome.UNTRUSTED)
    stamp = _stamp(message, trust, now) if message.token else None
    chain = [x509.load_der_x509_certificate(one) for one in message.chain]
    if not paths.leads_to(trust.roots, own, chain, stamp.at if stamp else now):
        raise _Refused(Outcome.UNTRUSTED)
    if not seal.is_whole or not _fits(seal, own):
        raise _Refused(Outcome.ALTERED)
    revoked_at = trust.revoked_at(own, *chain)
    if revoked_at and not (stamp and stamp.at < revoked_at):
        raise _Refused(Outcome.REVOKED_SEAL)
    return Verdict(
        Outcome.INTACT,
        sha256,
        signed_by=_attribute(own, NameOID.ORGANIZATION_NAME),
        signed_at=stamp.at if stamp else _claimed(seal.signed),
        level=_level(seal, stamp),
    )


def _may_seal(own: x509.Certificate, trust: Trust) -> bool:
    """Whether the certificate is for documents, and of whom we trust."""
    try:
        usage = own.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    identifier = _attribute(own, NameOID.ORGANIZATION_IDENTIFIER)
    return usage.content_commitment and trust.organization in ("", identifier)


def _stamp(message: cms.Message, trust: Trust, now: datetime) -> Stamp | None:
    """The time stamp; nothing when the key of its authority was revoked, and so proves nothing more."""
    stamp = timestamps.read(message.token or b"", hashlib.sha256(message.signature).digest())
    usages = stamp.certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    is_for_stamps = list(usages) == [ExtendedKeyUsageOID.TIME_STAMPING]
    if not is_for_stamps or not paths.leads_to(trust.roots, stamp.certificate, stamp.chain, now):
        raise _Refused(Outcome.UNTRUSTED)
    return None if trust.revoked_at(stamp.certificate, *stamp.chain) else stamp


def _fits(seal: _Seal, own: x509.Certificate) -> bool:
    """Whether the signature has the form that we write, and is over these bytes."""
    message = cms.read(seal.der)
    if hashlib.sha256(seal.signed).digest() != message.digest:
        return False
    signed = cms.Template(message.certificate, message.chain).to_sign(message.digest)
    try:
        paths.check(own.public_key(), message.signature, signed, hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _level(seal: _Seal, stamp: Stamp | None) -> Level:
    if stamp is None:
        return Level.B_B
    return Level.B_LT if revision.STORE in seal.signed else Level.B_T


def _attribute(certificate: x509.Certificate, kind: x509.ObjectIdentifier) -> str | None:
    found = certificate.subject.get_attributes_for_oid(kind)
    return str(found[0].value) if found else None


def _claimed(signed: bytes) -> datetime | None:
    """The time that the seal itself says: in its dictionary, the last object of the file."""
    found = _MOMENT.search(signed, signed.rfind(b" obj\n"))
    return datetime.strptime(found[1].decode() + "+0000", "%Y%m%d%H%M%S%z") if found else None
