"""The press of this service: documents in the name of the traffic police.

    sealed = await press.sealed("history.typ", data, now, {"qr": address})   # no transaction is open

A template in `templates/` is told in `sealed_by` and `vouched_by` whose seal it bears.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

import httpx2
from cryptography import x509

from hub_documents import facts, press, seal, signers, timestamps
from hub_documents.press import NO_CODES, Seal
from hub_documents.seal import Sealed

from ..errors.documents import TrafficSealAway

TEMPLATES: Final = Path(__file__).parent / "templates"
_REASON: Final = "Document al Poliției Rutiere (OUG nr. 195/2002)"


class Press:
    """Prints and seals, one document at a time; `facts` signs what stands in QR codes."""

    def __init__(self, own: Seal, signer: facts.FactsSigner) -> None:
        self.facts = signer
        self._own = own
        self._press = press.Press(TEMPLATES, signer)

    @classmethod
    def open(cls, trust: Path, timestamps_url: str, http: httpx2.AsyncClient) -> Self:
        """The press with the keys in a folder: `root.pem`, `chain.pem`, `seal.*`, `facts.*`.

        It reads files. `http` asks for time stamps, where there is an address, and for what proves that
        certificates are in force.
        """
        authority = timestamps.Authority(timestamps_url, http) if timestamps_url else None
        roots = x509.load_pem_x509_certificates((trust / "root.pem").read_bytes())
        own = press.open_seal(trust, reason=_REASON, roots=roots, authority=authority, http=http)
        signer = signers.from_files(trust / "facts.pem", trust / "facts.key", trust / "chain.pem")
        return cls(own, facts.FactsSigner(signer))

    async def sealed(
        self, template: str, data: Mapping[str, Any], at: datetime, codes: Mapping[str, str] = NO_CODES
    ) -> Sealed:
        """The document of a template, PDF/A-2a and PDF/UA-1, sealed (PAdES); nothing is stored.

        Each text in `codes` is a QR code under its name. Raises `render.Unprintable` for letters that no
        font has, and `TrafficSealAway`.
        """
        try:
            return await self._press.sealed(template, data, self._own, at, codes)
        except seal.SealRevoked:
            raise TrafficSealAway from None

    async def refresh(self, now: datetime) -> bool:
        """Ask again what proves that the certificates of the seal are in force; whether all of it came."""
        await self._own.material.refresh(now)
        return self._own.material.evidence(now) is not None
