"""What the catalog asks of others.

Names, dates and addresses of people are svc-identity's. They are asked for when a form is filled in,
handed on to the person, and kept nowhere.
"""

from datetime import date
from uuid import UUID

import httpx2
from pydantic import BaseModel

from hub_core.language import Language
from hub_service.clients import ServiceClient

from .errors.forms import PrefillUnavailable


class Applicant(BaseModel):
    """A person who fills in a form for themselves."""

    given_name: str
    family_name: str
    birth_date: date | None
    email: str
    language: Language


class Principal(BaseModel):
    """Whom somebody acts for: a person, or an organisation."""

    given_name: str | None
    family_name: str | None
    organisation_name: str | None
    organisation_cui: str | None


async def find_applicant(identity: ServiceClient, person_id: UUID) -> Applicant | None:
    """A person; none when there is no such account. `PrefillUnavailable` while svc-identity is away."""
    found = await _ask(identity, f"/internal/v1/people/{person_id}/form-data")
    return Applicant.model_validate(found) if found else None


async def find_principal(identity: ServiceClient, principal_id: UUID) -> Principal | None:
    """Whom somebody acts for; none when not known. `PrefillUnavailable` while svc-identity is away."""
    found = await _ask(identity, f"/internal/v1/principals/{principal_id}/form-data")
    return Principal.model_validate(found) if found else None


async def _ask(identity: ServiceClient, path: str) -> dict[str, object] | None:
    try:
        return await identity.get(path)
    except httpx2.HTTPError as error:
        raise PrefillUnavailable(headers={"retry-after": "5"}) from error
