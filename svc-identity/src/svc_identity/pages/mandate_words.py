"""What pages call the types, states and services of mandates (message ids)."""

from typing import Final

from ..domain.mandate import State
from ..domain.mandate_type import MandateType

TYPES: Final = {
    MandateType.PARENT: "Parent of a minor",
    MandateType.GUARDIAN: "Guardian, by decision of a court",
    MandateType.NOTARIAL_PROXY: "Notarial power of attorney",
    MandateType.LAWYER: "Lawyer",
    MandateType.LEGAL_REP: "Legal representative of an organisation",
    MandateType.DELEGATE: "Mandate given in the hub",
    MandateType.INSTITUTION: "Official for an institution",
}
STATES: Final = {
    State.DRAFT: "waits to be accepted",
    State.PENDING_VERIFICATION: "waits for an official",
    State.ACTIVE: "in force",
    State.EXPIRED: "ended",
    State.REVOKED: "revoked",
    State.REFUSED: "refused",
    State.WITHDRAWN: "withdrawn",
}
SERVICES: Final = {
    "petitions:read": "read petitions and their answers",
    "petitions:write": "file petitions",
    "criminal-record:read": "read criminal-record certificates",
    "criminal-record:write": "ask for criminal-record certificates",
    "appointments:read": "see appointments at counters",
    "appointments:write": "book, move and cancel appointments",
}
NO_SERVICE: Final = "Choose at least one service."
WRONG_LAST_DAY: Final = "Enter a day that is today or later, or none."
TEXTS: Final = (NO_SERVICE, WRONG_LAST_DAY, *TYPES.values(), *STATES.values(), *SERVICES.values())
