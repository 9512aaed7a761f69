"""Where the things of the exports are found."""

from dataclasses import dataclass

from hub_core.county import BY_CODE
from hub_core.text import fold

from ..domain.services import LegalBasis
from .graph import slug


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where things are found, below a public origin."""

    origin: str

    @property
    def catalogue(self) -> str:
        """The catalog of services."""
        return f"{self.origin}/catalog/v1/cpsv-ap"

    @property
    def context(self) -> str:
        """The official context of CPSV-AP, unchanged."""
        return f"{self.origin}/catalog/v1/contexts/cpsv-ap"

    def service(self, code: str) -> str:
        """An entry."""
        return f"{self.catalogue}/{code}"

    def institution(self, code: str) -> str:
        """An institution."""
        return f"{self.origin}/catalog/v1/institutions/{code}"

    def rule(self, code: str) -> str:
        """A legal number."""
        return f"{self.origin}/catalog/v1/rules/{code}"

    def evidence(self, code: str) -> str:
        """A type of evidence."""
        return f"{self.origin}/catalog/v1/evidence-types/{code}"

    def county(self, code: str) -> str:
        """A county, by its vehicle code."""
        return f"{self.origin}/catalog/v1/localities/{BY_CODE[code].siruta}"

    def concept(self, kind: str, code: str) -> str:
        """The meaning of a code."""
        return f"{self.catalogue}#{kind.replace('_', '-')}-{code}"

    def act(self, basis: LegalBasis) -> str:
        """An act, or its article."""
        return f"{self.catalogue}#act-{slug(fold(cited(basis)))}"


def cited(basis: LegalBasis) -> str:
    """The act with its article."""
    return f"{basis.act} {basis.article}" if basis.article else basis.act
