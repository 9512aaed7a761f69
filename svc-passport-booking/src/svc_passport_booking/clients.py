"""What this service asks of svc-identity and the catalog when it is needed: no copy of it is stored."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import date
from http import HTTPStatus
from typing import Any, Final, Protocol
from uuid import UUID

import httpx2
import structlog
from pydantic import BaseModel, ConfigDict, TypeAdapter

from hub_core.cnp import Cnp
from hub_service.problems import ServiceUnavailable

from .domain.appointments import Participant
from .domain.documents import Assessment, Value

_REMEMBERED: Final = 60.0
"""Seconds. Who looks for a place in a rush sends many requests, and stays the same person."""
_MOST: Final = 20_000


_ASSESSMENT: Final = TypeAdapter(Assessment)
_POINTER: Final = "/facts/"
_log = structlog.get_logger("service")


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


class Questioned(Protocol):
    """The catalog, as `hub_service.clients.ServiceClient` asks it."""

    async def ask(self, path: str, question: Mapping[str, Any]) -> dict[str, Any] | None:
        """The answer to a public question, none when there is nothing at the path."""
        ...


class CatalogAway(Exception):
    """The catalog does not answer, or does not know the service."""


class FactsRefused(Exception):
    """The catalog does not know these `facts`, or not with these answers."""

    def __init__(self, facts: Sequence[str]) -> None:
        super().__init__(facts)
        self.facts = facts


class Catalog:
    """What the entries of the catalog say of a case."""

    def __init__(self, catalog: Questioned) -> None:
        self._catalog = catalog

    async def assess(self, service: str, facts: Mapping[str, Value], on: date) -> Assessment:
        """What an entry says of a case on a day; raises `CatalogAway`, `FactsRefused`."""
        question = {"facts": facts, "on": on.isoformat()}
        try:
            told = await self._catalog.ask(f"/catalog/v1/services/{service}/eligibility", question)
        except httpx2.HTTPError as error:
            if refused := _refused(error):
                raise FactsRefused(refused) from error
            _log.warning("the catalog is away", error=type(error).__name__)
            raise CatalogAway from error
        if told is None:
            raise CatalogAway
        return _ASSESSMENT.validate_python(told)


def _refused(error: httpx2.HTTPError) -> list[str]:
    """The facts that an answer names as wrong."""
    if not isinstance(error, httpx2.HTTPStatusError):
        return []
    if error.response.status_code != HTTPStatus.UNPROCESSABLE_ENTITY:
        return []
    pointers = [flaw["pointer"] for flaw in error.response.json().get("errors", ())]
    return [each.removeprefix(_POINTER) for each in pointers if each.startswith(_POINTER)]
