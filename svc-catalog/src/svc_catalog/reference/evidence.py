"""The types of evidence."""

from typing import Final

from pydantic import TypeAdapter

from ..domain.evidence import EvidenceType, evidence_id
from . import files

_EVIDENCE: Final = TypeAdapter(EvidenceType)


def evidence_types() -> list[EvidenceType]:
    """Every type of evidence of the reference data."""
    records = files.read("evidence_types.toml")["evidence"]
    return [_EVIDENCE.validate_python({**record, "id": evidence_id(record["code"])}) for record in records]
