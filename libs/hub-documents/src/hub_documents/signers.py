"""Where the keys of seals lie: in a file, or in a module that keeps them to itself (PKCS#11).

signer = signers.from_files(trust / "seal.pem", trust / "seal.key", trust / "chain.pem")
signature = signer.sign(data)
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

_ECDSA: Final = ec.ECDSA(hashes.SHA256())


class Signer(Protocol):
    """A key of P-256 with its certificate."""

    @property
    def certificate(self) -> bytes:
        """The certificate of the key, in DER."""

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The authorities above it in DER, the issuing one first, without the root."""

    def sign(self, data: bytes) -> bytes:
        """An ECDSA signature over SHA-256 of the data, as DER (RFC 3279, 2.2.3). It may block."""


@dataclass(frozen=True, slots=True)
class FileSigner:
    """A key that lies in this process's memory."""

    certificate: bytes
    chain: tuple[bytes, ...]
    key: ec.EllipticCurvePrivateKey

    def sign(self, data: bytes) -> bytes:
        """An ECDSA signature over SHA-256 of the data, as DER."""
        return self.key.sign(data, _ECDSA)


def from_files(certificate: Path, key: Path, chain: Path) -> Signer:
    """The signer of these PEM files; `chain` holds the authorities, the issuing one first.

    `ValueError` when they do not belong together, `TypeError` when the key is not of P-256.
    """
    own = x509.load_pem_x509_certificate(certificate.read_bytes())
    above = tuple(der(one) for one in x509.load_pem_x509_certificates(chain.read_bytes()))
    private = load_pem_private_key(key.read_bytes(), None)
    if private.public_key() != own.public_key():
        raise ValueError(f"{key.name} is not the key of {certificate.name}")
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != ec.SECP256R1.name:
        raise TypeError(f"{key.name} is not a key of P-256")
    return FileSigner(der(own), above, private)


def der(certificate: x509.Certificate) -> bytes:
    """The certificate in DER."""
    return certificate.public_bytes(Encoding.DER)
