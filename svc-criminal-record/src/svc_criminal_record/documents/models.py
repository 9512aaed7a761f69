"""What a document says: filled by who issues it, shown by a template.

Texts are as the source wrote them; the printing makes them NFC with commas below. None of these values
shows itself: a log or a traceback repeats no personal data.
"""

from dataclasses import dataclass
from datetime import date, datetime

from ..domain.products import Product


@dataclass(frozen=True, slots=True)
class Gloss:
    """A text in Romanian, which counts, and its gloss in English, which helps."""

    ro: str
    en: str


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class PersonHolder:
    """Whose record it is: a natural person, as the register has them.

    `cnp` has thirteen digits, or is None for who has none, and then `identity_document` says what proved
    the identity. `citizenship` is a Romanian word (*română*). `father` and `mother` are first names.
    """

    family_name: str
    given_names: str
    birth_date: date
    cnp: str | None = None
    identity_document: str | None = None
    former_names: tuple[str, ...] = ()
    birth_place: str | None = None
    father: str | None = None
    mother: str | None = None
    citizenship: str | None = None


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class OrganisationHolder:
    """Whose record it is: a legal person, as its register has it.

    `registration` is the number of the trade register or of another (*J12/…/2019*), `seat` the address.
    """

    name: str
    cui: str
    registration: str | None = None
    seat: str | None = None


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Entry:
    """An entry of the register, in its words; which entries stand in evidence, the register decides.

    `judgment` is the kind and number (*Sentința penală nr. 412*); `classification` the offence with its
    legal classification; `measure` the penalty or measure; `execution` how and when it was executed.
    """

    court: str
    judgment: str
    judged_on: date
    classification: str
    measure: str
    final_on: date | None = None
    execution: str | None = None


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Recipient:
    """The institution an extract goes to, and the consent it rests on (Law 290/2004 art. 20(7))."""

    institution: str
    consent_given_on: date
    reference: str | None = None


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Document:
    """A certificate, or with a `recipient` an extract; `product` says of which register.

    `code` is the verification code as people type it (`K7QF-2M9X-T4PA-8WDC`). `link` is what the QR code
    holds: the address that people type, `/`, the code, `#`, and the signed facts. `authority` issues and
    seals, through its `unit`; `seal_issuer` is who vouches for the seal's certificate. `valid_until` is
    the last day. `corrects` is the label of the document that this one takes the place of.
    """

    product: Product
    series: str
    number: int
    code: str
    link: str
    authority: Gloss
    seal_issuer: str
    requested_on: date
    issued_at: datetime
    valid_until: date
    purpose: Gloss
    holder: PersonHolder | OrganisationHolder
    entries: tuple[Entry, ...] = ()
    recipient: Recipient | None = None
    corrects: str | None = None
    unit: Gloss | None = None

    @property
    def label(self) -> str:
        """The series and the number, as they stand on every page: `CJ 0048213`."""
        return f"{self.series} {self.number:07d}"
