"""The electronic seal on a document: PAdES (ETSI EN 319 142-1), in one revision.

sealer = seal.Sealer(signer, name="Inspectoratul General al Poliției Române", reason="Eliberare")
sealed = await sealer.seal(pdf, now)
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from . import cms, revision
from .signers import Signer


class Level(StrEnum):
    """What a seal carries beside the signature: nothing, a time stamp, or revocation answers too."""

    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed file, and the level that was reached."""

    content: bytes
    level: Level


class Sealer:
    """Seals files as Typst writes them; `name` and `reason` are what readers show."""

    def __init__(self, signer: Signer, *, name: str, reason: str) -> None:
        self._signer = signer
        self._name = name
        self._reason = reason
        self._template = cms.Template(signer.certificate, signer.chain)
        longest = self._template.message(bytes(cms.DIGEST_BYTES), bytes(cms.LONGEST_SIGNATURE))
        self._room = len(longest)

    async def seal(self, pdf: bytes, at: datetime) -> Sealed:
        """The file with one more revision: invisible, certifying, permitting no change.

        `revision.OtherShape` for a file that Typst did not write.
        """
        statement = revision.Statement(self._name, self._reason, at)
        return await asyncio.to_thread(self._seal, pdf, statement)

    def _seal(self, pdf: bytes, statement: revision.Statement) -> Sealed:
        draft = revision.draft(pdf, statement, self._room)
        digest = draft.digest()
        signature = self._signer.sign(self._template.to_sign(digest))
        return Sealed(draft.filled(self._template.message(digest, signature)), Level.B_B)
