"""What those who look after the catalog are told of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hub_core.language import Language


@dataclass(frozen=True, slots=True)
class StaleEntry:
    """An entry that its provider has not confirmed by `due_on`; told for the `reminder`-th time."""

    provider_id: UUID
    titles: Mapping[Language, str]
    due_on: date
    reminder: int
