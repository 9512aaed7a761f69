"""The terms of the exports in JSON-LD."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final

import orjson

from .vocabulary import CV, DCAT, DCT, FOAF, OWL, SKOS

_OFFICIAL: Final = files("svc_catalog") / "standards" / "cpsv-ap.jsonld"
_TEXTS: Final = {"@container": "@set"}
_LINKS: Final = {"@container": "@set", "@type": "@id"}

OWN: Final[Mapping[str, Any]] = {
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


def official() -> bytes:
    """The official context of CPSV-AP, as it was published."""
    return _OFFICIAL.read_bytes()


@cache
def terms() -> Mapping[str, Any]:
    """The terms of the official context."""
    found: dict[str, Any] = orjson.loads(official())["@context"]
    return found
