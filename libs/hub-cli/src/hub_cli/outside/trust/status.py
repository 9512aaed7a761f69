"""What the authority of the embedded run has revoked: lists (RFC 5280, 5) and answers (RFC 6960)."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import ocsp

from hub_cli import vault

from . import authority
from .authority import Issued

_REVOKED: Final = "revoked.json"
_SINCE: Final = timedelta(minutes=5)
_LASTS: Final = timedelta(hours=12)
_LISTS: Final = (authority.ROOT, authority.ISSUING)


class UnknownName(LookupError):
    """The authority has issued no certificate of this name."""


class Registry:
    """The certificates in the folder that `authority.make` filled, and which of them are revoked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._authorities = {name: authority.load(folder, name) for name in _LISTS}
        self._responder = authority.load(folder, authority.OCSP)

    def revoke(self, name: str, at: datetime) -> None:
        """Revoke a certificate, as one whose key has been stolen; `UnknownName` where there is none.

        The seal of an institution goes by the institution's id.
        """
        if name in (authority.ISSUING, *authority.NAMES):
            found = authority.certificate(self._folder, name)
        elif name in {place.name for place in (self._folder / authority.SEALS).glob("*")}:
            found = authority.certificate(self._folder / authority.SEALS / name, authority.SEAL)
        else:
            raise UnknownName(name)
        serial_number = found.serial_number
        revoked = self._revoked() | {serial_number: at}
        told = {str(serial): moment.isoformat() for serial, moment in revoked.items()}
        vault.write(self._folder / _REVOKED, json.dumps(told))

    def crl(self, name: str, now: datetime) -> bytes:
        """The list of the root or of the issuing authority, in DER."""
        if name not in self._authorities:
            raise UnknownName(name)
        issuer = self._authorities[name]
        since = _second(now) - _SINCE
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(issuer.certificate.subject)
            .last_update(since)
            .next_update(since + _LASTS)
            .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
            .add_extension(_identifier(issuer), critical=False)
        )
        below_root = authority.certificate(self._folder, authority.ISSUING).serial_number
        for serial, at in self._revoked().items():
            if (serial == below_root) != (name == authority.ROOT):
                continue
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(serial)
                .revocation_date(at)
                .add_extension(x509.CRLReason(x509.ReasonFlags.key_compromise), critical=False)
                .build()
            )
        return builder.sign(issuer.key, hashes.SHA384()).public_bytes(Encoding.DER)

    def answer(self, query: bytes, now: datetime) -> bytes:
        """The answer to an OCSPRequest in DER, about one certificate below the issuing authority."""
        try:
            asked = ocsp.load_der_ocsp_request(query)
            serial, algorithm = asked.serial_number, asked.hash_algorithm
        except ValueError:
            return _refused(ocsp.OCSPResponseStatus.MALFORMED_REQUEST)
        issuer = self._authorities[authority.ISSUING].certificate
        if asked.issuer_key_hash != _key_hash(issuer, algorithm):
            return _refused(ocsp.OCSPResponseStatus.UNAUTHORIZED)
        revoked = self._revoked().get(serial)
        since = _second(now) - _SINCE
        builder = (
            ocsp.OCSPResponseBuilder()
            .add_response_by_hash(
                asked.issuer_name_hash,
                asked.issuer_key_hash,
                serial,
                algorithm,
                ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
                since,
                since + _LASTS,
                revoked,
                x509.ReasonFlags.key_compromise if revoked else None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self._responder.certificate)
            .certificates([self._responder.certificate])
        )
        return builder.sign(self._responder.key, hashes.SHA256()).public_bytes(Encoding.DER)

    def _revoked(self) -> dict[int, datetime]:
        file = self._folder / _REVOKED
        told = json.loads(file.read_text()) if file.exists() else {}
        return {int(serial): datetime.fromisoformat(at) for serial, at in told.items()}


def _identifier(issuer: Issued) -> x509.AuthorityKeyIdentifier:
    own = issuer.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def _key_hash(issuer: x509.Certificate, algorithm: hashes.HashAlgorithm) -> bytes:
    """As in an OCSP request: over the bits of the key, without its algorithm."""
    if isinstance(algorithm, hashes.SHA1):
        return x509.SubjectKeyIdentifier.from_public_key(issuer.public_key()).digest
    bits = issuer.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    hashed = hashes.Hash(algorithm)
    hashed.update(bits)
    return hashed.finalize()


def _refused(status: ocsp.OCSPResponseStatus) -> bytes:
    return ocsp.OCSPResponseBuilder.build_unsuccessful(status).public_bytes(Encoding.DER)


def _second(now: datetime) -> datetime:
    return now.replace(microsecond=0)
