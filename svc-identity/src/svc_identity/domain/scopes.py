"""The scopes a client may ask for: one place, with the words the consent page uses."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Scope:
    """`text` is the message id that completes “The application asks to …” on the consent page."""

    name: str
    text: str


OPENID: Final = "openid"
PROFILE: Final = "profile"
EMAIL: Final = "email"
OFFLINE_ACCESS: Final = "offline_access"
ACCOUNT_READ: Final = "account:read"
ACCOUNT_WRITE: Final = "account:write"
STAFF: Final = "staff"
OFFICIALS_READ: Final = "officials:read"
OFFICIALS_WRITE: Final = "officials:write"
MANDATES_READ: Final = "mandates:read"
MANDATES_WRITE: Final = "mandates:write"
MANDATES_VERIFY: Final = "mandates:verify"
PEOPLE_VERIFY: Final = "people:verify"
REGISTRATION_READ: Final = "registration:read"
REGISTRATION_WRITE: Final = "registration:write"
REGISTRATION_DECIDE: Final = "registration:decide"
PRIVACY_READ: Final = "privacy:read"
PRIVACY_WRITE: Final = "privacy:write"
PRIVACY_DECIDE: Final = "privacy:decide"
PEOPLE_READ: Final = "people:read"
CLIENTS_READ: Final = "clients:read"
CLIENTS_WRITE: Final = "clients:write"
CLIENTS_REVIEW: Final = "clients:review"
CONSENTS_READ: Final = "consents:read"
CONSENTS_WRITE: Final = "consents:write"
FORMS_PREFILL: Final = "forms:prefill"
CATALOG_READ: Final = "catalog:read"
CATALOG_WRITE: Final = "catalog:write"
RECORD_READ: Final = "criminal-record:read"
RECORD_WRITE: Final = "criminal-record:write"
RECORD_DECIDE: Final = "criminal-record:decide"
RECORD_EXTRACT: Final = "criminal-record:extract"
APPOINTMENTS_READ: Final = "appointments:read"
APPOINTMENTS_WRITE: Final = "appointments:write"
APPOINTMENTS_DESK: Final = "appointments:desk"
APPOINTMENTS_MANAGE: Final = "appointments:manage"
DRIVING_REPORTS_REVIEW: Final = "driving-reports:review"
MESSAGES_WRITE: Final = "messages:write"
PETITIONS_HANDLE: Final = "petitions:handle"
PETITIONS_LEAD: Final = "petitions:lead"
PETITIONS_REGISTER: Final = "petitions:register"
PETITIONS_SIGN: Final = "petitions:sign"
TRAFFIC_READ: Final = "traffic-history:read"
TRAFFIC_WRITE: Final = "traffic-history:write"
TRAFFIC_RECORD: Final = "traffic-history:record"
TRAFFIC_DECIDE: Final = "traffic-history:decide"
DRIVING_REPORTS_READ: Final = "driving-reports:read"
DRIVING_REPORTS_WRITE: Final = "driving-reports:write"
EVENTS_READ: Final = "events:read"
MESSAGES_SEND: Final = "messages:send"
TEMPLATES_WRITE: Final = "templates:write"
WEBHOOKS_READ: Final = "webhooks:read"
WEBHOOKS_WRITE: Final = "webhooks:write"

SCOPES: Final = {
    scope.name: scope
    for scope in (
        Scope(OPENID, "recognise you when you come back"),
        Scope(PROFILE, "see your name and your language"),
        Scope(EMAIL, "see your e-mail address"),
        Scope(OFFLINE_ACCESS, "stay connected until you disconnect it, also when you are away"),
        Scope(ACCOUNT_READ, "see your account and where you are signed in"),
        Scope(ACCOUNT_WRITE, "change your account and sign you out elsewhere"),
        Scope(PRIVACY_READ, "see who looked at your data, and what you asked about them"),
        Scope(PRIVACY_WRITE, "use your rights on your data in your name"),
        Scope(PRIVACY_DECIDE, "answer people's questions about their data for your institution"),
        Scope(PEOPLE_READ, "look people up for your institution, which they will see"),
        Scope("petitions:read", "see your petitions and their answers"),
        Scope("petitions:write", "file petitions in your name"),
        Scope(PETITIONS_HANDLE, "work on petitions as an official"),
        Scope(PETITIONS_LEAD, "say as a head who works on petitions, and where they go"),
        Scope(PETITIONS_SIGN, "sign answers to petitions as an official"),
        Scope(MANDATES_READ, "see who acts for you and for whom you act"),
        Scope(MANDATES_WRITE, "give, accept, ask for and end mandates in your name"),
        Scope(MANDATES_VERIFY, "verify mandates as an official"),
        Scope(FORMS_PREFILL, "fill in forms with your names, date of birth and e-mail address"),
        Scope("messages:read", "see which messages the hub has sent you"),
        Scope(MESSAGES_WRITE, "say how the hub's messages reach you"),
        Scope(MESSAGES_SEND, "send messages to people for the institution that it stands for"),
        Scope(EVENTS_READ, "be told what happens with what it may see, also when you are away"),
        Scope(WEBHOOKS_READ, "see at which addresses it is told what happens, and what went there"),
        Scope(WEBHOOKS_WRITE, "set at which addresses it is told what happens"),
        Scope(STAFF, "act for the institution where you are an official"),
        Scope(OFFICIALS_READ, "see the officials of your institution and their roles"),
        Scope(OFFICIALS_WRITE, "appoint officials in your name and end appointments"),
        Scope(PEOPLE_VERIFY, "validate accounts of people who come to your counter"),
        Scope(REGISTRATION_READ, "see your requests to be known by an institution"),
        Scope(REGISTRATION_WRITE, "ask institutions to know you, in your name"),
        Scope(REGISTRATION_DECIDE, "decide on requests of people to be known by your institution"),
        Scope(CLIENTS_READ, "see the applications you have registered, and how they are used"),
        Scope(CLIENTS_WRITE, "register applications in your name and change them"),
        Scope(CLIENTS_REVIEW, "decide in your name which applications may serve everybody"),
        Scope(CONSENTS_READ, "see which applications you have connected, and what they may do"),
        Scope(CONSENTS_WRITE, "disconnect applications from your account"),
        Scope(CATALOG_READ, "see as an official what is being prepared for the catalog"),
        Scope(CATALOG_WRITE, "prepare and publish changes of the catalog in your name, as an official"),
        Scope(TEMPLATES_WRITE, "prepare and approve in your name, as an official, what institutions write"),
        Scope(RECORD_READ, "see your criminal-record certificates and what you asked for"),
        Scope(RECORD_WRITE, "ask for criminal-record certificates in your name"),
        Scope(RECORD_DECIDE, "decide on requests for criminal-record certificates as an official"),
        Scope(RECORD_EXTRACT, "get extracts of the criminal record of people who have consented"),
        Scope(APPOINTMENTS_READ, "see your appointments at counters"),
        Scope(APPOINTMENTS_WRITE, "book, move and cancel appointments in your name"),
        Scope(APPOINTMENTS_DESK, "receive people who have an appointment, as an official at the counter"),
        Scope(PETITIONS_REGISTER, "enter as an official what came on paper or by telephone"),
        Scope(TRAFFIC_READ, "see your record as a driver: sanctions, penalty points, right to drive"),
        Scope(TRAFFIC_WRITE, "get your history of sanctions as a document, and share it by links"),
        Scope(TRAFFIC_RECORD, "keep the records of drivers as an official of the traffic police"),
        Scope(TRAFFIC_DECIDE, "decide on suspensions of the right to drive as a head of the traffic police"),
        Scope(DRIVING_REPORTS_READ, "see your reports of aggressive driving and what became of them"),
        Scope(DRIVING_REPORTS_WRITE, "report aggressive driving in your name"),
        Scope(DRIVING_REPORTS_REVIEW, "decide on reports of aggressive driving as an official of the police"),
        Scope(APPOINTMENTS_MANAGE, "set as an official when your office receives people, and close it"),
    )
}

SELF_SERVICE: Final = frozenset(
    {
        *(OPENID, PROFILE, EMAIL, OFFLINE_ACCESS, ACCOUNT_READ),
        *("petitions:read", "petitions:write", "messages:read", EVENTS_READ, WEBHOOKS_READ, WEBHOOKS_WRITE),
    }
)
"""Scopes that anybody may register a client with; every other is given by a review."""
OF_PERSONS: Final = frozenset(
    {
        *(OPENID, PROFILE, EMAIL, OFFLINE_ACCESS, ACCOUNT_READ, ACCOUNT_WRITE),
        *(STAFF, OFFICIALS_READ, OFFICIALS_WRITE),
        *(MANDATES_READ, MANDATES_WRITE, MANDATES_VERIFY),
        *(PEOPLE_VERIFY, REGISTRATION_READ, REGISTRATION_WRITE, REGISTRATION_DECIDE),
        *(PRIVACY_READ, PRIVACY_WRITE, PRIVACY_DECIDE, PEOPLE_READ),
        *(CLIENTS_READ, CLIENTS_WRITE, CLIENTS_REVIEW),
        *(CONSENTS_READ, CONSENTS_WRITE, FORMS_PREFILL),
        *(CATALOG_READ, CATALOG_WRITE, TEMPLATES_WRITE),
        *(RECORD_READ, RECORD_WRITE, RECORD_DECIDE),
        *(APPOINTMENTS_READ, APPOINTMENTS_WRITE, APPOINTMENTS_DESK, APPOINTMENTS_MANAGE),
        MESSAGES_WRITE,
        *(PETITIONS_HANDLE, PETITIONS_LEAD, PETITIONS_REGISTER, PETITIONS_SIGN),
        *(DRIVING_REPORTS_READ, DRIVING_REPORTS_WRITE, DRIVING_REPORTS_REVIEW),
        *(TRAFFIC_READ, TRAFFIC_WRITE, TRAFFIC_RECORD, TRAFFIC_DECIDE),
    }
)
"""Scopes that mean nothing in the hands of a client that stands for itself."""

OF_INSTITUTIONS: Final = frozenset({RECORD_EXTRACT, MESSAGES_SEND})
"""Scopes of a client that stands for an institution of the catalog, with the profile FAPI."""


def parse(text: str) -> tuple[str, ...]:
    """The scopes of a `scope` parameter (RFC 6749, 3.3), each once, in the order asked for."""
    return tuple(dict.fromkeys(text.split()))


def ordered(names: Iterable[str]) -> tuple[str, ...]:
    """The same scopes in the order of the table above."""
    wanted = set(names)
    return tuple(name for name in SCOPES if name in wanted)
