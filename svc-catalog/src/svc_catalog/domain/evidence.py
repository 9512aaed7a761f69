"""Types of evidence: what a service may ask an applicant to prove, and from where the proof comes.

What another authority issues is not asked from the person (OUG 41/2016 as amended by Law 9/2023): it is
taken from a register with the person's consent.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid5

from .services import LegalBasis, SignatureKind
from .text import Texts

_NAMESPACE: Final = UUID("3f0c4a52-8d0a-5f4e-9a51-6f5f0f7b2d33")


@dataclass(frozen=True, slots=True)
class Register:
    """Where an authority takes the evidence from, and what the person agrees to.

    `keeper` is the code of the institution that keeps it; none for one outside the ministry.
    """

    name: Texts
    consent: Texts
    keeper: str | None = None


@dataclass(frozen=True, slots=True)
class EvidenceType:
    """A type of evidence.

    `formats` are the media types of an upload, empty when it is shown at the counter only; `max_mb`
    bounds one file, by the hub's choice; `signatures` are the electronic signatures that are taken,
    empty when none is asked for. `verified` says whether it was read in a source that it is asked for.
    """

    id: UUID
    code: str
    title: Texts
    description: Texts
    verified: bool
    register: Register | None = None
    formats: tuple[str, ...] = ()
    max_mb: int | None = None
    signatures: tuple[SignatureKind, ...] = ()
    legal_basis: tuple[LegalBasis, ...] = ()
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse what is both taken from a register and uploaded, and an upload without a bound."""
        if self.register is not None and self.formats:
            raise ValueError(f"{self.code}: taken from a register, and uploaded too")
        if bool(self.formats) != (self.max_mb is not None):
            raise ValueError(f"{self.code}: formats and max_mb go together")

    @property
    def obtained_from_register(self) -> bool:
        """Whether a form asks for consent instead of an upload."""
        return self.register is not None


def evidence_id(code: str) -> UUID:
    """The id of a type of evidence of the reference data: the same in every installation."""
    return uuid5(_NAMESPACE, f"evidence:{code}")
