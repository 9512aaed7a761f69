"""What a route may ask for, besides what hub_service gives."""

from collections.abc import Callable
from typing import Annotated, Any, Final, TypeAlias

from fastapi import Depends, Request

from .keys import MasterKey
from .operations.means import Means
from .registers.police import HttpRegister
from .settings import Settings

READ: Final = "traffic-history:read"
RECORD: Final = "traffic-history:record"
DECIDE: Final = "traffic-history:decide"

Opening: TypeAlias = Callable[[Any], Means]
"""Gives what operations need, from the resources of the running service (`chassis.Resources`)."""


def opening(settings: Settings, key: MasterKey) -> Opening:
    """What operations need, made when it is first asked for: nothing is opened before the lifespan."""
    made: list[Means] = []

    def means(hub: Any) -> Means:
        if not made:
            register = HttpRegister(settings.traffic_history_register_url, hub.http)
            made.append(Means(key, hub.service(settings.identity_url), register))
        return made[0]

    return means


async def _keys(request: Request) -> MasterKey:
    keys: MasterKey = request.app.state.keys
    return keys


async def _means(request: Request) -> Means:
    means: Means = request.app.state.opening(request.app.state.hub)
    return means


Keys = Annotated[MasterKey, Depends(_keys)]
"""The keys of the service."""

Asking = Annotated[Means, Depends(_means)]
"""The keys, and whom to ask."""
