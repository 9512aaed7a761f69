"""svc-identity and the police register as the service meets them: people who are made up here."""

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from hub_core import cnp, ids
from hub_core.clock import BUCHAREST
from svc_traffic_history.domain.owner_inquiries import HolderKind
from svc_traffic_history.errors.registers import DriverRegisterUnavailable, VehicleRegisterUnavailable
from svc_traffic_history.registers.police import (
    DriverTold,
    LicenceTold,
    OffenceTold,
    ReportTold,
)
from svc_traffic_history.registers.vehicles import HolderTold, VehicleTold

LICENCE = LicenceTold(
    number="C00900123X", categories=("AM", "B"), held_since=date(2010, 5, 1), valid_to=date(2031, 5, 1)
)


def a_report(found_on: date, *codes: str, fine_points: int = 4, **special: Any) -> ReportTold:
    """A report of the police register."""
    facts: dict[str, Any] = {
        "series": "T",
        "number": ids.new_id().hex[-16:],
        "found_at": datetime.combine(found_on, time(10), BUCHAREST),
        "county": "CV",
        "place": "DN12, km 20",
        "offences": tuple(
            OffenceTold(code=code, committed_on=found_on, fine_points=fine_points) for code in codes
        ),
    }
    return ReportTold(**(facts | special))


@dataclass(slots=True)
class Outside:
    """Who asks identity by id and registers by number or plate is answered from what was added here."""

    people: dict[UUID, str] = field(default_factory=dict)
    drivers: dict[str, DriverTold] = field(default_factory=dict)
    vehicles: dict[str, VehicleTold] = field(default_factory=dict)
    asked: int = 0
    is_away: bool = False
    vehicles_away: bool = False
    _serial: int = 0

    def add_driver(self, *reports: ReportTold, **special: Any) -> UUID:
        """Somebody whom both know."""
        person_id, number = ids.new_id(), self._number()
        self.people[person_id] = number
        facts: dict[str, Any] = {"licence": LICENCE, "reports": reports}
        self.drivers[number] = DriverTold(
            cnp=number, family_name="Popescu", given_name="Ana", **(facts | special)
        )
        return person_id

    def add_person(self) -> UUID:
        """Somebody whom svc-identity knows, and no other register."""
        person_id = ids.new_id()
        self.people[person_id] = self._number()
        return person_id

    def tell(self, person_id: UUID, **special: Any) -> None:
        """What the register knows now of somebody."""
        number = self.people[person_id]
        self.drivers[number] = self.drivers[number].model_copy(update=special)

    def number_of(self, person_id: UUID) -> str:
        """The CNP of somebody."""
        return self.people[person_id]

    async def get(self, path: str) -> dict[str, Any] | None:
        """What svc-identity answers."""
        person_id = UUID(path.split("/")[4])
        return {"cnp": self.people.get(person_id), "family_name": "Popescu", "given_name": "Ana"}

    async def find(self, number: str) -> DriverTold | None:
        """What the register answers."""
        self.asked += 1
        if self.is_away:
            raise DriverRegisterUnavailable
        return self.drivers.get(number)

    def add_vehicle(self, plate: str, owner: UUID | None = None, **special: Any) -> VehicleTold:
        """A vehicle of somebody whom `add_driver` made, or of a company."""
        holder = HolderTold(kind=HolderKind.COMPANY, number="990000013", name="Ionescu Construct SRL")
        facts: dict[str, Any] = {"owner": self.holder(owner) if owner else holder}
        self.vehicles[plate] = VehicleTold(**(facts | special))
        return self.vehicles[plate]

    def holder(self, person_id: UUID) -> HolderTold:
        """Somebody as the holder of a vehicle."""
        return HolderTold(kind=HolderKind.PERSON, number=self.people[person_id], name="Popescu Ana")

    async def find_vehicle(self, plate: str) -> VehicleTold | None:
        """What the register of vehicles answers."""
        if self.vehicles_away:
            raise VehicleRegisterUnavailable
        return self.vehicles.get(plate)

    def _number(self) -> str:
        self._serial += 1
        sector, serial = divmod(self._serial, 100)
        return cnp.complete(f"2850312{1 + sector:02d}{900 + serial}").number
