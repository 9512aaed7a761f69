"""What this service asks of svc-identity, at the moment it is needed: no copy of it lies here."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, Protocol
from urllib.parse import urlencode
from uuid import UUID

import httpx2
from pydantic import BaseModel, ConfigDict

from hub_service.problems import ServiceUnavailable

from .domain.holders import ROMANIAN, Person

_LEGAL_REPRESENTATIVE: Final = "LEGAL_REP"


class Identity(Protocol):
    """svc-identity, as `hub_service.clients.ServiceClient` asks it."""

    async def get(self, path: str) -> dict[str, Any] | None:
        """The JSON object at a path, none when it is not there."""
        ...


class _Person(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    cnp: str | None
    family_name: str
    given_name: str
    birth_date: date
    died_on: date | None
    is_romanian: bool


class MandateAnswer(BaseModel):
    """Whether a mandate carries an act, and who its principal is; of an organisation name and CUI."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    carries: bool
    type: str
    principal_kind: str
    principal_id: UUID | None
    organisation_name: str | None
    organisation_cui: str | None

    @property
    def is_legal_representative(self) -> bool:
        """Whether the representative is one by the trade register."""
        return self.type == _LEGAL_REPRESENTATIVE


async def find_person(identity: Identity, person_id: UUID) -> Person | None:
    """A person as the population register has them; none for whom it has not confirmed.

    Raises `ServiceUnavailable`.
    """
    told = await _get(identity, f"/internal/v1/people/{person_id}/identity")
    if told is None:
        return None
    said = _Person.model_validate(told)
    if said.cnp is None:
        return None
    return Person(
        family_name=said.family_name,
        given_name=said.given_name,
        birth_date=said.birth_date,
        cnp=said.cnp,
        citizenship=ROMANIAN if said.is_romanian else None,
        died_on=said.died_on,
    )


async def check_mandate(
    identity: Identity, mandate_id: UUID, person_id: UUID, scope: str, purposes: Sequence[str]
) -> MandateAnswer | None:
    """Whether a person may use `scope` under a mandate now, for a purpose in any of these wordings.

    None for a mandate that is not known. Raises `ServiceUnavailable`.
    """
    asked = [("person_id", str(person_id)), ("scope", scope), *(("purpose", one) for one in purposes)]
    told = await _get(identity, f"/internal/v1/mandates/{mandate_id}/check?{urlencode(asked)}")
    return MandateAnswer.model_validate(told) if told else None


async def _get(identity: Identity, path: str) -> dict[str, Any] | None:
    try:
        return await identity.get(path)
    except httpx2.HTTPError as error:
        raise ServiceUnavailable(headers={"retry-after": "2"}) from error
