"""What somebody wants to be told, and how. No I/O; `now` is an argument."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from .channels import EVERY, Channel
from .kinds import Group, Purpose
from .quiet_hours import QuietHours

ASKED_FOR: Final = (Purpose.SERVICE_OPTIN, Purpose.SURVEY)
"""What goes only to who has expressly asked for it (8.1)."""
WORDING: Final = 1
"""The version of the words by which it is asked for now."""


@dataclass(frozen=True, slots=True)
class OptIn:
    """That somebody has asked for messages of a purpose, by which words, and until when."""

    purpose: Purpose
    given_at: datetime
    wording: int
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unsubscription:
    """That somebody wants nothing more of a group that may be done without, or nothing of one institution."""

    group: Group
    institution_id: UUID | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Preferences:
    """One person's; without any choice all goes by every channel, but nothing that has to be asked for.

    `channels` are those of the groups in which something was chosen. `version` is 0 until something is.
    """

    person_id: UUID
    channels: Mapping[Group, frozenset[Channel]] = field(default_factory=dict)
    opt_ins: tuple[OptIn, ...] = ()
    unsubscribed: tuple[Unsubscription, ...] = ()
    sms_diacritics: bool = False
    quiet_hours: QuietHours | None = None
    changed_at: datetime | None = None
    version: int = 0

    def chosen(self, group: Group) -> frozenset[Channel]:
        """The channels by which they want what belongs to a group."""
        return self.channels.get(group, EVERY)

    @property
    def opted_in(self) -> frozenset[Purpose]:
        """The purposes that they have asked for and not taken back."""
        return frozenset(each.purpose for each in self.opt_ins if each.withdrawn_at is None)

    def has_unsubscribed(self, group: Group, institution_id: UUID | None) -> bool:
        """Whether they want nothing of this group that may be done without, of this institution or at all."""
        return any(
            each.group is group and each.institution_id in (None, institution_id)
            for each in self.unsubscribed
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody sets all at once: what is not named is as if nothing had been chosen."""

    channels: Mapping[Group, frozenset[Channel]]
    opted_in: frozenset[Purpose]
    unsubscribed: frozenset[tuple[Group, UUID | None]]
    sms_diacritics: bool
    quiet_hours: QuietHours | None


def choose(held: Preferences, choice: Choice, now: datetime) -> Preferences:
    """The preferences as they were set; what was asked for or unsubscribed from before keeps its time."""
    kept = tuple(
        each for each in held.unsubscribed if (each.group, each.institution_id) in choice.unsubscribed
    )
    known = {(each.group, each.institution_id) for each in kept}
    added = sorted(choice.unsubscribed - known, key=lambda each: (each[0], str(each[1])))
    return replace(
        held,
        channels=dict(choice.channels),
        opt_ins=_opt_ins(held.opt_ins, choice.opted_in, now),
        unsubscribed=(*kept, *(Unsubscription(group, who, now) for group, who in added)),
        sms_diacritics=choice.sms_diacritics,
        quiet_hours=choice.quiet_hours,
        changed_at=now,
        version=held.version + 1,
    )


def unsubscribe(held: Preferences, group: Group, institution_id: UUID | None, now: datetime) -> Preferences:
    """Nothing of a group that may be done without any more; the same again changes nothing."""
    wanted = (group, institution_id)
    if any((each.group, each.institution_id) == wanted for each in held.unsubscribed):
        return held
    added = (*held.unsubscribed, Unsubscription(group, institution_id, now))
    return replace(held, unsubscribed=added, changed_at=now, version=held.version + 1)


def resubscribe(held: Preferences, group: Group, institution_id: UUID | None, now: datetime) -> Preferences:
    """What was unsubscribed from is wanted again; nothing else changes."""
    left = tuple(
        each for each in held.unsubscribed if (each.group, each.institution_id) != (group, institution_id)
    )
    if left == held.unsubscribed:
        return held
    return replace(held, unsubscribed=left, changed_at=now, version=held.version + 1)


def _opt_ins(held: tuple[OptIn, ...], wanted: Collection[Purpose], now: datetime) -> tuple[OptIn, ...]:
    ended = tuple(
        each if each.withdrawn_at or each.purpose in wanted else replace(each, withdrawn_at=now)
        for each in held
    )
    open_ones = {each.purpose for each in ended if each.withdrawn_at is None}
    return (*ended, *(OptIn(purpose, now, WORDING) for purpose in sorted(set(wanted) - open_ones)))
