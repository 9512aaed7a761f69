"""What this service asks of svc-identity, at the moment it is needed."""

from datetime import date
from typing import Any, Protocol
from uuid import UUID

import httpx2
from pydantic import BaseModel, ConfigDict

from hub_service.problems import ServiceUnavailable


class Identity(Protocol):
    """svc-identity, as `hub_service.clients.ServiceClient` asks it."""

    async def get(self, path: str) -> dict[str, Any] | None:
        """The JSON object at a path, none when it is not there."""
        ...


class Person(BaseModel):
    """Somebody as the population register has them; no number for whom no register confirmed."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    cnp: str | None
    family_name: str = ""
    given_name: str = ""
    birth_date: date | None = None


async def person(identity: Identity, person_id: UUID) -> Person | None:
    """Who somebody is, none for whom svc-identity does not know; raises `ServiceUnavailable`."""
    try:
        told = await identity.get(f"/internal/v1/people/{person_id}/identity")
    except httpx2.HTTPError as error:
        raise ServiceUnavailable(headers={"retry-after": "2"}) from error
    return Person.model_validate(told) if told else None


async def number_of(identity: Identity, person_id: UUID) -> str | None:
    """The CNP of a person, by which the police register knows them; none for whom no register confirmed.

    Raises `ServiceUnavailable`.
    """
    known = await person(identity, person_id)
    return known.cnp if known else None
