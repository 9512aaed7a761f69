"""What seals and facts are checked against, and the key that signs status lists."""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from . import signers, verification
from .facts import FactsSigner
from .verification import Trust

_COORDINATE_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class FactsKey:
    """A key that signs the facts in QR codes, wallet credentials and status lists; `kid` is base64url."""

    kid: str
    certificate: str
    jwk: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Anchors:
    """What is trusted: certificates are PEM; `chain` is what stands between the root and the others."""

    root: str
    chain: tuple[str, ...]
    facts: FactsKey
    trust: Trust
    signer: FactsSigner


def read(folder: Path, own: Path | None = None) -> Anchors:
    """The anchors in the folder of the trust: `root.pem`, `chain.pem`, `facts.pem`, `facts.key`.

    An authority seals for many: with `own`, the certificate of a seal, only seals of the organization that
    it names are trusted.
    """
    signer = FactsSigner(signers.from_files(folder / "facts.pem", folder / "facts.key", folder / "chain.pem"))
    certificate = x509.load_pem_x509_certificate((folder / "facts.pem").read_bytes())
    chain = x509.load_pem_x509_certificates((folder / "chain.pem").read_bytes())
    return Anchors(
        root=(folder / "root.pem").read_text("ascii"),
        chain=tuple(_pem(link) for link in chain),
        facts=FactsKey(_base64url(signer.kid), _pem(certificate), _jwk(certificate, signer.kid)),
        trust=verification.trust_in(folder / "root.pem", verification.organization_of(own) if own else ""),
        signer=signer,
    )


def _jwk(certificate: x509.Certificate, kid: bytes) -> Mapping[str, str]:
    """The public key as a JSON Web Key (RFC 7517)."""
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise TypeError("facts are signed with a P-256 key")
    numbers = key.public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": _base64url(numbers.x.to_bytes(_COORDINATE_BYTES)),
        "y": _base64url(numbers.y.to_bytes(_COORDINATE_BYTES)),
        "alg": "ES256",
        "use": "sig",
        "kid": _base64url(kid),
    }


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode("ascii")


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
