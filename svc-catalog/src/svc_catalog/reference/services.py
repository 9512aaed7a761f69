"""The first entries, one file each."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from ..domain.institutions import institution_id
from ..domain.services import Service, service_id
from . import files

_SERVICE: Final = TypeAdapter(Service)


def services() -> list[Service]:
    """Every service entry of the reference data, by code."""
    return sorted((_service(record) for record in files.read_all("services")), key=lambda each: each.code)


def _service(record: Mapping[str, Any]) -> Service:
    given = {key: value for key, value in record.items() if key != "provider"}
    return _SERVICE.validate_python(
        {**given, "id": service_id(record["code"]), "provider_id": institution_id(record["provider"])}
    )
