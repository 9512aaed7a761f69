"""What a route may ask for, besides what hub_service gives."""

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Request

from hub_core.principal import Assurance, Role
from hub_core.problem import Problem
from hub_events.session import Session as DatabaseSession
from hub_service import policy
from hub_service.problems import PreconditionFailed, PreconditionRequired

from .clients import Catalog, People
from .errors.offices import BookingOfficeNotFound
from .keys import MasterKey
from .operations.flights import Flights
from .operations.rush import Rush

DESK: Final = "appointments:desk"


def at_desk(*raises: type[Problem], asks: bool = False) -> dict[str, Any]:
    """What an operation of officials at the counters of an office says of itself.

    `asks` marks a POST that is a question, so that no Idempotency-Key keeps an answer with names.
    """
    said = policy.operation(
        DESK,
        assurance=Assurance.SUBSTANTIAL,
        roles=(Role.CLERK, Role.HEAD),
        raises=(BookingOfficeNotFound, *raises),
    )
    return said | {"openapi_extra": said["openapi_extra"] | {policy.ASKS: True}} if asks else said


async def _apart(request: Request) -> AsyncIterator[DatabaseSession]:
    async with request.app.state.hub.database.sessions_apart() as session:
        yield session


async def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def known_people(request: Request) -> People:
    """Who the people with accounts are, by svc-identity."""
    state = request.app.state
    if state.people is None:
        state.people = People(state.hub.service(state.hub.settings.identity_url))
    people: People = state.people
    return people


def rush(request: Request) -> Rush:
    """The bookings that are being stored."""
    state = request.app.state
    if state.rush is None:
        state.rush = Rush(state.hub.database.sessions, state.keys, state.hub.wake_relay)
    gathering: Rush = state.rush
    return gathering


async def _people(request: Request) -> People:
    return known_people(request)


async def _catalog(request: Request) -> Catalog:
    state = request.app.state
    if state.catalog is None:
        state.catalog = Catalog(state.hub.service(state.hub.settings.catalog_url))
    catalog: Catalog = state.catalog
    return catalog


MANAGE: Final = "appointments:manage"
_HEADS: Final = (Role.HEAD,)
_TAG: Final = re.compile(r'"([0-9]{1,9})"')


def managing(raises: tuple[Any, ...], *, auditing: bool = False) -> dict[str, Any]:
    """What an operation of heads of offices says of itself; `auditing` lets auditors look, too."""
    roles = (*_HEADS, Role.AUDITOR) if auditing else _HEADS
    return policy.operation(MANAGE, assurance=Assurance.SUBSTANTIAL, roles=roles, raises=raises)


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


async def _keys(request: Request) -> MasterKey:
    keys: MasterKey = request.app.state.keys
    return keys


Address = Annotated[str, Depends(_address)]
"""The network address of the caller, as the gateway says it; it is counted, and kept nowhere."""

SessionApart = Annotated[DatabaseSession, Depends(_apart)]
"""A session outside the unit of work of an Idempotency-Key: a try counts although it is refused."""

Known = Annotated[People, Depends(_people)]
"""Who the people with accounts are, by svc-identity."""

Entries = Annotated[Catalog, Depends(_catalog)]
"""What the entries of the catalog say of a case."""

Keys = Annotated[MasterKey, Depends(_keys)]
"""The keys of the service."""


async def _shared(request: Request) -> Flights[bytes]:
    shared: Flights[bytes] = request.app.state.shared
    return shared


Shared = Annotated[Flights[bytes], Depends(_shared)]
"""The public questions that are being answered at this moment."""
Base = Annotated[int, Depends(_base)]
"""The version that a change was made from, by its ETag in `If-Match` (428 without, 412 when stale)."""
