"""The signature inside a seal: CMS (RFC 5652) as CAdES baseline asks for it (ETSI EN 319 122-1).

Everything but the digest, the signature and the time stamp is the same for each document, and so is
encoded once.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography import x509

from .der import (
    CONTEXT_0,
    CONTEXT_1,
    CONTEXT_4,
    OCTETS,
    SEQUENCE,
    SET,
    DerInvalid,
    Value,
    first,
    integer,
    tlv,
)

_DATA: Final = bytes.fromhex("06092a864886f70d010701")
SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
CONTENT_TYPE: Final = bytes.fromhex("06092a864886f70d010903")
MESSAGE_DIGEST: Final = bytes.fromhex("06092a864886f70d010904")
SIGNING_CERTIFICATE_V2: Final = bytes.fromhex("060b2a864886f70d010910022f")
_TIME_STAMP_TOKEN: Final = bytes.fromhex("060b2a864886f70d010910020e")
SHA256: Final = bytes.fromhex("300b0609608648016503040201")
ECDSA_SHA256: Final = bytes.fromhex("300a06082a8648ce3d040302")
_VERSION_1: Final = b"\x02\x01\x01"

_USUAL_BYTES: Final = 4_096
_MOST_CERTIFICATES: Final = 8
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
            attribute(CONTENT_TYPE, _DATA),
            attribute(SIGNING_CERTIFICATE_V2, tlv(SEQUENCE, tlv(SEQUENCE, identified))),
        )

    def to_sign(self, digest: bytes) -> bytes:
        """The signed attributes for a document with this SHA-256, as they are signed."""
        return tlv(SET, self._signed(digest))

    def message(self, digest: bytes, signature: bytes, token: bytes | None = None) -> bytes:
        """The signature in DER; `token` is a time stamp (RFC 3161) over `signature`."""
        unsigned = tlv(CONTEXT_1, attribute(_TIME_STAMP_TOKEN, token)) if token else b""
        signer = tlv(
            SEQUENCE,
            _VERSION_1,
            self._signer,
            SHA256,
            tlv(CONTEXT_0, self._signed(digest)),
            ECDSA_SHA256,
            tlv(OCTETS, signature),
            unsigned,
        )
        signed_data = tlv(
            SEQUENCE,
            _VERSION_1,
            tlv(SET, SHA256),
            tlv(SEQUENCE, _DATA),
            self._certificates,
            tlv(SET, signer),
        )
        return tlv(SEQUENCE, SIGNED_DATA, tlv(CONTEXT_0, signed_data))

    def _signed(self, digest: bytes) -> bytes:
        message_digest = attribute(MESSAGE_DIGEST, tlv(OCTETS, digest))
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
        found = signed_data(der)
        own, *chain = found.certificates
        signed, unsigned = attributes(found.signed), attributes(found.unsigned)
        digest = first(signed[MESSAGE_DIGEST]).content
    except (ValueError, LookupError) as error:
        raise Unreadable("no signature") from error
    return Message(own, tuple(chain), digest, found.signature, unsigned.get(_TIME_STAMP_TOKEN))


@dataclass(frozen=True, slots=True)
class SignedData:
    """A signature of one signer (RFC 5652, 5), its parts as they were written.

    `signed` and `unsigned` are the contents of the attributes; `certificates` begins with the signer's.
    """

    content: Value
    certificates: tuple[bytes, ...]
    all_certificates: Value
    signer: Value
    digest_algorithm: bytes
    signed: bytes
    signature_algorithm: bytes
    signature: bytes
    unsigned: bytes


def signed_data(der: bytes) -> SignedData:
    """The parts of a ContentInfo with SignedData; `ValueError` for anything else."""
    kind, explicit = first(der).parts()
    if kind.whole != SIGNED_DATA:
        raise DerInvalid("no signed data")
    _, _, content, certificates, *_, signers = explicit.only(SEQUENCE).parts()
    signer_fields = signers.only(SEQUENCE).parts()
    _, signer, digest_algorithm, signed, signature_algorithm, signature, *unsigned = signer_fields
    return SignedData(
        content=content,
        certificates=_apart(certificates, signer),
        all_certificates=certificates,
        signer=signer,
        digest_algorithm=digest_algorithm.whole,
        signed=signed.content,
        signature_algorithm=signature_algorithm.whole,
        signature=signature.content,
        unsigned=unsigned[0].content if unsigned else b"",
    )


def attributes(content: bytes) -> dict[bytes, bytes]:
    """The first value of each attribute by its kind, both in DER."""
    listed = Value(SET, content, content).parts()
    return {kind.whole: values.parts()[0].whole for kind, values in (one.parts() for one in listed)}


def _apart(certificates: Value, signer: Value) -> tuple[bytes, ...]:
    """The certificate of the signer, named by issuer and number, and the others."""
    found = [one.whole for one in certificates.parts()]
    if len(found) > _MOST_CERTIFICATES:
        raise DerInvalid("more certificates than any path has")
    (own,) = (one for one in found if signer.whole == _parsed(one)[1])
    return own, *(one for one in found if one is not own)


def certificate(der: bytes) -> x509.Certificate:
    """A certificate that was written beside a signature; `ValueError`."""
    return _parsed(der)[0]


def _parsed(der: bytes) -> tuple[x509.Certificate, bytes]:
    """A certificate, and how a signature names it: by issuer and number.

    The usual ones are remembered, because an authority sends the same ones each time; what anybody
    uploads may be large and is not.
    """
    return _usual(der) if len(der) <= _USUAL_BYTES else _parse(der)


@lru_cache(maxsize=64)
def _usual(der: bytes) -> tuple[x509.Certificate, bytes]:
    return _parse(der)


def _parse(der: bytes) -> tuple[x509.Certificate, bytes]:
    found = x509.load_der_x509_certificate(der)
    return found, tlv(SEQUENCE, found.issuer.public_bytes(), integer(found.serial_number))


def attribute(kind: bytes, value: bytes) -> bytes:
    """An attribute of one value, both in DER."""
    return tlv(SEQUENCE, kind, tlv(SET, value))
