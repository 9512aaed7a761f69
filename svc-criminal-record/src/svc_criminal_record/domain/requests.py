"""A request for a certificate: who may make one, how it goes on, and by when.

`now` is an argument; dates are legal dates in Europe/Bucharest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from hub_core.clock import local_date
from hub_core.language import Language
from hub_core.rules import Option, Rules
from hub_terms.terms import birthday, end_civil, end_months

from ..errors.requests import (
    HolderHasDied,
    HolderTooYoung,
    MotiveTextMisplaced,
    MotiveUnknown,
    NotRomanian,
    RequestState,
)
from .holders import ROMANIAN, Holder, Person
from .motives import MOTIVES_RULE, OTHER
from .products import Channel, Product
from .states import OPEN, TRANSITIONS, RefusalReason, ReviewReason, State

AGE_RULES: Final = ("capacity.birthday-of-leap-day", "criminal-record.min-age-online")
"""The legal numbers that an age online needs."""
SUBMIT_RULES: Final = (
    *AGE_RULES,
    "criminal-record.alarm",
    "criminal-record.issue",
    MOTIVES_RULE,
    "integrity.issue",
)
"""The legal numbers that a new request needs."""
ISSUE_RULES: Final = (MOTIVES_RULE, "criminal-record.validity", "integrity.validity")
"""The legal numbers that an issue needs."""
_TERM: Final[Mapping[Product, str]] = {
    Product.CRIMINAL_RECORD: "criminal-record.issue",
    Product.INTEGRITY: "integrity.issue",
}
_VALIDITY: Final[Mapping[Product, str]] = {
    Product.CRIMINAL_RECORD: "criminal-record.validity",
    Product.INTEGRITY: "integrity.validity",
}
MOTIVE_TEXT_MAX: Final = 300
"""Characters of another motive, in the person's words."""


class ActorKind(StrEnum):
    """What moved a request."""

    PERSON = "PERSON"
    OFFICIAL = "OFFICIAL"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who moved a request; the system has no id."""

    kind: ActorKind
    id: UUID | None = None


SYSTEM: Final = Actor(ActorKind.SYSTEM)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a request: the state it came to; `reason` is a code and may be for officials only."""

    number: int
    state: State
    at: datetime
    actor: Actor
    reason: str | None


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Request:
    """One request.

    `number` is 0 until it is stored. `holder_key` is the keyed hash of the holder's number, `holder_id`
    the person or organisation in the hub. Online `acting_person_id` asked, for another under
    `mandate_id`. `due_on` is the last day of the legal term. `claimed_by` is the officer at work on it,
    `proposed_by` the first of two who have to agree and `proposal` what they propose. `version` grows
    with each change. Until `is_told`, which is when its sending was, what becomes of it is told with
    that.
    """

    id: UUID
    number: int
    product: Product
    channel: Channel
    state: State
    holder: Holder
    holder_key: bytes
    holder_id: UUID | None
    acting_person_id: UUID | None
    mandate_id: UUID | None
    motive: str
    motive_text: str | None
    county: str | None
    institution_id: UUID | None
    language: Language
    requested_on: date
    submitted_at: datetime
    due_on: date
    alarm_on: date
    version: int = 1
    alarmed_at: datetime | None = None
    register_down_since: datetime | None = None
    review_reasons: tuple[ReviewReason, ...] = ()
    claimed_by: UUID | None = None
    claimed_at: datetime | None = None
    proposed_by: UUID | None = None
    proposal: str | None = None
    proposed_match: bytes | None = None
    refusal_reason: RefusalReason | None = None
    refusal_text: str | None = None
    papers: str | None = None
    counter_until: date | None = None
    decided_at: datetime | None = None
    is_told: bool = True

    @property
    def label(self) -> str:
        """Number and date, as they are written and quoted: `123/22.11.2026`."""
        return f"{self.number}/{self.requested_on:%d.%m.%Y}"


def motive_of(legal: Rules, code: str, text: str | None, on: date) -> Option:
    """The motive of a day's list; `MotiveUnknown`, and `MotiveTextMisplaced` unless it needs words."""
    option = option_of(legal, code, on)
    if (code == OTHER) is (text is None):
        raise MotiveTextMisplaced
    return option


def option_of(legal: Rules, code: str, on: date) -> Option:
    """The motive of a day's list with its texts; `MotiveUnknown`."""
    for option in legal.on(MOTIVES_RULE, on).options:
        if option.code == code:
            return option
    raise MotiveUnknown


def wordings(motive: Option) -> list[str]:
    """How a mandate may name a motive as its purpose: by the code, or in words of any language."""
    return [motive.code, *motive.texts.values()]


def must_be_served_online(holder: Holder, legal: Rules, now: datetime) -> None:
    """Raise what sends a person to the counter: `HolderHasDied`, `NotRomanian`, `HolderTooYoung`."""
    if not isinstance(holder, Person):
        return
    if holder.died_on is not None:
        raise HolderHasDied
    if holder.citizenship != ROMANIAN:
        raise NotRomanian
    must_be_of_age(holder, legal, local_date(now))


def must_be_of_age(holder: Person, legal: Rules, today: date) -> None:
    """`HolderTooYoung` for who may not act online for themselves."""
    age = legal.on("criminal-record.min-age-online", today).whole
    shift = legal.on("capacity.birthday-of-leap-day", today).whole
    if today < birthday(holder.birth_date, age, shift):
        raise HolderTooYoung(age=age)


def submit(
    *,
    request_id: UUID,
    product: Product,
    channel: Channel,
    holder: Holder,
    holder_key: bytes,
    motive: str,
    motive_text: str | None,
    language: Language,
    legal: Rules,
    now: datetime,
    holder_id: UUID | None = None,
    acting_person_id: UUID | None = None,
    mandate_id: UUID | None = None,
    county: str | None = None,
    institution_id: UUID | None = None,
    papers: str | None = None,
) -> Request:
    """A request just sent, with its term (Law 290/2004) and the day of its alarm; SUBMITTED."""
    today = local_date(now)
    term = legal.on(_TERM[product], today).whole
    return Request(
        id=request_id,
        number=0,
        product=product,
        channel=channel,
        state=State.SUBMITTED,
        holder=holder,
        holder_key=holder_key,
        holder_id=holder_id,
        acting_person_id=acting_person_id,
        mandate_id=mandate_id,
        motive=motive,
        motive_text=motive_text,
        county=county,
        institution_id=institution_id,
        language=language,
        requested_on=today,
        submitted_at=now,
        due_on=end_civil(today, term),
        alarm_on=end_civil(today, legal.on("criminal-record.alarm", today).whole),
        papers=papers,
        is_told=False,
    )


def first_steps(request: Request, sender: Actor) -> list[Step]:
    """The steps of a request just sent: SUBMITTED, and where the machine has taken it since."""
    sent = Step(1, State.SUBMITTED, request.submitted_at, sender, None)
    return next_steps([sent], request, request.submitted_at)


def next_steps(steps: list[Step], request: Request, at: datetime) -> list[Step]:
    """The steps with the one to where the machine has taken the request since, if it has."""
    if steps[-1].state is request.state:
        return steps
    return [*steps, Step(len(steps) + 1, request.state, at, SYSTEM, None)]


def move(request: Request, to: State, now: datetime, **changed: Any) -> Request:
    """The request in its next state; `RequestState` when there is no way there.

    Leaving the officers' hands ends claim and proposal; the end of the work says when it was.
    """
    if to not in TRANSITIONS[request.state]:
        raise RequestState(request.state, TRANSITIONS[request.state])
    gone: dict[str, Any] = {"claimed_by": None, "claimed_at": None}
    gone |= {"proposed_by": None, "proposal": None, "proposed_match": None}
    if to not in OPEN:
        gone["decided_at"] = now
    return replace(request, state=to, version=request.version + 1, **(gone | changed))


def note_outage(request: Request, now: datetime) -> Request:
    """The request, kept as it is while the register is away since now."""
    return replace(request, register_down_since=now, version=request.version + 1)


def note_alarm(request: Request, now: datetime) -> Request:
    """The request, of whose coming term was told now."""
    return replace(request, alarmed_at=now, version=request.version + 1)


def is_given_up(request: Request, down_since: datetime, now: datetime, legal: Rules) -> bool:
    """Whether a register has been away so long that an officer takes the request over."""
    minutes = legal.on("criminal-record.register-down", request.requested_on).whole
    return now - down_since >= timedelta(minutes=minutes)


def valid_until(product: Product, issued_on: date, legal: Rules) -> date:
    """The last day of a certificate issued on a day."""
    return end_months(issued_on, legal.on(_VALIDITY[product], issued_on).whole)
