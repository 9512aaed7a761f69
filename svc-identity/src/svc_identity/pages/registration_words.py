"""What pages call the states of registration requests and the reasons of a rejection (message ids)."""

from typing import Final

from ..domain.registration import Reason, State

STATES: Final = {
    State.SUBMITTED: "sent",
    State.UNDER_REVIEW: "in work",
    State.NEEDS_COMPLETION: "waits for you",
    State.APPROVED: "approved",
    State.REJECTED: "not approved",
    State.EXPIRED: "ended without a decision",
}
REASONS: Final = {
    Reason.IDENTITY_NOT_PROVEN: "What you stated does not prove who you are.",
    Reason.DOCUMENT_NOT_READABLE: "The copy of your document cannot be read.",
    Reason.DOCUMENT_EXPIRED: "Your document is no longer valid.",
    Reason.WRONG_INSTITUTION: "Another institution answers for this.",
    Reason.OTHER: "The official says why.",
}
REMEDIES: Final = {
    Reason.IDENTITY_NOT_PROVEN: "Check your CNP, date of birth and names in the account, then ask again.",
    Reason.DOCUMENT_NOT_READABLE: "Ask again, and send a copy on which every word can be read.",
    Reason.DOCUMENT_EXPIRED: "Ask again when you have a valid document.",
    Reason.WRONG_INSTITUTION: "Ask the institution that answers for it.",
    Reason.OTHER: "Do what the official says, then ask again.",
}
TEXTS: Final = (*STATES.values(), *REASONS.values(), *REMEDIES.values())
