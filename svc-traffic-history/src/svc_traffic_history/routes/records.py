"""A driver's own record: HTTP and nothing else."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from hub_core.principal import Assurance
from hub_service import paging, policy
from hub_service.dependencies import Now, Session
from hub_service.problems import ServiceUnavailable
from hub_service.routing import Router

from ..dependencies import READ, Asking
from ..errors.registers import DriverIdentityNeeded, DriverNotFound, DriverRegisterUnavailable
from ..operations import records as operations
from ..schemas.records import DriverRecordView, TrafficLineView

_OWN: Final[dict[str, Any]] = policy.operation(
    READ,
    assurance=Assurance.SUBSTANTIAL,
    raises=(DriverIdentityNeeded, DriverNotFound, DriverRegisterUnavailable, ServiceUnavailable),
)

router = Router(prefix="/traffic-history/v1", tags=["record"])

HOT: Final = ("read_driver_record", "list_record_lines")
"""What drivers ask for most."""


@router.get("/record", summary="Read your record as a driver", **_OWN)
async def read_driver_record(
    person: policy.Person, means: Asking, session: Session, now: Now
) -> DriverRecordView:
    """Your points and when each expire, what stands between now and a suspension, your right to drive."""
    return DriverRecordView.of(await operations.own(session, means, person.person_id, now))


@router.get("/record/lines", summary="List the reports in your record", **_OWN)
async def list_record_lines(
    person: policy.Person, means: Asking, session: Session, now: Now, asked: paging.Asked
) -> paging.Page[TrafficLineView]:
    """Each contravention report with its amounts and last days, what was found last first."""
    after = asked.position((datetime, UUID))
    record = await operations.own(session, means, person.person_id, now)
    rows = [
        line
        for line in record.lines
        if after is None or (line.proces_verbal.found_at, line.proces_verbal.id) < after
    ]
    return asked.page(
        rows[: asked.rows],
        position=lambda line: (line.proces_verbal.found_at, line.proces_verbal.id),
        view=lambda line: TrafficLineView.of(line, record),
    )
