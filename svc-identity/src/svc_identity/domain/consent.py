"""What a person has agreed that an application may do, as a receipt."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hub_core.principal import Assurance

from .client import Client
from .official import Institution


@dataclass(frozen=True, slots=True)
class Receipt:
    """A consent of a person, and what came of it.

    `given_at` is the first time, `changed_at` the last change of `scopes`. `used_at` is when the
    application last got a token, `assurance` the level of the sign-in behind it, and `institution` the
    one an official acted for then; all empty when it never came to that.
    """

    person_id: UUID
    client: Client
    scopes: tuple[str, ...]
    given_at: datetime
    changed_at: datetime
    used_at: datetime | None
    assurance: Assurance | None
    institution: Institution | None
