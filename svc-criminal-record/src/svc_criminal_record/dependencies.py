"""What a route may ask for, besides what hub_service gives."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Annotated, Any, Final, TypeAlias

from fastapi import Depends, Request

from hub_core.principal import Assurance, Role
from hub_documents.anchors import Anchors
from hub_documents.checking import Checker
from hub_service import policy

from . import issuing
from .clients import Identity
from .documents.published_lists import PublishedLists
from .errors.review import NoRecordsUnit
from .keys import MasterKey
from .registers.records import HttpRecords
from .settings import Settings

DECIDE: Final = "criminal-record:decide"
_OFFICERS: Final = (Role.RECORDS_OFFICER, Role.HEAD)


def deciding(raises: tuple[Any, ...], roles: Collection[Role] = _OFFICERS) -> dict[str, Any]:
    """What an operation of officers says of itself: at a unit that keeps the criminal record."""
    return policy.operation(
        DECIDE, assurance=Assurance.SUBSTANTIAL, roles=roles, raises=(NoRecordsUnit, *raises)
    )


Opening: TypeAlias = Callable[[Any], issuing.Means]
"""Gives what issuing needs, from the resources of the running service (`chassis.Resources`)."""


def opening(settings: Settings, keys: MasterKey) -> Opening:
    """What issuing needs, made when it is first asked for: nothing is read before the lifespan."""
    made: list[issuing.Means] = []

    def means(hub: Any) -> issuing.Means:
        if not made:
            made.append(
                issuing.Means(
                    key=keys,
                    identity=hub.service(settings.identity_url),
                    records=HttpRecords(settings.criminal_record_register_url, hub.http),
                    issuer=issuing.press(settings, keys, hub.http),
                )
            )
        return made[0]

    return means


async def _keys(request: Request) -> MasterKey:
    keys: MasterKey = request.app.state.keys
    return keys


async def _trusted(request: Request) -> Anchors:
    anchors: Anchors = request.app.state.anchors()
    means: issuing.Means = request.app.state.opening(request.app.state.hub)
    return replace(anchors, trust=replace(anchors.trust, material=means.issuer.material))


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


async def _issuing(request: Request) -> issuing.Means:
    means: issuing.Means = request.app.state.opening(request.app.state.hub)
    return means


Keys = Annotated[MasterKey, Depends(_keys)]
"""The keys of the service."""

Trusted = Annotated[Anchors, Depends(_trusted)]
"""What seals and facts are checked against, with what is known of revoked certificates."""

Checking = Annotated[Checker, Depends(_checker)]
"""Checks the files that anybody brings."""

Lists = Annotated[PublishedLists, Depends(_lists)]
"""The status lists that this process has signed."""

Origin = Annotated[str, Depends(_origin)]
"""The public origin of the hub."""

IdentityService = Annotated[Identity, Depends(_identity)]
"""svc-identity, to be asked who somebody is."""

Issuing = Annotated[issuing.Means, Depends(_issuing)]
"""The keys, whom to ask, and the press."""
