"""Petitions: letters to petitioners, and to who has to answer. None says what a petition is about."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_events.consumer import Subscription
from hub_events.envelope import Envelope, Event

from .. import manifest, operations
from ..domain import kinds
from ..domain.kinds import SANDBOX_MARK, Lane
from . import hearing
from .copies import (
    ClarificationAsked,
    PetitionAnswered,
    PetitionClassed,
    PetitionCodeRequested,
    PetitionExtended,
    PetitionForwarded,
    PetitionJoined,
    PetitionMessageSent,
    PetitionRegistered,
    SandboxPetitionRegistered,
    TermWarned,
)

_INSTITUTION: Final = "INSTITUTION"
_OVERDUE: Final = "OVERDUE"
_STEPS: Final[dict[type[Event], str]] = {
    ClarificationAsked: "CLARIFICATION_ASKED",
    PetitionAnswered: "ANSWERED",
    PetitionClassed: "CLASSED",
    PetitionExtended: "EXTENDED",
    PetitionForwarded: "FORWARDED",
    PetitionJoined: "JOINED",
}


def subscription(wake: Callable[[Lane], None]) -> Subscription:
    """The consumer; `wake` is called for a lane once what was queued in it is committed."""

    async def tell_of_number(session: AsyncSession, heard: Envelope[Any]) -> None:
        petition = heard.data
        if petition.reader is None:  # without an account the answer itself is the slip
            return
        mark = SANDBOX_MARK if isinstance(petition, SandboxPetitionRegistered) else ""
        delivery = await operations.queue_registration_notice(
            session,
            operations.Registration(
                person_id=petition.reader,
                institution_id=petition.institution_id,
                petition_kind=petition.kind,
                number=f"{mark}{petition.number}",
                registered_on=petition.registered_on,
                answer_due_on=petition.answer_due_on,
            ),
            hearing.cause(heard),
            clock.now(),
        )
        hearing.wake_after_commit(session, wake, delivery.lane)

    async def tell_of_step(session: AsyncSession, heard: Envelope[Any]) -> None:
        petition = heard.data
        people = [petition.reader] if petition.reader else []
        said = {
            "change": _STEPS[type(petition)],
            "number": str(petition.number),
            "answer_due_on": petition.answer_due_on.isoformat(),
            "institution_id": str(petition.institution_id),
            "told_on": hearing.day(heard),
        }
        for delivery in await operations.queue_notices(
            session, kinds.PETITION_STEP, people, said, hearing.cause(heard), clock.now()
        ):
            hearing.wake_after_commit(session, wake, delivery.lane)

    async def warn_of_term(session: AsyncSession, heard: Envelope[TermWarned]) -> None:
        term, kind, day = heard.data, kinds.PETITION_TERM, hearing.day(heard)
        said = {
            "state": _OVERDUE if term.warning == _OVERDUE else "CLOSE",
            "answer_due_on": term.answer_due_on.isoformat(),
            "institution_id": str(term.institution_id),
            "told_on": day,
        }
        for person_id in term.person_ids:
            once = f"{kind.template}:{said['state']}:{person_id}:{day}"
            for delivery in await operations.queue_notices(
                session, kind, [person_id], said, hearing.cause(heard), clock.now(), once
            ):
                hearing.wake_after_commit(session, wake, delivery.lane)

    async def tell_of_message(session: AsyncSession, heard: Envelope[PetitionMessageSent]) -> None:
        message = heard.data
        reader = message.acting_person_id or message.person_id
        if reader is None or message.side != _INSTITUTION:
            return
        said = {
            "documents": "YES" if message.documents else "NO",
            "number": str(message.number),
            "institution_id": str(message.institution_id),
            "told_on": hearing.day(heard),
        }
        for delivery in await operations.queue_notices(
            session, kinds.PETITION_MESSAGE, [reader], said, hearing.cause(heard), clock.now()
        ):
            hearing.wake_after_commit(session, wake, delivery.lane)

    async def send_the_code(session: AsyncSession, heard: Envelope[PetitionCodeRequested]) -> None:
        delivery = await operations.queue_booking_notice(
            session, kinds.PETITION_CODE, heard.data.code_id, None, {}, hearing.cause(heard), clock.now()
        )
        if delivery:
            hearing.wake_after_commit(session, wake, delivery.lane)

    handlers: dict[type[Event], Callable[..., Awaitable[None]]] = {
        PetitionCodeRequested: send_the_code,
        PetitionMessageSent: tell_of_message,
        PetitionRegistered: tell_of_number,
        SandboxPetitionRegistered: tell_of_number,
        TermWarned: warn_of_term,
    }
    return Subscription(manifest.PETITIONS, handlers | dict.fromkeys(_STEPS, tell_of_step))
