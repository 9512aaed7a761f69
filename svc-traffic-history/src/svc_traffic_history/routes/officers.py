"""Officers of the traffic police keep records: HTTP and nothing else."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from fastapi import Path, Query

from hub_core.decisions import FourEyes
from hub_service import paging, policy, purpose, schemas
from hub_service.dependencies import Now, Session
from hub_service.routing import Router

from ..dependencies import Asking, deciding, recording
from ..domain.entries import Kind
from ..domain.suspensions import State
from ..errors.offences import OffenceUnknown
from ..errors.recording import (
    EntryNotFound,
    EntryTakenBack,
    FactDayWrong,
    FactKnown,
    FineOutOfBounds,
    NoComplaint,
    ReportKnown,
    ReportNotFound,
)
from ..errors.registers import DriverNotFound, DriverRegisterUnavailable
from ..errors.suspensions import (
    NotReducible,
    SuspensionDateWrong,
    SuspensionNotFound,
    SuspensionStands,
)
from ..operations import recording as operations
from ..operations import suspending
from ..schemas.officers import (
    DriverView,
    FactOn,
    FindDriver,
    RecordCourtDecision,
    RecordedView,
    RecordPayment,
    RecordReport,
    TakeBackEntry,
)
from ..schemas.records import TrafficSuspensionView

_FACT: Final = (ReportNotFound, DriverNotFound, FactDayWrong)
_STEP: Final = (SuspensionNotFound, DriverNotFound, SuspensionStands, SuspensionDateWrong)

router = Router(prefix="/traffic-history/v1")

HOT: Final = ("open_driver", "record_proces_verbal")
"""What is done at the roadside."""

DriverId = Annotated[schemas.Id, Path(description="The driver.")]
ReportId = Annotated[schemas.Id, Path(description="The report.")]
SuspensionId = Annotated[schemas.Id, Path(description="The suspension.")]


@router.post(
    "/drivers/find",
    tags=["officers"],
    summary="Find a driver by number",
    **recording(DriverNotFound, DriverRegisterUnavailable, asks=True),
)
async def find_driver(
    body: FindDriver,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> DriverView:
    """The driver with the record, as the police register has them now. The driver sees who looked and why."""
    return DriverView.of(await operations.find_driver(session, means, official, body.cnp, stated, now))


@router.get(
    "/drivers/{driver_id}", tags=["officers"], summary="Open a driver's record", **recording(DriverNotFound)
)
async def open_driver(
    driver_id: DriverId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> DriverView:
    """The record as the driver sees it, with names. The driver sees that it was opened and why."""
    return DriverView.of(await operations.open_record(session, means, official, driver_id, stated, now))


@router.post(
    "/drivers/{driver_id}/proces-verbale",
    status_code=201,
    tags=["officers"],
    summary="Record a contravention report",
    **recording(DriverNotFound, ReportKnown, OffenceUnknown, FineOutOfBounds, FactDayWrong),
)
async def record_proces_verbal(
    body: RecordReport,
    driver_id: DriverId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> RecordedView:
    """Fines and points follow from the law of the day of each offence; a suspension is proposed with it."""
    made = await operations.record_report(session, means, official, driver_id, body.value(), stated, now)
    return RecordedView.of(made)


@router.post(
    "/proces-verbale/{report_id}/communication",
    status_code=201,
    tags=["officers"],
    summary="Record that a report was communicated",
    **recording(*_FACT, FactKnown),
)
async def record_communication(
    body: FactOn,
    report_id: ReportId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> RecordedView:
    """The terms for half payment and for the court run from that day."""
    made = await operations.record_fact(
        session, means, official, report_id, Kind.COMMUNICATED, body.on, stated, now
    )
    return RecordedView.of(made)


@router.post(
    "/proces-verbale/{report_id}/payments",
    status_code=201,
    tags=["officers"],
    summary="Record a payment",
    **recording(*_FACT),
)
async def record_fine_payment(
    body: RecordPayment,
    report_id: ReportId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> RecordedView:
    """Whether it settles the fine follows from its day and amount."""
    made = await operations.record_fact(
        session, means, official, report_id, Kind.PAID, body.on, stated, now, amount=body.lei()
    )
    return RecordedView.of(made)


@router.post(
    "/proces-verbale/{report_id}/complaint",
    status_code=201,
    tags=["officers"],
    summary="Record a complaint in court",
    **recording(*_FACT, FactKnown),
)
async def record_court_complaint(
    body: FactOn,
    report_id: ReportId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> RecordedView:
    """With the day of its registration at the court, from which on the points of a full sum do not expire."""
    made = await operations.record_fact(
        session, means, official, report_id, Kind.CONTESTED, body.on, stated, now
    )
    return RecordedView.of(made)


@router.post(
    "/proces-verbale/{report_id}/court-decision",
    status_code=201,
    tags=["officers"],
    summary="Record the final decision of a court",
    **recording(*_FACT, FactKnown, NoComplaint),
)
async def record_court_decision(
    body: RecordCourtDecision,
    report_id: ReportId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> RecordedView:
    """Where the complaint is admitted, points and fine fall, and a proposed suspension with their sum."""
    made = await operations.record_fact(
        session,
        means,
        official,
        report_id,
        Kind.COURT_DECIDED,
        body.on,
        stated,
        now,
        outcome=body.outcome,
    )
    return RecordedView.of(made)


@router.post(
    "/drivers/{driver_id}/entries/{entry_id}/reversal",
    status_code=201,
    tags=["officers"],
    summary="Take back an entry",
    **deciding(DriverNotFound, EntryNotFound, EntryTakenBack, FourEyes),
)
async def reverse_entry(
    body: TakeBackEntry,
    driver_id: DriverId,
    entry_id: Annotated[schemas.Id, Path(description="The entry.")],
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> RecordedView:
    """A counter-entry says that it was wrong from its beginning; by a head who did not record it."""
    made = await operations.take_back(
        session, means, official, driver_id, entry_id, body.reason.value, stated, now
    )
    return RecordedView.of(made)


@router.get("/suspensions", tags=["suspensions"], summary="List suspensions in a state", **recording())
async def list_suspensions(
    session: Session,
    asked: paging.Asked,
    state: Annotated[State, Query(description="Where they stand.")] = State.PROPOSED,
) -> paging.Page[TrafficSuspensionView]:
    """What has to be done next: the one whose notice is due first first. It names nobody."""
    after = asked.position((date, UUID))
    rows = await suspending.waiting(session, state, (after[0], after[1]) if after else None, asked.rows)
    return asked.page(rows, position=lambda each: (each.notice_by, each.id), view=TrafficSuspensionView.of)


@router.post(
    "/suspensions/{suspension_id}/communicate",
    tags=["suspensions"],
    summary="Decide on a suspension and communicate it",
    **deciding(*_STEP, FourEyes),
)
async def communicate_suspension(
    body: FactOn,
    suspension_id: SuspensionId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> TrafficSuspensionView:
    """By a head who did not record what it follows from. The licence is handed in within five days."""
    moved = await suspending.step(
        session, means, official, suspension_id, State.COMMUNICATED, body.on, stated, now
    )
    return TrafficSuspensionView.of(moved)


@router.post(
    "/suspensions/{suspension_id}/hand-in",
    tags=["suspensions"],
    summary="Record that the licence was handed in",
    **recording(*_STEP),
)
async def hand_in_licence(
    body: FactOn,
    suspension_id: SuspensionId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> TrafficSuspensionView:
    """After the communication."""
    moved = await suspending.step(
        session, means, official, suspension_id, State.LICENCE_HANDED_IN, body.on, stated, now
    )
    return TrafficSuspensionView.of(moved)


@router.post(
    "/suspensions/{suspension_id}/begin",
    tags=["suspensions"],
    summary="Let a suspension run from the next day",
    **recording(*_STEP),
)
async def begin_suspension(
    body: FactOn,
    suspension_id: SuspensionId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> TrafficSuspensionView:
    """One for points annuls them from its first day. After a stay the days that were left run."""
    moved = await suspending.step(
        session, means, official, suspension_id, State.RUNNING, body.on, stated, now
    )
    return TrafficSuspensionView.of(moved)


@router.post(
    "/suspensions/{suspension_id}/reduce",
    tags=["suspensions"],
    summary="Reduce a suspension by a third",
    **recording(*_STEP, NotReducible),
)
async def reduce_suspension(
    body: FactOn,
    suspension_id: SuspensionId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> TrafficSuspensionView:
    """For who passed the test on that day, under the conditions of OUG 195/2002 art. 104 and 106."""
    moved = await suspending.step(
        session, means, official, suspension_id, State.REDUCED, body.on, stated, now
    )
    return TrafficSuspensionView.of(moved)


@router.post(
    "/suspensions/{suspension_id}/stay",
    tags=["suspensions"],
    summary="Record that a court stays a suspension",
    **recording(*_STEP),
)
async def stay_suspension(
    body: FactOn,
    suspension_id: SuspensionId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> TrafficSuspensionView:
    """From that day on; the days that are left run later, or never."""
    moved = await suspending.step(
        session, means, official, suspension_id, State.STAYED_BY_COURT, body.on, stated, now
    )
    return TrafficSuspensionView.of(moved)


@router.post(
    "/suspensions/{suspension_id}/withdraw",
    tags=["suspensions"],
    summary="Withdraw a suspension",
    **deciding(*_STEP),
)
async def withdraw_suspension(
    body: FactOn,
    suspension_id: SuspensionId,
    official: policy.Acting,
    stated: purpose.Given,
    means: Asking,
    session: Session,
    now: Now,
) -> TrafficSuspensionView:
    """It was wrong, or a court has cancelled what it followed from; points that it annulled come back."""
    moved = await suspending.step(
        session, means, official, suspension_id, State.WITHDRAWN, body.on, stated, now
    )
    return TrafficSuspensionView.of(moved)
