"""What pages call the types, states and services of mandates (message ids)."""

from typing import Final

from ..domain.mandate import MandateType, State

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
}
TEXTS: Final = (*TYPES.values(), *STATES.values(), *SERVICES.values())
