"""Graphs as documents, in the form that somebody wants."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

import orjson

from . import json_ld, turtle
from .addresses import Addresses
from .contexts import Context
from .graph import Graph
from .json_ld import JsonLd
from .turtle import Turtle
from .vocabulary import PREFIXES


class GraphFormat(StrEnum):
    """How a graph is written."""

    JSON_LD = "json-ld"
    TURTLE = "turtle"

    @property
    def media_type(self) -> str:
        """Its media type."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES: Final = {GraphFormat.JSON_LD: json_ld.MEDIA_TYPE, GraphFormat.TURTLE: turtle.MEDIA_TYPE}


def negotiate(accept: str | None) -> GraphFormat:
    """The form that `Accept` wants most (RFC 9110, 12.5.1); JSON-LD when it wants none of ours."""
    best, best_quality = GraphFormat.JSON_LD, 0.0
    for item in (accept or "").lower().split(","):
        media_type, *parameters = (part.strip() for part in item.split(";"))
        for form in GraphFormat:
            quality = _quality(parameters)
            if media_type == form.media_type and quality > best_quality:
                best, best_quality = form, quality
    return best


class Document:
    """A document below an origin that takes in graphs one after the other."""

    def __init__(self, form: GraphFormat, context: Context, origin: str) -> None:
        self._turtle = Turtle(PREFIXES) if form is GraphFormat.TURTLE else None
        self._json_ld = JsonLd(Addresses(origin).context(context), context.terms, context.further)
        self._pieces: list[bytes] = []

    def add(self, graph: Graph) -> None:
        """Take in a graph."""
        if self._turtle:
            self._pieces.append(self._turtle.body(graph).encode())
        else:
            nodes = self._json_ld.nodes(graph)
            self._pieces += [orjson.dumps(node, option=orjson.OPT_INDENT_2) for node in nodes]

    def written(self) -> bytes:
        """The document of what was taken in."""
        if self._turtle:
            return b"".join([self._turtle.head().encode(), *self._pieces])
        context = orjson.dumps({"@context": self._json_ld.context}, option=orjson.OPT_INDENT_2)
        before = context.removesuffix(b"\n}") + b",\n"
        if len(self._pieces) == 1:
            return before + self._pieces[0].removeprefix(b"{\n")
        return before + b'  "@graph": [\n' + b",\n".join(self._pieces) + b"\n]}"


def _quality(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
