"""Which structures deal with what a petition is about, each with the reasons (OG 27/2002 art. 6^1).

A suggestion is for a person who decides. It is made of the directory's attributions only: whoever knows
them can work it out again.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import log2
from typing import Final
from uuid import UUID

from hub_core.county import COUNTIES
from hub_core.language import Language

from .places import Named
from .words import LANGUAGES, Text, language_of, phrase

CENTRAL_MATTERS: Final = "PETITIONS"
"""The topic of the structure that takes what is meant for those that take no petitions themselves."""
_PHRASE: Final = 1.5
"""A phrase tells more than a word."""
_SUBJECT: Final = 1.5
"""What stands in the subject tells more than what stands in the text."""
_IN_TEXT: Final = 0.4
"""The words by which an attribution is described, beside its keywords."""
_CALLED: Final = 2.0
"""A structure that is called by its name, for whatever reason."""
_OTHER_TOPICS: Final = 0.2
"""What the topics that fit less add to the one that fits best."""
_OF_COUNTY: Final = 1.0
_OTHER_COUNTY: Final = 0.8
_ABOVE_COUNTY: Final = 0.6
"""The structure of the whole country, where one of the county that is meant deals with the same."""
_LEAST_LETTERS: Final = 4
_COUNTY_CALLED: Final = {
    each.code: f"municipiul {each.name}" if each.code == "B" else f"județul {each.name}" for each in COUNTIES
}


class Rule(StrEnum):
    """Why a structure and not another that deals with the same matter."""

    PLACE_NAMED = "PLACE_NAMED"
    """the text names a place of its county"""
    COUNTY_OF_FILE = "COUNTY_OF_FILE"
    """the text names no place, and the institution that has the file is of its county"""
    WHOLE_COUNTRY = "WHOLE_COUNTRY"
    """it deals with the matter in the whole country"""
    CALLED_BY_NAME = "CALLED_BY_NAME"
    """the text calls it by its name or a former name"""
    CENTRAL_APPARATUS = "CENTRAL_APPARATUS"
    """the structure that deals with the matter takes no petitions; this one takes them for it"""
    OUTSIDE = "OUTSIDE"
    """it is an authority outside the hub: the petition is sent to its name"""
    NOTHING_FITS = "NOTHING_FITS"
    """no attribution fits; this one takes what is meant for the ministry"""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Something a structure deals with: what it is called, and its keywords, in the petitions' languages."""

    topic: str
    texts: Mapping[Language, str]
    keywords: Mapping[Language, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Structure:
    """An institution of the directory; without `counties` it is of the whole country.

    `addressee` is how a letter to one outside the hub is addressed: with `{place}` or `{county}` where there
    is one for each.
    """

    id: UUID
    code: str
    names: Mapping[Language, str]
    parent_id: UUID | None
    counties: Collection[str]
    accepts_petitions: bool
    aliases: Sequence[str] = ()
    attributions: Sequence[Attribution] = ()
    addressee: str | None = None

    def addressed(self, named: Sequence[Named], counties: Collection[str]) -> str | None:
        """The one that is meant by these places or counties; none for one of the hub, or where none says."""
        unit = next((each.unit for each in named if each.unit), None)
        county = next(iter(counties), None)
        known = {"place": unit and unit.label, "county": county and _COUNTY_CALLED[county]}
        if self.addressee is None or any(
            f"{{{name}}}" in self.addressee for name, value in known.items() if not value
        ):
            return None
        return self.addressee.format(**known)


@dataclass(frozen=True, slots=True)
class Reason:
    """A topic that fits, with the words that say so as they stand in the petition, the strongest first."""

    topic: str
    texts: Mapping[Language, str]
    words: Sequence[str]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A structure that may be competent. `share` is its part of the strength of all that fit, 0 to 1.

    `place` is the one that made its county fit, as it was written; `instead_of` is the structure that
    deals with the matter and takes no petitions. `addressee` is the name of one outside the hub, where it
    is known which one it is.
    """

    structure: Structure
    share: float
    rules: Sequence[Rule]
    reasons: Sequence[Reason]
    place: str | None = None
    instead_of: Structure | None = None
    addressee: str | None = None


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a structure fits, before it is compared."""

    structure: Structure
    strength: float
    rules: tuple[Rule, ...]
    reasons: tuple[Reason, ...]
    place: str | None = None
    instead_of: Structure | None = None


def suggest(
    subject: str,
    text: str,
    language: Language,
    structures: Iterable[Structure],
    named: Sequence[Named],
    of_file: Collection[str],
    limit: int,
) -> list[Suggestion]:
    """At most `limit` structures, the one that fits best first; of equals, one of a county that is named.

    `named` are the counties that the petition names; where it names none, those of the institution that
    has the file (`of_file`) count.
    """
    known = {each.id: each for each in structures}
    match = _Matching(subject, text, language, known.values())
    places = {each.county: each.written for each in named} or dict.fromkeys(of_file)
    fits: dict[UUID, _Fit] = {}
    for structure in known.values():
        if structure.counties and places.keys().isdisjoint(structure.counties):
            continue
        fit = _fit(structure, match, places, has_place=bool(named))
        fit = _taken(fit, known) if fit else None
        if fit and (fit.structure.id not in fits or fits[fit.structure.id].strength < fit.strength):
            fits[fit.structure.id] = fit
    best = sorted(
        _weighed(fits.values()), key=lambda fit: (-fit.strength, fit.place is None, fit.structure.code)
    )
    whole = sum(fit.strength for fit in best)
    found = [
        Suggestion(
            structure=fit.structure,
            share=fit.strength / whole,
            rules=fit.rules,
            reasons=fit.reasons,
            place=fit.place,
            instead_of=fit.instead_of,
            addressee=fit.structure.addressed(named, places),
        )
        for fit in best[:limit]
    ]
    return found or [
        Suggestion(each, 0.0, (Rule.NOTHING_FITS,), ()) for each in known.values() if _takes_all(each)
    ]


def _weighed(fits: Collection[_Fit]) -> list[_Fit]:
    """Where a county's structure deals with a topic, the one of the whole country stands behind it."""
    of_counties = {reason.topic for fit in fits if fit.structure.counties for reason in fit.reasons[:1]}
    return [
        fit
        if fit.structure.counties or not fit.reasons or fit.reasons[0].topic not in of_counties
        else _Fit(
            fit.structure,
            fit.strength * _ABOVE_COUNTY,
            fit.rules,
            fit.reasons,
            fit.place,
            fit.instead_of,
        )
        for fit in fits
    ]


def _fit(
    structure: Structure, match: "_Matching", places: Mapping[str, str | None], *, has_place: bool
) -> _Fit | None:
    matched = sorted(
        filter(None, (match.attribution(each) for each in structure.attributions)),
        key=lambda pair: -pair[0],
    )
    called = match.calls(structure)
    strength = _CALLED if called else 0.0
    if matched:
        strength += matched[0][0] + _OTHER_TOPICS * sum(other for other, _ in matched[1:])
    if not strength:
        return None
    rules = [Rule.CALLED_BY_NAME] if called else []
    place = None
    if structure.counties:
        rules.append(Rule.PLACE_NAMED if has_place else Rule.COUNTY_OF_FILE)
        order = [county for county in places if county in structure.counties]
        place = places[order[0]]
        strength *= _OF_COUNTY if order[0] == next(iter(places)) else _OTHER_COUNTY
    elif structure.addressee:
        rules.append(Rule.OUTSIDE)
        if "{" in structure.addressee and has_place:
            place = next(iter(places.values()))
            rules.append(Rule.PLACE_NAMED)
    else:
        rules.append(Rule.WHOLE_COUNTRY)
    return _Fit(structure, strength, tuple(rules), tuple(reason for _, reason in matched), place)


def _taken(fit: _Fit, known: Mapping[UUID, Structure]) -> _Fit | None:
    """The fit of the structure that takes petitions: this one, one above it, or that of central matters."""
    meant = taking = fit.structure
    if meant.addressee:
        return fit
    while not taking.accepts_petitions and taking.parent_id and taking.parent_id in known:
        taking = known[taking.parent_id]
    if not taking.accepts_petitions:
        others = [each for each in known.values() if _takes_all(each)]
        if not others or meant.counties:
            return None
        taking = others[0]
    if taking is meant:
        return fit
    return _Fit(taking, fit.strength, (Rule.CENTRAL_APPARATUS,), fit.reasons, fit.place, meant)


def _takes_all(structure: Structure) -> bool:
    return structure.accepts_petitions and any(
        each.topic == CENTRAL_MATTERS for each in structure.attributions
    )


class _Matching:
    """A petition against the words of the directory."""

    def __init__(self, subject: str, text: str, language: Language, structures: Iterable[Structure]) -> None:
        written = language_of(f"{subject}\n{text}", language)
        self._subject, self._text = Text(subject, written), Text(text, written)
        self._topics: dict[tuple[str, ...], set[str]] = {}
        self._described: dict[str, set[str]] = {}
        for structure in structures:
            for each in structure.attributions:
                for _, keyword in _keywords(each):
                    self._topics.setdefault(keyword, set()).add(each.topic)
                for word in {word for said in each.texts.values() for word in phrase(said)}:
                    self._described.setdefault(word, set()).add(each.topic)
        self._known: dict[tuple[Language, tuple[str, ...]], tuple[float, str]] = {}

    def attribution(self, attribution: Attribution) -> tuple[float, Reason] | None:
        """How strongly an attribution fits and why; none where no word of it is there."""
        found: dict[str, float] = {}
        for language, keyword in _keywords(attribution):
            strength, written = self._phrase(language, keyword)
            if strength:
                weight = strength / len(self._topics[keyword])
                found[written] = max(found.get(written, 0.0), weight)
        for language, text in ((each, attribution.texts.get(each, "")) for each in LANGUAGES):
            for word in phrase(text):
                if len(word) >= _LEAST_LETTERS:
                    strength, written = self._phrase(language, (word,))
                    if strength and not any(written in keyword for keyword in found):
                        found[written] = strength * _IN_TEXT / len(self._described[word])
        if not found:
            return None
        words = sorted(found, key=lambda word: -found[word])
        return sum(found.values()), Reason(attribution.topic, attribution.texts, words)

    def calls(self, structure: Structure) -> bool:
        """Whether the petition calls a structure by its name, its code in capitals, or a former name."""
        short = [structure.code.partition("-")[0], *structure.aliases]
        said = {word.written for word in (*self._subject.words, *self._text.words)}
        if any(name in said for name in short):
            return True
        return any(self._phrase(language, phrase(name))[0] for language, name in structure.names.items())

    def _phrase(self, language: Language, wanted: tuple[str, ...]) -> tuple[float, str]:
        """How strongly a phrase is there, and how it is written first; 0 where it is not."""
        key = (language, wanted)
        if key not in self._known:
            self._known[key] = self._look(language, wanted)
        return self._known[key]

    def _look(self, language: Language, wanted: tuple[str, ...]) -> tuple[float, str]:
        in_subject = self._subject.places(wanted, language)
        in_text = self._text.places(wanted, language)
        if not in_subject and not in_text:
            return 0.0, ""
        where, first = (self._text, in_text) if in_text else (self._subject, in_subject)
        strength = _SUBJECT if in_subject else 1.0
        strength *= 1 + log2(max(1, len(in_text))) / 4
        strength *= _PHRASE if len(wanted) > 1 else 1.0
        return strength, where.written(first[0], len(wanted))


def _keywords(attribution: Attribution) -> Iterable[tuple[Language, tuple[str, ...]]]:
    for language, keywords in attribution.keywords.items():
        for keyword in keywords:
            wanted = phrase(keyword)
            if wanted:
                yield language, wanted
