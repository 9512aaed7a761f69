"""What a route may ask for, besides what hub_service gives."""

from typing import Annotated

from fastapi import Depends, Request

from hub_service import outside

from . import keys
from .channels import vapid


async def _outside(request: Request) -> outside.Outside:
    made: outside.Outside = request.app.state.outside
    return made


async def _vapid(request: Request) -> vapid.Vapid:
    made: vapid.Vapid = request.app.state.vapid
    return made


async def _master_key(request: Request) -> keys.MasterKey:
    made: keys.MasterKey = request.app.state.master_key
    return made


Outside = Annotated[outside.Outside, Depends(_outside)]
"""The caller of addresses that others gave us."""
Vapid = Annotated[vapid.Vapid, Depends(_vapid)]
"""The hub's key for push services."""
MasterKey = Annotated[keys.MasterKey, Depends(_master_key)]
"""The keys of this service."""
