"""Fifty thousand invented people and 1,500 companies: the same from the same seed, on every machine.

All personal numbers have a serial from 900 to 999, which is kept for tests. Of the people 6 % are
minors in families, 3 % resident foreigners, 5 % have Hungarian names and live where these are common.
Among them are twins with neighbouring serials, people of one name and one date of birth, people who
died, children with a guardian, and people who have got another number.
"""

import itertools
from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Final

from stdnum.ro import cnp as personal
from stdnum.ro import cui as fiscal

from hub_core.county import BY_CODE, COUNTIES

from . import demo
from .demo import Company, Person, Representative
from .names import COMPANIES, FOREIGN, HUNGARIAN, ROMANIAN, Names

SEED: Final = 20_261_122
PEOPLE: Final = 50_000
AS_OF: Final = date(2026, 11, 21)
"""The day the world is made for: ages are counted on it."""

_FAMILIES_WITH_CHILDREN, _COUPLES, _WITH_GROWN_CHILD = 2_100, 8_000, 1_500
_FOREIGNERS, _HOMONYMS, _REPLACED, _WITH_GUARDIAN, _COMPANIES = 1_500, 30, 100, 30, 1_500
_HUNGARIANS, _TWINS, _SECOND_CHILD, _FOREIGN_PARTNER, _RECENT_FOREIGNERS = 0.05, 0.02, 0.5, 0.01, 0.5
_OLD, _DEAD_OF_THE_OLD, _DEAD_OF_OTHERS = 60, 0.08, 0.003
_FORMER_REPRESENTATIVE, _DISSOLVED = 0.2, 0.03
_ADULT, _MOTHER_AT_LEAST = 18, 19
_YOUNGEST_BRIDE: Final = date(2006, 1, 1)

_ANY_PLACE: Final = ("70",)
_ANY_PLACE_SINCE: Final = date(2024, 5, 8)
_OTHER_FORM_SINCE: Final = date(2024, 7, 26)
_FIRST_SERIAL, _SERIALS = 900, 100
_CENTURY: Final = 2000
_CODES: Final = tuple(code for county in COUNTIES for code in county.cnp_codes)
_HUNGARIAN_CODES: Final = tuple(code for name in ("CV", "HR", "MS") for code in BY_CODE[name].cnp_codes)
_SEXES: Final = ("MALE", "FEMALE")


class World:
    """What the registers hold.

    `relatives` are (of whom, what they are to them, who), by number; `former` are numbers that were
    replaced, with the number now in force. `share` makes a smaller world for tests.
    """

    def __init__(self, seed: int = SEED, share: float = 1.0) -> None:
        self._random = Random(seed)
        self._share = share
        self._numbers: set[str] = set()
        self.people: list[Person] = []
        self.relatives: list[tuple[str, str, str]] = []
        self.former: list[tuple[str, str]] = []
        self.companies: list[Company] = []
        self._add_demo()
        self._add_families()
        self._add_couples()
        self._add_particular()
        while len(self.people) < PEOPLE * share:
            self._person(*self._origin(), self._birth_date(_ADULT, 90))
        self._add_companies()

    def _add_demo(self) -> None:
        self.people += demo.PEOPLE
        self._numbers.update(person.cnp for person in demo.PEOPLE)
        for couple in demo.COUPLES:
            self._marry(*couple)
        for parents, children in demo.FAMILIES:
            self._relate(parents, children)
        self.companies.append(demo.COMPANY)

    def _add_families(self) -> None:
        for _ in self._times(_FAMILIES_WITH_CHILDREN):
            names, codes = self._origin()
            father, mother = self._couple(names, codes, self._birth_date(22, 50))
            age = self._random.randint(0, min(17, _age(mother.birth_date) - _MOTHER_AT_LEAST))
            born = self._birth_date(age, age)
            children = [self._child(father, names, codes, born)]
            if self._random.random() < _TWINS:
                children.append(self._twin_of(children[0], names))
            elif age > 1 and self._random.random() < _SECOND_CHILD:
                children.append(self._child(father, names, codes, self._birth_date(0, age - 2)))
            self._relate((father, mother), children)

    def _add_couples(self) -> None:
        for number in self._times(_COUPLES):
            names, codes = self._origin()
            father, mother = self._couple(names, codes, self._birth_date(22, 80))
            grown_up = _age(mother.birth_date) - _MOTHER_AT_LEAST
            if number < _WITH_GROWN_CHILD * self._share and grown_up > _ADULT:
                born = self._birth_date(_ADULT, grown_up)
                self._relate((father, mother), [self._child(father, names, codes, born)])

    def _add_particular(self) -> None:
        for _ in self._times(_FOREIGNERS):
            self._person(FOREIGN, _CODES, self._birth_date(_ADULT, 70))
        for _ in self._times(_HOMONYMS):
            one = self._person(*self._origin(), self._birth_date(_ADULT, 80))
            self._keep(one.family_name, one.given_name, one.birth_date, one.sex, _CODES)
        for _ in self._times(_REPLACED):
            one = self._person(*self._origin(), self._birth_date(_ADULT, 80))
            self.former.append((self._number(one.birth_date, one.sex, _CODES), one.cnp))
        for _ in self._times(_WITH_GUARDIAN):
            names, codes = self._origin()
            ward = self._person(names, codes, self._birth_date(1, 16))
            guardian = self._person(names, codes, self._birth_date(30, 60))
            self.relatives.append((ward.cnp, "GUARDIAN", guardian.cnp))

    def _add_companies(self) -> None:
        adults = [one for one in self.people if one.died_on is None and _age(one.birth_date) >= _ADULT]
        bare_numbers = itertools.count(int(demo.COMPANY.cui[:-1]) + 1)
        kinds, words, forms = COMPANIES
        while len(self.companies) < _COMPANIES * self._share:
            bare = str(next(bare_numbers))
            since = self._day(date(1995, 1, 1), AS_OF)
            people = self._random.sample(adults, self._random.choice((1, 1, 1, 2)))
            representatives = [Representative(one.cnp, since) for one in people]
            if self._random.random() < _FORMER_REPRESENTATIVE:
                changed = self._day(since, AS_OF)
                before = self._random.choice(adults)
                representatives = [Representative(one.cnp, changed) for one in people]
                representatives.append(Representative(before.cnp, since, changed))
            gone = self._random.random() < _DISSOLVED
            self.companies.append(
                Company(
                    cui=bare + fiscal.calc_check_digit(bare),
                    number=_trade_number(since, len(self.companies), self._random.randint(1, 40)),
                    name=" ".join(map(self._random.choice, (kinds, words, forms))),
                    representatives=tuple(representatives),
                    dissolved_on=self._day(since, AS_OF) if gone else None,
                )
            )

    def _times(self, wanted: int) -> range:
        return range(round(wanted * self._share))

    def _origin(self) -> tuple[Names, Sequence[str]]:
        """Names, and the counties people of these names live in."""
        is_hungarian = self._random.random() < _HUNGARIANS
        return (HUNGARIAN, _HUNGARIAN_CODES) if is_hungarian else (ROMANIAN, _CODES)

    def _couple(self, names: Names, codes: Sequence[str], born: date) -> tuple[Person, Person]:
        """Husband and wife of one family name, born within three years of each other."""
        his = FOREIGN if self._random.random() < _FOREIGN_PARTNER else names
        husband = self._person(his, codes, born, sex="MALE")
        hers = min(born + timedelta(days=self._random.randint(-1000, 1000)), _YOUNGEST_BRIDE)
        wife = self._person(names, codes, hers, sex="FEMALE", family_name=husband.family_name)
        self._marry(husband, wife)
        return husband, wife

    def _person(
        self, names: Names, codes: Sequence[str], born: date, *, sex: str = "", family_name: str = ""
    ) -> Person:
        sex = sex or self._random.choice(_SEXES)
        family_name = family_name or self._random.choice(names[0])
        given_name = self._random.choice(names[1 + _SEXES.index(sex)])
        return self._keep(family_name, given_name, born, sex, codes, is_foreign=names is FOREIGN)

    def _child(self, father: Person, names: Names, codes: Sequence[str], born: date) -> Person:
        return self._person(names, codes, born, family_name=father.family_name)

    def _twin_of(self, one: Person, names: Names) -> Person:
        """Of the same sex, with the serial after the other's wherever it is free."""
        following = int(one.cnp[9:12]) + 1
        number = _with_check_digit(f"{one.cnp[:9]}{following}")
        if following == _FIRST_SERIAL + _SERIALS or number in self._numbers:
            number = self._number(one.birth_date, one.sex, _CODES)
        self._numbers.add(number)
        given = [name for name in names[1 + _SEXES.index(one.sex)] if name != one.given_name]
        twin = Person(number, one.family_name, self._random.choice(given), one.birth_date, one.sex)
        self.people.append(twin)
        return twin

    def _keep(
        self,
        family_name: str,
        given_name: str,
        born: date,
        sex: str,
        codes: Sequence[str],
        *,
        is_foreign: bool = False,
    ) -> Person:
        number = self._number(born, sex, codes, is_foreign=is_foreign)
        dead = _DEAD_OF_THE_OLD if _age(born) > _OLD else _DEAD_OF_OTHERS if _age(born) >= _ADULT else 0
        died_on = None
        if self._random.random() < dead:
            died_on = self._day(max(born.replace(day=1, year=born.year + 18), date(2015, 1, 1)), AS_OF)
        person = Person(number, family_name, given_name, born, sex, died_on)
        self.people.append(person)
        return person

    def _number(self, born: date, sex: str, codes: Sequence[str], *, is_foreign: bool = False) -> str:
        """A number nobody has. Most foreigners came after May 2024, when the county was left out."""
        first = 7 if is_foreign else 5 if born.year >= _CENTURY else 1
        is_recent = born >= _ANY_PLACE_SINCE or (is_foreign and self._random.random() < _RECENT_FOREIGNERS)
        while True:
            code = self._random.choice(_ANY_PLACE if is_recent else codes)
            serial = _FIRST_SERIAL + self._random.randrange(_SERIALS)
            number = _with_check_digit(f"{first + _SEXES.index(sex)}{born:%y%m%d}{code}{serial}")
            if number not in self._numbers:
                self._numbers.add(number)
                return number

    def _marry(self, one: Person, other: Person) -> None:
        self.relatives += [(one.cnp, "SPOUSE", other.cnp), (other.cnp, "SPOUSE", one.cnp)]

    def _relate(self, parents: Sequence[Person], children: Sequence[Person]) -> None:
        for child in children:
            for parent in parents:
                self.relatives += [(parent.cnp, "CHILD", child.cnp), (child.cnp, "PARENT", parent.cnp)]
        for one, other in itertools.permutations(children, 2):
            self.relatives.append((one.cnp, "SIBLING", other.cnp))

    def _birth_date(self, youngest: int, oldest: int) -> date:
        """Of somebody whose age in whole years lies between the two."""
        latest = AS_OF.replace(year=AS_OF.year - youngest)
        earliest = AS_OF.replace(year=AS_OF.year - oldest - 1) + timedelta(days=1)
        return self._day(earliest, latest)

    def _day(self, first: date, last: date) -> date:
        return first + timedelta(days=self._random.randint(0, (last - first).days))


def _age(born: date) -> int:
    return AS_OF.year - born.year - ((AS_OF.month, AS_OF.day) < (born.month, born.day))


def _with_check_digit(number: str) -> str:
    return number + personal.calc_check_digit(number)


def _trade_number(since: date, serial: int, county: int) -> str:
    """In the form of 26 July 2024; the last digit is the sum of the others, J counted as 4."""
    place = 0 if since >= _OTHER_FORM_SINCE else county
    digits = f"{since.year}{serial:06d}{place:02d}"
    return f"J{digits}{(4 + sum(map(int, digits))) % 10}"
