"""The catalog as open data: DCAT-AP 3.0.1."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from hub_core.language import Language

from ..domain.changes import ChangeKind
from ..domain.institutions import Institution
from ..domain.text import Texts
from ..reference import concepts
from ..reference.open_data import Dataset, Distribution, OpenData, open_data
from .addresses import Addresses
from .graph import XSD, Graph, Value, address
from .vocabulary import AUTHORITY, DCAT, DCT, FOAF, LANGUAGES, ROMANIA, SKOS, VCARD

SHAPES: Final = "dcat-ap-SHACL.ttl"

_MEDIA_TYPES: Final = "https://www.iana.org/assignments/media-types/"
_TITLE: Final = Texts(
    ro="Date deschise ale catalogului de servicii",
    hu="A szolgáltatáskatalógus nyílt adatai",
    en="Open data of the catalog of services",
)
_DESCRIPTION: Final = Texts(
    ro="Servicii publice, instituții, ghișee și numere din legi, în forme pe care le citesc programele.",
    hu="Közszolgáltatások, intézmények, ügyfélszolgálatok és jogszabályi számok, gépi olvasásra.",
    en="Public services, institutions, offices and numbers of laws, in forms that programs read.",
)
_SERVICE: Final = Texts(
    ro="Interfața catalogului de servicii",
    hu="A szolgáltatáskatalógus felülete",
    en="Interface of the catalog of services",
)


def catalogue(
    publisher: Institution,
    changed: Mapping[ChangeKind, datetime],
    origin: str,
    only: Language | None = None,
) -> Graph:
    """What may be taken, in which forms; `changed` says when things of a kind changed last."""
    return _Catalogue(publisher, changed, Addresses(origin), Graph(only), open_data()).describe()


class _Catalogue:
    """The catalog of data, on its way into a graph."""

    def __init__(
        self,
        publisher: Institution,
        changed: Mapping[ChangeKind, datetime],
        addresses: Addresses,
        graph: Graph,
        data: OpenData,
    ) -> None:
        self._publisher = publisher
        self._changed = changed
        self._addresses = addresses
        self._graph = graph
        self._data = data
        self._uri = addresses.open_data

    def describe(self) -> Graph:
        graph, uri = self._graph, self._uri
        graph.thing(uri, f"{DCAT}Catalog")
        self._say(uri, _TITLE, _DESCRIPTION)
        graph.link(uri, f"{DCT}publisher", self._agent())
        graph.link(uri, f"{DCT}license", self._licence())
        graph.link(
            uri,
            f"{DCT}language",
            *(graph.thing(each, f"{DCT}LinguisticSystem") for each in LANGUAGES.values()),
        )
        graph.link(uri, f"{DCT}spatial", graph.thing(ROMANIA, f"{DCT}Location"))
        graph.link(uri, f"{FOAF}homepage", graph.thing(f"{self._addresses.origin}/", f"{FOAF}Document"))
        self._modified(uri, *self._changed)
        graph.link(uri, f"{DCAT}dataset", *map(self._dataset, self._data.datasets))
        graph.link(uri, f"{DCAT}service", self._service())
        return graph

    def _dataset(self, dataset: Dataset) -> str:
        graph, uri = self._graph, self._part("dataset", dataset.code)
        graph.thing(uri, f"{DCAT}Dataset")
        graph.add(uri, f"{DCT}identifier", Value(dataset.code))
        self._say(uri, dataset.title, dataset.description)
        graph.link(uri, f"{DCT}publisher", self._agent())
        graph.link(uri, f"{DCAT}contactPoint", self._contact())
        graph.link(uri, f"{DCAT}theme", *map(self._theme, dataset.themes))
        frequency = f"{AUTHORITY}frequency/{dataset.frequency}"
        graph.link(uri, f"{DCT}accrualPeriodicity", graph.thing(frequency, f"{DCT}Frequency"))
        graph.link(uri, f"{DCT}accessRights", self._public())
        graph.link(uri, f"{DCT}spatial", graph.thing(ROMANIA, f"{DCT}Location"))
        graph.link(uri, f"{DCT}temporal", self._since())
        self._modified(uri, *dataset.kinds)
        graph.link(
            uri, f"{DCAT}distribution", *(self._distribution(dataset, each) for each in dataset.distributions)
        )
        return uri

    def _distribution(self, dataset: Dataset, distribution: Distribution) -> str:
        graph = self._graph
        name = distribution.code or distribution.file_type.lower()
        uri = self._part("distribution", f"{dataset.code}-{name}")
        graph.thing(uri, f"{DCAT}Distribution")
        graph.text(uri, f"{DCT}title", dataset.title)
        where = self._addresses.origin + distribution.path
        graph.link(uri, f"{DCAT}accessURL", address(where))
        graph.link(uri, f"{DCAT}downloadURL", address(where))
        graph.link(
            uri, f"{DCAT}mediaType", graph.thing(_MEDIA_TYPES + distribution.media_type, f"{DCT}MediaType")
        )
        file_type = f"{AUTHORITY}file-type/{distribution.file_type}"
        graph.link(uri, f"{DCT}format", graph.thing(file_type, f"{DCT}MediaTypeOrExtent"))
        if distribution.conforms_to:
            graph.link(uri, f"{DCT}conformsTo", graph.thing(distribution.conforms_to, f"{DCT}Standard"))
        graph.link(uri, f"{DCT}license", self._licence())
        if dataset.rights:
            rights = graph.thing(self._part("rights", dataset.code), f"{DCT}RightsStatement")
            graph.text(rights, f"{DCT}description", dataset.rights)
            graph.link(uri, f"{DCT}rights", rights)
        graph.link(uri, f"{DCAT}accessService", self._part("service", "catalog"))
        return uri

    def _service(self) -> str:
        graph, uri = self._graph, self._part("service", "catalog")
        graph.thing(uri, f"{DCAT}DataService")
        self._say(uri, _SERVICE, _DESCRIPTION)
        graph.link(uri, f"{DCAT}endpointURL", f"{self._addresses.origin}/catalog/v1")
        graph.link(uri, f"{DCAT}endpointDescription", f"{self._addresses.origin}/openapi/catalog.json")
        graph.link(uri, f"{DCT}publisher", self._agent())
        graph.link(uri, f"{DCAT}contactPoint", self._contact())
        graph.link(uri, f"{DCT}license", self._licence())
        graph.link(uri, f"{DCT}accessRights", self._public())
        served = (self._part("dataset", each.code) for each in self._data.datasets)
        graph.link(uri, f"{DCAT}servesDataset", *served)
        return uri

    def _say(self, uri: str, title: Texts, description: Texts) -> None:
        self._graph.text(uri, f"{DCT}title", title)
        self._graph.text(uri, f"{DCT}description", description)

    def _modified(self, uri: str, *kinds: ChangeKind) -> None:
        times = [self._changed[kind] for kind in kinds if kind in self._changed]
        if times:
            last = max(times).astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
            self._graph.add(uri, f"{DCT}modified", Value(last, f"{XSD}dateTime"))

    def _agent(self) -> str:
        uri = self._graph.thing(self._addresses.institution(self._publisher.code), f"{FOAF}Agent")
        self._graph.text(uri, f"{FOAF}name", self._publisher.names)
        return uri

    def _contact(self) -> str:
        uri = self._graph.thing(f"{self._uri}#contact", f"{VCARD}Kind", f"{VCARD}Organization")
        self._graph.text(uri, f"{VCARD}fn", self._publisher.names)
        self._graph.link(uri, f"{VCARD}hasURL", f"{self._addresses.origin}/")
        return uri

    def _since(self) -> str:
        uri = self._graph.thing(f"{self._uri}#since", f"{DCT}PeriodOfTime")
        self._graph.add(uri, f"{DCAT}startDate", Value(self._data.since.isoformat(), f"{XSD}date"))
        return uri

    def _theme(self, code: str) -> str:
        uri = self._graph.thing(f"{AUTHORITY}data-theme/{code}", f"{SKOS}Concept")
        self._graph.text(uri, f"{SKOS}prefLabel", concepts.name("theme", code))
        return uri

    def _licence(self) -> str:
        return self._graph.thing(f"{AUTHORITY}licence/{self._data.licence}", f"{DCT}LicenseDocument")

    def _public(self) -> str:
        return self._graph.thing(f"{AUTHORITY}access-right/PUBLIC", f"{DCT}RightsStatement")

    def _part(self, kind: str, name: str) -> str:
        return f"{self._uri}#{kind}-{name.replace('_', '-')}"
