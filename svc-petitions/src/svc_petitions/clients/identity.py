"""What this service asks of svc-identity: what somebody is called, for a document. It is not kept."""

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


class _Name(BaseModel):
    model_config = ConfigDict(hide_input_in_errors=True)

    name: str


async def find_name(identity: Identity, principal_id: UUID) -> str | None:
    """What a person or an organisation is called; none for whom svc-identity does not know (any more).

    Raises `ServiceUnavailable`.
    """
    try:
        told = await identity.get(f"/internal/v1/principals/{principal_id}/name")
    except httpx2.HTTPError as error:
        raise ServiceUnavailable(headers={"retry-after": "2"}) from error
    return _Name.model_validate(told).name if told else None
