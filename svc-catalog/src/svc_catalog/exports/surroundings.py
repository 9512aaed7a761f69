"""What the description of an entry needs beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from ..domain.evidence import EvidenceType
from ..domain.institutions import Institution
from ..domain.rules import RuleTable
from ..domain.services import Service


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an entry's description needs beside it; what is not there is not described.

    `institutions` by id: provider, authority, publisher. `related` are the published services that it
    names, by code.
    """

    institutions: Mapping[UUID, Institution] = field(default_factory=dict)
    rules: Mapping[str, RuleTable] = field(default_factory=dict)
    evidence: Mapping[str, EvidenceType] = field(default_factory=dict)
    related: Mapping[str, Service] = field(default_factory=dict)
