"""Time stamps (RFC 3161): asked for, and read.

authority = timestamps.Authority("https://tsa.example.org", http)
token = await authority.stamp(hashlib.sha256(signature).digest())
stamp = timestamps.read(token, hashlib.sha256(signature).digest())
"""

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import httpx2
from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes

from . import paths
from .cms import SIGNED_DATA
from .der import CONTEXT_0, OCTETS, SEQUENCE, SET, integer, tlv

_ANSWER_SECONDS: Final = 2.0
_REST_SECONDS: Final = 10.0
_DIGESTS: Final = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}
_TST_INFO: Final = bytes.fromhex("060b2a864886f70d0109100104")
_NULL: Final = b"\x05\x00"
_GRANTED: Final = ("granted", "granted_with_mods")
_NONCE_BITS: Final = 63
_FAULTS: Final = (
    AttributeError,
    InvalidSignature,
    LookupError,
    RecursionError,
    TypeError,
    UnsupportedAlgorithm,
    ValueError,
)


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
        if self._clock() < self._rests_until:
            raise TimestampUnavailable("left alone after a failure")
        try:
            return await self._asked(digest)
        except (httpx2.HTTPError, ValueError, TypeError) as error:
            self._rests_until = self._clock() + _REST_SECONDS
            raise TimestampUnavailable("no time stamp was given") from error

    async def _asked(self, digest: bytes) -> bytes:
        nonce = secrets.randbits(_NONCE_BITS)
        imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest}
        query = tsp.TimeStampReq(
            {"version": "v1", "message_imprint": imprint, "nonce": nonce, "cert_req": True}
        )
        answer = await self._http.post(
            self._url,
            content=query.dump(),
            headers={"Content-Type": "application/timestamp-query"},
            timeout=_ANSWER_SECONDS,
        )
        answer.raise_for_status()
        told = tsp.TimeStampResp.load(answer.content, strict=True)
        if told["status"]["status"].native not in _GRANTED:
            raise TimestampInvalid("rejected")
        token: bytes = told["time_stamp_token"].dump()
        if _told(token)["nonce"].native != nonce:
            raise TimestampInvalid("the answer to another question")
        read(token, digest)
        return token


def read(token: bytes, digest: bytes) -> Stamp:
    """What the token says of this SHA-256; `TimestampInvalid` when it says nothing.

    Whether its certificate is to be trusted is the caller's question. Each byte is looked at: what the
    token's own signature does not cover must be as it has to be, or be proved by an issuer.
    """
    try:
        return _read(token, digest)
    except _FAULTS as error:
        raise TimestampInvalid("no token") from error


def _read(token: bytes, digest: bytes) -> Stamp:
    signed_data = cms.ContentInfo.load(token, strict=True)["content"]
    (signer,) = signed_data["signer_infos"]
    certificates = [x509.load_der_x509_certificate(one.chosen.dump()) for one in signed_data["certificates"]]
    named = signer["sid"].chosen
    (own,) = (one for one in certificates if one.serial_number == named["serial_number"].native)
    told = _told(token)
    imprint = told["message_imprint"]
    if (
        imprint["hash_algorithm"]["algorithm"].native != "sha256"
        or imprint["hashed_message"].native != digest
    ):
        raise TimestampInvalid("of another digest")
    if named["issuer"].dump() != own.issuer.public_bytes() or _written(signed_data, signer) != token:
        raise TimestampInvalid("of another form")
    _check_attributes(signer, signed_data["encap_content_info"]["content"].contents, own)
    _check_signature(signer, own)
    at: datetime = told["gen_time"].native
    return Stamp(at, own, tuple(one for one in certificates if one is not own))


def _told(token: bytes) -> Any:
    """The TSTInfo."""
    return cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed


def _written(signed_data: Any, signer: Any) -> bytes:
    """The token as its parts make it, without anything that none of them proves."""
    digest_algorithm = _plain(signer["digest_algorithm"])
    content = signed_data["encap_content_info"]["content"].contents
    signed = tlv(
        SEQUENCE,
        integer(1),
        signer["sid"].chosen.dump(),
        digest_algorithm,
        tlv(CONTEXT_0, signer["signed_attrs"].contents),
        _plain(signer["signature_algorithm"]),
        tlv(OCTETS, signer["signature"].native),
    )
    told = tlv(SEQUENCE, _TST_INFO, tlv(CONTEXT_0, tlv(OCTETS, content)))
    certificates = tlv(CONTEXT_0, signed_data["certificates"].contents)
    parts = integer(3), tlv(SET, digest_algorithm), told, certificates, tlv(SET, signed)
    return tlv(SEQUENCE, SIGNED_DATA, tlv(CONTEXT_0, tlv(SEQUENCE, *parts)))


def _plain(algorithm: Any) -> bytes:
    """An algorithm without parameters; older ones write NULL in their place."""
    written: bytes = algorithm.dump()
    name = algorithm["algorithm"].dump()
    if written not in (tlv(SEQUENCE, name), tlv(SEQUENCE, name, _NULL)):
        raise TimestampInvalid("with parameters")
    return written


def _check_attributes(signer: Any, told: bytes, own: x509.Certificate) -> None:
    """The signed attributes are of this content and of this certificate."""
    signed = {one["type"].native: one["values"][0] for one in signer["signed_attrs"]}
    if signed["content_type"].native != "tst_info":
        raise TimestampInvalid("of other content")
    hashed = hashlib.new(signer["digest_algorithm"]["algorithm"].native, told).digest()
    if signed["message_digest"].native != hashed:
        raise TimestampInvalid("changed")
    identified = signed["signing_certificate_v2"]["certs"][0]
    algorithm = _DIGESTS[identified["hash_algorithm"]["algorithm"].native]
    if identified["cert_hash"].native != own.fingerprint(algorithm):
        raise TimestampInvalid("of another certificate")


def _check_signature(signer: Any, own: x509.Certificate) -> None:
    """`InvalidSignature` when it is not of this key."""
    algorithm = signer["signature_algorithm"]
    named = algorithm.hash_algo if algorithm.signature_algo == "ecdsa" else None
    digest = _DIGESTS[named or signer["digest_algorithm"]["algorithm"].native]
    signed = tlv(SET, signer["signed_attrs"].contents)
    paths.check(own.public_key(), signer["signature"].native, signed, digest)
