"""Institutions and places in the vocabulary of the EU."""

from collections.abc import Iterable, Iterator

from hub_core.language import Language
from hub_core.text import fold

from ..domain.institutions import ContactKind, Institution
from .addresses import Addresses
from .graph import Graph, Text, Value, address, slug
from .vocabulary import CV, DCT, FOAF, LOCN, ORG, ROMANIA, SKOS


def organisation(graph: Graph, addresses: Addresses, institution: Institution) -> str:
    """Describe an institution; its address."""
    uri = addresses.institution(institution.code)
    graph.thing(uri, f"{CV}PublicOrganisation", f"{ORG}Organization", f"{FOAF}Agent")
    graph.add(uri, f"{DCT}identifier", Value(institution.code))
    graph.text(uri, f"{SKOS}prefLabel", institution.names)
    graph.text(uri, f"{DCT}title", institution.names)
    graph.link(uri, f"{DCT}spatial", *places(graph, addresses, institution.counties))
    for contact in institution.contacts:
        if contact.kind is ContactKind.WEBSITE:
            graph.link(uri, f"{FOAF}homepage", graph.thing(address(contact.value), f"{FOAF}Document"))
        elif contact.kind is ContactKind.ADDRESS:
            place = graph.thing(f"{uri}#address-{slug(fold(contact.value))}", f"{LOCN}Address")
            graph.add(place, f"{LOCN}fullAddress", Text(contact.value, Language.RO))
            graph.link(uri, f"{LOCN}address", place)
    return uri


def places(graph: Graph, addresses: Addresses, counties: Iterable[str]) -> Iterator[str]:
    """The counties, or the whole country."""
    for place in [addresses.county(code) for code in counties] or [ROMANIA]:
        yield graph.thing(place, f"{DCT}Location")
