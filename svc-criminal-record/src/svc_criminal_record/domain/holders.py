"""Whose record it is: a person or an organisation, and by which number it is known."""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from .products import HolderKind

ROMANIAN = "RO"


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Person:
    """A natural person, as the population register or an identity document says.

    `cnp` is None for who has none, and then `document` says what proved the identity. `citizenship` is the
    code of a country (ISO 3166-1 alpha-2), None where nothing says it.
    """

    family_name: str
    given_name: str
    birth_date: date
    cnp: str | None = None
    document: str | None = None
    citizenship: str | None = ROMANIAN
    died_on: date | None = None

    @property
    def kind(self) -> HolderKind:
        """A person."""
        return HolderKind.PERSON

    @property
    def number(self) -> str:
        """What a record is found by, with its kind; `ValueError` for who has neither number nor document."""
        if self.cnp:
            return f"CNP:{self.cnp}"
        if not self.document:
            raise ValueError("a holder has a number or a document")
        return f"DOC:{self.document}"


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Organisation:
    """A legal person, by its fiscal number; `registration` is that of the trade register."""

    name: str
    cui: str
    registration: str | None = None

    @property
    def kind(self) -> HolderKind:
        """An organisation."""
        return HolderKind.ORGANISATION

    @property
    def number(self) -> str:
        """What a record is found by, with its kind."""
        return f"CUI:{self.cui}"


Holder: TypeAlias = Person | Organisation
