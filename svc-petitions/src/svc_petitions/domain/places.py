"""Of which county and whose town hall a text speaks, by the names of counties, towns and villages in it."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hub_core.text import fold

from .words import Word, words


def _set(text: str) -> frozenset[str]:
    return frozenset(word.folded for word in words(text))


_UNIT: Final = _set(
    "sat satul satului satele com comuna comunei loc localitatea localitatii municipiul municipiului mun "
    "orasul orasului oras or primaria primariei primarul primarului catunul"
)
"""What stands right before a place and nothing else: so it is one, also without a capital."""
_COUNTY: Final = _set("jud judetul judetului judetean judeteana megye")
_IN: Final = _set("in din la langa spre")
_BEFORE: Final = _UNIT | _COUNTY | _IN | _set("de sectorul")
"""What stands before a place, for whoever writes without capitals; some places are usual words too."""
_STREET: Final = _set(
    "piata pietei strada strazii str calea bulevardul bd soseaua sos aleea intrarea utca ter cartierul"
)
"""What stands before a name that is a street's."""
_USUAL: Final = _set("gara poarta roma sambata tata mama curtea casa valea dealul campul centrul")
"""Villages that are called by a usual word, which only a word of place before it makes one."""
_KEY: Final = 3
_HUNGARIAN_LEAST: Final = 5
_HUNGARIAN_ENDING: Final = 6
_ADJACENT: Final = 2


@dataclass(frozen=True, slots=True)
class Unit:
    """Who has a town hall: a municipality, town, commune or sector of Bucharest, by its SIRUTA code.

    `label` is how its town hall calls it; `part_of` is the code of the capital, of which a sector is part.
    """

    siruta: str
    name: str
    county: str
    label: str
    part_of: str | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """A place by its name, and the unit that it belongs to or is."""

    name: str
    unit: Unit

    @property
    def is_unit(self) -> bool:
        """Whether the unit is called so."""
        return self.name == self.unit.name


@dataclass(frozen=True, slots=True)
class Named:
    """A county that a text names: its vehicle code, how often, and the first place as it was written.

    `unit` is the one of its units that is named most often, where one is named without doubt.
    """

    county: str
    times: int
    written: str
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What the places of a county are called: in Romanian, by short forms, in Hungarian."""

    ro: Sequence[str]
    also: Sequence[str] = ()
    hu: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """A name in a text: where, how it is written, and which places it may mean."""

    at: int
    written: str
    meant: Sequence[tuple[str, Unit | None]]


class Gazetteer:
    """The names of places, by their first words.

    `towns` say the county whenever they are named; of the other settlements, whose names recur, one is
    meant only after a word of place, and in which county the counties named beside it say.
    """

    def __init__(
        self,
        towns: Mapping[str, Names],
        settlements: Iterable[Settlement] = (),
        hungarian: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self._romanian: dict[str, list[tuple[tuple[str, ...], str, Unit | None]]] = {}
        self._hungarian: dict[str, list[tuple[tuple[str, ...], str, Unit | None]]] = {}
        self._settlements: dict[str, dict[tuple[str, ...], list[Settlement]]] = {}
        units: dict[tuple[str, tuple[str, ...]], Unit] = {}
        for each in settlements:
            phrase = _folded(each.name)
            self._settlements.setdefault(phrase[0], {}).setdefault(phrase, []).append(each)
            if each.is_unit:
                units[each.unit.county, phrase] = each.unit
        for county, called in towns.items():
            for name in (*called.ro, *called.also):
                unit = units.get((county, _folded(name)))
                for phrase in _inflected(_folded(name)):
                    self._romanian.setdefault(phrase[0], []).append((phrase, county, unit))
            romanian = (hungarian or {}).get(county, {})
            for name in dict.fromkeys((*called.hu, *romanian)):
                phrase = _folded(name)
                unit = units.get((county, _folded(romanian[name]))) if name in romanian else None
                self._hungarian.setdefault(phrase[0][:_KEY], []).append((phrase, county, unit))
        for phrases in (*self._romanian.values(), *self._hungarian.values()):
            phrases.sort(key=lambda phrase: -len(phrase[0]))

    def counties(self, text: str) -> list[Named]:
        """The counties that a text names, the one named most often first."""
        there = words(text)
        found = list(self._found(there))
        sure = [(one.at, one.meant[0][0]) for one in found if len(one.meant) == 1]
        chosen = [
            (county, unit, one.written) for one in found for county, unit in _chosen(one, sure) if county
        ]
        first = {county: written for county, _, written in reversed(chosen)}
        times = Counter(county for county, _, _ in chosen)
        units: dict[str, Counter[Unit]] = {}
        for county, unit, _ in chosen:
            if unit is not None:
                units.setdefault(county, Counter())[unit] += 1
        return [
            Named(county, number, first[county], _most_named(units[county]) if county in units else None)
            for county, number in times.most_common()
        ]

    def _found(self, there: Sequence[Word]) -> Iterator[_Found]:
        place = 0
        while place < len(there):
            meant, length = self._at(there, place)
            if meant:
                written = " ".join(word.written for word in there[place : place + length])
                yield _Found(place, written, meant)
            place += length

    def _at(self, there: Sequence[Word], place: int) -> tuple[Sequence[tuple[str, Unit | None]], int]:
        word = there[place]
        before = there[place - 1].folded if place else ""
        if before in _STREET:
            return (), 1
        for phrase, county, unit in self._romanian.get(word.folded, ()):
            length = len(phrase)
            if tuple(each.folded for each in there[place : place + length]) == phrase and (
                length > 1 or _is_named(there, place)
            ):
                return ((county, None if before in _COUNTY else unit),), length
        for phrase, county, unit in self._hungarian.get(word.folded[:_KEY], ()):
            meant = there[place : place + len(phrase)]
            *start, last = phrase
            if [each.folded for each in meant[: len(start)]] == start and _is_form(meant[-1], last):
                after = there[place + len(phrase) : place + len(phrase) + 1]
                is_county = any(each.folded.startswith("megy") for each in after)
                return ((county, None if is_county else unit),), len(phrase)
        return self._settled(there, place, before)

    def _settled(
        self, there: Sequence[Word], place: int, before: str
    ) -> tuple[Sequence[tuple[str, Unit | None]], int]:
        """The settlements that a name may mean, the longest name first; none without a word of place."""
        written = there[place].written
        is_named = before in _UNIT or (
            before in _IN
            and written[0].isupper()
            and not written.isupper()
            and there[place].folded not in _USUAL
        )
        known = self._settlements.get(there[place].folded, {}) if is_named else {}
        for phrase in sorted(known, key=len, reverse=True):
            if tuple(each.folded for each in there[place : place + len(phrase)]) == phrase:
                return tuple(_by_county(known[phrase])), len(phrase)
        return (), 1


def _most_named(units: Mapping[Unit, int]) -> Unit:
    """The unit that is named most often; what another is part of does not count."""
    wholes = {unit.part_of for unit in units}
    return max((unit for unit in units if unit.siruta not in wholes), key=lambda unit: units[unit])


def _by_county(meant: Collection[Settlement]) -> Iterator[tuple[str, Unit | None]]:
    """The counties that have a settlement of a name; the unit where it is but one, or is called so itself."""
    counties: dict[str, list[Settlement]] = {}
    for each in meant:
        counties.setdefault(each.unit.county, []).append(each)
    for county, there in counties.items():
        own = {each.unit for each in there if each.is_unit}
        units = own or {each.unit for each in there}
        yield county, units.pop() if len(units) == 1 else None


def _chosen(found: _Found, sure: Sequence[tuple[int, str]]) -> Iterable[tuple[str, Unit | None]]:
    """What a name means: of several counties the one that is named nearest to it; none where none is."""
    if len(found.meant) == 1:
        return found.meant
    units = dict(found.meant)
    near = [(abs(at - found.at), county) for at, county in sure if county in units]
    return [(min(near)[1], units[min(near)[1]])] if near else []


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
