"""A graph of statements (RDF 1.1), of values of our own: it is built fast and takes little memory.

Every thing has an address; there are no blank nodes, so that others can refer to each.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeAlias
from urllib.parse import quote

from hub_core.language import Language

from ..domain.text import Keywords, Texts

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
TYPE: Final = f"{RDF}type"
STRING: Final = f"{XSD}string"
DOUBLE: Final = f"{XSD}double"
_SAFE: Final = ":/?#[]@!$&'()*+,;=%~"
_NAME: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Iri:
    """The address of a thing."""

    value: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text in a language."""

    value: str
    language: Language


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a datatype, as it is written."""

    value: str
    datatype: str = STRING


Object: TypeAlias = Iri | Text | Value
Triple: TypeAlias = tuple[str, str, Object]


class Graph:
    """Statements by subject and property, in the order in which they were made.

    With `only`, texts stand in that language alone; what is not translated stands in Romanian, the
    official one.
    """

    def __init__(self, only: Language | None = None) -> None:
        self._only = only
        self._subjects: dict[str, dict[str, dict[Object, None]]] = {}

    def __iter__(self) -> Iterator[Triple]:
        for subject, properties in self._subjects.items():
            for name, objects in properties.items():
                for value in objects:
                    yield subject, name, value

    @property
    def subjects(self) -> Iterable[str]:
        """What statements are made of, in order."""
        return self._subjects.keys()

    def of(self, subject: str) -> dict[str, list[Object]]:
        """The statements on a subject, by property."""
        return {name: list(objects) for name, objects in self._subjects.get(subject, {}).items()}

    def add(self, subject: str, name: str, *objects: Object | None) -> None:
        """Say that the subject has these objects under a property; `None` says nothing."""
        held = self._subjects.setdefault(subject, {}).setdefault(name, {})
        held.update(dict.fromkeys(each for each in objects if each is not None))

    def thing(self, subject: str, *types: str) -> str:
        """Say of which classes the subject is; the subject."""
        self.add(subject, TYPE, *map(Iri, types))
        return subject

    def link(self, subject: str, name: str, *others: str) -> None:
        """Say that the subject is linked to other things."""
        if others:
            self.add(subject, name, *map(Iri, others))

    def text(self, subject: str, name: str, *texts: Texts | None) -> None:
        """Say texts of the subject, in every language that there is; what is blank is not said."""
        for each in texts:
            said = [text for text in self._shown(each) if text.value.strip()] if each else []
            if said:
                self.add(subject, name, *said)

    def words(self, subject: str, name: str, keywords: Keywords) -> None:
        """Say words of each language."""
        by_language = {Language.RO: keywords.ro, Language.HU: keywords.hu, Language.EN: keywords.en}
        shown = by_language
        if self._only is not None:
            language = self._only if by_language[self._only] else Language.RO
            shown = {language: by_language[language]}
        for language, words in shown.items():
            self.add(subject, name, *(Text(word, language) for word in words if word.strip()))

    def without(self, known: set[Triple]) -> "Graph":
        """The same without the statements that are known."""
        rest = Graph(self._only)
        for subject, name, value in self:
            if (subject, name, value) not in known:
                rest.add(subject, name, value)
        return rest

    def _shown(self, texts: Texts) -> list[Text]:
        by_language = {Language.RO: texts.ro, Language.HU: texts.hu, Language.EN: texts.en}
        if self._only is None:
            return [Text(text, language) for language, text in by_language.items() if text]
        language = self._only if (by_language[self._only] or "").strip() else Language.RO
        return [Text(by_language[language] or "", language)]


def double(number: Decimal) -> Value:
    """A number as an xsd:double in its canonical form, which JSON-LD makes of numbers (`265` → `2.65E2`)."""
    mantissa, _, exponent = f"{float(number):.15E}".partition("E")
    whole, _, fraction = mantissa.partition(".")
    return Value(f"{whole}.{fraction.rstrip('0') or '0'}E{int(exponent)}", DOUBLE)


def address(url: str) -> str:
    """A web address with what an IRI may not hold percent-encoded (RFC 3987)."""
    return quote(url.strip(), safe=_SAFE)


def slug(text: str) -> str:
    """A text as a part of an address (`OG nr. 27/2002` → `og-nr-27-2002`); it is folded already."""
    return _NAME.sub("-", text.lower()).strip("-")
