"""Time stamps (RFC 3161): asked for, and read.

authority = timestamps.Authority("https://tsa.example.org", http)
token = await authority.stamp(hashlib.sha256(signature).digest())
stamp = timestamps.read(token, hashlib.sha256(signature).digest())
"""

import asyncio
import hashlib
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx2
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from . import cms, paths
from .cms import SignedData
from .der import (
    BOOLEAN,
    CONTEXT_0,
    GENERALIZED_TIME,
    INTEGER,
    OBJECT,
    OCTETS,
    SEQUENCE,
    SET,
    Value,
    first,
    integer,
    tlv,
)

_log = logging.getLogger(__name__)

_ANSWER_SECONDS: Final = 2.0
_REST_SECONDS: Final = 10.0
_NONCE_BITS: Final = 63
_GRANTED: Final = (integer(0), integer(1))
_NULL: Final = b"\x05\x00"
_TRUE: Final = tlv(BOOLEAN, b"\xff")
_TST_INFO: Final = bytes.fromhex("060b2a864886f70d0109100104")
_MOMENT_DIGITS: Final = 14
_SHA2: Final = {
    bytes.fromhex("0609608648016503040201"): hashes.SHA256(),
    bytes.fromhex("0609608648016503040202"): hashes.SHA384(),
    bytes.fromhex("0609608648016503040203"): hashes.SHA512(),
}
_SIGNED_WITH: Final[dict[bytes, hashes.HashAlgorithm | None]] = {
    bytes.fromhex("06082a8648ce3d040302"): hashes.SHA256(),  # ECDSA
    bytes.fromhex("06082a8648ce3d040303"): hashes.SHA384(),
    bytes.fromhex("06082a8648ce3d040304"): hashes.SHA512(),
    bytes.fromhex("06092a864886f70d01010b"): hashes.SHA256(),  # RSA, PKCS #1 v1.5
    bytes.fromhex("06092a864886f70d01010c"): hashes.SHA384(),
    bytes.fromhex("06092a864886f70d01010d"): hashes.SHA512(),
    bytes.fromhex("06092a864886f70d010101"): None,  # RSA with the digest that is named beside it
}


class TimestampUnavailable(Exception):
    """The authority gave no time stamp."""


class TimestampInvalid(ValueError):
    """The token is none, is of another digest, or has been changed."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a time stamp says: that its digest was known at that moment to who holds the certificate."""

    at: datetime
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    nonce: bytes | None


class Authority:
    """A time-stamping authority at an address.

    One that fails is left alone for ten seconds, so that nobody waits for it again and again; `clock`
    counts seconds.
    """

    def __init__(
        self, url: str, http: httpx2.AsyncClient, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._url = url
        self._http = http
        self._clock = clock
        self._rests_until = 0.0

    async def stamp(self, digest: bytes) -> bytes:
        """A token in DER for a SHA-256; `TimestampUnavailable` when there is none within two seconds."""
        token, _ = await self.stamped(digest)
        return token

    async def stamped(self, digest: bytes) -> tuple[bytes, Stamp]:
        """As `stamp`, and what the token says."""
        if self._clock() < self._rests_until:
            raise TimestampUnavailable("left alone after a failure")
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                return await self._asked(digest)
        except (httpx2.HTTPError, TimeoutError, ValueError) as error:
            _log.warning("no time stamp from %s: %r", self._url, error)
            self._rests_until = self._clock() + _REST_SECONDS
            raise TimestampUnavailable("no time stamp was given") from error

    async def _asked(self, digest: bytes) -> tuple[bytes, Stamp]:
        nonce = integer(secrets.randbits(_NONCE_BITS))
        imprint = tlv(SEQUENCE, cms.SHA256, tlv(OCTETS, digest))
        answer = await self._http.post(
            self._url,
            content=tlv(SEQUENCE, integer(1), imprint, nonce, _TRUE),
            headers={"Content-Type": "application/timestamp-query"},
        )
        answer.raise_for_status()
        status, *given = first(answer.content).parts()
        if not given or status.parts()[0].whole not in _GRANTED:
            raise TimestampInvalid("rejected")
        token = given[0].whole
        stamp = read(token, digest)
        if stamp.nonce != nonce:
            raise TimestampInvalid("the answer to another question")
        return token, stamp


def read(token: bytes, digest: bytes) -> Stamp:
    """What the token says of this SHA-256; `TimestampInvalid` when it says nothing.

    Whether its certificate is to be trusted is the caller's question. Each byte is looked at: what the
    token's own signature does not cover must be as it has to be, or be proved by an issuer.
    """
    try:
        return _read(token, digest)
    except Exception as error:  # what anybody wrote is read by parsers that fail in many ways
        raise TimestampInvalid("no token for this digest") from error


def _read(token: bytes, digest: bytes) -> Stamp:
    found = cms.signed_data(token)
    kind, explicit = found.content.parts(OBJECT, CONTEXT_0)
    told = explicit.only(OCTETS).content
    if kind.whole != _TST_INFO or _written(found, told) != token:
        raise TimestampInvalid("of another form")
    _, _, imprint, _, moment, *more = first(told).parts()
    algorithm, hashed = imprint.parts(SEQUENCE, OCTETS)
    if _sha2(algorithm.whole).name != "sha256" or hashed.content != digest:
        raise TimestampInvalid("of another digest")
    own, *chain = map(cms.certificate, found.certificates)
    _check(found, told, own)
    nonces = [one.whole for one in more if one.tag == INTEGER]
    return Stamp(_at(moment), own, tuple(chain), nonces[0] if nonces else None)


def _written(found: SignedData, told: bytes) -> bytes:
    """The token as its parts make it, without anything that none of them proves."""
    signed = tlv(
        SEQUENCE,
        integer(1),
        found.signer.whole,
        found.digest_algorithm,
        tlv(CONTEXT_0, found.signed),
        found.signature_algorithm,
        tlv(OCTETS, found.signature),
    )
    content = tlv(SEQUENCE, _TST_INFO, tlv(CONTEXT_0, tlv(OCTETS, told)))
    certificates = tlv(CONTEXT_0, found.all_certificates.content)
    parts = integer(3), tlv(SET, found.digest_algorithm), content, certificates, tlv(SET, signed)
    return tlv(SEQUENCE, cms.SIGNED_DATA, tlv(CONTEXT_0, tlv(SEQUENCE, *parts)))


def _check(found: SignedData, told: bytes, own: x509.Certificate) -> None:
    """The signed attributes are of this content and this certificate, and signed by its key."""
    digest = _sha2(found.digest_algorithm)
    signed = cms.attributes(found.signed)
    if signed[cms.CONTENT_TYPE] != _TST_INFO:
        raise TimestampInvalid("of other content")
    if first(signed[cms.MESSAGE_DIGEST]).content != hashlib.new(digest.name, told).digest():
        raise TimestampInvalid("changed")
    (identified, *_) = first(signed[cms.SIGNING_CERTIFICATE_V2]).parts()[0].parts()
    algorithm, *rest = identified.parts()
    named = _sha2(algorithm.whole) if algorithm.tag == SEQUENCE else hashes.SHA256()
    hashed = rest[0] if algorithm.tag == SEQUENCE else algorithm
    if hashed.content != own.fingerprint(named):
        raise TimestampInvalid("of another certificate")
    with_digest = _SIGNED_WITH[_plain(found.signature_algorithm)] or digest
    paths.check(own.public_key(), found.signature, tlv(SET, found.signed), with_digest)


def _sha2(algorithm: bytes) -> hashes.HashAlgorithm:
    return _SHA2[_plain(algorithm)]


def _plain(algorithm: bytes) -> bytes:
    """The name of an algorithm without parameters; older writers put NULL in their place."""
    name = first(algorithm).parts()[0].whole
    if algorithm not in (tlv(SEQUENCE, name), tlv(SEQUENCE, name, _NULL)):
        raise TimestampInvalid("with parameters")
    return name


def _at(moment: Value) -> datetime:
    """The time, which may have a fraction of a second (RFC 3161, 2.4.2)."""
    if moment.tag != GENERALIZED_TIME:
        raise TimestampInvalid("without a time")
    whole, _, fraction = moment.content.decode("ascii").removesuffix("Z").partition(".")
    if not (whole.isdecimal() and len(whole) == _MOMENT_DIGITS):
        raise TimestampInvalid("with half a time")
    at = datetime.fromisoformat(f"{whole[:8]}T{whole[8:]}").replace(tzinfo=UTC)
    return at + timedelta(seconds=float(f"0.{fraction or 0}"))
