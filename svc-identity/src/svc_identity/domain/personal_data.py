"""What a copy of a person's data is called: sections, fields, and the words around them."""

from typing import Final

TITLES: Final = {
    "account": "Your account",
    "person": "What registers say of you",
    "numbers": "Your personal numbers",
    "phones": "Your telephone number",
    "authenticators": "Your app for one-time codes",
    "passkeys": "Your passkeys",
    "sign-ins": "Your sign-ins",
    "applications": "Applications you have let in",
    "verifications": "Documents that an official has seen",
    "registrations": "Your registration requests",
    "mandates-given": "Who may act for you",
    "mandates-held": "For whom you may act",
    "appointments": "Your appointments as an official",
    "access-log": "Who looked at your data",
    "disputes": "Accesses that you disputed",
    "requests": "What you asked about your data",
}
"""The title of each section of svc-identity, as an English message id."""

LABELS: Final = {
    "email": "E-mail address",
    "given_name": "Given name",
    "family_name": "Family name",
    "language": "Language",
    "assurance": "Level of assurance",
    "created_at": "Made",
    "confirmed_at": "Confirmed",
    "birth_date": "Date of birth",
    "died_on": "Date of death",
    "source": "Source",
    "established_at": "Established",
    "checked_at": "Last checked",
    "scheme": "Kind of number",
    "value": "Number",
    "since": "Since",
    "replaced_at": "Replaced",
    "kind": "Kind",
    "name": "Name",
    "last_used_at": "Last used",
    "device": "Device",
    "signed_in_at": "Signed in",
    "last_seen_at": "Last seen",
    "ended_at": "Ended",
    "methods": "Means",
    "client_id": "Application",
    "scopes": "What it may do",
    "institution_id": "Institution",
    "way": "Way",
    "document": "Document",
    "verified_at": "Seen",
    "state": "State",
    "submitted_at": "Submitted",
    "decided_at": "Decided",
    "message": "Message",
    "type": "Type",
    "services": "Services",
    "valid_from": "Valid from",
    "valid_to": "Valid to",
    "role": "Role",
    "act_number": "Number of the act",
    "at": "When",
    "service": "Service",
    "roles": "Role",
    "purpose": "Purpose",
    "file": "File number",
    "action": "What was done",
    "resource_type": "Kind of record",
    "resource_id": "Record",
    "legal_basis": "Legal basis",
    "reason": "Reason",
    "opened_at": "Opened",
    "due_on": "Answer due by",
    "outcome": "Outcome",
    "answer": "Answer",
    "field": "Field",
    "details": "Details",
    "received_at": "Received",
    "forwarded_to": "Forwarded to",
}
"""What each field is called."""

DOCUMENT_TITLE: Final = "Copy of your personal data"
INTRODUCTION: Final = (
    "This is what the hub and its services hold of you (GDPR art. 15 and 20). The files beside it hold the "
    "same for programs; manifest.jws is signed and tells whether any of them was changed."
)
MADE_ON: Final = "Made on {day} for {person}."
NOTHING: Final = "Nothing."
LEFT_OUT_TITLE: Final = "What is left out"
OTHERS: Final = "Data of other people: the officials, representatives and principals behind these records."
WITHHELD: Final = "Accesses that a law keeps from you for now. They will appear in your access log later."
YES: Final = "yes"
NO: Final = "no"

TEXTS: Final = (
    *TITLES.values(),
    *LABELS.values(),
    *(DOCUMENT_TITLE, INTRODUCTION, MADE_ON, NOTHING, LEFT_OUT_TITLE, OTHERS, WITHHELD, YES, NO),
)
"""Every message id of the copy."""
