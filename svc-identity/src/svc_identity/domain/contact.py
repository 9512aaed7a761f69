"""Where messages to a person go."""

from dataclasses import dataclass
from uuid import UUID

from hub_core.language import Language


@dataclass(frozen=True, slots=True, repr=False)
class Contact:
    """What who writes to a person needs; `phone` is E.164, and confirmed."""

    person_id: UUID
    email: str
    language: Language
    phone: str | None
