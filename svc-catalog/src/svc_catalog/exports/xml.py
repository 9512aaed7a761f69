"""The catalog for readers of feeds and for search engines: Atom (RFC 4287) and a sitemap."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from hub_core.language import Language

from ..domain.changes import Change, ChangeKind
from ..domain.text import Texts
from ..reference import concepts
from .addresses import path_of

ATOM: Final = "application/atom+xml"
SITEMAP: Final = "application/xml"
MOST_ADDRESSES: Final = 50_000
"""What a sitemap may hold (sitemaps.org)."""

_ATOM: Final = "http://www.w3.org/2005/Atom"
_TOMBSTONES: Final = "http://purl.org/atompub/tombstones/1.0"
_SITEMAP: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TITLE: Final = Texts(
    ro="Modificările catalogului de servicii publice",
    hu="A közszolgáltatások katalógusának változásai",
    en="Changes of the catalog of public services",
)
_AUTHOR: Final = Texts(
    ro="Ministerul Afacerilor Interne", hu="Belügyminisztérium", en="Ministry of Internal Affairs"
)
_VERSION: Final = Texts(ro="versiunea", hu="változat:", en="version")
STANDING: Final = ("/catalog/v1/cpsv-ap", "/catalog/v1/dcat", "/catalog/v1/changes.atom")
"""Addresses of a sitemap besides those of things."""

register_namespace("", _ATOM)
register_namespace("at", _TOMBSTONES)

Names = Mapping[tuple[ChangeKind, str], Texts]
"""What things are called, by kind and code."""


def feed(changes: Iterable[Change], names: Names, origin: str, language: Language) -> bytes:
    """The newest changes as a feed in one language; what is gone is a tombstone (RFC 6721).

    An entry's id is the thing's address and stays the same when it changes again.
    """
    found = list(changes)
    address = f"{origin}/catalog/v1/changes.atom"
    made = Element(_atom("feed"), {_LANGUAGE: language.value})
    _text(made, "id", address)
    _text(made, "title", _in(_TITLE, language))
    newest = max((each.changed_at for each in found), default=datetime.fromtimestamp(0, UTC))
    _text(made, "updated", _instant(newest))
    _text(SubElement(made, _atom("author")), "name", _in(_AUTHOR, language))
    SubElement(
        made, _atom("link"), {"rel": "self", "type": ATOM, "href": address, "hreflang": language.value}
    )
    for each in found:  # tombstones before the entries: so RFC 4287's own schema takes them
        if each.gone:
            when = {"ref": origin + path_of(each.kind, each.code), "when": _instant(each.changed_at)}
            SubElement(made, f"{{{_TOMBSTONES}}}deleted-entry", when)
    for each in found:
        if not each.gone:
            where = origin + path_of(each.kind, each.code)
            _entry(made, each, names.get((each.kind, each.code)), where, language)
    return _written(made)


def sitemap(changes: Iterable[Change], origin: str) -> bytes:
    """Every address that can be read, with when it changed."""
    made = Element("urlset", {"xmlns": _SITEMAP})
    for path in STANDING:
        SubElement(SubElement(made, "url"), "loc").text = origin + path
    for each in changes:
        place = SubElement(made, "url")
        SubElement(place, "loc").text = origin + path_of(each.kind, each.code)
        SubElement(place, "lastmod").text = _instant(each.changed_at)
    return _written(made)


def _entry(feed: Element, change: Change, name: Texts | None, where: str, language: Language) -> None:
    made = SubElement(feed, _atom("entry"))
    kind = _in(concepts.name("change", change.kind), language)
    _text(made, "id", where)
    _text(made, "title", _in(name, language) if name else f"{kind}: {change.code}")
    _text(made, "updated", _instant(change.changed_at))
    SubElement(made, _atom("link"), {"rel": "alternate", "type": "application/json", "href": where})
    SubElement(made, _atom("category"), {"term": change.kind.value, "label": kind})
    _text(made, "summary", f"{kind}, {_in(_VERSION, language)} {change.version}")


def _atom(name: str) -> str:
    return f"{{{_ATOM}}}{name}"


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, _atom(name)).text = _NOT_XML.sub("", text)


def _in(texts: Texts, language: Language) -> str:
    by_language = {Language.RO: texts.ro, Language.HU: texts.hu, Language.EN: texts.en}
    return by_language[language] or texts.ro


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _written(made: Element) -> bytes:
    document: bytes = tostring(made, encoding="utf-8", xml_declaration=True)
    return document
