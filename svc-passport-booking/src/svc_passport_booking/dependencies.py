"""What a route may ask for, besides what hub_service gives."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from hub_events.session import Session as DatabaseSession

from .clients import Catalog, People
from .keys import MasterKey
from .operations.flights import Flights


async def _apart(request: Request) -> AsyncIterator[DatabaseSession]:
    async with request.app.state.hub.database.sessions() as session:
        yield session


async def _address(request: Request) -> str:
    return request.client.host if request.client else ""


async def _people(request: Request) -> People:
    state = request.app.state
    if state.people is None:
        state.people = People(state.hub.service(state.hub.settings.identity_url))
    people: People = state.people
    return people


async def _catalog(request: Request) -> Catalog:
    state = request.app.state
    if state.catalog is None:
        state.catalog = Catalog(state.hub.service(state.hub.settings.catalog_url))
    catalog: Catalog = state.catalog
    return catalog


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
