"""Forms: what an applicant fills in, described once.

From one description come the JSON Schema (`form_schema`) and the hints for two renderers (`form_hints`).
A section is an object of the data and a group on the screen; a field is a member of that object.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from .evidence import EvidenceType
from .text import Texts

_MOST_LINE: Final = 200


class FieldKind(StrEnum):
    """What is asked for, and by that how it is checked and shown."""

    LINE = "LINE"
    TEXT = "TEXT"
    EMAIL = "EMAIL"
    PHONE = "PHONE"
    DATE = "DATE"
    TIME = "TIME"
    DIGITS = "DIGITS"
    POSTAL_CODE = "POSTAL_CODE"
    PLATE = "PLATE"
    CNP = "CNP"
    CUI = "CUI"
    CHOICE = "CHOICE"
    CHOICES = "CHOICES"
    TICK = "TICK"
    """A box that may stay empty."""
    DECLARATION = "DECLARATION"
    """A box that has to be ticked; it is never ticked beforehand."""
    EVIDENCE = "EVIDENCE"
    """A type of evidence: a consent where a register holds it, an upload otherwise."""
    LIST = "LIST"
    """Several of the same, each with `fields`."""


class Known(StrEnum):
    """What the hub may know of the applicant, and fill in before they begin."""

    GIVEN_NAME = "GIVEN_NAME"
    FAMILY_NAME = "FAMILY_NAME"
    BIRTH_DATE = "BIRTH_DATE"
    EMAIL = "EMAIL"
    LANGUAGE = "LANGUAGE"
    ORGANISATION_NAME = "ORGANISATION_NAME"
    ORGANISATION_CUI = "ORGANISATION_CUI"


class ListSource(StrEnum):
    """A list of choices that the catalog keeps elsewhere."""

    COUNTIES = "COUNTIES"
    PETITION_INSTITUTIONS = "PETITION_INSTITUTIONS"
    """Those that a petition can be addressed to, by id."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the values that may be chosen."""

    code: str
    label: Texts


@dataclass(frozen=True, slots=True)
class When:
    """In which case something is asked for: a field, as `section.field`, has one of the values."""

    field: str
    values: tuple[str | bool, ...]

    @property
    def path(self) -> tuple[str, str]:
        """Section and field."""
        section, _, name = self.field.partition(".")
        return section, name


@dataclass(frozen=True, slots=True)
class Field:
    """One question. `name` is its member of the data.

    Of the choices one of `choices`, `choices_rule` (a rule of codes) and `choices_from` is given.
    `autocomplete` is a token of WCAG 1.3.5; `known` what the hub may fill in; `past` refuses a date
    after today; `max_items_rule` is a rule that bounds a list. A piece of evidence takes its label
    from its type unless it has one here; `max_items` over 1 lets several files be given.
    """

    name: str
    kind: FieldKind
    label: Texts | None = None
    help: Texts | None = None
    required: bool = True
    when: When | None = None
    min_length: int = 1
    max_length: int = _MOST_LINE
    rows: int | None = None
    example: str | None = None
    past: bool = False
    radio: bool = False
    choices: tuple[Choice, ...] = ()
    choices_rule: str | None = None
    choices_from: ListSource | None = None
    evidence: str | None = None
    autocomplete: str | None = None
    known: Known | None = None
    fields: "tuple[Field, ...]" = ()
    min_items: int = 1
    max_items: int = 1
    max_items_rule: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Fields that belong together, in order."""

    name: str
    title: Texts
    fields: tuple[Field, ...]
    help: Texts | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A form, by its code the same as that of the service it is for, in one version."""

    code: str
    title: Texts
    description: Texts
    sections: tuple[Section, ...]
    version: int = 1

    def fields(self) -> Iterator[tuple[Section, Field]]:
        """Every field with its section; those of lists are inside the list's field."""
        return ((section, each) for section in self.sections for each in section.fields)

    def at(self, pointer: str) -> Field | None:
        """The field that a JSON pointer into the data leads to, or whose part it leads to."""
        section_name, *rest = pointer.split("/")[1:] or [""]
        section = next((each for each in self.sections if each.name == section_name), None)
        found, fields = None, section.fields if section else ()
        for name in rest:
            deeper = next((each for each in fields if each.name == name), None)
            if deeper is not None:
                found, fields = deeper, deeper.fields
        return found

    @property
    def rules(self) -> frozenset[str]:
        """The codes of the rules that it takes lists and bounds from."""
        return frozenset(
            code
            for _, each in self.fields()
            for code in (each.choices_rule, each.max_items_rule)
            if code is not None
        )

    @property
    def evidence(self) -> frozenset[str]:
        """The codes of the types of evidence that it asks for."""
        return frozenset(each.evidence for _, each in self.fields() if each.evidence is not None)


@dataclass(frozen=True, slots=True)
class Sources:
    """What a form takes from the rest of the catalog, as it is on one day."""

    evidence: Mapping[str, EvidenceType] = field(default_factory=dict)
    lists: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)
    """By code of the rule, or name of the list's source."""
    numbers: Mapping[str, int] = field(default_factory=dict)

    def choices(self, asked: Field) -> tuple[Choice, ...]:
        """The choices of a field."""
        source = asked.choices_rule or asked.choices_from
        return self.lists[source] if source is not None else asked.choices

    def max_items(self, asked: Field) -> int:
        """How many items a list or files a piece of evidence may have."""
        return self.numbers[asked.max_items_rule] if asked.max_items_rule else asked.max_items

    def type_of(self, asked: Field) -> EvidenceType:
        """The type of a piece of evidence (`KeyError` when it is not known)."""
        return self.evidence[asked.evidence or ""]

    def is_consent(self, asked: Field) -> bool:
        """Whether the field asks for consent to take evidence from a register."""
        return asked.kind is FieldKind.EVIDENCE and self.type_of(asked).obtained_from_register

    def label(self, asked: Field) -> Texts:
        """What the field is called: a consent says what is agreed to."""
        if asked.label is not None:
            return asked.label
        evidence = self.type_of(asked)
        return evidence.register.consent if evidence.register is not None else evidence.title


def prefill(form: Form, known: Mapping[Known, str]) -> dict[str, dict[str, str]]:
    """The data of a form as far as the hub knows them; sections of which nothing is known are left out.

    What is asked for in some cases only is not filled in: nobody has chosen the case yet.
    """
    filled: dict[str, dict[str, str]] = {}
    for section, each in form.fields():
        if each.known is not None and each.known in known and each.when is None:
            filled.setdefault(section.name, {})[each.name] = known[each.known]
    return filled
