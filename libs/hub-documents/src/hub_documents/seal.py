"""The electronic seal on a document: PAdES (ETSI EN 319 142-1), in one revision.

sealer = seal.Sealer(signer, name="Inspectoratul General al Poliției Române", reason="Eliberare")
sealed = await sealer.seal(pdf, now)
"""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from . import cms, revision
from .revocation import Material
from .signers import Signer, der
from .timestamps import Authority, TimestampUnavailable

_LONGEST_TOKEN: Final = 8_000
"""Bytes of a time stamp with its certificates."""


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


class SealRevoked(Exception):
    """The certificate of the seal, or of who issued it, has been revoked: nothing may be sealed with it."""


class Sealer:
    """Seals files as Typst writes them; `name` and `reason` are what readers show.

    With an `authority` the seal carries a time stamp; with `material` too, what proves later that the
    certificates were in force. Where one of them is away the level is lower, and the file is sealed.
    """

    def __init__(
        self,
        signer: Signer,
        *,
        name: str,
        reason: str,
        authority: Authority | None = None,
        material: Material | None = None,
    ) -> None:
        self._signer = signer
        self._name = name
        self._reason = reason
        self._authority = authority
        self._material = material
        self._template = cms.Template(signer.certificate, signer.chain)
        longest = self._template.message(
            bytes(cms.DIGEST_BYTES), bytes(cms.LONGEST_SIGNATURE), bytes(_LONGEST_TOKEN if authority else 0)
        )
        self._room = len(longest)

    async def seal(self, pdf: bytes, at: datetime) -> Sealed:
        """The file with one more revision: invisible, certifying, permitting no change.

        `revision.OtherShape` for a file that Typst did not write; `SealRevoked`.
        """
        return await self.finish(await asyncio.to_thread(self.begin, pdf, at))

    def begin(self, pdf: bytes, at: datetime) -> "Begun":
        """The first half of `seal`, which waits for nobody: for the thread that has made the file."""
        if self._material and self._material.own_revoked_at:
            raise SealRevoked
        evidence = self._material.evidence(at) if self._material and self._authority else None
        return self._signed(pdf, revision.Statement(self._name, self._reason, at), evidence)

    async def finish(self, begun: "Begun") -> Sealed:
        """The second half: the time stamp, and all in its place."""
        at = begun.statement.at
        token, stamping = await self._stamp(begun.signature, at)
        if token and begun.evidence and stamping not in begun.evidence.certificates:
            # The authority has taken a new certificate: nothing is known of it yet.
            begun = await asyncio.to_thread(self._signed, begun.pdf, begun.statement, None)
            token, _ = await self._stamp(begun.signature, at)
        content = begun.draft.filled(self._template.message(begun.digest, begun.signature, token))
        if token is None:
            return Sealed(content, Level.B_B)
        return Sealed(content, Level.B_LT if begun.evidence else Level.B_T)

    def _signed(
        self, pdf: bytes, statement: revision.Statement, evidence: revision.Evidence | None
    ) -> "Begun":
        draft = revision.draft(pdf, statement, self._room, evidence)
        digest = draft.digest()
        signature = self._signer.sign(self._template.to_sign(digest))
        return Begun(pdf, statement, evidence, draft, digest, signature)

    async def _stamp(self, signature: bytes, at: datetime) -> tuple[bytes | None, bytes | None]:
        """A time stamp over the signature and the certificate behind it, or nothing that would be of use."""
        if self._authority is None:
            return None, None
        try:
            token, stamp = await self._authority.stamped(hashlib.sha256(signature).digest())
        except TimestampUnavailable:
            return None, None
        is_trusted = self._material is None or self._material.trusts(stamp, at)
        return (
            (token, der(stamp.certificate)) if is_trusted and len(token) <= _LONGEST_TOKEN else (None, None)
        )


@dataclass(frozen=True, slots=True)
class Begun:
    """A file whose signature is known and not yet in its place."""

    pdf: bytes
    statement: revision.Statement
    evidence: revision.Evidence | None
    draft: revision.Draft
    digest: bytes
    signature: bytes
