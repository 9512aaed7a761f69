"""The press: what a document says becomes pages, and the pages are sealed."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

import httpx2
from cryptography import x509

from hub_documents import facts, forms, seal, signers, timestamps
from hub_documents.render import NO_PICTURES, Renderer
from hub_documents.seal import Sealed

from ..errors.documents import SealNotInForce
from .seals import Seal, Seals

TEMPLATES: Final = Path(__file__).parent / "templates"


class Press:
    """Prints and seals, one document at a time; `facts` signs what stands in QR codes.

    Both happen before anything is stored: who is killed meanwhile has lost nothing but time.
    """

    def __init__(self, seals: Seals, facts_signer: facts.FactsSigner) -> None:
        self.seals = seals
        self.facts = facts_signer
        self._renderer = Renderer(TEMPLATES)
        # One: each thread that renders has a compiler of its own, which is slow and large at first.
        self._thread = ThreadPoolExecutor(1, "press")

    @classmethod
    def open(
        cls, trust: Path, seals: Path, seals_url: str, timestamps_url: str, http: httpx2.AsyncClient
    ) -> Self:
        """The press with the keys in a folder (`root.pem`, `chain.pem`, `facts.*`) and the `seals`.

        It reads files. `http` asks for time stamps and for seals, where there is an address, and for what
        proves that certificates are in force.
        """
        authority = timestamps.Authority(timestamps_url, http) if timestamps_url else None
        roots = x509.load_pem_x509_certificates((trust / "root.pem").read_bytes())
        signer = signers.from_files(trust / "facts.pem", trust / "facts.key", trust / "chain.pem")
        return cls(Seals(seals, seals_url, roots, authority, http), facts.FactsSigner(signer))

    async def sealed(
        self,
        template: str,
        data: Mapping[str, Any],
        own: Seal,
        at: datetime,
        pictures: Mapping[str, forms.Picture] = NO_PICTURES,
    ) -> Sealed:
        """The document of a template, PDF/A-2a and PDF/UA-1, sealed (PAdES); it names whose seal it bears.

        Raises `render.Unprintable` for letters that no font has, and `SealNotInForce`.
        """
        said = {**data, "sealed_by": own.owner, "vouched_by": own.issuer}
        try:
            begun = await asyncio.get_running_loop().run_in_executor(
                self._thread, self._pressed, template, said, own, at, pictures
            )
        except seal.SealRevoked:
            raise SealNotInForce from None
        return await own.sealer.finish(begun)

    def _pressed(
        self,
        template: str,
        data: Mapping[str, Any],
        own: Seal,
        at: datetime,
        pictures: Mapping[str, forms.Picture],
    ) -> seal.Begun:
        return own.sealer.begin(self._renderer.pdf(template, data, at, pictures), at)
