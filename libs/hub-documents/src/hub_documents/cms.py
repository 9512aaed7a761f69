"""The signature inside a seal: CMS (RFC 5652) as CAdES baseline asks for it (ETSI EN 319 122-1).

Everything but the digest, the signature and the time stamp is the same for each document, and so is
encoded once.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

from asn1crypto import cms
from cryptography import x509

_DATA: Final = bytes.fromhex("06092a864886f70d010701")
_SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
_CONTENT_TYPE: Final = bytes.fromhex("06092a864886f70d010903")
_MESSAGE_DIGEST: Final = bytes.fromhex("06092a864886f70d010904")
_SIGNING_CERTIFICATE_V2: Final = bytes.fromhex("060b2a864886f70d010910022f")
_TIME_STAMP_TOKEN: Final = bytes.fromhex("060b2a864886f70d010910020e")
_SHA256: Final = bytes.fromhex("300b0609608648016503040201")
_ECDSA_SHA256: Final = bytes.fromhex("300a06082a8648ce3d040302")
_VERSION_1: Final = b"\x02\x01\x01"

_INTEGER: Final = 0x02
_OCTETS: Final = 0x04
_SEQUENCE: Final = 0x30
_SET: Final = 0x31
_CONTEXT_0: Final = 0xA0
_CONTEXT_1: Final = 0xA1
_CONTEXT_4: Final = 0xA4
_SHORT: Final = 0x80

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
        serial = _integer(own.serial_number)
        self._signer = _tlv(_SEQUENCE, issuer, serial)
        self._certificates = _tlv(_CONTEXT_0, *sorted((certificate, *chain)))
        issuer_serial = _tlv(_SEQUENCE, _tlv(_SEQUENCE, _tlv(_CONTEXT_4, issuer)), serial)
        identified = _tlv(_SEQUENCE, _tlv(_OCTETS, hashlib.sha256(certificate).digest()), issuer_serial)
        self._attributes = (
            _attribute(_CONTENT_TYPE, _DATA),
            _attribute(_SIGNING_CERTIFICATE_V2, _tlv(_SEQUENCE, _tlv(_SEQUENCE, identified))),
        )

    def to_sign(self, digest: bytes) -> bytes:
        """The signed attributes for a document with this SHA-256, as they are signed."""
        return _tlv(_SET, self._signed(digest))

    def message(self, digest: bytes, signature: bytes, token: bytes | None = None) -> bytes:
        """The signature in DER; `token` is a time stamp (RFC 3161) over `signature`."""
        unsigned = _tlv(_CONTEXT_1, _attribute(_TIME_STAMP_TOKEN, token)) if token else b""
        signer = _tlv(
            _SEQUENCE,
            _VERSION_1,
            self._signer,
            _SHA256,
            _tlv(_CONTEXT_0, self._signed(digest)),
            _ECDSA_SHA256,
            _tlv(_OCTETS, signature),
            unsigned,
        )
        signed_data = _tlv(
            _SEQUENCE,
            _VERSION_1,
            _tlv(_SET, _SHA256),
            _tlv(_SEQUENCE, _DATA),
            self._certificates,
            _tlv(_SET, signer),
        )
        return _tlv(_SEQUENCE, _SIGNED_DATA, _tlv(_CONTEXT_0, signed_data))

    def _signed(self, digest: bytes) -> bytes:
        message_digest = _attribute(_MESSAGE_DIGEST, _tlv(_OCTETS, digest))
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
    return _tlv(_SEQUENCE, kind, _tlv(_SET, value))


def _integer(value: int) -> bytes:
    return _tlv(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _tlv(tag: int, *parts: bytes) -> bytes:
    """A value in DER with its tag and length."""
    content = b"".join(parts)
    length = len(content)
    if length < _SHORT:
        return bytes((tag, length)) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((tag, _SHORT | len(size))) + size + content
