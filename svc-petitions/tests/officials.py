"""Officials of an institution, and what they send along."""

from typing import Any
from uuid import UUID

from hub_core import ids
from hub_core.principal import Assurance, Role

API = "/petitions/v1"
AT_COUNTER = {"purpose": "COUNTER_SERVICE"}
FOR_FILE = {"purpose": 'CASE_HANDLING;file="123/2026"'}


def official(
    signed_in: Any,
    institution_id: UUID,
    *scopes: str,
    role: Role = Role.REGISTRAR,
    person_id: UUID | None = None,
    assurance: Assurance = Assurance.SUBSTANTIAL,
) -> dict[str, str]:
    """The headers of an official, with an Idempotency-Key of their own."""
    made: dict[str, str] = signed_in(
        person_id or ids.new_id(),
        set(scopes),
        roles=[role],
        institution=str(institution_id),
        assurance=assurance,
    )
    return made | {"idempotency-key": str(ids.new_id())}
