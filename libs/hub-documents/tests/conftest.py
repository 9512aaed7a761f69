"""A key of the facts, as an issuer has one: P-256, its certificate made by a small CA."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hub_documents import facts
from hub_documents.facts import FactsSigner

MakeSigner: TypeAlias = Callable[[str], FactsSigner]


@pytest.fixture(scope="session")
def make_signer(tmp_path_factory) -> MakeSigner:
    def made(name: str) -> FactsSigner:
        folder: Path = tmp_path_factory.mktemp(name)
        authority, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} CA")])
        now = datetime.now(UTC)
        for file, subject, public in (
            ("chain.pem", issuer, authority.public_key()),
            ("facts.pem", x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), key.public_key()),
        ):
            certificate = (
                x509.CertificateBuilder(issuer, subject, public, x509.random_serial_number())
                .not_valid_before(now - timedelta(days=1))
                .not_valid_after(now + timedelta(days=30))
                .sign(authority, hashes.SHA256())
            )
            (folder / file).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        (folder / "facts.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return facts.from_files(folder / "facts.pem", folder / "facts.key", folder / "chain.pem")

    return made


@pytest.fixture(scope="session")
def signer(make_signer) -> FactsSigner:
    return make_signer("issuer")


@pytest.fixture(scope="session")
def certificate(signer) -> bytes:
    """The signer's certificate as PEM."""
    return x509.load_der_x509_certificate(signer.certificate).public_bytes(serialization.Encoding.PEM)


@pytest.fixture(scope="session")
def keys(certificate) -> facts.Keys:
    return facts.keys(certificate)
