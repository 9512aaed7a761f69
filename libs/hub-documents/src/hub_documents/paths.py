"""Whether one certificate was issued below another (RFC 5280, 6)."""

from collections.abc import Iterable
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError


def leads_to(
    roots: Iterable[x509.Certificate],
    certificate: x509.Certificate,
    chain: Iterable[x509.Certificate],
    at: datetime,
) -> bool:
    """Whether a path of certificates valid at that time leads from this one to one of the roots.

    The path has to need the whole chain: bytes that prove nothing are not accepted. Authorities are held
    to what browsers ask of them; what the certificate itself is for is the caller's question.
    """
    builder = (
        PolicyBuilder()
        .store(Store(list(roots)))
        .time(at)
        .extension_policies(
            ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=ExtensionPolicy.permit_all()
        )
    )
    chain = list(chain)
    try:
        path = builder.build_client_verifier().verify(certificate, chain).chain
    except VerificationError:
        return False
    return all(one in path for one in chain)


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the issuer's name and key fit; nothing else is looked at."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def check(key: object, signature: bytes, content: bytes, algorithm: hashes.HashAlgorithm) -> None:
    """`InvalidSignature` unless this key, of an elliptic curve or RSA (PKCS #1 v1.5), signed the content."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, content, ec.ECDSA(algorithm))
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, content, padding.PKCS1v15(), algorithm)
    else:
        raise InvalidSignature("of a kind that is not known")
