"""What the pages about one's data call roles, records and states, as English message ids."""

from typing import Final

from hub_core.principal import Role

from ..domain import data_request, dispute, export

ROLES: Final = {
    Role.CLERK: "Clerk at a counter",
    Role.REGISTRAR: "Registrar",
    Role.HANDLER: "Official who works on files",
    Role.HEAD: "Head of a department",
    Role.SIGNATORY: "Head of the institution or delegate",
    Role.CATALOG_EDITOR: "Editor of the catalog",
    Role.CATALOG_PUBLISHER: "Publisher of the catalog",
    Role.TRAFFIC_OFFICER: "Traffic officer",
    Role.RECORDS_OFFICER: "Records officer",
    Role.ALERT_OPERATOR: "Alert operator",
    Role.ALERT_APPROVER: "Alert approver",
    Role.AUDITOR: "Auditor",
    Role.DPO: "Data protection officer",
    Role.ADMIN: "Administrator",
}
BY: Final = {
    "OFFICIAL": "An official",
    "REPRESENTATIVE": "Somebody who acts for you",
    "YOURSELF": "You",
    "APPLICATION": "An application",
    "SERVICE": "A service of the hub",
}
RECORDS: Final = {
    "person": "your identity",
    "petition": "a petition of yours",
    "petitions": "your petitions",
    "account": "your account",
    "registration": "a registration request of yours",
    "access-dispute": "a dispute of yours about an access",
    "data-request": "a request of yours about your data",
    "certificate": "a certificate of yours",
    "certificate-request": "a request of yours for a certificate",
    "certificate-requests": "your requests for certificates",
    "criminal-record-extract": "an extract of your criminal record",
    "driver-record": "your record as a driver",
}
"""Other kinds of record are shown by their code."""
KINDS: Final = {
    data_request.Kind.RECTIFICATION: "Something is wrong: correct it",
    data_request.Kind.ERASURE: "Erase data about me",
    data_request.Kind.RESTRICTION: "Keep my data, but do not use them for now",
    data_request.Kind.OBJECTION: "I object to the use of my data",
}
FIELDS: Final = {
    data_request.Field.GIVEN_NAME: "the given name",
    data_request.Field.FAMILY_NAME: "the family name",
    data_request.Field.BIRTH_DATE: "the date of birth",
    data_request.Field.PERSONAL_NUMBER: "the personal number",
    data_request.Field.OTHER: "something else",
}
REQUEST_STATES: Final = {
    data_request.State.RECEIVED: "received",
    data_request.State.EXTENDED: "term extended",
    data_request.State.FORWARDED: "with the owner of the register",
    data_request.State.GRANTED: "granted",
    data_request.State.REFUSED: "refused",
    data_request.State.WITHDRAWN: "taken back",
}
DISPUTE_STATES: Final = {
    dispute.State.OPEN: "waits for an answer",
    dispute.State.ANSWERED: "answered",
    dispute.State.WITHDRAWN: "taken back",
}
OUTCOMES: Final = {
    dispute.Outcome.JUSTIFIED: "The institution found the access justified.",
    dispute.Outcome.UNJUSTIFIED: "The institution found the access unjustified.",
}
EXPORT_STATES: Final = {
    export.State.REQUESTED: "is being made",
    export.State.READY: "ready",
    export.State.FAILED: "could not be made; ask again",
    export.State.EXPIRED: "deleted",
}
WRONG_WORDS: Final = "Write a few words, at most 4,000 characters."
NOT_UNDERSTOOD: Final = "Tick the box if you know what the deletion means."
NO_FIELD: Final = "Choose what is wrong."

TEXTS: Final = (
    *ROLES.values(),
    *BY.values(),
    *RECORDS.values(),
    *KINDS.values(),
    *FIELDS.values(),
    *REQUEST_STATES.values(),
    *DISPUTE_STATES.values(),
    *OUTCOMES.values(),
    *EXPORT_STATES.values(),
    *(WRONG_WORDS, NOT_UNDERSTOOD, NO_FIELD),
)
