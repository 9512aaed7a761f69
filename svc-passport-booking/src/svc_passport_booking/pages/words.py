"""What the pages say of appointments, as English message ids."""

from dataclasses import dataclass
from typing import Final

from ..domain.applications import Stage
from ..domain.states import State


@dataclass(frozen=True, slots=True)
class Words:
    """A title and what stands below it."""

    title: str
    lines: tuple[str, ...] = ()


STANDING: Final = {
    State.HELD: "The appointment is held, and not confirmed yet",
    State.CONFIRMED: "The appointment is confirmed",
    State.CHECKED_IN: "You have come to the appointment",
    State.SERVED: "The appointment is over",
    State.EXPIRED: "The appointment was not confirmed in time",
    State.CANCELLED_BY_CITIZEN: "The appointment was cancelled",
    State.CANCELLED_BY_OFFICE: "The appointment was cancelled by the office",
    State.NO_SHOW: "Nobody came to the appointment",
    State.REFUSED_AT_DESK: "The request could not be taken at the counter",
}
STAGES: Final = {
    Stage.IN_ANALYSIS: "In analysis",
    Stage.APPROVED: "Approved",
    Stage.REJECTED: "Rejected",
    Stage.PERSONALISED: "Personalised",
    Stage.SENT: "Sent",
    Stage.AT_COUNTER: "At the counter",
    Stage.COLLECTED: "Collected",
}
SINCE: Final = "Since {day}."
NO_APPLICATION: Final = Words(
    "Nothing can be said", ("There is no application like this, or there are several. Check what you typed.",)
)
INCOMPLETE: Final = Words(
    "Nothing can be said", ("Type the number, or the nine digits and the day on which it was handed in.",)
)
CONFIRMED: Final = Words("You have confirmed the appointment", ("You receive a message that says so.",))
CANCELLED: Final = Words("You have cancelled the appointment", ("You receive a message that says so.",))
SENT_AGAIN: Final = Words(
    "The message was sent again", ("It goes to the same address; the time to confirm stays the same.",)
)
GONE_ON: Final = Words(
    "This is no longer possible", ("The time to confirm is over, or the appointment has ended or gone on.",)
)
WAIT: Final = Words("Tried too often", ("Try again in {minutes} minutes.",))
ALL: Final = {
    *STANDING.values(),
    *STAGES.values(),
    SINCE,
    *(
        text
        for words in (CONFIRMED, CANCELLED, SENT_AGAIN, GONE_ON, WAIT, NO_APPLICATION, INCOMPLETE)
        for text in (words.title, *words.lines)
    ),
}
"""Every text of this module, for who compares them with their translations."""
