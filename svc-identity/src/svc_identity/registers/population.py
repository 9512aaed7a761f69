"""The population register: who has a CNP, and who is related to whom."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from hub_core.cnp import Cnp, CnpField

from ..domain.population import Kin, RegisteredPerson, Relative, Sex
from ..errors.decisions import RegisterUnavailable
from .questions import Questions


class PopulationRegister(Protocol):
    """What the service asks; both questions raise `RegisterUnavailable`."""

    async def find(self, cnp: Cnp) -> RegisteredPerson | None:
        """The person with this number, also one that was replaced; none when nobody has it."""

    async def relatives(self, cnp: Cnp) -> Sequence[Relative]:
        """Spouse, children, parents, siblings and guardians who are alive or not; nobody's is empty."""


class _Person(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    cnp: CnpField
    family_name: str
    given_name: str
    birth_date: date
    sex: Sex
    died_on: date | None = None
    former: tuple[CnpField, ...] = ()


class _Relative(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    kind: Kin
    cnp: CnpField


class _Relatives(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    items: tuple[_Relative, ...]


class HttpPopulationRegister:
    """The register behind HTTP: `POST /people/find` and `POST /people/relatives`, asked by `{"cnp": …}`."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    async def find(self, cnp: Cnp) -> RegisteredPerson | None:
        """The person with this number."""
        told = await self._questions.ask("POST", "/people/find", {"cnp": cnp.number})
        if told is None:
            return None
        try:
            person = _Person.model_validate(told)
        except ValidationError as error:
            raise RegisterUnavailable from error
        return RegisteredPerson(**dict(person))

    async def relatives(self, cnp: Cnp) -> Sequence[Relative]:
        """Their relatives."""
        told = await self._questions.ask("POST", "/people/relatives", {"cnp": cnp.number})
        if told is None:
            return ()
        try:
            found = _Relatives.model_validate(told)
        except ValidationError as error:
            raise RegisterUnavailable from error
        return [Relative(one.kind, one.cnp) for one in found.items]
