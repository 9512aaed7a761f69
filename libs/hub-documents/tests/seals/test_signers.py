"""Keys in files and in a module: SoftHSM2 stands for the HSM of a deployment."""

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hub_documents import signers, verification
from hub_documents.seal import Sealer
from hub_documents.signers import Pkcs11, Signer
from hub_documents.verification import Outcome, Trust
from hub_testing import programs

from .conftest import NAME, REASON

MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
PIN = "1234"


@pytest.fixture(scope="session")
def module(trust_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """SoftHSM2 with the keys `seal` and `facts` in the token `seals`; it gives its path."""
    util = programs.path("softhsm2-util")
    found = [path for path in MODULES if Path(path).exists()]
    if not found:
        programs.missing(f"no SoftHSM2 on this machine at any of {', '.join(MODULES)}")
    folder = tmp_path_factory.mktemp("softhsm")
    settings = folder / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {folder}\nobjectstore.backend = file\nlog.level = ERROR\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(settings)
    tool = [util, "--pin", PIN]
    made = ["--init-token", "--free", "--label", "seals", "--so-pin", PIN]
    subprocess.run([*tool, *made], check=True, capture_output=True)
    for number, name in (("01", "seal"), ("02", "facts")):
        key = trust_folder / f"{name}.key"
        kept = ["--import", str(key), "--token", "seals", "--label", name, "--id", number]
        subprocess.run([*tool, *kept], check=True, capture_output=True)
    yield found[0]
    if before is None:
        del os.environ["SOFTHSM2_CONF"]


def in_module(trust_folder: Path, folder: Path, module: str, name: str = "seal") -> Signer:
    """The signer of the seal whose key file names a key of the module."""
    pin, address = folder / "pin", folder / "seal.key"
    pin.write_text(f"{PIN}\n")
    address.write_text(f"pkcs11:token=seals;object={name}?module-path={module}&pin-source=file:{pin}\n")
    return signers.from_files(trust_folder / "seal.pem", address, trust_folder / "chain.pem")


async def test_a_key_in_a_module_seals_as_one_in_a_file(
    module: str, trust_folder: Path, tmp_path: Path, trust: Trust, pdf: bytes, now: datetime
) -> None:
    signer = in_module(trust_folder, tmp_path, module)
    assert isinstance(signer, Pkcs11)
    sealed = await Sealer(signer, name=NAME, reason=REASON).seal(pdf, now)
    assert verification.verify(sealed.content, trust, now).outcome == Outcome.INTACT


def test_threads_share_the_one_session(module: str, trust_folder: Path, tmp_path: Path) -> None:
    signer = in_module(trust_folder, tmp_path, module)
    key = x509.load_der_x509_certificate(signer.certificate).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    with ThreadPoolExecutor(8) as threads:
        contents = [b"%d" % number for number in range(200)]
        for content, signature in zip(contents, threads.map(signer.sign, contents), strict=True):
            key.verify(signature, content, ec.ECDSA(hashes.SHA256()))


def test_a_session_that_was_lost_is_opened_again(module: str, trust_folder: Path, tmp_path: Path) -> None:
    signer = in_module(trust_folder, tmp_path, module)
    assert isinstance(signer, Pkcs11)
    signer.sign(b"before")
    assert signer._token._session
    signer._token._session.close()
    assert signer.sign(b"after")


def test_two_keys_of_a_token_share_its_session(module: str, trust_folder: Path, tmp_path: Path) -> None:
    seal = in_module(trust_folder, tmp_path, module)
    address = tmp_path / "seal.key"
    address.write_text(address.read_text().replace("object=seal", "object=facts"))
    facts = signers.from_files(trust_folder / "facts.pem", address, trust_folder / "chain.pem")
    assert seal.sign(b"content") != facts.sign(b"content")


def test_another_key_in_the_module_is_refused(module: str, trust_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not that of the certificate"):
        in_module(trust_folder, tmp_path, module, name="facts").sign(b"content")


def test_another_key_in_the_file_is_refused(trust_folder: Path) -> None:
    with pytest.raises(ValueError, match="not the key of"):
        signers.from_files(trust_folder / "seal.pem", trust_folder / "facts.key", trust_folder / "chain.pem")


def test_only_keys_of_p_256_are_taken(trust_folder: Path, tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        signers.from_files(
            trust_folder / "issuing.pem", trust_folder / "issuing.key", trust_folder / "chain.pem"
        )
    other = rsa.generate_private_key(65537, 2048).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    (tmp_path / "rsa.key").write_bytes(other)
    with pytest.raises(ValueError, match="not the key of"):
        signers.from_files(trust_folder / "seal.pem", tmp_path / "rsa.key", trust_folder / "chain.pem")


def test_a_signature_is_of_its_data(signer: Signer) -> None:
    key = x509.load_der_x509_certificate(signer.certificate).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(signer.sign(b"one"), b"one", ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        key.verify(signer.sign(b"one"), b"two", ec.ECDSA(hashes.SHA256()))
