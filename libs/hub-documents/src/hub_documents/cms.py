"""The signature inside a seal: CMS (RFC 5652) as CAdES baseline asks for it (ETSI EN 319 122-1).

Everything but the digest, the signature and the time stamp is the same for each document, and so is
encoded once.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from asn1crypto import cms
from cryptography import x509

from .der import CONTEXT_0, CONTEXT_1, CONTEXT_4, OCTETS, SEQUENCE, SET, integer, tlv

_DATA: Final = bytes.fromhex("06092a864886f70d010701")
SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
_CONTENT_TYPE: Final = bytes.fromhex("06092a864886f70d010903")
_MESSAGE_DIGEST: Final = bytes.fromhex("06092a864886f70d010904")
_SIGNING_CERTIFICATE_V2: Final = bytes.fromhex("060b2a864886f70d010910022f")
_TIME_STAMP_TOKEN: Final = bytes.fromhex("060b2a864886f70d010910020e")
_SHA256: Final = bytes.fromhex("300b0609608648016503040201")
_ECDSA_SHA256: Final = bytes.fromhex("300a06082a8648ce3d040302")
_VERSION_1: Final = b"\x02\x01\x01"

DIGEST_BYTES: Final = 32
LONGEST_SIGNATURE: Final = 72


class Unreadable(ValueError):
    """The bytes are no signature of the form that `Template` writes."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a signature consists of."""

    certificate: bytes
    chain: tuple[bytes, ...]
    digest: bytes
    signature: bytes
    token: bytes | None


class Template:
    """The signatures of one certificate."""

    def __init__(self, certificate: bytes, chain: tuple[bytes, ...]) -> None:
        own = x509.load_der_x509_certificate(certificate)
        issuer = own.issuer.public_bytes()
        serial = integer(own.serial_number)
        self._signer = tlv(SEQUENCE, issuer, serial)
        self._certificates = tlv(CONTEXT_0, *sorted((certificate, *chain)))
        issuer_serial = tlv(SEQUENCE, tlv(SEQUENCE, tlv(CONTEXT_4, issuer)), serial)
        identified = tlv(SEQUENCE, tlv(OCTETS, hashlib.sha256(certificate).digest()), issuer_serial)
        self._attributes = (
            _attribute(_CONTENT_TYPE, _DATA),
            _attribute(_SIGNING_CERTIFICATE_V2, tlv(SEQUENCE, tlv(SEQUENCE, identified))),
        )

    def to_sign(self, digest: bytes) -> bytes:
        """The signed attributes for a document with this SHA-256, as they are signed."""
        return tlv(SET, self._signed(digest))

    def message(self, digest: bytes, signature: bytes, token: bytes | None = None) -> bytes:
        """The signature in DER; `token` is a time stamp (RFC 3161) over `signature`."""
        unsigned = tlv(CONTEXT_1, _attribute(_TIME_STAMP_TOKEN, token)) if token else b""
        signer = tlv(
            SEQUENCE,
            _VERSION_1,
            self._signer,
            _SHA256,
            tlv(CONTEXT_0, self._signed(digest)),
            _ECDSA_SHA256,
            tlv(OCTETS, signature),
            unsigned,
        )
        signed_data = tlv(
            SEQUENCE,
            _VERSION_1,
            tlv(SET, _SHA256),
            tlv(SEQUENCE, _DATA),
            self._certificates,
            tlv(SET, signer),
        )
        return tlv(SEQUENCE, SIGNED_DATA, tlv(CONTEXT_0, signed_data))

    def _signed(self, digest: bytes) -> bytes:
        message_digest = _attribute(_MESSAGE_DIGEST, tlv(OCTETS, digest))
        return b"".join(sorted((*self._attributes, message_digest)))


def read(der: bytes) -> Message:
    """The parts of a signature; zeros may follow it. `Unreadable` for what `Template` would not write."""
    message = parts(der)
    template = Template(message.certificate, message.chain)
    written = template.message(message.digest, message.signature, message.token)
    if not der.startswith(written) or der[len(written) :].strip(b"\0"):
        raise Unreadable("of another form")
    return message


def parts(der: bytes) -> Message:
    """The parts of any signature, whatever its form; `Unreadable` when they cannot be found."""
    try:
        signed_data = cms.ContentInfo.load(der)["content"]
        (signer,) = signed_data["signer_infos"]
        serial = signer["sid"].chosen["serial_number"].native
        certificates = [one.chosen for one in signed_data["certificates"]]
        (own,) = (one for one in certificates if one.serial_number == serial)
        signed = {one["type"].native: one["values"][0] for one in signer["signed_attrs"]}
        stamped = [one["values"][0].dump() for one in signer["unsigned_attrs"] or ()]
        return Message(
            certificate=own.dump(),
            chain=tuple(one.dump() for one in certificates if one is not own),
            digest=signed["message_digest"].native,
            signature=signer["signature"].native,
            token=stamped[0] if stamped else None,
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise Unreadable("no signature") from error


def _attribute(kind: bytes, value: bytes) -> bytes:
    return tlv(SEQUENCE, kind, tlv(SET, value))
