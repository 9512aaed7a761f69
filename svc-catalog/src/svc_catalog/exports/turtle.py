"""A graph as Turtle (W3C Recommendation "RDF 1.1 Turtle")."""

import re
from collections.abc import Mapping
from typing import Final

from .graph import STRING, TYPE, Graph, Iri, Object, Text

MEDIA_TYPE: Final = "text/turtle"
_LOCAL: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_ESCAPED: Final = {
    "\\": "\\\\",
    '"': '\\"',
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\b": "\\b",
    "\f": "\\f",
}
_SPECIAL: Final = re.compile(r'[\\"\n\r\t\b\f]')


class Turtle:
    """A writer with these prefixes (name to namespace)."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._prefixes = prefixes
        self._names: dict[str, str] = {}

    def head(self) -> str:
        """The prefixes, which stand before the first statement."""
        return "".join(f"@prefix {name}: <{space}> .\n" for name, space in self._prefixes.items())

    def body(self, graph: Graph) -> str:
        """The statements; bodies may follow each other."""
        return "".join(self._block(subject, graph.of(subject)) for subject in graph.subjects)

    def _block(self, subject: str, properties: Mapping[str, list[Object]]) -> str:
        lines = [
            f"    {'a' if name == TYPE else self._iri(name)} {', '.join(map(self._object, objects))}"
            for name, objects in properties.items()
            if objects
        ]
        return f"\n<{subject}>\n" + " ;\n".join(lines) + " .\n" if lines else ""

    def _object(self, value: Object) -> str:
        if isinstance(value, Iri):
            return self._iri(value.value)
        quoted = f'"{_SPECIAL.sub(lambda found: _ESCAPED[found[0]], value.value)}"'
        if isinstance(value, Text):
            return f"{quoted}@{value.language}"
        return quoted if value.datatype == STRING else f"{quoted}^^{self._iri(value.datatype)}"

    def _iri(self, iri: str) -> str:
        known = self._names.get(iri)
        if known is None:
            known = self._names[iri] = self._shortened(iri)
        return known

    def _shortened(self, iri: str) -> str:
        for name, space in self._prefixes.items():
            if iri.startswith(space) and _LOCAL.fullmatch(iri[len(space) :]):
                return f"{name}:{iri[len(space) :]}"
        return f"<{iri}>"
