"""Graphs against the official shapes (SHACL), by pyshacl.

It takes memory and half a second to import: only who has something to judge imports it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import pyshacl
import rdflib
from rdflib.namespace import SH

from .graph import Graph, Iri, Object, Text

_STANDARDS: Final = files("svc_catalog") / "standards"


@dataclass(frozen=True, slots=True)
class Violation:
    """What a shape says of a thing: its address, the property's, and the reason."""

    thing: str
    name: str
    reason: str


def violations(graph: Graph, shapes: str) -> list[Violation]:
    """What a graph breaks of the shapes in a file of `standards/`, in the order of its things."""
    found = [*_violations(_rdf(graph), shapes)]
    order = {subject: at for at, subject in enumerate(graph.subjects)}
    return sorted(found, key=lambda each: (order.get(each.thing, len(order)), each.name, each.reason))


def _violations(data: rdflib.Graph, shapes: str) -> Iterator[Violation]:
    conforms, report, _ = pyshacl.validate(data, shacl_graph=_shapes(shapes), advanced=False)
    if conforms or not isinstance(report, rdflib.Graph):
        return
    for result in report.subjects(rdflib.RDF.type, SH.ValidationResult):
        yield Violation(
            thing=str(report.value(result, SH.focusNode)),
            name=str(report.value(result, SH.resultPath)),
            reason=str(report.value(result, SH.resultMessage)),
        )


@cache
def _shapes(name: str) -> rdflib.Graph:
    """The shapes of a file, without the properties that it names and does not describe.

    The DCAT-AP shapes of release 3.0.1 name two of a data service, and pyshacl refuses them for that.
    """
    shapes = rdflib.Graph().parse(data=(_STANDARDS / name).read_text(encoding="utf-8"), format="turtle")
    for shape, described in list(shapes.subject_objects(SH.property)):
        if (described, SH.path, None) not in shapes:
            shapes.remove((shape, SH.property, described))
    return shapes


def _rdf(graph: Graph) -> rdflib.Graph:
    made = rdflib.Graph()
    for subject, name, value in graph:
        made.add((rdflib.URIRef(subject), rdflib.URIRef(name), _term(value)))
    return made


def _term(value: Object) -> rdflib.URIRef | rdflib.Literal:
    if isinstance(value, Iri):
        return rdflib.URIRef(value.value)
    if isinstance(value, Text):
        return rdflib.Literal(value.value, lang=value.language.value)
    return rdflib.Literal(value.value, datatype=rdflib.URIRef(value.datatype), normalize=False)
