"""Which officials may: editors of every provider prepare, publishers of the administrator publish."""

import re
from typing import Annotated, Final

from fastapi import Depends, Header

from hub_service import policy
from hub_service.policy import Official
from hub_service.problems import PreconditionFailed, PreconditionRequired

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

_TAG: Final = re.compile(r'"([0-9]{1,9})"')


def etag(version: int) -> str:
    """The ETag of something whose version grows with every change."""
    return f'"{version}"'


async def _base(
    if_match: Annotated[
        str | None,
        Header(max_length=64, pattern=r"^[ -~]*$", description="The ETag of what was read."),
    ] = None,
) -> int:
    if if_match is None:
        raise PreconditionRequired
    tag = _TAG.fullmatch(if_match.strip())
    if tag is None:
        raise PreconditionFailed
    return int(tag[1])


Base = Annotated[int, Depends(_base)]
"""The version that a change was made from, by its ETag in `If-Match` (428 without, 412 when stale)."""
