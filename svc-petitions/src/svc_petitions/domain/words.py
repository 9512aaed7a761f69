"""The words of a text, found again without diacritics, case and endings, in Romanian and in Hungarian."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from typing import Final

from Stemmer import Stemmer

from hub_core.language import Language
from hub_core.text import fold

_WORD: Final = re.compile(r"[^\W_]+")
_LONGEST: Final = 64
_BEGINNING: Final = 5
"""Letters from which on the beginning of a word tells it: Hungarian joins words and endings."""
_BETWEEN: Final = 1
"""Words that may stand between two of a phrase: `permis categoria B`."""
LANGUAGES: Final = (Language.RO, Language.HU)
"""The languages in which petitions are written."""
_HUNGARIAN: Final = Stemmer("hungarian")
_ARTICLE: Final = re.compile(r"(?<=\w{3})(ului|elor|ilor|lor|lui|ele|ile|ul)$")
_VOWELS: Final = re.compile(r"(?<=\w{3})[aeiou]+$")
_DERIVED: Final = re.compile(r"(?<=\w{5})(at|ar|ez|it|ur)$")
_FILLERS: Final = {
    Language.RO: frozenset(
        _WORD.findall(
            "a ai aceasta aceste acest acestui aceea acel acele acum adica al ale am an ani apoi ar "
            "are as asa asta astept atat au avea avem avut azi ba bine buna ca care caz ce cei cele "
            "cel cer cere cerere cererea cineva cinstit cu cum cand cat cate ci da daca dar data de "
            "deci desi despre deja din doamna domn domnule domnul dorim doresc dupa e ea ei el ele "
            "este eu fapt fara fi fie fiind foarte fost face facut i ii il imi in inca intr intre isi "
            "iar la le li lor lui ma mai mea mei mele meu mi mie mult multumesc multumim n ne ni nici "
            "nimeni nimic niciun nicio noi nostru noastra nu o odata ori pana pe pentru petitia "
            "petitie petitii plangere plangerea prin privind propunere propun pt raspuns reclamatie "
            "reclam rog rugam s sa sau se sesizam sesizare sesizez si sunt spus stimata stimate "
            "stimati subsemnata subsemnatul solicit solicitam solicitare solicitarea sub t te toata "
            "toate tot toti tu un una unde unei unii unor unui unul va vi voi vrea vreau zi zile ziua "
            "respect deosebita consideratie scris scriu aduc cunostinta urmatoarele"
        )
    ),
    Language.HU: frozenset(
        _WORD.findall(
            "a aki akik ami amely az azt be bejelentes csak de do egy el es ez ezt ezen ennek fel "
            "hanem ha hogy igen is itt jo kerem kerjuk keres ki koszonom koszonettel le lehet meg "
            "mert mi miert milyen mint mar most nagyon napot nekem nem nincs ok on panasz peticio "
            "semmi szeretnem szerint szives tisztelt tisztelettel uram ur van volt vagy vagyok cim "
            "kivanok javaslom javaslat"
        )
    ),
}
"""Words that say nothing of the matter: those that join, those of courtesy, those that name the paper."""
_EVERY_FILLER: Final = frozenset[str]().union(*_FILLERS.values())


@lru_cache(maxsize=65_536)
def stem(language: Language, word: str) -> str:
    """What is left of a folded word without its ending: in Hungarian by Snowball's algorithm.

    Snowball's Romanian one knows words with diacritics; of folded ones it makes `ghiseu` and `ghi` out of
    ghișeu and ghișeul. Here articles go first, then vowels, then the endings of derived words.
    """
    if language is Language.HU:
        return str(_HUNGARIAN.stemWord(word))
    return _DERIVED.sub("", _VOWELS.sub("", _ARTICLE.sub("", word)))


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it was written, and folded."""

    written: str
    folded: str


def words(text: str) -> list[Word]:
    """Every word of a text."""
    return [Word(match[0], fold(match[0])[:_LONGEST]) for match in _WORD.finditer(text)]


def telling(text: str) -> list[Word]:
    """The words of a text that say something of its matter."""
    return [word for word in words(text) if word.folded not in _EVERY_FILLER]


def language_of(text: str, said: Language) -> Language:
    """The language in which a text is written, by the small words in it; what was `said` where none tells."""
    there = [word.folded for word in words(text)]
    counted = {language: sum(word in small for word in there) for language, small in _FILLERS.items()}
    return max(counted, key=lambda language: (counted[language], language is said))


@lru_cache(maxsize=8_192)
def phrase(text: str) -> tuple[str, ...]:
    """The telling words of a short text that is looked for again and again, folded."""
    return tuple(word.folded for word in telling(text))


def lexemes(text: str, language: Language) -> frozenset[str]:
    """The stems of a text's telling words; numbers as they are."""
    there = {word[:_LONGEST] for word in _WORD.findall(fold(text))} - _EVERY_FILLER
    return frozenset(stem(language, word) for word in there)


class Text:
    """The telling words of a text with their places, in which phrases are looked for."""

    def __init__(self, text: str, language: Language) -> None:
        self.words = telling(text)
        self._language = language

    @cached_property
    def _by_word(self) -> Mapping[str, list[int]]:
        found: dict[str, list[int]] = {}
        for place, word in enumerate(self.words):
            found.setdefault(word.folded, []).append(place)
        return found

    @cached_property
    def _sorted(self) -> Sequence[str]:
        return sorted(self._by_word)

    @cached_property
    def _by_stem(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for word in self._sorted:
            found.setdefault(stem(self._language, word), []).append(word)
        return found

    def places(self, phrase: Sequence[str], language: Language) -> list[int]:
        """Where a phrase of folded words begins: its words in their order, one other between at most."""
        begun = {place: place for place in self._places(phrase[0], language)}
        for word in phrase[1:]:
            if not begun:
                break
            there = self._places(word, language)
            begun = {
                start: place
                for start, last in begun.items()
                for place in range(last + 1, last + 2 + _BETWEEN)
                if place in there
            }
        return sorted(begun)

    def written(self, place: int, length: int) -> str:
        """The words from a place on, as they were written."""
        return " ".join(word.written for word in self.words[place : place + length])

    def _places(self, word: str, language: Language) -> set[int]:
        """Where a word stands: of the text's own language with whatever ending, else as it is."""
        there = {word} & self._by_word.keys()
        if language is self._language:
            there.update(self._by_stem.get(stem(language, word), ()))
            there.update(self._beginning_with(word) if len(word) >= _BEGINNING else ())
        return set(chain.from_iterable(self._by_word[each] for each in there))

    def _beginning_with(self, start: str) -> Iterator[str]:
        for at in range(bisect_left(self._sorted, start), len(self._sorted)):
            if not self._sorted[at].startswith(start):
                return
            yield self._sorted[at]
