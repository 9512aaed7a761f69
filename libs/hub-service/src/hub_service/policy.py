"""Who may: each operation names its scope and level of assurance, or says that it is public.

The same words make the check and the contract:

    @router.post("/appointments", **policy.operation("appointments:write", raises=(SlotTaken,)))
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends
from starlette.requests import Request

from hub_core.principal import Assurance, Kind, Principal, Role
from hub_core.problem import Problem

from . import problems

SCHEME: Final = "hub"
"""The name of the security scheme in every OpenAPI document."""

ASKS: Final = "x-changes-nothing"
"""The mark of a POST that is a question."""


async def authenticate(request: Request) -> Principal:
    """The caller by the internal token of the request; raises `InvalidToken` without a good one."""
    known: Principal | None = getattr(request.state, "principal", None)
    if known is None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise problems.InvalidToken(headers={"www-authenticate": "Bearer"})
        known = await request.app.state.hub.verifier.verify(token)
        request.state.principal = known
    return known


async def _person(principal: Annotated[Principal, Depends(authenticate)]) -> Principal:
    if principal.kind is not Kind.PERSON:
        raise problems.InvalidToken(headers={"www-authenticate": 'Bearer error="invalid_token"'})
    return principal


Caller = Annotated[Principal, Depends(authenticate)]
"""Whoever stands behind the token: a person, a client or a service."""

Person = Annotated[Principal, Depends(_person)]
"""A signed-in person; a token of a client or a service is refused (401)."""


@dataclass(frozen=True, slots=True)
class Official:
    """A person who acts for an institution, with the roles they have there."""

    person_id: UUID
    institution_id: UUID
    roles: frozenset[Role]
    principal: Principal


async def _official(principal: Annotated[Principal, Depends(_person)]) -> Official:
    if principal.institution_id is None or not principal.roles:
        raise problems.RoleRequired(roles="-")
    return Official(principal.person_id, principal.institution_id, principal.roles, principal)


Acting = Annotated[Official, Depends(_official)]
"""The official who calls, in operations that name `roles`."""


def operation(
    scope: str,
    *,
    assurance: Assurance = Assurance.LOW,
    mandate: bool = False,
    roles: Collection[Role] = (),
    raises: Sequence[type[Problem]] = (),
) -> dict[str, Any]:
    """The policy of an operation for signed-in callers, as keyword arguments of its route.

    `mandate` says whether it may be done for another person; a token that carries a mandate is
    refused elsewhere. With `roles` only an official who has one of them may. `raises` are the
    operation's own problems.
    """
    met: list[type[Problem]] = [
        problems.InvalidToken,
        problems.InsufficientScope,
        problems.InsufficientAssurance,
        *([problems.RoleRequired] if roles else []),
        *raises,
    ]
    extra = {
        "security": [{SCHEME: [scope]}],
        "x-assurance": assurance.value,
        "x-mandate": mandate,
    }
    return {
        "dependencies": [Depends(_requirement(scope, assurance, mandate=mandate, roles=frozenset(roles)))],
        "responses": responses(met),
        "openapi_extra": extra | ({"x-roles": sorted(roles)} if roles else {}),
    }


def public(*, raises: Sequence[type[Problem]] = (), asks: bool = False) -> dict[str, Any]:
    """The policy of an operation that needs no token; the gateway's route table lists it by name.

    A token that is sent all the same is checked at the gateway: a bad one is refused (401). `asks` marks
    a POST that changes nothing (a question too long for an address): it takes no Idempotency-Key, so
    that neither question nor answer is kept.
    """
    extra = {"security": [], "x-public": True}
    return {
        "responses": responses([problems.InvalidToken, *raises]),
        "openapi_extra": extra | ({ASKS: True} if asks else {}),
    }


def internal(scope: str) -> dict[str, Any]:
    """The policy of a question between services: not routed by the gateway, not in the contract."""
    return {
        "dependencies": [Depends(_requirement(scope, Assurance.LOW, mandate=False, roles=frozenset()))],
        "include_in_schema": False,
    }


def responses(raised: Sequence[type[Problem]]) -> dict[int | str, dict[str, Any]]:
    """The problems of an operation by status, with those that any operation can answer with."""
    return shown([*raised, *problems.EVERYWHERE])


def shown(raised: Sequence[type[Problem]]) -> dict[int | str, dict[str, Any]]:
    """Problems by status, as OpenAPI wants them."""
    by_status: dict[int | str, list[type[Problem]]] = {}
    for problem in raised:
        by_status.setdefault(problem.status, []).append(problem)
    return {
        status: {
            "description": "; ".join(f"{problem.title} (`{problem.type}`)" for problem in met),
            "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
            "x-problem-types": [problem.type for problem in met],
        }
        for status, met in sorted(by_status.items(), key=lambda item: str(item[0]))
    }


def _requirement(
    scope: str, assurance: Assurance, *, mandate: bool, roles: frozenset[Role]
) -> Callable[[Principal], Awaitable[None]]:
    async def check(principal: Caller) -> None:
        if scope not in principal.scopes:
            challenge = f'Bearer error="insufficient_scope", scope="{scope}"'
            raise problems.InsufficientScope(scope=scope, headers={"www-authenticate": challenge})
        if not principal.assurance.meets(assurance):
            challenge = f'Bearer error="insufficient_user_authentication", acr_values="{assurance}"'
            raise problems.InsufficientAssurance(assurance=assurance, headers={"www-authenticate": challenge})
        if roles and (principal.institution_id is None or roles.isdisjoint(principal.roles)):
            raise problems.RoleRequired(roles=", ".join(sorted(roles)))
        if principal.mandate_id and not mandate:
            raise problems.InvalidToken(headers={"www-authenticate": 'Bearer error="invalid_token"'})

    return check
