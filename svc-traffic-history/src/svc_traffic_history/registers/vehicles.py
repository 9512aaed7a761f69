"""The register of vehicles: whose a vehicle is and what is known of its plates, asked by plate."""

import time
from collections.abc import Callable
from typing import Annotated, Protocol

import httpx2
from pydantic import BaseModel, ConfigDict, Field

from ..domain.owner_inquiries import HolderKind
from ..errors.registers import VehicleRegisterUnavailable
from .asking import Asked


class HolderTold(BaseModel):
    """Who owns or uses a vehicle: a person by CNP, a company by CUI; `name` is as the register writes it."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    kind: HolderKind
    number: Annotated[str, Field(pattern=r"^[0-9]{2,13}$")]
    name: Annotated[str, Field(min_length=1, max_length=400)]


class VehicleTold(BaseModel):
    """A vehicle; `user` is who has it on lease. `has_priority` is that of police, ambulance, fire brigade."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    owner: HolderTold
    user: HolderTold | None = None
    plates_stolen: bool = False
    has_priority: bool = False


class Register(Protocol):
    """What the service asks; raises `VehicleRegisterUnavailable`."""

    async def find_vehicle(self, plate: str) -> VehicleTold | None:
        """The vehicle with this plate; none where no vehicle in the country has it."""
        ...


class _Answer(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    vehicle: VehicleTold | None


class HttpRegister:
    """The register behind HTTP."""

    def __init__(
        self, address: str, http: httpx2.AsyncClient, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._asked = Asked(address, http, _Answer, VehicleRegisterUnavailable, clock)

    async def find_vehicle(self, plate: str) -> VehicleTold | None:
        """The vehicle with this plate."""
        return (await self._asked.find({"plate": plate})).vehicle
