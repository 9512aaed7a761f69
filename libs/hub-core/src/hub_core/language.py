"""The languages people are served in, and how one is chosen."""

from enum import StrEnum
from typing import Final


class Language(StrEnum):
    """A language of pages, problems and messages. Romanian is the official text and the fallback."""

    RO = "ro"
    HU = "hu"
    EN = "en"


_TAGS: Final = frozenset(language.value for language in Language)


def negotiate(accept_language: str | None) -> Language:
    """Pick a language by `Accept-Language` (RFC 9110, 12.5.4); Romanian when none fits.

    Only the primary subtag counts (`en-GB` asks for English); `q=0` refuses a language;
    what cannot be read is passed over.
    """
    best, best_quality = Language.RO, 0.0
    for item in (accept_language or "").split(","):
        tag, _, parameters = item.partition(";")
        primary = tag.strip().partition("-")[0].lower()
        quality = _quality(parameters)
        if primary in _TAGS and quality > best_quality:
            best, best_quality = Language(primary), quality
    return best


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
