"""A graph as JSON-LD 1.1 with a context of terms `Class.property`, nested so that people can read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .graph import DOUBLE, STRING, TYPE, Graph, Iri, Object, Text

MEDIA_TYPE: Final = "application/ld+json"


@dataclass(frozen=True, slots=True)
class _Term:
    name: str
    type: str | None
    is_set: bool


class JsonLd:
    """A writer with the terms of contexts: of an official one by its address, and of our own inline."""

    def __init__(self, address: str, official: Mapping[str, Any], own: Mapping[str, Any]) -> None:
        self.context: Final = [address, dict(own)] if own else address
        terms = {**official, **own}
        self._classes = {value: name for name, value in terms.items() if isinstance(value, str)}
        self._terms: dict[tuple[str, str], _Term] = {}
        for name, value in terms.items():
            if isinstance(value, Mapping):
                owner = terms[name.partition(".")[0]]
                term = _Term(name, value.get("@type"), value.get("@container") == "@set")
                self._terms.setdefault((owner, value["@id"]), term)

    def nodes(self, graph: Graph) -> list[dict[str, Any]]:
        """The things of a graph: each where it is first named, and those that nothing names at the top."""
        written: set[str] = set()
        named = {value.value for _, name, value in graph if isinstance(value, Iri) and name != TYPE}
        subjects = list(graph.subjects)
        order = [each for each in subjects if each not in named] + [
            each for each in subjects if each in named
        ]
        first = subjects[:1]  # what the graph is about stands first, whoever names it
        return [
            self._node(graph, each, written) for each in dict.fromkeys(first + order) if each not in written
        ]

    def _node(self, graph: Graph, subject: str, written: set[str]) -> dict[str, Any]:
        written.add(subject)
        properties = graph.of(subject)
        types = [each.value for each in properties.pop(TYPE, ()) if isinstance(each, Iri)]
        node: dict[str, Any] = {"@id": subject}
        if types:
            names = [self._classes.get(each, each) for each in types]
            node["@type"] = names[0] if len(names) == 1 else names
        for name, objects in properties.items():
            term = next((self._terms[each, name] for each in types if (each, name) in self._terms), None)
            values = [self._value(graph, each, term, written) for each in objects]
            if values:
                single = len(values) == 1 and not (term and term.is_set)
                node[term.name if term else name] = values[0] if single else values
        return node

    def _value(self, graph: Graph, value: Object, term: _Term | None, written: set[str]) -> Any:
        coerced = term.type if term else None
        if isinstance(value, Iri):
            if value.value not in written and graph.of(value.value):
                return self._node(graph, value.value, written)
            return value.value if coerced == "@id" else {"@id": value.value}
        if isinstance(value, Text):
            return {"@language": value.language.value, "@value": value.value}
        if value.datatype == (coerced or STRING):
            return float(value.value) if coerced == DOUBLE else value.value
        return {"@type": value.datatype, "@value": value.value}
