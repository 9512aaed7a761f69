"""The catalog in the vocabulary of the EU for public services: CPSV-AP 3.2.0.

The addresses of things are those of this catalog: an entry's is that of its export, what belongs to
it alone is a part of it (`…/cpsv-ap/petition#channel-web`), and institutions, rules and types of
evidence have the address at which the catalog shows them.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from importlib import import_module
from typing import Final

from hub_core.language import Language
from hub_core.problem import FieldError

from ..domain.institutions import Institution
from ..domain.services import Service
from ..domain.text import Texts
from .addresses import Addresses
from .entries import Entry
from .graph import Graph, Triple, Value
from .organisations import organisation
from .surroundings import Surroundings
from .vocabulary import CV, DCAT, DCT

SHAPES: Final = "cpsv-ap-SHACL.ttl"
PUBLISHER: Final = "MAI"
"""The institution that publishes the catalog."""

_NOWHERE: Final = "https://hub.invalid"
"""An origin to judge below: what is said names paths."""

_TITLE: Final = Texts(
    ro="Catalogul serviciilor publice ale Ministerului Afacerilor Interne",
    hu="A Belügyminisztérium közszolgáltatásainak katalógusa",
    en="Catalogue of the public services of the Ministry of Internal Affairs",
)
_DESCRIPTION: Final = Texts(
    ro="Fiecare serviciu, descris o singură dată: cine îl oferă, cui, cum, cât costă și până când (OMAI "
    "nr. 136/2020 art. 8 alin. (3)). Textul oficial este cel românesc.",
    hu="Minden szolgáltatás, egyszer leírva: ki nyújtja, kinek, hogyan, mennyiért és meddig (136/2020. sz. "
    "belügyminiszteri rendelet 8. cikk (3) bekezdés). A román szöveg a hivatalos.",
    en="Every service, described once: who gives it, to whom, how, at what cost and by when (OMAI no. "
    "136/2020 art. 8(3)). The Romanian text is the official one.",
)
_MEMBERS: Final[Mapping[tuple[str, str], str]] = {
    ("", f"{DCT}title"): "/title",
    ("", f"{DCT}description"): "/description",
    ("", f"{CV}hasCompetentAuthority"): "/provider_id",
    ("/requirements", f"{DCT}title"): "/text",
    ("/outputs", f"{DCT}title"): "/title",
}
"""The member that a property comes from, by the list that its thing stands in."""


def entry(
    service: Service,
    around: Surroundings,
    on: date,
    origin: str,
    only: Language | None = None,
) -> Graph:
    """What the catalog says of an entry, with its legal numbers as they hold on a day."""
    graph = Graph(only)
    Entry(service, around, on, graph, Addresses(origin)).describe()
    _catalogue(graph, Addresses(origin), around.institutions.values())
    return graph


def entry_after(
    known: set[Triple], service: Service, around: Surroundings, on: date, origin: str, only: Language | None
) -> Graph:
    """The same without what is known, and without other services; what entries share becomes known."""
    addresses = Addresses(origin)
    own = addresses.service(service.code)
    described = entry(service, around, on, origin, only)
    others = {
        each
        for each in described
        if each[0].startswith(f"{addresses.catalogue}/") and each[0].partition("#")[0] != own
    }
    graph = described.without(known | others)
    known.update(each for each in graph if each[0].partition("#")[0] != own)
    return graph


def catalogue(
    codes: Iterable[str], institutions: Iterable[Institution], origin: str, only: Language | None = None
) -> Graph:
    """The catalog itself with the codes of its entries."""
    graph, addresses = Graph(only), Addresses(origin)
    _catalogue(graph, addresses, institutions)
    graph.link(addresses.catalogue, f"{DCT}hasPart", *map(addresses.service, codes))
    return graph


def violations(service: Service, around: Surroundings, on: date) -> list[FieldError]:
    """What the official shapes say against an entry, in the judge's words; empty when it conforms.

    Each finding has the JSON pointer of the member that it comes from, as far as it comes from one. It
    takes a tenth of a second, the first time half a second more: ask in a thread.
    """
    graph, addresses = Graph(), Addresses(_NOWHERE)
    described = Entry(service, around, on, graph, addresses)
    described.describe()
    _catalogue(graph, addresses, around.institutions.values())
    judge = import_module(".judge", __package__)
    found = []
    for each in judge.violations(graph, SHAPES):
        pointer = _pointer(described.pointers.get(each.thing, ""), each.name)
        found.append(FieldError(pointer, "cpsv-ap", each.reason.replace(_NOWHERE, "")))
    return found


def _pointer(thing: str, name: str) -> str:
    place = thing.rstrip("0123456789").rstrip("/")
    return thing + _MEMBERS.get((place, name), "")


def _catalogue(graph: Graph, addresses: Addresses, institutions: Iterable[Institution]) -> None:
    uri = graph.thing(addresses.catalogue, f"{DCAT}Dataset", f"{DCAT}Catalog")
    graph.add(uri, f"{DCT}identifier", Value("cpsv-ap"))
    graph.text(uri, f"{DCT}title", _TITLE)
    graph.text(uri, f"{DCT}description", _DESCRIPTION)
    for institution in institutions:
        if institution.code == PUBLISHER:
            graph.link(uri, f"{DCT}publisher", organisation(graph, addresses, institution))
