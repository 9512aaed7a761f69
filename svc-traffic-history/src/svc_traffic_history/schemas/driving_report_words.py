"""What reporters are told, as message ids: states, reasons, what comes next, the declaration."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hub_service.i18n import Texts
from hub_service.personal_data import words
from hub_service.schemas import LocalisedText

from ..domain.admissibility import DECLARATION
from ..domain.driving_reports import Reason, State
from ..operations.checking import Requirement

STATES: Final[Mapping[State, str]] = {
    State.AWAITING_VIDEO: "Sent; the recording is awaited",
    State.SUBMITTED: "Registered with its recording",
    State.ELIGIBILITY_CHECK: "The traffic police check whether it meets the conditions",
    State.NOT_ELIGIBLE: "It does not meet the conditions",
    State.UNDER_REVIEW: "It meets the conditions; the traffic police look into it",
    State.OWNER_INQUIRY: "The owner of the vehicle has to say who drove",
    State.SANCTIONED: "A sanction was applied",
    State.NO_SANCTION: "No sanction was applied",
    State.FORWARDED_CRIMINAL: "It was sent on, because there are signs of a crime",
    State.CLOSED: "Closed",
}
REASONS: Final[Mapping[Reason, str]] = {
    Reason.NO_DATE_OR_HOUR: "The recording does not show date and hour",
    Reason.PLACE_UNKNOWN: "The place cannot be recognised",
    Reason.PLATE_UNREADABLE: "The registration number cannot be read",
    Reason.NOT_AGGRESSIVE: "What is seen is no aggressive driving",
    Reason.EDITED: "The recording was changed",
    Reason.TOO_OLD: "The event was too long ago",
    Reason.NOT_BY_CHANCE: "It was not seen by chance, as a participant in traffic",
    Reason.NOT_PROVED: "The event could not be proved",
    Reason.DRIVER_UNKNOWN: "Who drove could not be found out",
    Reason.PLATES_STOLEN: "The plates were stolen",
    Reason.FOREIGN_VEHICLE: "The vehicle is registered in another country",
    Reason.PRIORITY_VEHICLE: "It was a vehicle with priority, on a mission",
    Reason.TIME_BARRED: "The time for applying a sanction is over",
    Reason.NO_VIDEO: "The recording did not arrive in time",
    Reason.CANCELLED: "You took it back",
    Reason.DECISION_FINAL: "What was decided is final",
    Reason.COURT_ADMITTED: "A court admitted the complaint against the sanction",
    Reason.TAKEN_BACK: "The police took the sanction back",
}
REQUIREMENTS: Final[Mapping[Requirement, str]] = {
    Requirement.IDENTITY: "Your identity is confirmed by the population register",
    Requirement.DAILY_LIMIT: "You have not sent too many reports today",
    Requirement.TIME: "The event has happened, and is recent enough",
    Requirement.MANOEUVRES: "It is aggressive driving by the law of that day",
    Requirement.SEEN_BY_CHANCE: "You saw it directly and by chance, as a participant in traffic",
    Requirement.PLACE: "The place can be found",
    Requirement.PLATE: "The registration number has the form of its country",
}

UPLOAD: Final = "Upload the recording now; without it the report is closed."
CHECK: Final = "The traffic police check the report. You need do nothing."
REVIEW: Final = (
    "The traffic police look into it; until this day a sanction can be applied. You need do nothing."
)
SANCTION: Final = "The sanction can still be contested in court. You need do nothing."
WITNESS: Final = "Who investigates the crime may hear you as a witness."
OVER: Final = "Nothing more follows. If you are not content with how it was handled, address a petition."
AGAIN: Final = "You can send it again until this day, with the recording at hand."
NEXT: Final[Mapping[State, str]] = {
    State.AWAITING_VIDEO: UPLOAD,
    State.SUBMITTED: CHECK,
    State.ELIGIBILITY_CHECK: CHECK,
    State.NOT_ELIGIBLE: OVER,
    State.UNDER_REVIEW: REVIEW,
    State.OWNER_INQUIRY: REVIEW,
    State.SANCTIONED: SANCTION,
    State.NO_SANCTION: OVER,
    State.FORWARDED_CRIMINAL: WITNESS,
    State.CLOSED: OVER,
}

WHY_UNIT: Final = "The police of the county of the event decide; in Bucharest it is the general directorate."

DECLARATIONS: Final[Mapping[str, str]] = {
    DECLARATION: (
        "I declare on my own responsibility that I was a participant in traffic, that I saw the event "
        "directly and by chance, that what I report and the recording are true, and that the recording was "
        "not changed in any way. I know that a false declaration made to a public authority is a crime "
        "(Penal Code art. 326), punished with imprisonment from 3 months to 2 years or with a fine."
    )
}
"""The words of each version that somebody has agreed to: none is ever changed or taken away."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What is no aggressive driving, and who takes it: a service of the catalog, or a number to call."""

    code: str
    what: str
    where: str
    service: str | None = None
    phone: str | None = None


ELSEWHERE: Final = (
    Elsewhere(
        "DANGER",
        "An accident, or somebody in danger now",
        "Call 112 at once.",
        phone="112",
    ),
    Elsewhere(
        "PARKING",
        "A vehicle that is parked where it may not be",
        "Tell the local police of the town hall: it deals with parking.",
        service="petition",
    ),
    Elsewhere(
        "SPEEDING",
        "Somebody who drives too fast",
        "Speed is found with approved devices only. Where it happens again and again, tell the police by a "
        "petition.",
        service="petition",
    ),
    Elsewhere(
        "OTHER_OFFENCE",
        "Another offence, such as a red light, a telephone in the hand or a seat belt",
        "Address a petition to the county police inspectorate.",
        service="petition",
    ),
    Elsewhere(
        "ROAD",
        "A hole in the road, a sign or a light that fails",
        "Tell who keeps the road: the town hall, the county council or the national road company.",
        service="petition",
    ),
)
"""What people often want to report here, and where it goes."""

TEXTS: Final = (
    *STATES.values(),
    *REASONS.values(),
    *REQUIREMENTS.values(),
    *(UPLOAD, CHECK, REVIEW, SANCTION, WITNESS, OVER, AGAIN, WHY_UNIT),
    *DECLARATIONS.values(),
    *(text for each in ELSEWHERE for text in (each.what, each.where)),
)


def localised(texts: Texts, message: str) -> LocalisedText:
    """A message in each language."""
    return LocalisedText.of({language.value: text for language, text in words(texts, message).items()})
