"""The terms of the exports in JSON-LD."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any, Final

import orjson

from .graph import XSD
from .vocabulary import CV, DCAT, DCT, FOAF, OWL, SKOS, VCARD

_OFFICIAL: Final = files("svc_catalog") / "standards" / "cpsv-ap.jsonld"
_TEXTS: Final = {"@container": "@set"}
_LINKS: Final = {"@container": "@set", "@type": "@id"}

_FURTHER: Final[Mapping[str, Any]] = {
    "Catalog": f"{DCAT}Catalog",
    "Channel.page": {"@id": f"{FOAF}page", **_LINKS},
    "Concept.preferredLabel": {"@id": f"{SKOS}prefLabel", **_TEXTS},
    "Criterion": f"{CV}Criterion",
    "EvidenceType.description": {"@id": f"{DCT}description", **_TEXTS},
    "EvidenceType.name": {"@id": f"{DCT}title", **_TEXTS},
    "LegalResource.name": {"@id": f"{DCT}title", **_TEXTS},
    "LegalResource.page": {"@id": f"{FOAF}page", **_LINKS},
    "PublicOrganization.homepage": {"@id": f"{FOAF}homepage", **_LINKS},
    "PublicService.version": {"@id": f"{OWL}versionInfo"},
    "Requirement.description": {"@id": f"{DCT}description", **_TEXTS},
}
"""Terms that the official context does not have, in its way of naming."""


_DATA: Final[Mapping[str, Any]] = {
    "Agent": f"{FOAF}Agent",
    "Agent.name": {"@id": f"{FOAF}name", **_TEXTS},
    "Catalog": f"{DCAT}Catalog",
    "Catalog.dataset": {"@id": f"{DCAT}dataset", **_LINKS},
    "Catalog.description": {"@id": f"{DCT}description", **_TEXTS},
    "Catalog.homepage": {"@id": f"{FOAF}homepage", "@type": "@id"},
    "Catalog.language": {"@id": f"{DCT}language", **_LINKS},
    "Catalog.license": {"@id": f"{DCT}license", "@type": "@id"},
    "Catalog.modified": {"@id": f"{DCT}modified", "@type": f"{XSD}dateTime"},
    "Catalog.publisher": {"@id": f"{DCT}publisher", "@type": "@id"},
    "Catalog.service": {"@id": f"{DCAT}service", **_LINKS},
    "Catalog.spatial": {"@id": f"{DCT}spatial", **_LINKS},
    "Catalog.title": {"@id": f"{DCT}title", **_TEXTS},
    "Concept": f"{SKOS}Concept",
    "Concept.preferredLabel": {"@id": f"{SKOS}prefLabel", **_TEXTS},
    "DataService": f"{DCAT}DataService",
    "DataService.accessRights": {"@id": f"{DCT}accessRights", "@type": "@id"},
    "DataService.contactPoint": {"@id": f"{DCAT}contactPoint", **_LINKS},
    "DataService.description": {"@id": f"{DCT}description", **_TEXTS},
    "DataService.endpointDescription": {"@id": f"{DCAT}endpointDescription", **_LINKS},
    "DataService.endpointURL": {"@id": f"{DCAT}endpointURL", **_LINKS},
    "DataService.license": {"@id": f"{DCT}license", "@type": "@id"},
    "DataService.publisher": {"@id": f"{DCT}publisher", "@type": "@id"},
    "DataService.servesDataset": {"@id": f"{DCAT}servesDataset", **_LINKS},
    "DataService.title": {"@id": f"{DCT}title", **_TEXTS},
    "Dataset": f"{DCAT}Dataset",
    "Dataset.accessRights": {"@id": f"{DCT}accessRights", "@type": "@id"},
    "Dataset.accrualPeriodicity": {"@id": f"{DCT}accrualPeriodicity", "@type": "@id"},
    "Dataset.contactPoint": {"@id": f"{DCAT}contactPoint", **_LINKS},
    "Dataset.description": {"@id": f"{DCT}description", **_TEXTS},
    "Dataset.distribution": {"@id": f"{DCAT}distribution", **_LINKS},
    "Dataset.identifier": {"@id": f"{DCT}identifier", "@container": "@set"},
    "Dataset.modified": {"@id": f"{DCT}modified", "@type": f"{XSD}dateTime"},
    "Dataset.publisher": {"@id": f"{DCT}publisher", "@type": "@id"},
    "Dataset.spatial": {"@id": f"{DCT}spatial", **_LINKS},
    "Dataset.temporal": {"@id": f"{DCT}temporal", **_LINKS},
    "Dataset.theme": {"@id": f"{DCAT}theme", **_LINKS},
    "Dataset.title": {"@id": f"{DCT}title", **_TEXTS},
    "Distribution": f"{DCAT}Distribution",
    "Distribution.accessService": {"@id": f"{DCAT}accessService", **_LINKS},
    "Distribution.accessURL": {"@id": f"{DCAT}accessURL", **_LINKS},
    "Distribution.conformsTo": {"@id": f"{DCT}conformsTo", **_LINKS},
    "Distribution.downloadURL": {"@id": f"{DCAT}downloadURL", **_LINKS},
    "Distribution.format": {"@id": f"{DCT}format", "@type": "@id"},
    "Distribution.license": {"@id": f"{DCT}license", "@type": "@id"},
    "Distribution.mediaType": {"@id": f"{DCAT}mediaType", "@type": "@id"},
    "Distribution.rights": {"@id": f"{DCT}rights", **_LINKS},
    "Distribution.title": {"@id": f"{DCT}title", **_TEXTS},
    "Document": f"{FOAF}Document",
    "Frequency": f"{DCT}Frequency",
    "Kind": f"{VCARD}Kind",
    "Kind.fn": {"@id": f"{VCARD}fn", **_TEXTS},
    "Kind.hasURL": {"@id": f"{VCARD}hasURL", **_LINKS},
    "LicenseDocument": f"{DCT}LicenseDocument",
    "LinguisticSystem": f"{DCT}LinguisticSystem",
    "Location": f"{DCT}Location",
    "MediaType": f"{DCT}MediaType",
    "MediaTypeOrExtent": f"{DCT}MediaTypeOrExtent",
    "Organization": f"{VCARD}Organization",
    "PeriodOfTime": f"{DCT}PeriodOfTime",
    "PeriodOfTime.startDate": {"@id": f"{DCAT}startDate", "@type": f"{XSD}date"},
    "RightsStatement": f"{DCT}RightsStatement",
    "RightsStatement.description": {"@id": f"{DCT}description", **_TEXTS},
    "Standard": f"{DCT}Standard",
}
"""The terms of the catalog of data, named as the EU's contexts name theirs."""


class Context(StrEnum):
    """A context that documents of the catalog name; CPSV-AP's is the official one, unchanged."""

    CPSV_AP = "cpsv-ap"
    DCAT_AP = "dcat-ap"

    @property
    def document(self) -> bytes:
        """The context as a document."""
        if self is Context.CPSV_AP:
            return _OFFICIAL.read_bytes()
        return orjson.dumps({"@context": _DATA}, option=orjson.OPT_INDENT_2)

    @property
    def terms(self) -> Mapping[str, Any]:
        """The terms of that document."""
        return _official() if self is Context.CPSV_AP else _DATA

    @property
    def further(self) -> Mapping[str, Any]:
        """Terms that it does not have and documents need."""
        return _FURTHER if self is Context.CPSV_AP else {}


@cache
def _official() -> Mapping[str, Any]:
    found: dict[str, Any] = orjson.loads(_OFFICIAL.read_bytes())["@context"]
    return found
