"""The seal of each institution: a key and a certificate of its own, opened when it is first needed.

Each lies in a folder that the institution's id names: `seal.pem`, `chain.pem`, and `seal.key`, which holds
the key, or where a module keeps it (`pkcs11:token=…;object=…`, see `hub_documents.signers`).
"""

import asyncio
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import httpx2
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from hub_documents import press, timestamps
from hub_documents.press import Seal

from ..errors.documents import SealNotInForce

_REASON: Final = "Document al registraturii (OG nr. 27/2002)"
_FORM: Final = {"content-type": "application/pkcs10"}


@dataclass(frozen=True, slots=True)
class Owner:
    """The institution whose seal it is; `names` go by language."""

    id: UUID
    code: str
    names: Mapping[str, str]


class Seals:
    """The seals in a folder. What is missing is asked for at `url`, once; without one, it stays missing.

    The key is made here and stays here: the authority sees a request for a certificate (RFC 2986).
    """

    def __init__(
        self,
        folder: Path,
        url: str,
        roots: Sequence[x509.Certificate],
        authority: timestamps.Authority | None,
        http: httpx2.AsyncClient,
    ) -> None:
        self._folder = folder
        self._url = url
        self._roots = roots
        self._authority = authority
        self._http = http
        self._open: dict[UUID, Seal] = {}
        self._opening = asyncio.Lock()

    async def of(self, owner: Owner, now: datetime) -> Seal:
        """The seal of an institution; raises `SealNotInForce` where it has none and none can be had."""
        if found := self._open.get(owner.id):
            return found
        async with self._opening:
            if owner.id not in self._open:
                self._open[owner.id] = await self._opened(owner, now)
            return self._open[owner.id]

    async def refresh(self, now: datetime) -> None:
        """Ask again what proves that the certificates of the open seals are in force."""
        for one in [*self._open.values()]:
            await one.material.refresh(now)

    async def _opened(self, owner: Owner, now: datetime) -> Seal:
        place = self._folder / str(owner.id)
        if not place.exists():
            await self._ask(owner, place)
        made = press.open_seal(
            place, reason=_REASON, roots=self._roots, authority=self._authority, http=self._http
        )
        await made.material.refresh(now)
        return made

    async def _ask(self, owner: Owner, place: Path) -> None:
        """Get a certificate for a new key; whoever else was faster has theirs, which counts."""
        if not self._url:
            raise SealNotInForce
        key = ec.generate_private_key(ec.SECP256R1())
        try:
            answer = await self._http.post(self._url, content=_request(owner, key), headers=_FORM)
            answer.raise_for_status()
        except httpx2.HTTPError as away:
            raise SealNotInForce from away
        own, *above = x509.load_pem_x509_certificates(answer.content)
        if own.public_key() != key.public_key():
            raise SealNotInForce
        await asyncio.to_thread(_keep, place, key, own, above)


def _request(owner: Owner, key: ec.EllipticCurvePrivateKey) -> bytes:
    """A request for the seal of a legal person (ETSI EN 319 412-1, 5.1.4), in PEM."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "RO"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, owner.names["ro"]),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"IP:RO-{owner.code}"),
        ]
    )
    asked = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return asked.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _keep(
    place: Path, key: ec.EllipticCurvePrivateKey, own: x509.Certificate, above: Sequence[x509.Certificate]
) -> None:
    """Put a seal into its folder, whole or not at all; the one that is there already stays."""
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=".new-", dir=place.parent))  # only its owner reads it
    (new / "seal.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (new / "seal.pem").write_bytes(own.public_bytes(Encoding.PEM))
    (new / "chain.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in above))
    with suppress(OSError):  # a folder with something in it is not replaced
        new.rename(place)
    shutil.rmtree(new, ignore_errors=True)
