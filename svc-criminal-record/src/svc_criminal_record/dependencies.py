"""What a route may ask for."""

from typing import Annotated

from fastapi import Depends, Request

from .clients import Identity
from .documents.anchors import Anchors
from .documents.checking import Checker
from .documents.published_lists import PublishedLists
from .keys import MasterKey


async def _keys(request: Request) -> MasterKey:
    keys: MasterKey = request.app.state.keys
    return keys


async def _trusted(request: Request) -> Anchors:
    anchors: Anchors = request.app.state.anchors()
    return anchors


async def _checker(request: Request) -> Checker:
    checker: Checker = request.app.state.checker
    return checker


async def _lists(request: Request) -> PublishedLists:
    lists: PublishedLists = request.app.state.lists
    return lists


async def _origin(request: Request) -> str:
    origin: str = request.app.state.hub.settings.public_origin
    return origin


async def _identity(request: Request) -> Identity:
    hub = request.app.state.hub
    identity: Identity = hub.service(hub.settings.identity_url)
    return identity


Keys = Annotated[MasterKey, Depends(_keys)]
"""The keys of the service."""

Trusted = Annotated[Anchors, Depends(_trusted)]
"""What seals and facts are checked against; read when it is first asked for."""

Checking = Annotated[Checker, Depends(_checker)]
"""Checks the files that anybody brings."""

Lists = Annotated[PublishedLists, Depends(_lists)]
"""The status lists that this process has signed."""

Origin = Annotated[str, Depends(_origin)]
"""The public origin of the hub."""

IdentityService = Annotated[Identity, Depends(_identity)]
"""svc-identity, to be asked who somebody is."""
