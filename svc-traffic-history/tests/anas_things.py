"""Ana has a record and things in every state; what is nobody else's to read."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy import text
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.principal import Assurance
from hub_events.session import Session
from svc_traffic_history.domain import driving_reports as domain
from svc_traffic_history.domain.driving_reports import DrivingReport, Reason, State
from svc_traffic_history.domain.grounds import Ground
from svc_traffic_history.domain.suspensions import State as SuspensionState
from svc_traffic_history.operations.means import Means
from svc_traffic_history.registers.police import ComplaintTold
from svc_traffic_history.storage import driving_reports, suspensions

from .build import a_suspension
from .outside import LICENCE, Outside, a_report
from .reviewing import Reviewer, a_sanction, put, whole

Sessions = async_sessionmaker[Session]
V1 = "/traffic-history/v1"
HOUR = timedelta(hours=1)
TODAY = clock.local_date(clock.now())


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@dataclass
class Things:
    """What is Ana's: ids by collection, and every word that nobody else may read."""

    person: UUID
    cnp: str
    place: str
    secrets: set[str]
    ids: dict[str, list[str]] = field(default_factory=dict)


async def recorded(
    client: httpx2.AsyncClient,
    signed_in: Any,
    scopes: frozenset[str],
    outside: Outside,
    sessions: Sessions,
) -> Things:
    """Ana, whom the police register knows with three reports, and suspensions in every state."""
    mark = ids.new_id().hex[-10:]
    name, licence, place = f"Popescu{mark}", f"C{mark}", f"Strada {mark} nr. 7"
    reports = [
        a_report(ago(days), "speed-31", fine_points=6, place=place, number=f"1{mark}{days:03d}")
        for days in (60, 40, 20)
    ]
    complaint = ComplaintTold(registered_on=ago(15))
    person = outside.add_driver(*reports[1:], reports[0].model_copy(update={"complaint": complaint}))
    outside.tell(person, family_name=name, licence=LICENCE.model_copy(update={"number": licence}))
    number = outside.number_of(person)
    made = Things(person, number, place, {number, name, licence, mark})
    own = signed_in(person, scopes, Assurance.HIGH)
    assert (await client.get(f"{V1}/record", headers=own)).status_code == 200
    lines = (await client.get(f"{V1}/record/lines", headers=own)).json()["items"]
    async with sessions() as session, session.begin():
        driver = await session.execute(text("SELECT id FROM drivers WHERE person_id = :p"), {"p": person})
        driver_id = driver.scalar_one()
        moving = [
            a_suspension(
                Ground.CLASS_2,
                driver_id=driver_id,
                proces_verbal_id=UUID(lines[0]["id"]),
                state=state,
                communicated_on=ago(15),
                handed_in_on=ago(14),
                begins_on=ago(13),
                ends_on=ago(-16),
                days_left=10,
            )
            for state in SuspensionState
        ]
        for one in moving:
            await suspensions.add(session, one, None, clock.now())
    made.ids = {
        "drivers": [str(driver_id)],
        "proces-verbale": [line["id"] for line in lines],
        "lines": [line["id"] for line in lines],
        "entries": [offence["entry_id"] for line in lines for offence in line["offences"]],
        "suspensions": [str(one.id) for one in moving],
    }
    made.secrets |= {str(driver_id), *made.ids["proces-verbale"], *made.ids["entries"]}
    return made


async def report_driving(
    things: Things, unit: UUID, officer: Reviewer, outside: Outside, sessions: Sessions, means: Means
) -> None:
    """Ana reported somebody's driving: there are reports in every state, which the officer moved."""
    driver = outside.add_driver()
    described = {"place": things.place, "description": f"Spre {things.place}"}

    def one(**special: Any) -> DrivingReport:
        report = whole(outside, unit, reporter_id=things.person, event=described, **special)
        assert report.event
        assert report.reporter
        things.secrets |= {str(report.id), report.event.plate, report.label}
        return replace(report, reporter=replace(report.reporter, address=things.place))

    waiting, uploading, taken_back = (replace(one(), sent_at=clock.now()) for _ in range(3))
    async with sessions() as session, session.begin():
        for report in (waiting, uploading, taken_back):
            await driving_reports.add(session, means.key, report)
        closed = domain.moved(taken_back, State.CLOSED, Reason.CANCELLED)
        await driving_reports.move(session, closed, clock.now(), things.person)
    leader = one()
    assert leader.event
    same = {"plate": leader.event.plate}
    sent = [await put(sessions, means, each) for each in (*(one() for _ in range(9)), leader)]
    duplicate, joined = [await put(sessions, means, one(**same)) for _ in range(2)]
    _, taken, refused, _, asked, sanctioned, ended, forwarded, *_ = sent
    for report in (taken, refused):
        await officer.did(f"/{report.id}/take")
    await officer.did(f"/{refused.id}/not-eligible", {"reason": "EDITED"})
    for report in sent[3:]:
        await officer.examined(report)
    await officer.did(f"/{joined.id}/join", {"leader_id": str(leader.id)})
    inquiry = await officer.asked(asked)
    sanction = a_sanction(outside.number_of(driver), clock.now() - HOUR)
    await officer.did(f"/{sanctioned.id}/sanction", sanction)
    await officer.did(f"/{ended.id}/no-sanction", {"reason": "NOT_PROVED"})
    await officer.did(f"/{forwarded.id}/forward", {})
    every = [str(report.id) for report in (waiting, uploading, taken_back, *sent, duplicate, joined)]
    things.ids |= dict.fromkeys(("driving-reports", "driving-report-files", "requests", "tokens"), every)
    things.ids |= {"owner-inquiries": [inquiry], "leaders": [str(leader.id)]}
    things.secrets.add(inquiry)


async def upload(things: Things, client: httpx2.AsyncClient, own: dict[str, str]) -> None:
    """A recording of hers is on its way."""
    _, uploading, *_ = things.ids["driving-reports"]
    told = {"tus-resumable": "1.0.0", "upload-length": "10"}
    begun = await client.post(f"{V1}/driving-reports/{uploading}/video", headers=own | told)
    assert begun.status_code == 201, begun.text
    things.ids["videos"] = [begun.headers["location"].rpartition("/")[2]]
    things.secrets.add(things.ids["videos"][0])


async def hold_history(things: Things, client: httpx2.AsyncClient, own: dict[str, str]) -> None:
    """She has a document of her history, and gave somebody a link to it."""
    made = await client.post(f"{V1}/history-documents", headers=own, json={"motive": "angajare"})
    assert made.status_code == 201, made.text
    document = made.json()
    path = f"{V1}/history-documents/{document['id']}/links"
    until = (clock.now() + timedelta(days=7)).isoformat()
    linked = await client.post(path, headers=own, json={"ends_at": until, "note": things.place})
    assert linked.status_code == 201, linked.text
    link = linked.json()
    things.ids |= {
        "history-documents": [document["id"]],
        "links": [link["id"]],
        "verify": [document["code"]],
    }
    things.secrets |= {document["id"], link["id"], link["address"].rpartition("#")[2]}
