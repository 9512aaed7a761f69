"""Which channels bring a message to its person, in which order. No I/O."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self, TypeAlias

from hub_core.rules import Rules

from .channels import EVERY, Channel, Step
from .kinds import Purpose

Plan: TypeAlias = tuple[Step, ...]

EMAIL_RULE: Final = "notification.unread-before-email"
SMS_RULE: Final = "notification.unread-before-sms"
RULES: Final = (EMAIL_RULE, SMS_RULE)

QUIET: Final = frozenset({Purpose.REMINDER, Purpose.SURVEY})
"""What nobody waits for: each channel that disturbs more is taken only if it is still unread."""


@dataclass(frozen=True, slots=True)
class Waits:
    """How long what nobody waits for is unread before an e-mail goes, and after that a text message."""

    before_email: timedelta
    before_sms: timedelta

    @classmethod
    def of(cls, legal: Rules, day: date) -> Self:
        """Those that hold on a day; raises `NoRule`."""
        return cls(
            timedelta(minutes=legal.on(EMAIL_RULE, day).whole), timedelta(hours=legal.on(SMS_RULE, day).whole)
        )


@dataclass(frozen=True, slots=True)
class Reach:
    """How somebody can be reached with a message: what they have chosen, and what is known not to work.

    A push has nowhere to go without a browser that listens; an address that sent messages back takes none.
    """

    chosen: frozenset[Channel] = EVERY
    unusable: frozenset[Channel] = frozenset()
    has_account: bool = True


def standard(channels: Collection[Channel], purpose: Purpose, waits: Waits) -> Plan:
    """The plan of a message that may go by these channels.

    What is new goes into the inbox, to browsers that listen and by e-mail at once, by text message where
    the e-mail failed (edge case 86). What only recalls goes further only while it is unread.
    """
    waiting = purpose in QUIET
    steps = (
        Step(Channel.IN_APP),
        Step(Channel.PUSH),
        Step(Channel.EMAIL, waits.before_email if waiting else timedelta()),
        Step(Channel.SMS, waits.before_sms if waiting else None),
    )
    return tuple(step for step in steps if step.channel in channels)


def fit(plan: Plan, purpose: Purpose, reach: Reach) -> Plan:
    """The plan for one recipient; empty where nothing is left of what they may do without.

    A notice is in the inbox, whatever was chosen. Where an e-mail cannot go, the step after it takes its
    place. Without an account there is an e-mail address only.
    """
    if not reach.has_account:
        return tuple(step for step in plan if step.channel is Channel.EMAIL) or plan
    usable = reach.chosen - reach.unusable
    if purpose is Purpose.TRANSACTIONAL:
        further = (step for step in plan if step.channel is not Channel.IN_APP)
        plan, usable = (Step(Channel.IN_APP), *further), usable | {Channel.IN_APP}
    return tuple(_moved_up(plan, usable))


def goes_on(plan: Plan, begun: int, failed: Channel) -> bool:
    """Whether the next step begins because a channel has failed, when so many steps have begun.

    Only the last one begun is replaced; a push beside the inbox is replaced by nothing.
    """
    if not 0 < begun < len(plan) or plan[begun - 1].channel is not failed:
        return False
    beside = failed is Channel.PUSH and any(step.channel is Channel.IN_APP for step in plan[:begun])
    return not beside


def is_wanted(purpose: Purpose, opted_in: Collection[Purpose], *, unsubscribed: bool) -> bool:
    """Whether somebody is to get a message of this purpose at all (8.1).

    A notice always; a reminder until it is unsubscribed from; the rest only to who has asked for it.
    """
    if purpose is Purpose.TRANSACTIONAL:
        return True
    return not unsubscribed and (purpose is Purpose.REMINDER or purpose in opted_in)


def _moved_up(plan: Plan, usable: Collection[Channel]) -> Iterator[Step]:
    place: Step | None = None
    for step in plan:
        if step.channel not in usable:
            if step.channel is not Channel.PUSH:
                place = place or step
        else:
            yield Step(step.channel, place.after) if place else step
            place = None
