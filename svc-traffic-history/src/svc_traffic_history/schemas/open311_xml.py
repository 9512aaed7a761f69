"""Answers of the Open311 facade as XML, by the names of GeoReport v2."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias
from xml.etree.ElementTree import Element, SubElement, tostring

Value: TypeAlias = str | int | float | bool | Mapping[str, "Value"] | Sequence["Value"] | None
"""What JSON can say."""

_ITEM: Final = {
    "attributes": "attribute",
    "endpoints": "endpoint",
    "errors": "error",
    "formats": "format",
    "service_requests": "request",
    "services": "service",
    "values": "value",
}
"""What one of a list is called, by the name of the list."""
_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold in any form."""


def document(name: str, value: Value) -> bytes:
    """An XML document in UTF-8 whose root has this name; a list has one element for each of its items."""
    root = Element(name)
    _fill(root, value)
    written: bytes = tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _fill(element: Element, value: Value) -> None:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _fill(SubElement(element, name), inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            _fill(SubElement(element, _ITEM[element.tag]), inner)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = _NO_XML.sub("\N{REPLACEMENT CHARACTER}", str(value))
