"""Text as people write it in Romania: normalised on the way in, compared without diacritics."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import AfterValidator, GetJsonSchemaHandler, StringConstraints

_CEDILLA_TO_COMMA: Final = tuple(zip("ŞşŢţ", "ȘșȚț", strict=True))
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_BLANK_ENDS: Final = re.compile(r"\A[\s\u200b-\u200d\u2060]+|[\s\u200b-\u200d\u2060]+\Z")
_LINE_BREAK: Final = re.compile(r"[\t\n\r]")


class _Bare(dict[int, int | None]):
    """Every character as it is, and none for one that combines with the one before; worked out when met."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.combining(chr(code)) else code
        return self[code]


_BARE: Final = _Bare()


def normalise(text: str) -> str:
    """NFC, with the cedilla letters of old keyboards turned into comma-below (ş → ș)."""
    text = unicodedata.normalize("NFC", text)
    for cedilla, comma in _CEDILLA_TO_COMMA:  # a search for each is a twentieth of `str.translate`
        text = text.replace(cedilla, comma)
    return text


def fold(text: str) -> str:
    """The form for searching: no diacritics, lower case (`Brașov` → `brasov`)."""
    if text.isascii():
        return text.casefold()
    return unicodedata.normalize("NFKD", normalise(text)).translate(_BARE).casefold()


def _clean_text(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("control characters are not allowed")
    return _BLANK_ENDS.sub("", normalise(text.replace("\r\n", "\n").replace("\r", "\n")))


def _clean_line(text: str) -> str:
    if _LINE_BREAK.search(text):
        raise ValueError("line breaks are not allowed")
    return _clean_text(text)


@dataclass(frozen=True, slots=True)
class Documented:
    """Says in the JSON schema (as a `pattern`) what a validator of ours holds a text to."""

    pattern: str

    def __get_pydantic_json_schema__(self, core_schema: Any, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """The schema with the pattern."""
        return {**handler(core_schema), "pattern": self.pattern}


Line = Annotated[
    str,
    StringConstraints(max_length=10_000),
    AfterValidator(_clean_line),
    Documented(r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]*$"),
]
"""One line of text for people: stripped, NFC, comma-below; control characters and breaks refused."""

Text = Annotated[
    str,
    StringConstraints(max_length=200_000),
    AfterValidator(_clean_text),
    Documented(r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]*$"),
]
"""Text of several lines for people: as `Line`, with line breaks kept as `\\n`."""
