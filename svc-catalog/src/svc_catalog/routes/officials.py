"""Which officials may: editors of every provider prepare, publishers of the administrator publish."""

from typing import Annotated, Final

from fastapi import Depends

from hub_service import policy
from hub_service.policy import Official

from ..domain.institutions import institution_id
from ..errors.officials import AdministratorRequired

READ: Final = "catalog:read"
WRITE: Final = "catalog:write"

ADMINISTRATOR: Final = institution_id("DGCTI")
"""The institution that draws up and administers the catalog (OMAI 136/2020 art. 8(3))."""


async def _of_administrator(official: policy.Acting) -> Official:
    if official.institution_id != ADMINISTRATOR:
        raise AdministratorRequired
    return official


Administrator = Annotated[Official, Depends(_of_administrator)]
"""An official of the administrator, in operations that name `roles`; others meet `AdministratorRequired`."""
