"""The time-stamp unit of the embedded run (RFC 3161 with the certificate hash of RFC 5816)."""

import hashlib
import secrets
from datetime import UTC, datetime
from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from hub_documents import cms
from hub_documents.der import CONTEXT_0, GENERALIZED_TIME, INTEGER, OCTETS, SEQUENCE, SET, first, integer, tlv

from .authority import Issued

_POLICY: Final = bytes.fromhex("060a60864801650302013001")
"""A policy for tests (NIST, 2.16.840.1.101.3.2.1.48.1)."""
_TST_INFO: Final = bytes.fromhex("060b2a864886f70d0109100104")
_DIGESTS: Final = {
    bytes.fromhex("0609608648016503040201"): 32,
    bytes.fromhex("0609608648016503040202"): 48,
    bytes.fromhex("0609608648016503040203"): 64,
}
_TRUE: Final = b"\x01\x01\xff"
_BAD_ALGORITHM: Final = bytes.fromhex("03020780")
"""PKIFailureInfo, RFC 3161, 2.4.2: bit 0."""
_BAD_FORMAT: Final = bytes.fromhex("03020204")
"""Bit 5."""
_SERIAL_BITS: Final = 63


class Unit:
    """Stamps digests; `issuing` stands above it and goes into its answers."""

    def __init__(self, own: Issued, issuing: Issued) -> None:
        self._key = own.key
        certificate = own.certificate.public_bytes(Encoding.DER)
        above = issuing.certificate.public_bytes(Encoding.DER)
        self._certificates = tlv(CONTEXT_0, *sorted((certificate, above)))
        issuer, serial = own.certificate.issuer.public_bytes(), own.certificate.serial_number
        self._signer = tlv(SEQUENCE, issuer, integer(serial))
        identified = tlv(SEQUENCE, tlv(OCTETS, hashlib.sha256(certificate).digest()))
        self._attributes = (
            cms.attribute(cms.CONTENT_TYPE, _TST_INFO),
            cms.attribute(cms.SIGNING_CERTIFICATE_V2, tlv(SEQUENCE, tlv(SEQUENCE, identified))),
        )

    def answer(self, query: bytes, now: datetime) -> bytes:
        """The answer to a TimeStampReq in DER; one that cannot be met is rejected in it."""
        try:
            _, imprint, *wishes = first(query).parts()
            algorithm, digest = imprint.parts(SEQUENCE, OCTETS)
            name = algorithm.parts()[0].whole
        except (ValueError, LookupError):
            return _rejected(_BAD_FORMAT)
        if _DIGESTS.get(name) != len(digest.content):
            return _rejected(_BAD_ALGORITHM)
        nonces = [wish.whole for wish in wishes if wish.tag == INTEGER]
        told = tlv(
            SEQUENCE,
            integer(1),
            _POLICY,
            imprint.whole,
            integer(secrets.randbits(_SERIAL_BITS)),
            tlv(GENERALIZED_TIME, now.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode()),
            tlv(SEQUENCE, integer(1)),  # right to one second
            *nonces,
        )
        certificates = self._certificates if _TRUE in [wish.whole for wish in wishes] else b""
        granted = tlv(SEQUENCE, integer(0))
        return tlv(SEQUENCE, granted, self._token(told, certificates))

    def _token(self, told: bytes, certificates: bytes) -> bytes:
        digest = cms.attribute(cms.MESSAGE_DIGEST, tlv(OCTETS, hashlib.sha256(told).digest()))
        attributes = sorted((*self._attributes, digest))
        signer = tlv(
            SEQUENCE,
            integer(1),
            self._signer,
            cms.SHA256,
            tlv(CONTEXT_0, *attributes),
            cms.ECDSA_SHA256,
            tlv(OCTETS, self._key.sign(tlv(SET, *attributes), ec.ECDSA(hashes.SHA256()))),
        )
        content = tlv(SEQUENCE, _TST_INFO, tlv(CONTEXT_0, tlv(OCTETS, told)))
        signed_data = tlv(SEQUENCE, integer(3), tlv(SET, cms.SHA256), content, certificates, tlv(SET, signer))
        return tlv(SEQUENCE, cms.SIGNED_DATA, tlv(CONTEXT_0, signed_data))


def _rejected(why: bytes) -> bytes:
    return tlv(SEQUENCE, tlv(SEQUENCE, integer(2), why))
