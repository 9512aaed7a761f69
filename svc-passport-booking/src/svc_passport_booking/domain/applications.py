"""Applications that were handed in: how far each has come, and who is told when it can be fetched."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.cnp import Cnp
from hub_core.language import Language
from hub_core.phone import REGION, Phone

from ..errors.applications import ApplicationState, NoPickUpMessages
from .appointments import Actor

_END_DIGITS: Final = 9
_BLANKS: Final = re.compile(r"\s+")


class Stage(StrEnum):
    """How far an application has come."""

    IN_ANALYSIS = "IN_ANALYSIS"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    PERSONALISED = "PERSONALISED"
    SENT = "SENT"
    AT_COUNTER = "AT_COUNTER"
    COLLECTED = "COLLECTED"


NEXT: Final[Mapping[Stage, frozenset[Stage]]] = {
    Stage.IN_ANALYSIS: frozenset({Stage.APPROVED, Stage.REJECTED}),
    Stage.APPROVED: frozenset({Stage.PERSONALISED}),
    Stage.REJECTED: frozenset(),
    Stage.PERSONALISED: frozenset({Stage.SENT}),
    Stage.SENT: frozenset({Stage.AT_COUNTER}),
    Stage.AT_COUNTER: frozenset({Stage.COLLECTED}),
    Stage.COLLECTED: frozenset(),
}


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Application:
    """What a person handed in at a counter, under the number that the office's system gave it.

    `person_number` is the person of the appointment, `person_id` whose account that was. `phone` is where to
    tell that it can be fetched, while that is wanted.
    """

    id: UUID
    number: str
    office_id: UUID
    type: str
    appointment_id: UUID
    person_number: int
    person_id: UUID | None
    state: Stage
    applied_on: date
    search_key: bytes
    phone: str | None
    phone_since: datetime | None
    language: Language
    changed_at: datetime
    version: int = 1


@dataclass(frozen=True, slots=True)
class Moved:
    """The state that the application with a number is to come to."""

    number: str
    state: Stage


class Answer(StrEnum):
    """What became of one line of a batch."""

    MOVED = "MOVED"
    UNCHANGED = "UNCHANGED"
    NOT_POSSIBLE = "NOT_POSSIBLE"
    NOT_FOUND = "NOT_FOUND"


@dataclass(frozen=True, slots=True)
class PassedStage:
    """A step of an application: the state it came to with a version."""

    version: int
    state: Stage
    at: datetime
    actor: Actor


def read_number(typed: str) -> str:
    """The number as it is kept: without blanks, in capitals."""
    return _BLANKS.sub("", typed).upper()


def end_of(cnp: Cnp) -> str:
    """The last nine digits of a personal number, by which its application is found with the day."""
    return cnp.number[-_END_DIGITS:]


def following(state: Stage, stages: Collection[Stage]) -> frozenset[Stage]:
    """What an application of something that has only these stages can become from a state."""
    found: frozenset[Stage] = frozenset()
    for to in NEXT[state]:
        found |= {to} if to in stages else following(to, stages)
    return found


def move(application: Application, to: Stage, stages: Collection[Stage], now: datetime) -> Application:
    """The application in its next state; `stages` are those of its type.

    `ApplicationState` when there is no way there.
    """
    possible = following(application.state, stages)
    if to not in possible:
        raise ApplicationState(application.state, possible)
    return replace(application, state=to, changed_at=now, version=application.version + 1)


def tell(application: Application, phone: Phone | None, now: datetime) -> Application:
    """The application with the telephone to which a message is wanted, or none any more.

    `NoPickUpMessages` for a number that is not a Romanian mobile one.
    """
    if phone is not None and not (phone.takes_sms and phone.region == REGION):
        raise NoPickUpMessages
    return replace(application, phone=phone.e164 if phone else None, phone_since=now if phone else None)
