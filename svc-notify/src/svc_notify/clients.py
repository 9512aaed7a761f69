"""What svc-notify asks of others.

Addresses and codes are svc-identity's. They are asked for at the moment of sending, so that a
changed address is used at once, a closed account gets nothing, and no copy of them lies here.
"""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from hub_core.language import Language
from hub_service.clients import ServiceClient


class Contact(BaseModel):
    """Where and in which language a person is written to."""

    email: str
    language: Language


class Confirmation(Contact):
    """The same for an e-mail confirmation, and its code."""

    code: str
    expires_at: datetime


async def find_contact(identity: ServiceClient, person_id: UUID) -> Contact | None:
    """A person's address; none when there is no such account any more."""
    found = await identity.get(f"/internal/v1/people/{person_id}/contact")
    return Contact.model_validate(found) if found else None


async def find_confirmation(identity: ServiceClient, confirmation_id: UUID) -> Confirmation | None:
    """An open e-mail confirmation; none when it is spent or past."""
    found = await identity.get(f"/internal/v1/email-confirmations/{confirmation_id}")
    return Confirmation.model_validate(found) if found else None
