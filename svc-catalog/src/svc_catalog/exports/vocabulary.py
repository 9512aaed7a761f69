"""The vocabularies of the exports: namespaces, and the tables of the EU that are named."""

from collections.abc import Mapping
from typing import Final

from hub_core.language import Language

from .graph import RDF, XSD

CPSV: Final = "http://purl.org/vocab/cpsv#"
CV: Final = "http://data.europa.eu/m8g/"
DCT: Final = "http://purl.org/dc/terms/"
DCAT: Final = "http://www.w3.org/ns/dcat#"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
ORG: Final = "http://www.w3.org/ns/org#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
ELI: Final = "http://data.europa.eu/eli/ontology#"
LOCN: Final = "http://www.w3.org/ns/locn#"
ADMS: Final = "http://www.w3.org/ns/adms#"
TIME: Final = "http://www.w3.org/2006/time#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
VCARD: Final = "http://www.w3.org/2006/vcard/ns#"
AUTHORITY: Final = "http://publications.europa.eu/resource/authority/"

PREFIXES: Final[Mapping[str, str]] = {
    "adms": ADMS,
    "cpsv": CPSV,
    "cv": CV,
    "dcat": DCAT,
    "dct": DCT,
    "eli": ELI,
    "foaf": FOAF,
    "locn": LOCN,
    "org": ORG,
    "owl": OWL,
    "rdf": RDF,
    "skos": SKOS,
    "time": TIME,
    "vcard": VCARD,
    "xsd": XSD,
}
LANGUAGES: Final[Mapping[Language, str]] = {
    Language.RO: f"{AUTHORITY}language/RON",
    Language.HU: f"{AUTHORITY}language/HUN",
    Language.EN: f"{AUTHORITY}language/ENG",
}
ROMANIA: Final = f"{AUTHORITY}country/ROU"
LEU: Final = f"{AUTHORITY}currency/RON"
PUBLIC_ADMINISTRATION: Final = "http://data.europa.eu/ux2/nace2/84"
"""Section O, division 84 of NACE Rev. 2: public administration and defence."""
