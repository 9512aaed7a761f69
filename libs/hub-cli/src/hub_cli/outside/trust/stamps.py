"""The time-stamp unit of the embedded run (RFC 3161 with the certificate hash of RFC 5816)."""

import hashlib
import secrets
from datetime import datetime
from typing import Final

from asn1crypto import cms, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from .authority import Issued

_POLICY: Final = "2.16.840.1.101.3.2.1.48.1"
"""A policy for tests (NIST)."""
_DIGESTS: Final = {"sha256": 32, "sha384": 48, "sha512": 64}


class Unit:
    """Stamps digests; `issuing` stands above it and goes into its answers."""

    def __init__(self, own: Issued, issuing: Issued) -> None:
        self._own = own
        self._der = own.certificate.public_bytes(Encoding.DER)
        self._certificate = x509.Certificate.load(self._der)
        self._chain = [x509.Certificate.load(issuing.certificate.public_bytes(Encoding.DER))]

    def answer(self, query: bytes, now: datetime) -> bytes:
        """The answer to a TimeStampReq in DER; one that cannot be met is rejected in it."""
        try:
            asked = tsp.TimeStampReq.load(query, strict=True)
            imprint = asked["message_imprint"]
            algorithm = imprint["hash_algorithm"]["algorithm"].native
            digest = imprint["hashed_message"].native
        except (ValueError, TypeError):
            return _rejected("bad_data_format")
        if _DIGESTS.get(algorithm) != len(digest):
            return _rejected("bad_alg")
        told = {
            "version": "v1",
            "policy": _POLICY,
            "message_imprint": imprint,
            "serial_number": secrets.randbits(63),
            "gen_time": now.replace(microsecond=0),
            "accuracy": {"seconds": 1},
            "nonce": asked["nonce"].native,
        }
        token = self._token(
            tsp.TSTInfo({name: value for name, value in told.items() if value is not None}).dump(),
            with_certificates=bool(asked["cert_req"].native),
        )
        granted = tsp.TimeStampResp({"status": {"status": "granted"}, "time_stamp_token": token})
        return bytes(granted.dump())

    def _token(self, told: bytes, *, with_certificates: bool) -> cms.ContentInfo:
        identified = {"cert_hash": hashlib.sha256(self._der).digest()}
        attributes = [
            cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
            cms.CMSAttribute({"type": "message_digest", "values": [hashlib.sha256(told).digest()]}),
            cms.CMSAttribute(
                {
                    "type": "signing_certificate_v2",
                    "values": [tsp.SigningCertificateV2({"certs": [tsp.ESSCertIDv2(identified)]})],
                }
            ),
        ]
        signed = cms.CMSAttributes(sorted(attributes, key=lambda attribute: attribute.dump()))
        named = {
            "issuer": self._certificate.issuer,
            "serial_number": self._certificate.serial_number,
        }
        signer = {
            "version": "v1",
            "sid": cms.SignerIdentifier({"issuer_and_serial_number": named}),
            "digest_algorithm": {"algorithm": "sha256"},
            "signed_attrs": signed,
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature": self._own.key.sign(signed.dump(), ec.ECDSA(hashes.SHA256())),
        }
        content = {
            "version": "v3",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(told)},
            "signer_infos": [signer],
        }
        if with_certificates:
            content["certificates"] = [self._certificate, *self._chain]
        return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(content)})


def _rejected(why: str) -> bytes:
    status = {"status": "rejection", "fail_info": {why}}
    return bytes(tsp.TimeStampResp({"status": status}).dump())
