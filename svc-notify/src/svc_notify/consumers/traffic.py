"""Records of drivers and reports of aggressive driving: what people are written of them.

Of a record no event says what came and no letter does: of a new line, of points that have expired, of a
suspension and of the licence the letters are the same. Who opened a link stands in no letter. One about a
report says its number and how far it has come, never whom it is about or what was decided.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_events.consumer import Subscription
from hub_events.envelope import Envelope

from .. import manifest
from ..domain import formats, kinds
from ..domain.kinds import Kind
from ..operations import notices
from . import hearing
from .copies import (
    DriverLicenceChanged,
    DriverLineChanged,
    DriverPointsExpired,
    DriverSuspensionMoved,
    DrivingReportMoved,
    RecordLinkOpened,
)
from .hearing import Wake


def subscription(wake: Wake) -> Subscription:
    """The consumer; `wake` is called with what was queued once that is committed."""

    async def queue(
        session: AsyncSession,
        heard: Envelope[Any],
        kind: Kind,
        person_id: UUID,
        said: Mapping[str, str],
        once: str | None = None,
        until: datetime | None = None,
    ) -> None:
        queued = await notices.queue_notices(
            session, kind, [person_id], said, hearing.cause(heard), clock.now(), once, until
        )
        hearing.wake_after_commit(session, wake, queued)

    async def tell_the_driver(session: AsyncSession, heard: Envelope[Any]) -> None:
        person_id: UUID | None = heard.data.person_id
        if person_id is None:
            return
        kind = kinds.DRIVER_RECORD
        # What came in one step bears one instant, and is one letter.
        once = f"{kind.template}:{person_id}:{heard.time.isoformat()}"
        said = {"told_on": hearing.day(heard)}
        await queue(session, heard, kind, person_id, said, once)

    async def tell_the_reporter(session: AsyncSession, heard: Envelope[DrivingReportMoved]) -> None:
        report = heard.data
        until = report.upload_by
        said = {
            "number": report.number,
            "state": report.state,
            "reason": report.reason or "",
            "upload_on": clock.local_date(until or heard.time).isoformat(),
            "upload_hour": formats.hour(until) if until else "",
            "told_on": hearing.day(heard),
        }
        await queue(session, heard, kinds.DRIVING_REPORT, report.person_id, said, until=until)

    async def tell_the_holder(session: AsyncSession, heard: Envelope[RecordLinkOpened]) -> None:
        day, kind = hearing.day(heard), kinds.RECORD_LINK_OPENED
        once = f"{kind.template}:{heard.data.link_id}:{day}"
        await queue(session, heard, kind, heard.data.person_id, {"told_on": day}, once)

    return Subscription(
        manifest.TRAFFIC_HISTORY,
        {
            DriverLineChanged: tell_the_driver,
            DriverPointsExpired: tell_the_driver,
            DriverSuspensionMoved: tell_the_driver,
            DriverLicenceChanged: tell_the_driver,
            DrivingReportMoved: tell_the_reporter,
            RecordLinkOpened: tell_the_holder,
        },
    )
