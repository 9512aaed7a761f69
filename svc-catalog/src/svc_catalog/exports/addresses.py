"""Where the things of the exports are found."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub_core.county import BY_CODE
from hub_core.text import fold

from ..domain.changes import ChangeKind
from ..domain.services import LegalBasis
from .graph import slug

_PATHS: Final[Mapping[ChangeKind, str]] = {
    ChangeKind.INSTITUTION: "/catalog/v1/institutions/{code}",
    ChangeKind.SERVICE: "/catalog/v1/services/{code}",
    ChangeKind.RULE: "/catalog/v1/rules/{code}",
    ChangeKind.FAQ: "/catalog/v1/faq/{code}",
    ChangeKind.ADVICE: "/catalog/v1/advice/{code}",
    ChangeKind.FORM: "/catalog/v1/forms/{code}",
    ChangeKind.EVIDENCE_TYPE: "/catalog/v1/evidence-types/{code}",
    ChangeKind.OFFICE: "/catalog/v1/offices/{code}",
    ChangeKind.PLACES: "/catalog/v1/{code}",
}
"""Where a thing of each kind is read."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where things are found, below a public origin."""

    origin: str

    @property
    def catalogue(self) -> str:
        """The catalog of services."""
        return f"{self.origin}/catalog/v1/cpsv-ap"

    @property
    def open_data(self) -> str:
        """The catalog of data."""
        return f"{self.origin}/catalog/v1/dcat"

    def context(self, name: str) -> str:
        """A context of JSON-LD."""
        return f"{self.origin}/catalog/v1/contexts/{name}"

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


def path_of(kind: ChangeKind, code: str) -> str:
    """Where a thing that changes is read, below the public origin."""
    return _PATHS[kind].format(code=code)
