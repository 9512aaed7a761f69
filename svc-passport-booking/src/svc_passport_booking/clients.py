"""What this service asks of svc-identity, at the moment it is needed: no copy of it is stored."""

import asyncio
from typing import Any, Final, Protocol
from uuid import UUID

import httpx2
from pydantic import BaseModel, ConfigDict

from hub_core.cnp import Cnp
from hub_service.problems import ServiceUnavailable

from .domain.appointments import Participant

_REMEMBERED: Final = 60.0
"""Seconds. Who looks for a place in a rush sends many requests, and stays the same person."""
_MOST: Final = 20_000


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


class People:
    """Who the people with accounts are; each is asked about once in a while, however many ask at once."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._asked: dict[UUID, tuple[float, asyncio.Task[Participant | None]]] = {}

    async def find(self, person_id: UUID) -> Participant | None:
        """A person as the population register has them; none for whom it has not confirmed.

        Raises `ServiceUnavailable`.
        """
        now = asyncio.get_running_loop().time()
        until, asked = self._asked.get(person_id, (0.0, None))
        if asked is None or until <= now or _has_failed(asked):
            if len(self._asked) >= _MOST:
                self._asked.clear()
            asked = asyncio.create_task(self._ask(person_id))
            self._asked[person_id] = (now + _REMEMBERED, asked)
        return await asyncio.shield(asked)

    async def _ask(self, person_id: UUID) -> Participant | None:
        try:
            told = await self._identity.get(f"/internal/v1/people/{person_id}/identity")
        except httpx2.HTTPError as error:
            raise ServiceUnavailable(headers={"retry-after": "2"}) from error
        said = _Person.model_validate(told) if told else None
        if said is None or said.cnp is None:
            return None
        return Participant(said.family_name, said.given_name, Cnp(said.cnp))


def _has_failed(asked: asyncio.Task[Participant | None]) -> bool:
    return asked.done() and (asked.cancelled() or asked.exception() is not None)
