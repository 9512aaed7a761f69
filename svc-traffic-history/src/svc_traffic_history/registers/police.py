"""The register of the traffic police: licences and what was found, asked in time and never aloud."""

import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Annotated, Protocol

import httpx2
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ..domain.entries import Outcome
from ..domain.grounds import Ground
from ..domain.licence_steps import Step
from ..domain.suspensions import State
from ..errors.registers import DriverRegisterUnavailable
from .asking import Asked


class _Told(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class LicenceTold(_Told):
    """A Romanian driving licence."""

    number: Annotated[str, Field(max_length=16)]
    categories: Annotated[tuple[Annotated[str, Field(max_length=4)], ...], Field(max_length=19)]
    held_since: date
    valid_to: date


class OffenceTold(_Told):
    """An offence and how many fine points were applied."""

    code: Annotated[str, Field(max_length=64)]
    committed_on: date
    fine_points: Annotated[int, Field(ge=1, le=20)]


class PaymentTold(_Told):
    """Something was paid of a fine."""

    on: date
    amount: Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2)]


class ComplaintTold(_Told):
    """A complaint against a report; not decided while `final_on` is none."""

    registered_on: date
    final_on: date | None = None
    outcome: Outcome | None = None


class ReportTold(_Told):
    """A contravention report; later answers may tell more of the same one, and never less."""

    series: Annotated[str, Field(max_length=8)]
    number: Annotated[str, Field(max_length=16)]
    found_at: AwareDatetime
    county: Annotated[str, Field(max_length=2)]
    place: Annotated[str, Field(max_length=200)]
    offences: tuple[OffenceTold, ...]
    communicated_on: date | None = None
    payments: tuple[PaymentTold, ...] = ()
    complaint: ComplaintTold | None = None


class SuspensionTold(_Told):
    """A suspension that the register knows; `report` is the place of its report among those told."""

    report: Annotated[int, Field(ge=0)]
    grounds: Annotated[tuple[Ground, ...], Field(min_length=1)]
    days: Annotated[int, Field(ge=1, le=1000)]
    fact_on: date
    state: State
    communicated_on: date | None = None
    handed_in_on: date | None = None
    begins_on: date | None = None
    ends_on: date | None = None


class LicenceStepTold(_Told):
    """The licence was taken away or given back; later answers may tell more steps, and never fewer."""

    step: Step
    on: date


class DriverTold(_Told):
    """Everything that the register holds of one driver; who has no Romanian licence has none here."""

    cnp: Annotated[str, Field(pattern=r"^[0-9]{13}$")]
    family_name: str
    given_name: str
    licence: LicenceTold | None
    reports: tuple[ReportTold, ...] = ()
    suspensions: tuple[SuspensionTold, ...] = ()
    licence_steps: tuple[LicenceStepTold, ...] = ()


class Register(Protocol):
    """What the service asks; raises `DriverRegisterUnavailable`."""

    async def find(self, cnp: str) -> DriverTold | None:
        """The driver with this CNP; none where nobody has it."""
        ...


class _Answer(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    driver: DriverTold | None


class HttpRegister:
    """The register behind HTTP."""

    def __init__(
        self, address: str, http: httpx2.AsyncClient, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._asked = Asked(address, http, _Answer, DriverRegisterUnavailable, clock)

    async def find(self, cnp: str) -> DriverTold | None:
        """The driver with this CNP."""
        return (await self._asked.find({"cnp": cnp})).driver
