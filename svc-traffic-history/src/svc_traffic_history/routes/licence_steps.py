"""Officers record that a licence was taken away or given back: HTTP and nothing else."""

from typing import Annotated

from fastapi import Path

from hub_service import policy, purpose, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Asking, recording
from ..errors.licence_steps import LicenceDayWrong, LicenceStands
from ..errors.registers import DriverNotFound
from ..operations import licence_steps as operations
from ..schemas.licence_steps import RecordLicenceStep
from ..schemas.officers import RecordedView

router = Router(prefix="/traffic-history/v1", tags=["officers"])


@router.post(
    "/drivers/{driver_id}/licence-steps",
    status_code=201,
    summary="Record that a licence was taken away or given back",
    **recording(DriverNotFound, LicenceStands, LicenceDayWrong),
)
async def record_licence_step(
    body: RecordLicenceStep,
    driver_id: Annotated[schemas.Id, Path(description="The driver.")],
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> RecordedView:
    """Annulled by a court, withdrawn, or given back. What was recorded wrongly is given back on its day."""
    made = await operations.record_step(session, means, official, driver_id, body.step, body.on, stated, now)
    return RecordedView.of(made)
