"""The criminal record as the national register (ROCRIS) answers, of the invented people and companies.

    POST /records/people/find      {"cnp": …} and/or {"family_name", "given_name", "birth_date"}
    POST /records/companies/find   {"cui": …}

Both answer {"matches": […]}; who stands in nothing has no entries, who is not known is no match. A person
is matched by number, and by names and date of birth, which also brings others of the same names who have
entries. What stands of whom follows from the numbers themselves, so that it is the same on every machine:
4 % have entries, 3 % need a look. Of the demo's people Ana has none, Ion has, István has a homonym.
"""

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub_core.county import COUNTIES

from . import demo
from .asking import body, store
from .names import FOREIGN, HUNGARIAN, ROMANIAN

_THOUSAND: Final = 1000
_WITH_ENTRIES: Final = 40
_COUNTY_OF: Final = {code: county for county in COUNTIES for code in county.cnp_codes}
_ABROAD: Final = ("Chișinău, Republica Moldova", "Budapest, Ungaria", "München, Germania", "Torino, Italia")
_OFFENCES: Final = (
    ("furt, art. 228 alin. (1) Cod penal", "amendă penală 2.400 lei", ""),
    ("conducerea unui vehicul fără permis, art. 335 alin. (1) Cod penal", "8 luni închisoare", "amânare"),
    ("lovire sau alte violențe, art. 193 alin. (1) Cod penal", "amendă penală 1.800 lei", ""),
    ("conducerea sub influența alcoolului, art. 336 alin. (1) Cod penal", "1 an închisoare", "suspendare"),
    ("înșelăciune, art. 244 alin. (1) Cod penal", "1 an și 6 luni închisoare", "suspendare"),
    ("distrugere, art. 253 alin. (1) Cod penal", "muncă în folosul comunității, 60 de zile", ""),
)
_OF_COMPANIES: Final = (
    ("evaziune fiscală, art. 9 Legea nr. 241/2005", "amendă penală 120.000 lei", "afișarea hotărârii"),
    (
        "spălarea banilor, art. 49 Legea nr. 129/2019",
        "amendă penală 90.000 lei",
        "interzicerea participării la proceduri de achiziții publice",
    ),
)
_ADULT: Final = 18
_LAST_YEAR: Final = 2025


class Look(StrEnum):
    """Why an entry is not unambiguous."""

    BORN_ABROAD = "BORN_ABROAD"
    FORMER_NAMES = "FORMER_NAMES"
    UPDATE_PENDING = "UPDATE_PENDING"
    HOMONYM = "HOMONYM"
    SHARED_NUMBER = "SHARED_NUMBER"


_LOOKS: Final = (Look.BORN_ABROAD, Look.FORMER_NAMES, Look.UPDATE_PENDING, Look.HOMONYM, Look.SHARED_NUMBER)
_OF_EACH: Final = 6
"""Of a thousand people, those who need a look for each reason."""
_FIXED_ENTRIES: Final = {person.cnp: person is demo.ION for person in demo.PEOPLE}
_FIXED_LOOK: Final = {person.cnp: Look.HOMONYM if person is demo.ISTVAN else None for person in demo.PEOPLE}


class _Person(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    cnp: Annotated[str, Field(pattern=r"^[0-9]{13}$")] | None = None
    family_name: str | None = None
    given_name: str | None = None
    birth_date: date | None = None

    @model_validator(mode="after")
    def _is_asked_for(self) -> "_Person":
        if self.cnp is None and None in (self.family_name, self.given_name, self.birth_date):
            raise ValueError("a number, or names and date of birth")
        return self


class _Company(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    cui: Annotated[str, Field(pattern=r"^[0-9]{2,10}$")]


def has_entries(number: str, birth_date: date) -> bool:
    """Whether something stands of the person with this number; nothing does of minors."""
    if number in _FIXED_ENTRIES:
        return _FIXED_ENTRIES[number]
    return birth_date.year + _ADULT < _LAST_YEAR and _draw(number, "entries") < _WITH_ENTRIES


def look(number: str) -> Look | None:
    """Why the person with this number needs a look; mostly none."""
    if number in _FIXED_LOOK:
        return _FIXED_LOOK[number]
    drawn = _draw(number, "look") // _OF_EACH
    return _LOOKS[drawn] if drawn < len(_LOOKS) else None


async def find_people(request: Request) -> Response:
    """Who matches a number, or names and date of birth."""
    asked = await body(request, _Person)
    if isinstance(asked, Response):
        return asked
    found = {}
    if asked.cnp is not None and (person := store(request).person(asked.cnp)) is not None:
        found[person["cnp"]] = person
    if asked.family_name and asked.given_name and asked.birth_date:
        for other in store(request).people_named(asked.family_name, asked.given_name, asked.birth_date):
            born = date.fromisoformat(other["birth_date"])
            if asked.cnp is None or has_entries(other["cnp"], born):
                found.setdefault(other["cnp"], other)
    return JSONResponse({"matches": [match for person in found.values() for match in _matches(person)]})


async def find_companies(request: Request) -> Response:
    """The company with a fiscal number."""
    asked = await body(request, _Company)
    if isinstance(asked, Response):
        return asked
    company = store(request).company(asked.cui)
    if company is None:
        return JSONResponse({"matches": []})
    has_some = _draw(asked.cui, "entries") < _WITH_ENTRIES
    entries = [_entry(asked.cui, 0, date(2016, 1, 1), _OF_COMPANIES)] if has_some else []
    known = {name: company[name] for name in ("cui", "name", "number", "dissolved_on")}
    return JSONResponse({"matches": [known | {"update_pending": False, "entries": entries}]})


ROUTES: Final = (
    Route("/records/people/find", find_people, methods=["POST"]),
    Route("/records/companies/find", find_companies, methods=["POST"]),
)


def _matches(person: dict[str, Any]) -> list[dict[str, Any]]:
    """The person, and whoever is hard to tell from them."""
    number, reason = person["cnp"], look(person["cnp"])
    born = date.fromisoformat(person["birth_date"])
    match = _match(person, born, reason)
    if reason is Look.HOMONYM:
        other = match | {"cnp": None, "birth_place": "Craiova", "father": "Costel", "mother": "Floarea"}
        return [match, other | {"entries": [_entry(number, 1, _of_age(born), _OFFENCES)]}]
    if reason is Look.SHARED_NUMBER:
        other = match | {"family_name": "Grosu", "birth_place": "Galați", "entries": []}
        return [match, other]
    return [match]


def _match(person: dict[str, Any], born: date, reason: Look | None) -> dict[str, Any]:
    number = person["cnp"]
    is_hungarian = person["family_name"] in HUNGARIAN[0]
    names = HUNGARIAN if is_hungarian else ROMANIAN
    is_foreign = person["family_name"] in FOREIGN[0] or reason is Look.BORN_ABROAD
    county = _COUNTY_OF.get(number[7:9]) or _pick(number, "place", COUNTIES)
    how_many = 1 + _draw(number, "how many") % 3 if has_entries(number, born) else 0
    return {
        "cnp": number,
        "family_name": person["family_name"],
        "given_name": person["given_name"],
        "former_names": [_pick(number, "former", names[0])] if reason is Look.FORMER_NAMES else [],
        "birth_date": person["birth_date"],
        "birth_place": _pick(number, "abroad", _ABROAD) if is_foreign else county.seat,
        "born_abroad": is_foreign,
        "father": _pick(number, "father", names[1]),
        "mother": _pick(number, "mother", names[2]),
        "update_pending": reason is Look.UPDATE_PENDING,
        "entries": [_entry(number, one, _of_age(born), _OFFENCES) for one in range(how_many)],
    }


def _entry(number: str, which: int, first: date, offences: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    """One judgment, after the person was of age."""
    salt = f"judgment {which}"
    days = (date(_LAST_YEAR, 12, 1) - first).days
    judged = first + timedelta(days=_draw(number, salt) * days // _THOUSAND)
    offence, penalty, execution = _pick(number, salt, offences)
    return {
        "court": f"Judecătoria {_pick(number, salt, COUNTIES).seat}",
        "judgment": f"{1 + _draw(number, salt)}/{judged.year}",
        "judged_on": judged.isoformat(),
        "offence": offence,
        "penalty": penalty,
        "final_on": (judged + timedelta(days=30)).isoformat(),
        "execution": execution,
    }


def _of_age(born: date) -> date:
    return date(born.year + _ADULT + 1, 1, 1)


def _draw(number: str, salt: str) -> int:
    """A number under a thousand, the same each time."""
    digest = hashlib.blake2b(f"{salt}:{number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) % _THOUSAND


def _pick(number: str, salt: str, choices: Sequence[Any]) -> Any:
    return choices[_draw(number, salt) % len(choices)]
