"""Which passwords are taken: long enough, not endless, not common (NIST SP 800-63B); all else is free."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Final

from . import rules
from .rules import RuleId

_REFUSED: Final = ("Cc", "Cs")
"""Control characters, NUL among them, and lone surrogates."""
_REPEATED: Final = re.compile(r"(.{1,8}?)\1+")
_HALVES: Final = re.compile(r"(.{3,}?)[\W_\d]*\1")
_WRITTEN_FOR: Final = str.maketrans("0134578@$!|", "oieastbasil")
_DIGITS: Final = "0123456789" * 30
_FEW: Final = 2
_ENDS: Final = re.compile(r"^[\d\W_]+|[\d\W_]+$")
_OWN_SHORTEST: Final = 3


def prepare(text: str) -> str:
    """The form that is hashed: NFC (RFC 8265, OpaqueString), so that every keyboard gives the same."""
    return unicodedata.normalize("NFC", text)


class Flaw(StrEnum):
    """Why a password is not taken.

    BREACHED: it is among those that everybody tries first, or made of one. OWN: it is made of what the
    person is called by.
    """

    TOO_SHORT = "TOO_SHORT"
    TOO_LONG = "TOO_LONG"
    CONTROL_CHARACTERS = "CONTROL_CHARACTERS"
    BREACHED = "BREACHED"
    OWN = "OWN"


def flaw(
    text: str, now: datetime, is_common: Callable[[str], bool], own: Collection[str] = ()
) -> Flaw | None:
    """Why this password may not be chosen; none when it may.

    `is_common` says whether a folded text is known to be common, `own` are the person's names and e-mail
    address. NIST SP 800-63B 3.1.1.2: compared with what was breached, with words, and with the user's own.
    """
    prepared = prepare(text)
    if any(unicodedata.category(character) in _REFUSED for character in prepared):
        return Flaw.CONTROL_CHARACTERS
    if len(prepared) < rules.value(RuleId.PASSWORD_SHORTEST, now):
        return Flaw.TOO_SHORT
    if len(prepared) > rules.value(RuleId.PASSWORD_LONGEST, now):
        return Flaw.TOO_LONG
    reduced = set(reductions(prepared))
    if any(is_common(one) or _is_plain(one) for one in reduced):
        return Flaw.BREACHED
    return Flaw.OWN if not reduced.isdisjoint(_called(own)) else None


def folded(text: str) -> str:
    """The password without letter case and diacritics: `Parolă` and `parola` are guessed together."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def reductions(text: str) -> Iterator[str]:
    """What guessers vary to come to this password: itself, what it repeats, its word without its ends.

    `P4rola-P4rola!` gives `parola` among others; several words that are not common together give only
    themselves.
    """
    plain = folded(text)
    for spelled in {plain, plain.replace(" ", "")}:
        for core in {spelled, _ENDS.sub("", spelled)}:
            for read in {core, core.translate(_WRITTEN_FOR)}:
                yield read
                repeated = _REPEATED.fullmatch(read) or _HALVES.fullmatch(read)
                if repeated:
                    yield from (repeated[1], _ENDS.sub("", repeated[1]))


def _is_plain(text: str) -> bool:
    """Whether it is hardly anything: a short text, the same again and again, or a run of neighbours."""
    if len(set(text)) <= _FEW:
        return bool(text)
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return steps <= {1} or steps <= {-1} or text in _DIGITS or text in _DIGITS[::-1]


def _called(own: Collection[str]) -> set[str]:
    """What a person's names and address come to, alone and together."""
    words = [folded(word) for one in own for word in (one, one.partition("@")[0], *re.split(r"[\W_]+", one))]
    kept = [word for word in words if len(word) >= _OWN_SHORTEST]
    joined = {
        first + between + second for first in kept for second in kept for between in ("", " ", ".", "-", "_")
    }
    return {*kept, *joined}
