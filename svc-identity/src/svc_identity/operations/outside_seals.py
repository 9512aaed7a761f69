"""What a browser carries to an outside provider and back: sealed, nobody on the way reads or changes it."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from cryptography.exceptions import InvalidTag

from hub_core.cnp import Cnp
from hub_core.principal import Assurance

from ..domain import rules
from ..domain.outside import Journey, Said
from ..domain.person import Identifier, Scheme
from ..domain.population import RegisteredPerson, Sex
from ..domain.rules import RuleId
from ..master_key import MasterKey

_JOURNEY: Final = "outside-journey"
_ARRIVAL: Final = "outside-arrival"


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who has arrived, as the provider and the register have said; until `ends_at` (Unix time) to sign up."""

    said: Said
    registered: RegisteredPerson | None
    ends_at: int


def seal_journey(master_key: MasterKey, journey: Journey) -> str:
    """A journey as its browser carries it."""
    return _seal(master_key, _JOURNEY, asdict(journey))


def read_journey(master_key: MasterKey, carried: str, now: datetime) -> Journey | None:
    """The journey that a browser carries; none for what is not ours, or has ended."""
    held = _unseal(master_key, _JOURNEY, carried)
    if held is None or held["ends_at"] <= now.timestamp():
        return None
    uuids = {name: UUID(held[name]) if held[name] else None for name in ("linker", "request_id")}
    return Journey(**{**held, **uuids})


def seal_arrival(
    master_key: MasterKey, said: Said, registered: RegisteredPerson | None, now: datetime
) -> str:
    """Who has arrived, as their browser carries it to the sign-up page."""
    ends_at = int((now + rules.duration(RuleId.OUTSIDE_OPEN, now)).timestamp())
    held = {"said": asdict(said), "registered": registered and _as_json(registered), "ends_at": ends_at}
    return _seal(master_key, _ARRIVAL, held)


def read_arrival(master_key: MasterKey, carried: str) -> Arrival | None:
    """Who has arrived, also when that was too long ago; none for what is not ours."""
    held = _unseal(master_key, _ARRIVAL, carried)
    return Arrival(_said(held), _entry(held), held["ends_at"]) if held else None


def _as_json(registered: RegisteredPerson) -> dict[str, Any]:
    numbers = {"cnp": registered.cnp.number, "former": [one.number for one in registered.former]}
    return {**asdict(registered), **numbers}


def _said(held: dict[str, Any]) -> Said:
    said = held["said"]
    number = said["identifier"]
    return Said(
        provider=said["provider"],
        identifier=Identifier(Scheme(number["scheme"]), number["value"]),
        family_name=said["family_name"],
        given_name=said["given_name"],
        birth_date=date.fromisoformat(said["birth_date"]),
        level=Assurance(said["level"]),
    )


def _entry(held: dict[str, Any]) -> RegisteredPerson | None:
    entry = held["registered"]
    if entry is None:
        return None
    return RegisteredPerson(
        cnp=Cnp(entry["cnp"]),
        family_name=entry["family_name"],
        given_name=entry["given_name"],
        birth_date=date.fromisoformat(entry["birth_date"]),
        sex=Sex(entry["sex"]),
        former=tuple(Cnp(one) for one in entry["former"]),
    )


def _seal(master_key: MasterKey, context: str, held: dict[str, Any]) -> str:
    sealed = master_key.seal(json.dumps(held, default=str).encode(), context)
    return urlsafe_b64encode(sealed).decode()


def _unseal(master_key: MasterKey, context: str, carried: str) -> dict[str, Any] | None:
    try:
        held: dict[str, Any] = json.loads(master_key.unseal(urlsafe_b64decode(carried), context))
    except (InvalidTag, Error, ValueError):
        return None
    return held
