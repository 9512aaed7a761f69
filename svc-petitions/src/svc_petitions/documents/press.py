"""The press: what a document says becomes pages, and the pages are sealed."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

import httpx2
from cryptography import x509
from cryptography.x509.oid import NameOID

from hub_documents import facts, forms, revocation, seal, signers, timestamps
from hub_documents.render import NO_PICTURES, Renderer
from hub_documents.seal import Sealed

from ..errors.documents import SealNotInForce

TEMPLATES: Final = Path(__file__).parent / "templates"
_REASON: Final = "Document al registraturii (OG nr. 27/2002)"


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose seal it is, and who vouches for its certificate: what the page tells of it."""

    owner: str
    issuer: str


class Press:
    """Prints and seals, one document at a time; `facts` signs what stands in QR codes.

    Both happen before anything is stored: who is killed meanwhile has lost nothing but time.
    """

    def __init__(self, sealer: seal.Sealer, whose: Whose, facts_signer: facts.FactsSigner) -> None:
        self._sealer = sealer
        self.whose = whose
        self.facts = facts_signer
        self._renderer = Renderer(TEMPLATES)
        # One: each thread that renders has a compiler of its own, which is slow and large at first.
        self._thread = ThreadPoolExecutor(1, "press")

    @classmethod
    def open(cls, trust: Path, timestamps_url: str, http: httpx2.AsyncClient) -> Self:
        """The press with the keys in a folder (`root.pem`, `chain.pem`, `seal.*`, `facts.*`); it reads files.

        `http` asks for time stamps, where there is an address, and for what proves that certificates are
        in force.
        """
        signer = _signer(trust, "seal")
        own = x509.load_der_x509_certificate(signer.certificate)
        whose = Whose(_named(own.subject), _named(own.issuer))
        authority = timestamps.Authority(timestamps_url, http) if timestamps_url else None
        roots = x509.load_pem_x509_certificates((trust / "root.pem").read_bytes())
        material = revocation.Material(signer, roots, http, authority)
        sealer = seal.Sealer(signer, name=whose.owner, reason=_REASON, authority=authority, material=material)
        return cls(sealer, whose, facts.FactsSigner(_signer(trust, "facts")))

    async def sealed(
        self,
        template: str,
        data: Mapping[str, Any],
        at: datetime,
        pictures: Mapping[str, forms.Picture] = NO_PICTURES,
    ) -> Sealed:
        """The document of a template, PDF/A-2a and PDF/UA-1, sealed (PAdES).

        Raises `render.Unprintable` for letters that no font has, and `SealNotInForce`.
        """
        try:
            begun = await asyncio.get_running_loop().run_in_executor(
                self._thread, self._pressed, template, data, at, pictures
            )
        except seal.SealRevoked:
            raise SealNotInForce from None
        return await self._sealer.finish(begun)

    def _pressed(
        self,
        template: str,
        data: Mapping[str, Any],
        at: datetime,
        pictures: Mapping[str, forms.Picture],
    ) -> seal.Begun:
        return self._sealer.begin(self._renderer.pdf(template, data, at, pictures), at)


def _signer(trust: Path, name: str) -> signers.Signer:
    return signers.from_files(trust / f"{name}.pem", trust / f"{name}.key", trust / "chain.pem")


def _named(name: x509.Name) -> str:
    """The organisation that a certificate names, else its common name."""
    for wanted in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        for found in name.get_attributes_for_oid(wanted):
            return str(found.value)
    return name.rfc4514_string()
