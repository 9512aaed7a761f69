"""The press: what a document says becomes pages, and the pages are sealed.

own = press.open_seal(folder, reason="Eliberare", roots=roots, authority=None, http=http)
sealed = await Press(templates, signer).sealed("letter.typ", data, own, now, {"qr": address})
"""

import asyncio
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import httpx2
from cryptography import x509
from cryptography.x509.oid import NameOID

from . import qr, revocation, seal, signers, timestamps
from .facts import FactsSigner
from .render import Renderer
from .seal import Sealed

NO_CODES: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal that is open: whose it is, who vouches for its certificate, and what was revoked."""

    owner: str
    issuer: str
    sealer: seal.Sealer
    material: revocation.Material


def open_seal(
    folder: Path,
    *,
    reason: str,
    roots: Sequence[x509.Certificate],
    authority: timestamps.Authority | None,
    http: httpx2.AsyncClient,
) -> Seal:
    """The seal in a folder: `seal.pem`, `seal.key` (or where a module keeps it), `chain.pem`.

    `reason` is what readers show. `http` asks for what proves that certificates are in force, once
    `material.refresh` is awaited.
    """
    signer = signers.from_files(folder / "seal.pem", folder / "seal.key", folder / "chain.pem")
    own = x509.load_der_x509_certificate(signer.certificate)
    name = _named(own.subject)
    material = revocation.Material(signer, roots, http, authority)
    sealer = seal.Sealer(signer, name=name, reason=reason, authority=authority, material=material)
    return Seal(name, _named(own.issuer), sealer, material)


class Press:
    """Prints and seals, one document at a time; `facts` signs what stands in QR codes.

    Both happen before anything is stored: who is killed meanwhile has lost nothing but time.
    """

    def __init__(self, templates: Path, signer: FactsSigner) -> None:
        self.facts = signer
        self._renderer = Renderer(templates)
        # One: each thread that renders has a compiler of its own, which is slow and large at first.
        self._thread = ThreadPoolExecutor(1, "press")

    async def sealed(
        self,
        template: str,
        data: Mapping[str, Any],
        own: Seal,
        at: datetime,
        codes: Mapping[str, str] = NO_CODES,
    ) -> Sealed:
        """The document of a template, PDF/A-2a and PDF/UA-1, sealed (PAdES).

        The template is told whose seal it bears (`sealed_by`) and who vouches for it (`vouched_by`), and
        has a QR code of each text in `codes` as a picture of that name. Raises `render.Unprintable` for
        letters that no font has, and `seal.SealRevoked`.
        """
        said = {**data, "sealed_by": own.owner, "vouched_by": own.issuer}
        begun = await asyncio.get_running_loop().run_in_executor(
            self._thread, self._pressed, template, said, own, at, codes
        )
        return await own.sealer.finish(begun)

    def _pressed(
        self, template: str, data: Mapping[str, Any], own: Seal, at: datetime, codes: Mapping[str, str]
    ) -> seal.Begun:
        pictures = {name: qr.picture(text) for name, text in codes.items()}
        return own.sealer.begin(self._renderer.pdf(template, data, at, pictures), at)


def _named(name: x509.Name) -> str:
    """The organisation that a certificate names, else its common name."""
    for wanted in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        for found in name.get_attributes_for_oid(wanted):
            return str(found.value)
    return name.rfc4514_string()
