"""Reports of aggressive driving that were sent whole, and officers who decide on them."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.clock import local_date
from hub_core.principal import Assurance, Role
from hub_events.session import Session
from svc_traffic_history.domain.driving_reports import DrivingReport
from svc_traffic_history.operations import driving_reports as operations
from svc_traffic_history.operations.means import Means
from svc_traffic_history.storage import driving_reports as storage
from svc_traffic_history.tables.videos import VIDEOS

from .build_driving_reports import a_driving_report, a_reporter, an_event
from .outside import Outside

V1 = "/traffic-history/v1"
FILES = f"{V1}/driving-report-files"
SCOPES = frozenset({"driving-reports:review", "traffic-history:record", "traffic-history:decide"})
PURPOSE = {"purpose": 'CASE_HANDLING;file="41/2026"'}
CONTENT_SHA = bytes(range(32))


def a_plate() -> str:
    """A plate of nobody else's."""
    return f"CV {ids.new_id().hex[-10:].upper()}"


def whole(outside: Outside, unit: UUID, **special: Any) -> DrivingReport:
    """A report of an event of two days ago, by somebody of their own, about an ordinary car of a company."""
    now = clock.now()
    reporter_id = special.pop("reporter_id", None) or outside.add_driver()
    plate = special.pop("plate", None) or a_plate()
    outside.vehicles.get(plate) or outside.add_vehicle(plate)
    facts: dict[str, Any] = {
        "sent_at": now - timedelta(days=1),
        "reporter_id": reporter_id,
        "reporter": a_reporter(cnp=outside.number_of(reporter_id)),
        "event": an_event(plate=plate, **special.pop("event", {})),
        "institution_id": unit,
        "upload_by": now + timedelta(hours=1),
        "barred_after": local_date(now) + timedelta(days=100),
    }
    return a_driving_report(**(facts | special))


async def put(sessions: async_sessionmaker[Session], means: Means, report: DrivingReport) -> DrivingReport:
    """The report, as its reporter sent it whole."""
    async with sessions() as session, session.begin():
        await storage.add(session, means.key, report)
        await session.execute(
            insert(VIDEOS).values(
                id=ids.new_id(),
                driving_report_id=report.id,
                length=5,
                received=5,
                sha256=CONTENT_SHA,
                container="MP4",
                codec="H.264",
                width=1280,
                height=720,
                duration_ms=4000,
                begun_at=report.sent_at,
                arrived_at=report.sent_at,
                ended_at=report.sent_at,
                state="CHECKED",
            )
        )
        sent: DrivingReport = await operations.submitted(session, report, report.sent_at)
    return sent


async def read(sessions: async_sessionmaker[Session], means: Means, report_id: UUID) -> DrivingReport:
    """The report as it stands."""
    async with sessions() as session, session.begin():
        found = await storage.find(session, means.key, report_id)
    assert found is not None
    return found


@dataclass(frozen=True)
class Reviewer:
    """Somebody of the traffic police, as a client of the service."""

    client: httpx2.AsyncClient
    person_id: UUID
    headers: dict[str, str]

    async def get(self, path: str = "", **headers: str) -> httpx2.Response:
        """What a question is answered."""
        return await self.client.get(f"{FILES}{path}", headers=self.headers | headers)

    async def post(self, path: str, body: Any = None) -> httpx2.Response:
        """What a step is answered."""
        key = {"idempotency-key": str(ids.new_id())}
        sent = {"json": body} if body is not None else {}
        return await self.client.post(f"{FILES}{path}", headers=self.headers | key, **sent)

    async def did(self, path: str, body: Any = None) -> Any:
        """What a step that succeeds is answered."""
        answer = await self.post(path, body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def file(self, report: DrivingReport) -> Any:
        """The opened report."""
        answer = await self.get(f"/{report.id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def examined(self, report: DrivingReport) -> DrivingReport:
        """The report, taken and found eligible."""
        await self.did(f"/{report.id}/take")
        await self.did(f"/{report.id}/eligible", {})
        return report

    async def asked(self, report: DrivingReport, part: str = "OWNER") -> str:
        """The id of the inquiry of who was asked now."""
        await self.did(f"/{report.id}/owner-inquiries", {"part": part})
        return str((await self.file(report))["inquiries"][-1]["id"])


def a_sanction(cnp: str, on: datetime, **special: Any) -> dict[str, Any]:
    """The contravention report of an officer."""
    facts = {
        "driver_cnp": cnp,
        "series": "PCV",
        "number": str(ids.new_id().int)[-12:],
        "found_at": on.isoformat(),
        "place": "DN12, km 24",
        "fine_points": 4,
    }
    return facts | special


def reviewer(
    client: httpx2.AsyncClient, signed_in: Any, unit: UUID, person: UUID | None = None, *roles: Role
) -> Reviewer:
    """An officer of a unit, or with the roles that are given."""
    person_id = person or ids.new_id()
    claims = {
        "assurance": Assurance.SUBSTANTIAL,
        "institution": str(unit),
        "roles": sorted(roles or (Role.TRAFFIC_OFFICER,)),
    }
    return Reviewer(client, person_id, signed_in(person_id, SCOPES, **claims) | PURPOSE)


def moved_days(report: DrivingReport, days: int) -> DrivingReport:
    """The same report, as long ago."""
    ago = timedelta(days=days)
    return replace(
        report,
        happened_at=report.happened_at - ago,
        sent_at=report.sent_at - ago,
        barred_after=report.barred_after - ago,
    )


def today() -> date:
    """The legal date."""
    return local_date(clock.now())
