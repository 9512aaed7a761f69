"""What a route may ask for, besides what hub_service gives."""

from typing import Annotated

from fastapi import Depends, Request

from hub_service import outside

from . import keys
from .channels import vapid
from .operations.accepting import Acceptance


async def _outside(request: Request) -> outside.Outside:
    made: outside.Outside = request.app.state.outside
    return made


async def _vapid(request: Request) -> vapid.Vapid:
    made: vapid.Vapid = request.app.state.vapid
    return made


async def _master_key(request: Request) -> keys.MasterKey:
    made: keys.MasterKey = request.app.state.master_key
    return made


async def acceptance(request: Request) -> Acceptance:
    """What this process is accepting; made when it is first asked for."""
    state = request.app.state
    if state.acceptance is None:
        state.acceptance = Acceptance(
            state.hub.database.sessions, state.master_key, state.outside, state.ordered
        )
    made: Acceptance = state.acceptance
    return made


Outside = Annotated[outside.Outside, Depends(_outside)]
"""The caller of addresses that others gave us."""
Vapid = Annotated[vapid.Vapid, Depends(_vapid)]
"""The hub's key for push services."""
MasterKey = Annotated[keys.MasterKey, Depends(_master_key)]
"""The keys of this service."""
Accepting = Annotated[Acceptance, Depends(acceptance)]
"""The orders that this process is accepting."""
