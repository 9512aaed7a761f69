"""Where the keys of seals lie: in a file, or in a module that keeps them to itself (PKCS#11).

signer = signers.from_files(trust / "seal.pem", trust / "seal.key", trust / "chain.pem")
signature = signer.sign(data)
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, Protocol
from urllib.parse import parse_qsl

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from . import paths

if TYPE_CHECKING:
    from pkcs11 import Session

_PKCS11: Final = "pkcs11:"
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


class Pkcs11:
    """A key that never leaves a module: an HSM, a card, SoftHSM2.

    `address` says where it lies (RFC 7512): `pkcs11:token=seals;object=seal?module-path=/usr/lib/….so` with
    `pin-source=file:/run/secrets/pin` or `pin-value=…`. A process has one session for each token, which one
    thread uses at a time; it is opened at the first signature, and again when the module has gone away.
    """

    def __init__(self, certificate: bytes, chain: tuple[bytes, ...], address: str) -> None:
        self.certificate = certificate
        self.chain = chain
        place, _, query = address.strip().removeprefix(_PKCS11).partition("?")
        named = dict(parse_qsl(place, separator=";", strict_parsing=True))
        module = dict(parse_qsl(query, strict_parsing=True))
        self._object = named["object"]
        self._pin = module.get("pin-value", "")
        self._pin_source = module.get("pin-source", "").removeprefix("file:")
        self._token = _token(module["module-path"], named["token"])
        self._is_checked = False

    def sign(self, data: bytes) -> bytes:
        """An ECDSA signature over SHA-256 of the data, as DER; `ValueError` when the key is another one."""
        pin = Path(self._pin_source).read_text().strip() if self._pin_source else self._pin
        both = self._token.sign(self._object, hashlib.sha256(data).digest(), pin)
        r, s = both[: len(both) // 2], both[len(both) // 2 :]
        signature = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
        if not self._is_checked:
            self._check(data, signature)
        return signature

    def _check(self, data: bytes, signature: bytes) -> None:
        public = x509.load_der_x509_certificate(self.certificate).public_key()
        try:
            paths.check(public, signature, data, hashes.SHA256())
        except InvalidSignature:
            raise ValueError("the key in the module is not that of the certificate") from None
        self._is_checked = True


class _Token:
    """The one session of this process with a token; logging in is a matter of the whole process."""

    def __init__(self, module: str, label: str) -> None:
        self._module = module
        self._label = label
        self._lock = Lock()
        self._session: Session | None = None
        self._keys: dict[str, Any] = {}

    def sign(self, name: str, digest: bytes, pin: str) -> bytes:
        """The two numbers of the signature, one after the other."""
        from pkcs11.exceptions import PKCS11Error

        with self._lock:
            try:
                return self._signed(name, digest, pin)
            except PKCS11Error:
                self._close()
                return self._signed(name, digest, pin)

    def _signed(self, name: str, digest: bytes, pin: str) -> bytes:
        from pkcs11 import Mechanism, ObjectClass, lib

        if self._session is None:
            self._session = lib(self._module).get_token(token_label=self._label).open(user_pin=pin)
        if name not in self._keys:
            self._keys[name] = self._session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=name)
        signature: bytes = self._keys[name].sign(digest, mechanism=Mechanism.ECDSA)
        return signature

    def _close(self) -> None:
        session, self._session, self._keys = self._session, None, {}
        if session:
            with suppress(Exception):  # it has failed already
                session.close()


_token = lru_cache(_Token)
"""The same one for the same module and label."""


def from_files(certificate: Path, key: Path, chain: Path) -> Signer:
    """The signer of these PEM files; `chain` holds the authorities, the issuing one first.

    Where the key lies in a module, the file `key` holds its address (`Pkcs11`). `ValueError` when they do
    not belong together, `TypeError` when the key is not of P-256.
    """
    own = x509.load_pem_x509_certificate(certificate.read_bytes())
    above = tuple(der(one) for one in x509.load_pem_x509_certificates(chain.read_bytes()))
    content = key.read_bytes()
    if content.startswith(_PKCS11.encode()):
        return Pkcs11(der(own), above, content.decode())
    private = load_pem_private_key(content, None)
    if private.public_key() != own.public_key():
        raise ValueError(f"{key.name} is not the key of {certificate.name}")
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != ec.SECP256R1.name:
        raise TypeError(f"{key.name} is not a key of P-256")
    return FileSigner(der(own), above, private)


def der(certificate: x509.Certificate) -> bytes:
    """The certificate in DER."""
    return certificate.public_bytes(Encoding.DER)
