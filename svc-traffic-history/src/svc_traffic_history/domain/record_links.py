"""Links to history documents: for how long, how often, and until when one is open."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from hub_core.clock import local_date
from hub_core.rules import Rules
from hub_core.tries import Limits

from ..errors.record_links import RecordLinkEndWrong, RecordLinkOpeningsWrong

LONGEST_RULE: Final = "traffic.history.link"
OPENINGS_RULE: Final = "traffic.history.link-openings"
LINKS_RULE: Final = "traffic.history.links-open"
OPENED_RULE: Final = "traffic.history.link-opened"
RULES: Final = (LONGEST_RULE, OPENINGS_RULE, LINKS_RULE)
"""The rules of making one."""

CODE_LETTER: Final = "L"
"""What secrets of links begin with."""


class Counted(StrEnum):
    """What is counted."""

    LINKS_FROM_ADDRESS = "links-from-address"


LIMITS: Final = Limits(
    "traffic.history.link-tries-period",
    {Counted.LINKS_FROM_ADDRESS: "traffic.history.link-tries"},
)


class LinkState(StrEnum):
    """Whether a link opens anything."""

    OPEN = "OPEN"
    ENDED = "ENDED"
    REVOKED = "REVOKED"
    USED_UP = "USED_UP"


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class RecordLink:
    """A link to one document. `note` is whom it is for, in the holder's words; `openings` were made of it.

    `most_openings` is none for as often as one likes. It is open before `ends_at`.
    """

    id: UUID
    document_id: UUID
    person_id: UUID
    note: str | None
    made_at: datetime
    ends_at: datetime
    most_openings: int | None
    openings: int = 0
    revoked_at: datetime | None = None
    version: int = 1

    def state(self, now: datetime) -> LinkState:
        """Whether it opens anything now."""
        if self.revoked_at is not None:
            return LinkState.REVOKED
        if self.ends_at <= now:
            return LinkState.ENDED
        if self.most_openings is not None and self.openings >= self.most_openings:
            return LinkState.USED_UP
        return LinkState.OPEN


@dataclass(frozen=True, slots=True, repr=False, kw_only=True)
class Opening:
    """One opening of a link, with what who opened it has said of themselves."""

    id: UUID
    link_id: UUID
    at: datetime
    organisation: str
    purpose: str


def must_be_possible(ends_at: datetime, most_openings: int | None, now: datetime, legal: Rules) -> None:
    """Raise `RecordLinkEndWrong`, `RecordLinkOpeningsWrong`."""
    today = local_date(now)
    days, most = legal.on(LONGEST_RULE, today).whole, legal.on(OPENINGS_RULE, today).whole
    if not now < ends_at <= now + timedelta(days=days):
        raise RecordLinkEndWrong(days=days)
    if most_openings is not None and most_openings > most:
        raise RecordLinkOpeningsWrong(most=most)
