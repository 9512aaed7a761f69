"""The rule table: every number that comes from a law or a decision, with its validity and basis.

A value is chosen by the legal date of the fact. A change is a new row with a later `valid_from`,
never an edit of an old one.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from hub_core import clock


class RuleId(StrEnum):
    """The name of a rule; rows of `RULES` give its values."""

    CONFIRMATION_VALIDITY = "confirmation.validity"
    CONFIRMATION_TRIES = "confirmation.tries"
    CONFIRMATION_CODES = "confirmation.codes"
    CONFIRMATION_PAUSE = "confirmation.pause"
    ACCOUNT_UNCONFIRMED = "account.unconfirmed"
    PASSWORD_SHORTEST = "password.shortest"
    PASSWORD_LONGEST = "password.longest"
    SESSION_IDLE = "session.idle"
    SESSION_LONGEST = "session.longest"
    SESSION_KEPT = "session.kept"
    DEVICE_KNOWN = "device.known"
    AUTHORIZATION_OPEN = "authorization.open"
    PUSHED_VALIDITY = "pushed-request.validity"
    CODE_VALIDITY = "code.validity"
    DEVICE_VALIDITY = "device.validity"
    DEVICE_INTERVAL = "device.interval"
    ASSERTION_LONGEST = "assertion.longest"
    CLOCK_AHEAD = "clock.ahead"
    ACCESS_TOKEN_VALIDITY = "access-token.validity"
    REFRESH_TOKEN_VALIDITY = "refresh-token.validity"
    ID_TOKEN_VALIDITY = "id-token.validity"
    INTERNAL_TOKEN_VALIDITY = "internal-token.validity"
    APPOINTMENT_LONGEST = "appointment.longest"
    LOGOUT_TOKEN_VALIDITY = "logout-token.validity"
    LOGOUT_FIRST_PAUSE = "logout.first-pause"
    LOGOUT_LONGEST_PAUSE = "logout.longest-pause"
    LOGOUT_GIVEN_UP = "logout.given-up"
    CLIENTS_OF_PERSON = "clients.of-person"
    CLIENT_SECRET_OVERLAP = "client-secret.overlap"
    USAGE_KEPT = "usage.kept"
    KEY_SIGNS = "key.signs"
    KEY_AHEAD = "key.ahead"
    KEY_AFTER = "key.after"
    FULL_AGE = "capacity.full-age"
    LIMITED_CAPACITY_AGE = "capacity.limited-age"
    BIRTHDAY_OF_LEAP_DAY = "capacity.birthday-of-leap-day"
    MANDATE_TERM = "mandate.term"
    MANDATE_OFFER = "mandate.offer"
    MANDATE_CHECKED = "mandate.checked"
    MANDATE_LAST_WORD = "mandate.last-word"
    ACTIVATION_VALIDITY = "activation.validity"
    ACTIVATION_TRIES = "activation.tries"
    REGISTRATION_WAITS = "registration.waits"
    REGISTRATION_COMPLETION = "registration.completion"
    REGISTRATION_DOCUMENTS = "registration.documents"


class Unit(StrEnum):
    """What a value counts."""

    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    YEARS = "years"
    TIMES = "times"
    CHARACTERS = "characters"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: `value` in `unit` holds from `valid_from` to the day before `valid_to`.

    `verified` says that somebody has read the legal basis; a decision of ours has none to read.
    """

    rule_id: RuleId
    value: int
    unit: Unit
    legal_basis: str
    valid_from: date = date(2026, 1, 1)
    valid_to: date | None = None
    verified: bool = False


_GDPR: Final = "GDPR art. 5(1)(e), storage limitation; term by design"

RULES: Final = (
    Rule(RuleId.CONFIRMATION_VALIDITY, 15, Unit.MINUTES, "design"),
    Rule(RuleId.CONFIRMATION_TRIES, 5, Unit.TIMES, "design"),
    Rule(RuleId.CONFIRMATION_CODES, 3, Unit.TIMES, "design"),
    Rule(RuleId.CONFIRMATION_PAUSE, 30, Unit.SECONDS, "design"),
    # after its last code nothing can be done with an unconfirmed account
    Rule(RuleId.ACCOUNT_UNCONFIRMED, 1, Unit.DAYS, _GDPR),
    Rule(RuleId.PASSWORD_SHORTEST, 12, Unit.CHARACTERS, "design, after NIST SP 800-63B 3.1.1"),
    Rule(RuleId.PASSWORD_LONGEST, 256, Unit.CHARACTERS, "design, bounds the cost of hashing"),
    Rule(RuleId.SESSION_IDLE, 1, Unit.HOURS, "design, after NIST SP 800-63B 2.2.3"),
    Rule(RuleId.SESSION_LONGEST, 12, Unit.HOURS, "design, after NIST SP 800-63B 2.2.3"),
    Rule(RuleId.SESSION_KEPT, 30, Unit.DAYS, _GDPR),
    Rule(RuleId.DEVICE_KNOWN, 365, Unit.DAYS, "design"),
    Rule(RuleId.AUTHORIZATION_OPEN, 30, Unit.MINUTES, "design"),
    Rule(RuleId.CODE_VALIDITY, 60, Unit.SECONDS, "FAPI 2.0 Security Profile 5.3.2.1", verified=True),
    Rule(RuleId.DEVICE_VALIDITY, 10, Unit.MINUTES, "design, after RFC 8628 6.1: short, for a short code"),
    Rule(RuleId.DEVICE_INTERVAL, 5, Unit.SECONDS, "RFC 8628 3.2, the default", verified=True),
    # less than ten minutes by FAPI; the browser is sent on at once
    Rule(RuleId.PUSHED_VALIDITY, 60, Unit.SECONDS, "FAPI 2.0 Security Profile 5.3.2.2", verified=True),
    Rule(RuleId.ASSERTION_LONGEST, 5, Unit.MINUTES, "design, after RFC 7523 3(4)"),
    Rule(RuleId.CLOCK_AHEAD, 10, Unit.SECONDS, "FAPI 2.0 Security Profile 5.3.2.1", verified=True),
    Rule(RuleId.ACCESS_TOKEN_VALIDITY, 10, Unit.MINUTES, "design"),
    Rule(RuleId.REFRESH_TOKEN_VALIDITY, 30, Unit.DAYS, "design"),
    Rule(RuleId.ID_TOKEN_VALIDITY, 10, Unit.MINUTES, "design"),
    Rule(RuleId.INTERNAL_TOKEN_VALIDITY, 300, Unit.SECONDS, "design"),
    # every role has an end, so that somebody looks whether it is still needed
    Rule(RuleId.APPOINTMENT_LONGEST, 1461, Unit.DAYS, "design, four years"),
    Rule(RuleId.LOGOUT_TOKEN_VALIDITY, 2, Unit.MINUTES, "OpenID Back-Channel Logout 1.0, 2.4", verified=True),
    Rule(RuleId.LOGOUT_FIRST_PAUSE, 5, Unit.SECONDS, "design"),
    Rule(RuleId.LOGOUT_LONGEST_PAUSE, 1, Unit.HOURS, "design"),
    Rule(RuleId.LOGOUT_GIVEN_UP, 1, Unit.DAYS, "design, longer than the longest session"),
    Rule(RuleId.CLIENTS_OF_PERSON, 10, Unit.TIMES, "design"),
    Rule(RuleId.CLIENT_SECRET_OVERLAP, 7, Unit.DAYS, "design, time to replace a secret everywhere"),
    Rule(RuleId.USAGE_KEPT, 365, Unit.DAYS, _GDPR),
    Rule(RuleId.KEY_SIGNS, 30, Unit.DAYS, "design"),
    Rule(RuleId.KEY_AHEAD, 1, Unit.DAYS, "design, longer than any client caches the key set"),
    Rule(RuleId.KEY_AFTER, 30, Unit.DAYS, "design, so that an old ID token still serves as a logout hint"),
    Rule(RuleId.FULL_AGE, 18, Unit.YEARS, "Civil Code art. 38"),
    Rule(RuleId.LIMITED_CAPACITY_AGE, 14, Unit.YEARS, "Civil Code art. 41"),
    Rule(
        RuleId.BIRTHDAY_OF_LEAP_DAY,
        1,
        Unit.DAYS,
        "design, the law is silent: days after 28 February in a common year, so that rights come on 1 March",
    ),
    Rule(RuleId.MANDATE_TERM, 3, Unit.YEARS, "Civil Code art. 2015, where the parties set no term"),
    Rule(RuleId.MANDATE_OFFER, 7, Unit.DAYS, "design"),
    Rule(
        RuleId.MANDATE_CHECKED, 12, Unit.HOURS, "design: a register is asked again, each legal day at least"
    ),
    Rule(RuleId.MANDATE_LAST_WORD, 72, Unit.HOURS, "design: how long its last word counts while it is away"),
    Rule(RuleId.ACTIVATION_VALIDITY, 30, Unit.MINUTES, "design, a visit to a counter"),
    Rule(RuleId.ACTIVATION_TRIES, 5, Unit.TIMES, "design"),
    Rule(RuleId.REGISTRATION_WAITS, 30, Unit.DAYS, "design, after OG 27/2002 art. 8(1)"),
    Rule(RuleId.REGISTRATION_COMPLETION, 15, Unit.DAYS, "design"),
    Rule(RuleId.REGISTRATION_DOCUMENTS, 4, Unit.TIMES, "design, both sides of two documents"),
)


def value(rule_id: RuleId, at: datetime, rules: tuple[Rule, ...] = RULES) -> int:
    """The rule's value on the legal date of `at`, in its own unit; `LookupError` when none holds."""
    return _find(rule_id, at, rules).value


def duration(rule_id: RuleId, at: datetime, rules: tuple[Rule, ...] = RULES) -> timedelta:
    """The same for a rule that counts time."""
    rule = _find(rule_id, at, rules)
    return timedelta(**{rule.unit.value: rule.value})


def _find(rule_id: RuleId, at: datetime, rules: tuple[Rule, ...]) -> Rule:
    on = clock.local_date(at)
    for rule in rules:
        if (
            rule.rule_id is rule_id
            and rule.valid_from <= on
            and (rule.valid_to is None or on < rule.valid_to)
        ):
            return rule
    raise LookupError(f"no value of {rule_id} holds on {on}")
