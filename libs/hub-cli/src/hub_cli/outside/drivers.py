"""The register of the traffic police, of the invented people.

    POST /drivers/find      {"cnp": …}: {"driver": null} where nobody has this number

A driver is their licence (none for who has no Romanian one) with what took it away, their contravention
reports and suspensions.
What stands of whom follows from the number, the same on every machine; its days are counted back from
today, so that a demo of any day has points that still count. Of the demo's people Ana's record is white,
Ion has points and a fine whose half can still be paid, István is suspended, Mihai's case is in court and
Jane holds a foreign licence.
"""

import hashlib
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hub_core import clock

from . import demo
from .asking import body, store

_BUCHAREST: Final = ZoneInfo("Europe/Bucharest")
_ADULT: Final = 18
_THOUSAND: Final = 1000
_WITH_LICENCE: Final = 700
_WITH_REPORTS: Final = 200
_WITHDRAWN: Final = 20
_OFFENCES: Final = (
    ("speed-10", 2),
    ("speed-21", 4),
    ("speed-31", 6),
    ("phone-in-hand", 6),
    ("seat-belt-helmet", 2),
    ("parking", 4),
)
_PLACES: Final = (
    ("CV", "Sfântu Gheorghe, str. Lunca Oltului"),
    ("BV", "DN1, km 168"),
    ("HR", "DN12, km 92"),
    ("CJ", "Cluj-Napoca, Calea Florești"),
    ("B", "București, șos. Kiseleff"),
)
_SERIES: Final = "PDR"  # of invented reports only


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    cnp: Annotated[str, Field(pattern=r"^[0-9]{13}$")]


async def find_driver(request: Request) -> Response:
    """The driver with a number."""
    asked = await body(request, _Asked)
    if isinstance(asked, Response):
        return asked
    person = store(request).person(asked.cnp)
    today = clock.local_date(clock.now())
    return JSONResponse({"driver": _driver(person, today) if person else None})


ROUTES: Final = (Route("/drivers/find", find_driver, methods=["POST"]),)


def _driver(person: dict[str, Any], today: date) -> dict[str, Any]:
    number = person["cnp"]
    scenario = _SCENARIOS.get(number)
    reports, suspensions = scenario(number, today) if scenario else (_drawn(number, today), [])
    licence = _licence(number, date.fromisoformat(person["birth_date"]), today)
    return {
        "cnp": number,
        "family_name": person["family_name"],
        "given_name": person["given_name"],
        "licence": licence,
        "reports": reports,
        "suspensions": suspensions,
        "licence_steps": _licence_steps(number, licence, today),
    }


def _licence_steps(number: str, licence: dict[str, Any] | None, today: date) -> list[dict[str, Any]]:
    """A licence in fifty was withdrawn soon after it was obtained, and every other one of them given back."""
    draw = _draw(number, "withdrawn")
    if licence is None or number in _SCENARIOS or draw >= _WITHDRAWN:
        return []
    withdrawn = date.fromisoformat(licence["held_since"]) + timedelta(days=30 + draw)
    steps = [("ANNULLED" if draw % 4 == 0 else "WITHDRAWN", withdrawn)]
    if draw % 2:
        steps.append(("GIVEN_BACK", withdrawn + timedelta(days=180)))
    return [{"step": step, "on": on.isoformat()} for step, on in steps if on <= today]


def _licence(number: str, born: date, today: date) -> dict[str, Any] | None:
    since = date(born.year + _ADULT + 1, 1, 1) + timedelta(days=_draw(number, "licence"))
    is_fixed = number in _SCENARIOS
    if number == demo.JANE.cnp or since >= today or not (is_fixed or _draw(number, "has") < _WITH_LICENCE):
        return None
    return {
        "number": f"C{900_000 + _draw(number, 'number'):08d}X",
        "categories": ["AM", "B1", "B", "Tr1"],
        "held_since": since.isoformat(),
        "valid_to": (today + timedelta(days=365 + _draw(number, "valid"))).isoformat(),
    }


def _drawn(number: str, today: date) -> list[dict[str, Any]]:
    """One to three reports of the last two years, for one in five who drive."""
    if _draw(number, "reports") >= _WITH_REPORTS:
        return []
    return [
        _report(number, place, today - timedelta(days=30 + _draw(number, f"day {place}") * 7 // 10), today)
        for place in range(1 + _draw(number, "how many") % 3)
    ]


def _nothing(_number: str, _today: date) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    return [], []


def _points(number: str, today: date) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Some points, and a fine whose half can still be paid."""
    return [
        _report(number, 0, today - timedelta(days=100), today, ("speed-31", 6), is_paid=True),
        _report(number, 1, today - timedelta(days=5), today, ("speed-21", 4)),
    ], []


def _suspended(number: str, today: date) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Sixteen points, and the suspension for them since ten days."""
    days = (90, 60, 45, 25)
    reports = [
        _report(number, place, today - timedelta(days=ago), today, ("speed-31", 6), is_paid=True)
        for place, ago in enumerate(days)
    ]
    handed_in = today - timedelta(days=11)
    return reports, [
        {
            "report": 3,
            "grounds": ["POINTS"],
            "days": 30,
            "fact_on": (today - timedelta(days=25)).isoformat(),
            "state": "RUNNING",
            "communicated_on": (today - timedelta(days=16)).isoformat(),
            "handed_in_on": handed_in.isoformat(),
            "begins_on": (handed_in + timedelta(days=1)).isoformat(),
            "ends_on": (handed_in + timedelta(days=30)).isoformat(),
        }
    ]


def _contested(number: str, today: date) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Sixteen points whose expiry stands still, because a court has a complaint against one report."""
    days = (175, 120, 80, 40)
    reports = [
        _report(number, place, today - timedelta(days=ago), today, ("speed-31", 6))
        for place, ago in enumerate(days)
    ]
    registered = today - timedelta(days=30)
    reports[3]["complaint"] = {"registered_on": registered.isoformat(), "final_on": None, "outcome": None}
    return reports, []


_SCENARIOS: Final = {
    demo.ANA.cnp: _nothing,
    demo.ION.cnp: _points,
    demo.ISTVAN.cnp: _suspended,
    demo.MIHAI.cnp: _contested,
    demo.JANE.cnp: _nothing,
}


def _report(
    number: str,
    place: int,
    found_on: date,
    today: date,
    offence: tuple[str, int] | None = None,
    *,
    is_paid: bool = False,
) -> dict[str, Any]:
    code, fine_points = offence or _OFFENCES[_draw(number, f"offence {place}") % len(_OFFENCES)]
    county, where = _PLACES[_draw(number, f"place {place}") % len(_PLACES)]
    digest = hashlib.blake2b(f"report {place}:{number}".encode(), digest_size=8).digest()
    told = min(found_on + timedelta(days=2), today)
    paid = {"on": (told + timedelta(days=3)).isoformat(), "amount": "2000.00"}
    return {
        "series": _SERIES,
        "number": f"{int.from_bytes(digest) % 10**12:012d}",
        "found_at": datetime.combine(found_on, time(10, 15), _BUCHAREST).isoformat(),
        "county": county,
        "place": where,
        "offences": [{"code": code, "committed_on": found_on.isoformat(), "fine_points": fine_points}],
        "communicated_on": told.isoformat(),
        "payments": [paid] if is_paid else [],
        "complaint": None,
    }


def _draw(number: str, salt: str) -> int:
    """A number under a thousand, the same each time."""
    digest = hashlib.blake2b(f"driver {salt}:{number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) % _THOUSAND
