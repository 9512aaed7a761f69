"""The trade register: companies and who represents them."""

from datetime import date
from typing import Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from hub_core.cnp import CnpField
from hub_core.cui import Cui

from ..domain.company import Company, Representative
from ..errors.decisions import RegisterUnavailable
from .questions import Questions


class CompanyRegister(Protocol):
    """What the service asks; raises `RegisterUnavailable`."""

    async def find(self, cui: Cui) -> Company | None:
        """The company with this fiscal number, bare as `hub_core.cui.parse` gives it."""


class _Representative(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    cnp: CnpField
    since: date
    until: date | None = None


class _Company(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    cui: Cui
    number: str
    name: str
    representatives: tuple[_Representative, ...]
    dissolved_on: date | None = None


class HttpCompanyRegister:
    """The register behind HTTP: `GET /{cui}`."""

    def __init__(self, questions: Questions) -> None:
        self._questions = questions

    async def find(self, cui: Cui) -> Company | None:
        """The company with this fiscal number."""
        told = await self._questions.ask("GET", f"/{cui}")
        if told is None:
            return None
        try:
            company = _Company.model_validate(told)
        except ValidationError as error:
            raise RegisterUnavailable from error
        representatives = tuple(Representative(**dict(one)) for one in company.representatives)
        return Company(**(dict(company) | {"representatives": representatives}))
