"""Everything this service holds of a person, for the copy that the person asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, select
from sqlalchemy.ext.asyncio import AsyncSession

from ..master_key import MasterKey
from ..tables.accounts import ACCOUNTS
from ..tables.grants import GRANTS
from ..tables.mandates import MANDATES
from ..tables.means import AUTHENTICATORS, PASSKEYS
from ..tables.officials import APPOINTMENTS
from ..tables.people import IDENTIFIERS, PEOPLE
from ..tables.privacy import DATA_REQUESTS, DISPUTES
from ..tables.proofing import REGISTRATIONS, VERIFICATIONS
from ..tables.sessions import SESSIONS


@dataclass(frozen=True, slots=True)
class Held:
    """One kind of record: by which column it is a person's, and what of it is theirs and nobody else's."""

    owner: Column[Any]
    fields: tuple[str, ...]


HELD: Final[Mapping[str, Held]] = {
    "account": Held(
        ACCOUNTS.c.id,
        ("email", "given_name", "family_name", "language", "assurance", "created_at", "confirmed_at"),
    ),
    "person": Held(
        PEOPLE.c.id,
        ("family_name", "given_name", "birth_date", "died_on", "source", "established_at", "checked_at"),
    ),
    "authenticators": Held(AUTHENTICATORS.c.account_id, ("created_at", "confirmed_at")),
    "passkeys": Held(PASSKEYS.c.account_id, ("name", "created_at", "last_used_at")),
    "sign-ins": Held(
        SESSIONS.c.account_id,
        ("device", "methods", "assurance", "signed_in_at", "last_seen_at", "ended_at"),
    ),
    "applications": Held(GRANTS.c.account_id, ("client_id", "scopes", "created_at", "ended_at")),
    "verifications": Held(VERIFICATIONS.c.account_id, ("institution_id", "way", "document", "verified_at")),
    "registrations": Held(
        REGISTRATIONS.c.account_id,
        ("institution_id", "state", "submitted_at", "decided_at", "document", "message"),
    ),
    "mandates-given": Held(
        MANDATES.c.principal_person_id, ("type", "services", "valid_from", "valid_to", "state", "ended_at")
    ),
    "mandates-held": Held(
        MANDATES.c.representative_id, ("type", "services", "valid_from", "valid_to", "state", "ended_at")
    ),
    "appointments": Held(
        APPOINTMENTS.c.person_id,
        ("institution_id", "role", "valid_from", "valid_to", "act_number", "state", "ended_at"),
    ),
    "disputes": Held(
        DISPUTES.c.person_id,
        ("institution_id", "reason", "state", "opened_at", "due_on", "outcome", "answer", "ended_at"),
    ),
    "requests": Held(
        DATA_REQUESTS.c.person_id,
        (
            *("institution_id", "kind", "field", "details", "state", "received_at", "due_on"),
            *("forwarded_to", "answer", "legal_basis", "ended_at"),
        ),
    ),
}
"""What is read column by column; numbers and the access log need more."""


async def records_of(session: AsyncSession, person_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """The records of each kind, as JSON values."""
    found = {}
    for name, held in HELD.items():
        wanted = select(*(held.owner.table.c[field] for field in held.fields))
        rows = await session.execute(wanted.where(held.owner == person_id))
        found[name] = [{field: _json(value) for field, value in row.items()} for row in rows.mappings()]
    return found


async def numbers_of(session: AsyncSession, master_key: MasterKey, person_id: UUID) -> list[dict[str, Any]]:
    """The person's numbers, readable."""
    rows = await session.execute(select(IDENTIFIERS).where(IDENTIFIERS.c.person_id == person_id))
    return [
        {
            "scheme": row["scheme"],
            "value": master_key.unseal(row["sealed"], str(person_id)).decode(),
            "since": _json(row["since"]),
            "replaced_at": _json(row["replaced_at"]),
        }
        for row in rows.mappings()
    ]


def as_json(facts: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """Some facts as JSON values."""
    return {field: _json(facts[field]) for field in fields}


def _json(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return list(value) if isinstance(value, tuple | list) else value
