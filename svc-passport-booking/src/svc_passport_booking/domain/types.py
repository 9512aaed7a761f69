"""What can be booked: data, so that another thing is another entry in a file."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub_core.language import Language

from .applications import Stage


@dataclass(frozen=True, slots=True)
class BookableType:
    """Something people book a place for.

    Of the types of one `family` a person has one active appointment at most. `topic` is that of the
    catalog, by which an institution is responsible; `service` the entry there whose documents are
    brought, and `facts` what its conditions are told of this type. `stages` are those that what was handed
    in can come to: of a passport all.
    """

    code: str
    family: str
    topic: str
    service: str
    facts: Mapping[str, str]
    names: Mapping[Language, str]
    stages: frozenset[Stage] = frozenset(Stage)
