"""What the operations on entries in work share."""

from collections.abc import Collection, Sequence
from typing import Annotated, Any

from fastapi import Depends, Header

from hub_core.principal import Assurance, Role
from hub_core.problem import Problem
from hub_service import policy
from hub_service.problems import PreconditionFailed, PreconditionRequired


def operation(scope: str, roles: Collection[Role], raises: Sequence[type[Problem]] = ()) -> dict[str, Any]:
    """The policy of an operation for officials with one of these roles."""
    return policy.operation(scope, assurance=Assurance.SUBSTANTIAL, roles=roles, raises=raises)


async def _revision(
    if_match: Annotated[
        str | None,
        Header(max_length=64, pattern=r"^[ -~]*$", description="The ETag of what was read and is changed."),
    ] = None,
) -> int:
    if if_match is None:
        raise PreconditionRequired
    tag = if_match.strip().removeprefix('"').removesuffix('"')
    if not (tag.isascii() and tag.isdigit()) or len(tag) > len("2147483647"):
        raise PreconditionFailed
    return int(tag)


Revision = Annotated[int, Depends(_revision)]
"""The revision that `If-Match` names."""


def etag(revision: int) -> str:
    """The strong ETag of a revision."""
    return f'"{revision}"'
