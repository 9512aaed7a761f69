"""The press of this service: a document in the name of each institution."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

import httpx2
from cryptography import x509

from hub_documents import facts, press, seal, signers, timestamps
from hub_documents.press import NO_CODES, Seal
from hub_documents.seal import Sealed

from ..errors.documents import SealNotInForce
from .seals import Seals

TEMPLATES: Final = Path(__file__).parent / "templates"


class Press(press.Press):
    """Prints and seals, one document at a time, with the seal of an institution (`seals`)."""

    def __init__(self, seals: Seals, facts_signer: facts.FactsSigner) -> None:
        super().__init__(TEMPLATES, facts_signer)
        self.seals = seals

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
        codes: Mapping[str, str] = NO_CODES,
    ) -> Sealed:
        """As `hub_documents.press.Press.sealed`; a revoked seal is `SealNotInForce`."""
        try:
            return await super().sealed(template, data, own, at, codes)
        except seal.SealRevoked:
            raise SealNotInForce from None
