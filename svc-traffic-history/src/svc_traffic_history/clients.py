"""What this service asks of svc-identity and svc-petitions, at the moment it is needed."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Protocol
from uuid import UUID

import httpx2
import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict

from hub_core.language import Language
from hub_service.problems import ServiceUnavailable

from .domain.contests import Registered

_KIND: Final = "COMPLAINT"
_log = structlog.get_logger("clients")


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


class Petitions(Protocol):
    """svc-petitions, as `hub_service.clients.ServiceClient` asks it."""

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON object that a path answers; raises `httpx2.HTTPError` for any refusal."""
        ...


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class PetitionFiled:
    """A petition of somebody; the same `id` means the same petition. `files` are contents by name."""

    id: UUID
    person_id: UUID
    institution_id: UUID | None
    institution_code: str
    subject: str
    text: str
    language: Language
    files: Mapping[str, bytes]


class _Filed(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    label: str
    registered_at: AwareDatetime
    answer_due_on: date


async def file_petition(petitions: Petitions, filed: PetitionFiled) -> Registered | None:
    """File a petition for somebody; none while svc-petitions is away or does not take it."""
    body = {
        "id": str(filed.id),
        "person_id": str(filed.person_id),
        "institution_id": str(filed.institution_id) if filed.institution_id else None,
        "institution_code": filed.institution_code,
        "kind": _KIND,
        "subject": filed.subject,
        "text": filed.text,
        "language": filed.language.value,
        "files": [
            {"name": name, "content": b64encode(content).decode()} for name, content in filed.files.items()
        ],
    }
    try:
        told = _Filed.model_validate(await petitions.post("/internal/v1/petitions", body))
    except httpx2.HTTPError as error:
        _log.warning("petition not filed", error=type(error).__name__)
        return None
    return Registered(told.label, told.registered_at, told.answer_due_on)
