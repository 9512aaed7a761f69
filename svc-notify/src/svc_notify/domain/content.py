"""What no message of an institution may say, as far as a machine can tell (8.1). No I/O.

A lint, no proof: a second person reads every version before it is sent.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from hub_core import text

CNP: Final = "personal-number"
MARKUP: Final = "markup"
LINK: Final = "link"
HIDDEN: Final = "hidden-character"
SENSITIVE: Final = "sensitive"

_CNP_DIGITS: Final = 13
_DIGITS: Final = re.compile(r"(?<!\d)\d(?:[ .\-\u00a0]?\d){12,}(?!\d)")
_DAY: Final = re.compile(r"(?<!\d)(?:\d\d\.\d\d\.(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)(?!\d)")
_DIGIT: Final = re.compile(r"\d")
_RUN: Final = re.compile(r"\d+")
_BIRTH: Final = re.compile(r"[1-9]\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{6}")
_MARKUP: Final = re.compile(r"<\s*[/!?a-z]|&#?\w{1,32};|javascript:", re.IGNORECASE)
_LINK: Final = re.compile(
    r"\w+://|\bwww\.|\b(?:mailto|tel|data):"
    r"|(?<![\w@])[\w-]+(?:\.[\w-]+)*\.(?:ro|hu|eu|com|net|org|info|biz|gov|io|me|ly|app|site|xyz|link|online)\b",
    re.IGNORECASE,
)
_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cn", "Zl", "Zp"})
_TELLING: Final = re.compile(
    # a result
    r"\b(?:condamn\w*|pedeaps\w*|pedeps\w*|infractiun\w*|cazier\w*|antecedent\w*|dosar penal"
    r"|buntet\w*|elitel\w*|buncselekmeny\w*|erkolcsi bizonyitvany\w*"
    r"|convict\w*|criminal record\w*|offences?|sentenced?"
    # a sanction
    r"|amend[ae]|amenzi\w*|amendat\w*|contraventi\w*|sanction\w*|sanctiun\w*|puncte de penalizare"
    r"|birsag\w*|bírsag\w*|szabalysert\w*|szankci\w*|penalt(?:y|ies)|fined|fines"
    # somebody's health
    r"|diagnost\w*|diagnos[ie]\w*|boal[ae]|boli|bolnav\w*|medical\w*|dizabilit\w*|handicap\w*|insarcinat\w*"
    r"|diagnozis\w*|betegseg\w*|orvosi\w*|fogyatek\w*|terhes\w*|illness\w*|disease\w*|disabilit\w*|pregnan\w*)\b"
)
"""Words of a result, a sanction or somebody's health, in the three languages, without diacritics."""


def flaws(words: str) -> Iterator[str]:
    """The codes of what is wrong with fixed words, each once."""
    yield from value_flaws(words)
    if _TELLING.search(text.fold(words)):
        yield SENSITIVE


def value_flaws(value: str) -> Iterator[str]:
    """The codes of what is wrong with a value that somebody sends, each once.

    The words of a value are nobody's to judge here: a street may be called after a hospital.
    """
    if is_like_cnp(value):
        yield CNP
    if not value.isprintable() and any(
        unicodedata.category(character) in _HIDDEN for character in value if character != "\n"
    ):
        yield HIDDEN
    if _MARKUP.search(value):
        yield MARKUP
    if _LINK.search(value):
        yield LINK


def is_like_cnp(words: str) -> bool:
    """Whether thirteen digits in it could be a CNP: by the first digit, the month and the day.

    The check digit is not asked: a number with a typing error is somebody's too. Digits of any script
    count, and single blanks, points and hyphens between them and what cannot be seen do not; a day is no
    part of a number.
    """
    plain = unicodedata.normalize("NFKC", words)
    if len(_DIGIT.findall(plain)) < _CNP_DIGITS:
        return False
    plain = "".join(each for each in plain if unicodedata.category(each) != "Cf")
    plain = _DIGIT.sub(lambda digit: str(unicodedata.digit(digit[0])), plain)
    for found in _DIGITS.finditer(_DAY.sub("#", plain)):
        runs = _RUN.findall(found[0])
        together = "".join(runs)
        numbers = [*runs, together] if len(together) == _CNP_DIGITS else runs
        if any(_BIRTH.fullmatch(number) for number in numbers):
            return True
    return False
