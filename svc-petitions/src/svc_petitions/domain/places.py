"""The county of which a text speaks, by the names of counties and towns in it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hub_core.text import fold

from .words import Word, words

_BEFORE: Final = frozenset(
    word.folded
    for word in words(
        "in din la langa spre de jud judetul judetului judetean loc localitatea localitatii comuna comunei "
        "municipiul municipiului mun orasul orasului oras or sectorul"
    )
)
"""What stands before a place, for whoever writes without capitals; some places are usual words too."""
_STREET: Final = frozenset(
    word.folded
    for word in words(
        "piata pietei strada strazii str calea bulevardul bd soseaua sos aleea intrarea utca ter"
    )
)
"""What stands before a name that is a street's."""
_KEY: Final = 3
_HUNGARIAN_LEAST: Final = 5
_HUNGARIAN_ENDING: Final = 6
_ADJACENT: Final = 2


@dataclass(frozen=True, slots=True)
class Named:
    """A county that a text names: its vehicle code, how often, and the first place as it was written."""

    county: str
    times: int
    written: str


@dataclass(frozen=True, slots=True)
class Names:
    """What the places of a county are called: in Romanian, by short forms, in Hungarian."""

    ro: Sequence[str]
    also: Sequence[str] = ()
    hu: Sequence[str] = ()


class Gazetteer:
    """The names of places, by their first words."""

    def __init__(self, names: Mapping[str, Names]) -> None:
        self._romanian: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self._hungarian: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for county, called in names.items():
            for name in (*called.ro, *called.also):
                for phrase in _inflected(_folded(name)):
                    self._romanian.setdefault(phrase[0], []).append((phrase, county))
            for phrase in map(_folded, called.hu):
                self._hungarian.setdefault(phrase[0][:_KEY], []).append((phrase, county))
        for phrases in (*self._romanian.values(), *self._hungarian.values()):
            phrases.sort(key=lambda phrase: -len(phrase[0]))

    def counties(self, text: str) -> list[Named]:
        """The counties that a text names, the one named most often first."""
        found = list(self._found(words(text)))
        first = dict(reversed(found))
        times = Counter(county for county, _ in found)
        return [Named(county, number, first[county]) for county, number in times.most_common()]

    def _found(self, there: Sequence[Word]) -> Iterator[tuple[str, str]]:
        place = 0
        while place < len(there):
            county, length = self._at(there, place)
            if county:
                yield county, " ".join(word.written for word in there[place : place + length])
            place += length

    def _at(self, there: Sequence[Word], place: int) -> tuple[str | None, int]:
        word = there[place]
        if place and there[place - 1].folded in _STREET:
            return None, 1
        for phrase, county in self._romanian.get(word.folded, ()):
            length = len(phrase)
            if tuple(each.folded for each in there[place : place + length]) == phrase and (
                length > 1 or _is_named(there, place)
            ):
                return county, length
        for phrase, county in self._hungarian.get(word.folded[:_KEY], ()):
            meant = there[place : place + len(phrase)]
            *before, last = phrase
            if [each.folded for each in meant[: len(before)]] == before and _is_form(meant[-1], last):
                return county, len(phrase)
        return None, 1


def _is_named(there: Sequence[Word], place: int) -> bool:
    """Whether a word that is also a place means one: it has a capital, or a word of place before it."""
    before: Iterable[Word] = there[max(0, place - _ADJACENT) : place]
    return there[place].written[0].isupper() or any(word.folded in _BEFORE for word in before)


def _is_form(word: Word, name: str) -> bool:
    """Whether a word is a Hungarian name with whatever ending."""
    if len(name) < _HUNGARIAN_LEAST and not word.written[0].isupper():
        return False
    return word.folded.startswith(name) and len(word.folded) <= len(name) + _HUNGARIAN_ENDING


def _folded(name: str) -> tuple[str, ...]:
    return tuple(word.folded for word in words(name))


def _inflected(phrase: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """A Romanian name and its genitive: Clujului, Covasnei, Bacăului, Iașilor."""
    *before, last = phrase
    yield phrase
    endings = [f"{last[:-1]}ei"] if last.endswith("a") else [f"{last}ului", f"{last}lui", f"{last}lor"]
    for ending in endings:
        yield (*before, fold(ending))
