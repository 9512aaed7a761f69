"""Who looks after the catalog, and what they are told of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from hub_core.language import Language


class CatalogRole(StrEnum):
    """The roles of the catalog: an editor writes entries of an institution, a publisher publishes all."""

    CATALOG_EDITOR = "CATALOG_EDITOR"
    CATALOG_PUBLISHER = "CATALOG_PUBLISHER"


@dataclass(frozen=True, slots=True)
class CatalogOfficial:
    """Our copy of an appointment to a role of the catalog."""

    appointment_id: UUID
    person_id: UUID
    institution_id: UUID
    role: CatalogRole
    valid_from: date
    valid_to: date
    is_granted: bool
    version: int


@dataclass(frozen=True, slots=True)
class StaleEntry:
    """An entry that its provider has not confirmed by `due_on`; told for the `reminder`-th time."""

    provider_id: UUID
    titles: Mapping[Language, str]
    due_on: date
    reminder: int
