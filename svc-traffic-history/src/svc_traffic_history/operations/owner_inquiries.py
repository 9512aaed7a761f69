"""Asking the owner of a vehicle who drove it, and recording what came of it (OUG 195/2002 art. 39)."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.clock import local_date
from hub_core.decisions import OwnCase
from hub_service import rules
from hub_service.access import Action
from hub_service.policy import Official
from hub_service.purpose import Stated

from ..domain import owner_inquiries as domain
from ..domain import reviewing
from ..domain.driving_reports import State
from ..domain.owner_inquiries import Holder, Inquiry, Outcome, Part
from ..errors.owner_inquiries import InquiryNotFound, InquiryOpen
from ..errors.reviewing import NobodyToAsk
from ..registers.vehicles import HolderTold, VehicleTold
from ..storage import owner_inquiries as storage
from . import officers
from .means import Means
from .reviewing import Listed, ask_register, hold, listed, step


async def ask(
    session: AsyncSession,
    means: Means,
    official: Official,
    report_id: UUID,
    part: Part,
    purpose: Stated,
    now: datetime,
) -> Listed:
    """Ask the owner of the vehicle who drove, or its user: who has it on lease or was named by the owner.

    `DrivingReportNotFound`, `OwnCase`, `DrivingReportStands`, `ReportJoined`, `NobodyToAsk`, `InquiryOpen`,
    `VehicleRegisterUnavailable`.
    """
    own = await officers.own_number(means, official)
    _, told = await ask_register(session, means, official, report_id)
    async with session.begin():
        held = await hold(session, means, official, own, report_id, Action.CHANGE, purpose, now)
        reviewing.must_be(held.report, reviewing.EXAMINED)
        reviewing.must_be_askable(held.report.vehicle)
        before = await storage.of_report(session, means.key, report_id)
        if any(each.outcome is None for each in before):
            raise InquiryOpen
        whom = _whom(told, part, before)
        if whom is None:
            raise NobodyToAsk(vehicle=held.report.vehicle)
        if own is not None and own == whom.number:
            raise OwnCase
        asked_on = local_date(now)
        legal = await rules.read(session, *reviewing.RULES)
        inquiry = Inquiry(
            id=ids.new_id(),
            report_id=report_id,
            part=part,
            asked=whom,
            asked_on=asked_on,
            answer_by=reviewing.answer_by(legal, asked_on),
            asked_by=official.person_id,
        )
        await storage.add(session, means.key, inquiry)
        if held.report.state is State.UNDER_REVIEW:
            held = await step(session, means.key, held, State.OWNER_INQUIRY, official, now)
        return listed(held, now)


async def record_answer(
    session: AsyncSession,
    means: Means,
    official: Official,
    report_id: UUID,
    inquiry_id: UUID,
    outcome: Outcome,
    named: Holder | None,
    on: date,
    purpose: Stated,
    now: datetime,
) -> Listed:
    """Record what came of an inquiry, or that nothing came in time.

    `DrivingReportNotFound`, `OwnCase`, `DrivingReportStands`, `ReportJoined`, `InquiryNotFound`,
    `InquiryAnswered`, `AnswerDayWrong`.
    """
    own = await officers.own_number(means, official)
    async with session.begin():
        held = await hold(session, means, official, own, report_id, Action.CHANGE, purpose, now)
        reviewing.must_be(held.report, {State.OWNER_INQUIRY})
        every = await storage.of_report(session, means.key, report_id)
        inquiry = next((each for each in every if each.id == inquiry_id), None)
        if inquiry is None:
            raise InquiryNotFound
        if own is not None and named is not None and own == named.number:
            raise OwnCase
        answered = domain.answered(inquiry, outcome, named, on, official.person_id, local_date(now))
        await storage.answer(session, means.key, answered)
        return listed(held, now)


def _whom(told: VehicleTold | None, part: Part, before: Sequence[Inquiry]) -> Holder | None:
    """Who is asked: the owner by the register; a user is who was named last, or has the lease."""
    if part is Part.OWNER:
        return _holder(told.owner) if told else None
    handed_on = [each.named for each in before if each.outcome is Outcome.HANDED_ON]
    if handed_on:
        return handed_on[-1]
    return _holder(told.user) if told and told.user else None


def _holder(told: HolderTold) -> Holder:
    return Holder(told.kind, told.number, told.name)
