"""Motives: HTTP and nothing else."""

from hub_core.clock import local_date
from hub_service import policy
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..operations import motives as operations
from ..schemas.motives import MotivesView, MotiveView

router = Router(prefix="/criminal-record/v1", tags=["requests"])


@router.get("/motives", summary="List what certificates may be asked for", **policy.public())
async def list_motives(session: Session, now: Now) -> MotivesView:
    """Today's list: a certificate is good for the motive it was asked for, and for no other."""
    options = await operations.motives(session, local_date(now))
    return MotivesView(items=[MotiveView.of(option) for option in options])
