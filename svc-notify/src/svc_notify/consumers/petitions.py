"""Petitions: letters to petitioners, and to who has to answer. None says what a petition is about."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_events.consumer import Subscription
from hub_events.envelope import Envelope, Event

from .. import manifest
from ..domain import kinds
from ..domain.kinds import SANDBOX_MARK, Kind
from ..operations import notices
from . import hearing
from .copies import (
    AudienceChanged,
    AudienceReminded,
    ClarificationAsked,
    PetitionAnswered,
    PetitionClassed,
    PetitionCodeRequested,
    PetitionDocumentsReminded,
    PetitionEntered,
    PetitionExtended,
    PetitionForwarded,
    PetitionJoined,
    PetitionMessageSent,
    PetitionMessageUnread,
    PetitionRegistered,
    SandboxPetitionRegistered,
    TermWarned,
)
from .hearing import Wake

_INSTITUTION: Final = "INSTITUTION"
_AUDIENCE: Final = "AUDIENCE"
_SITTING_CANCELLED: Final = "SITTING_CANCELLED"
_OVERDUE: Final = "OVERDUE"
_STEPS: Final[dict[type[Event], str]] = {
    ClarificationAsked: "CLARIFICATION_ASKED",
    PetitionAnswered: "ANSWERED",
    PetitionClassed: "CLASSED",
    PetitionExtended: "EXTENDED",
    PetitionForwarded: "FORWARDED",
    PetitionJoined: "JOINED",
}


def subscription(wake: Wake) -> Subscription:
    """The consumer; `wake` is called with what was queued once that is committed."""
    handlers: dict[type[Event], Callable[..., Awaitable[None]]] = {
        AudienceChanged: _tell_of_audience,
        AudienceReminded: _tell_of_audience,
        PetitionCodeRequested: _send_the_code,
        PetitionEntered: _tell_of_number,
        PetitionDocumentsReminded: _remind_of_documents,
        PetitionMessageSent: _tell_of_message,
        PetitionMessageUnread: _remind_of_message,
        PetitionRegistered: _tell_of_number,
        SandboxPetitionRegistered: _tell_of_number,
        TermWarned: _warn_of_term,
        **dict.fromkeys(_STEPS, _tell_of_step),
    }
    return Subscription(manifest.PETITIONS, {told: partial(act, wake) for told, act in handlers.items()})


async def _tell_of_number(wake: Wake, session: AsyncSession, heard: Envelope[Any]) -> None:
    petition = heard.data
    if isinstance(petition, PetitionEntered) and petition.is_guests:
        await _queue_to_guest(wake, session, heard, kinds.GUEST_REGISTERED, {})
    if petition.reader is None:  # on paper the answer itself is the slip
        return
    mark = SANDBOX_MARK if isinstance(petition, SandboxPetitionRegistered) else ""
    queued = await notices.queue_registration_notice(
        session,
        notices.Registration(
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
    hearing.wake_after_commit(session, wake, queued)


async def _tell_of_step(wake: Wake, session: AsyncSession, heard: Envelope[Any]) -> None:
    petition = heard.data
    if isinstance(petition, PetitionClassed) and (petition.reason or "").startswith(_AUDIENCE):
        return  # the audience has a letter of its own
    if petition.is_guests:
        told = {
            "change": _STEPS[type(petition)],
            "answer_due_on": petition.answer_due_on.isoformat(),
            "told_on": hearing.day(heard),
        }
        await _queue_to_guest(wake, session, heard, kinds.GUEST_STEP, told)
        return
    said = {
        "change": _STEPS[type(petition)],
        "number": str(petition.number),
        "answer_due_on": petition.answer_due_on.isoformat(),
        "institution_id": str(petition.institution_id),
        "told_on": hearing.day(heard),
    }
    await _queue(wake, session, heard, kinds.PETITION_STEP, _known(petition.reader), said)


async def _tell_of_message(wake: Wake, session: AsyncSession, heard: Envelope[PetitionMessageSent]) -> None:
    message = heard.data
    if not message.is_news:
        return
    said = _of_thread(heard) | {"documents": "YES" if message.documents else "NO"}
    if message.side == _INSTITUTION:
        await _queue(wake, session, heard, kinds.PETITION_MESSAGE, _known(message.reader), said)
    else:
        handler, said = _known(message.handler_id), said | {"state": "NEW"}
        await _queue(wake, session, heard, kinds.PETITION_REPLY, handler, said)


async def _remind_of_message(
    wake: Wake, session: AsyncSession, heard: Envelope[PetitionMessageUnread]
) -> None:
    message, said = heard.data, _of_thread(heard)
    if message.side == _INSTITUTION:
        await _queue(wake, session, heard, kinds.PETITION_UNREAD, _known(message.reader), said)
    else:
        handler, said = _known(message.handler_id), said | {"state": "UNREAD", "documents": "NO"}
        await _queue(wake, session, heard, kinds.PETITION_REPLY, handler, said)


async def _remind_of_documents(
    wake: Wake, session: AsyncSession, heard: Envelope[PetitionDocumentsReminded]
) -> None:
    said = _of_thread(heard) | {"due_on": heard.data.due_on.isoformat()}
    await _queue(wake, session, heard, kinds.PETITION_DOCUMENTS, _known(heard.data.reader), said)


def _of_thread(heard: Envelope[Any]) -> dict[str, str]:
    """What every letter about messages says."""
    return {
        "number": str(heard.data.number),
        "institution_id": str(heard.data.institution_id),
        "told_on": hearing.day(heard),
    }


async def _tell_of_audience(
    wake: Wake, session: AsyncSession, heard: Envelope[AudienceChanged] | Envelope[AudienceReminded]
) -> None:
    audience, kind = heard.data, _of_audience(heard.data)
    if kind is None:
        return
    said = {
        "change": "MOVED" if getattr(audience, "reason", None) == _SITTING_CANCELLED else "NEW",
        "state": audience.state,
        "institution_id": str(audience.institution_id),
        "told_on": hearing.day(heard),
    }
    queued = await notices.queue_booking_notice(
        session,
        kind,
        audience.petition_id,
        audience.reader,
        {name: said[name] for name in kind.variables},
        hearing.cause(heard),
        clock.now(),
        audience.starts_at,
    )
    hearing.wake_after_commit(session, wake, queued)


def _of_audience(told: AudienceChanged | AudienceReminded) -> Kind | None:
    """What is written of an audience; nothing of what its person did without anything to come of it."""
    if isinstance(told, AudienceReminded):
        return kinds.AUDIENCE_REMINDER
    match told.state:
        case "SCHEDULED":
            return kinds.AUDIENCE_SCHEDULED
        case "CONFIRMED":
            return kinds.AUDIENCE_CONFIRMED
        case "DECLINED" | "IN_WRITING":
            return kinds.AUDIENCE_STEP
        case "REQUESTED" if told.reason == _SITTING_CANCELLED:
            return kinds.AUDIENCE_STEP
        case _:
            return None


async def _warn_of_term(wake: Wake, session: AsyncSession, heard: Envelope[TermWarned]) -> None:
    term, kind, day = heard.data, kinds.PETITION_TERM, hearing.day(heard)
    said = {
        "state": _OVERDUE if term.warning == _OVERDUE else "CLOSE",
        "answer_due_on": term.answer_due_on.isoformat(),
        "institution_id": str(term.institution_id),
        "told_on": day,
    }
    for person_id in term.person_ids:
        once = f"{kind.template}:{said['state']}:{person_id}:{day}"
        await _queue(wake, session, heard, kind, [person_id], said, once)


async def _send_the_code(wake: Wake, session: AsyncSession, heard: Envelope[PetitionCodeRequested]) -> None:
    queued = await notices.queue_booking_notice(
        session, kinds.PETITION_CODE, heard.data.code_id, None, {}, hearing.cause(heard), clock.now()
    )
    hearing.wake_after_commit(session, wake, queued)


async def _queue_to_guest(
    wake: Wake, session: AsyncSession, heard: Envelope[Any], kind: Kind, said: Mapping[str, str]
) -> None:
    """To the address that svc-petitions gives when it is sent."""
    queued = await notices.queue_booking_notice(
        session, kind, heard.data.petition_id, None, said, hearing.cause(heard), clock.now()
    )
    hearing.wake_after_commit(session, wake, queued)


async def _queue(
    wake: Wake,
    session: AsyncSession,
    heard: Envelope[Any],
    kind: Kind,
    people: Collection[UUID],
    said: Mapping[str, str],
    once: str | None = None,
) -> None:
    queued = await notices.queue_notices(session, kind, people, said, hearing.cause(heard), clock.now(), once)
    hearing.wake_after_commit(session, wake, queued)


def _known(person_id: UUID | None) -> list[UUID]:
    """Whom a petition's news go to; nobody for who has no account."""
    return [person_id] if person_id else []
