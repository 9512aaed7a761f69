"""What a route may ask for, besides what hub_service gives."""

from typing import Annotated

from fastapi import Depends, Request

from .keys import MasterKey


async def _keys(request: Request) -> MasterKey:
    keys: MasterKey = request.app.state.keys
    return keys


Keys = Annotated[MasterKey, Depends(_keys)]
"""The keys of the service."""
