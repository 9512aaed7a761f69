"""Our own numbers: what no law says and a decision of ours does, with its validity and basis.

What comes from a law is in `legal`. A value is chosen by the legal date of the fact. A change is a new
row with a later `valid_from`, never an edit of an old one.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
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
    FRESH_SIGN_IN = "sign-in.fresh"
    SECOND_STEP_OPEN = "second-step.open"
    SECOND_STEP_TRIES = "second-step.tries"
    RECOVERY_CODES = "recovery-codes.count"
    PASSKEYS_MOST = "passkeys.most"
    CHALLENGE_VALIDITY = "challenge.validity"
    OUTSIDE_OPEN = "outside.open"
    ACCOUNT_NEW = "account.new"
    SECURITY_CHANGES_KEPT = "security-changes.kept"
    CLIENTS_OF_PERSON = "clients.of-person"
    CLIENT_SECRET_OVERLAP = "client-secret.overlap"
    USAGE_KEPT = "usage.kept"
    KEY_SIGNS = "key.signs"
    KEY_AHEAD = "key.ahead"
    KEY_AFTER = "key.after"
    MANDATE_OFFER = "mandate.offer"
    MANDATE_CHECKED = "mandate.checked"
    MANDATE_LAST_WORD = "mandate.last-word"
    ACTIVATION_VALIDITY = "activation.validity"
    ACTIVATION_TRIES = "activation.tries"
    REGISTRATION_WAITS = "registration.waits"
    REGISTRATION_COMPLETION = "registration.completion"
    REGISTRATION_DOCUMENTS = "registration.documents"
    ACCESS_LOG_KEPT = "access-log.kept"
    ACCOUNT_UNVALIDATED = "account.unvalidated"
    DATA_REQUEST_KEPT = "data-request.kept"
    EXPORT_VALIDITY = "export.validity"
    EXPORT_KEPT = "export.kept"
    PHONE_CODE_VALIDITY = "phone-code.validity"
    PHONE_CODE_TRIES = "phone-code.tries"
    PHONE_CODES = "phone-code.codes"
    PHONE_CODE_PAUSE = "phone-code.pause"
    PHONE_CODES_OF_PERSON = "phone-code.of-person"
    PHONE_CODES_OF_NUMBER = "phone-code.of-number"
    PHONE_ACCOUNTS = "phone.accounts"


class Unit(StrEnum):
    """What a value counts."""

    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
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
_NOMENCLATOR: Final = "GDPR art. 5(1)(e); to be confirmed by the institution's archival nomenclature"

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
    Rule(RuleId.FRESH_SIGN_IN, 10, Unit.MINUTES, "design, after NIST SP 800-63B 4.1.2"),
    Rule(RuleId.SECOND_STEP_OPEN, 10, Unit.MINUTES, "design"),
    Rule(RuleId.SECOND_STEP_TRIES, 5, Unit.TIMES, "design, after RFC 6238 5.2 and RFC 4226 7.3"),
    Rule(RuleId.RECOVERY_CODES, 10, Unit.TIMES, "design"),
    Rule(RuleId.PASSKEYS_MOST, 20, Unit.TIMES, "design"),
    Rule(RuleId.CHALLENGE_VALIDITY, 30, Unit.MINUTES, "design, as long as a sign-in page may stay open"),
    Rule(RuleId.OUTSIDE_OPEN, 30, Unit.MINUTES, "design"),
    # whoever has just made an account is told nothing of the browser it is used in first
    Rule(RuleId.ACCOUNT_NEW, 1, Unit.DAYS, "design"),
    Rule(RuleId.SECURITY_CHANGES_KEPT, 365, Unit.DAYS, _GDPR),
    Rule(RuleId.CLIENTS_OF_PERSON, 10, Unit.TIMES, "design"),
    Rule(RuleId.CLIENT_SECRET_OVERLAP, 7, Unit.DAYS, "design, time to replace a secret everywhere"),
    Rule(RuleId.USAGE_KEPT, 365, Unit.DAYS, _GDPR),
    Rule(RuleId.KEY_SIGNS, 30, Unit.DAYS, "design"),
    Rule(RuleId.KEY_AHEAD, 1, Unit.DAYS, "design, longer than any client caches the key set"),
    Rule(RuleId.KEY_AFTER, 30, Unit.DAYS, "design, so that an old ID token still serves as a logout hint"),
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
    Rule(RuleId.ACCESS_LOG_KEPT, 36, Unit.MONTHS, _NOMENCLATOR),
    Rule(RuleId.ACCOUNT_UNVALIDATED, 30, Unit.DAYS, _NOMENCLATOR),
    Rule(RuleId.DATA_REQUEST_KEPT, 36, Unit.MONTHS, _NOMENCLATOR),
    Rule(RuleId.EXPORT_VALIDITY, 7, Unit.DAYS, "GDPR art. 5(1)(f); term by design"),
    Rule(RuleId.EXPORT_KEPT, 30, Unit.DAYS, _GDPR),
    Rule(RuleId.PHONE_CODE_VALIDITY, 10, Unit.MINUTES, "design, after NIST SP 800-63B 3.1.3"),
    Rule(RuleId.PHONE_CODE_TRIES, 5, Unit.TIMES, "design"),
    Rule(RuleId.PHONE_CODES, 3, Unit.TIMES, "design"),
    Rule(RuleId.PHONE_CODE_PAUSE, 60, Unit.SECONDS, "design, a text message may take that long"),
    # each of them is in a day: a text message costs money, and to its receiver a moment
    Rule(RuleId.PHONE_CODES_OF_PERSON, 6, Unit.TIMES, "design"),
    Rule(RuleId.PHONE_CODES_OF_NUMBER, 6, Unit.TIMES, "design"),
    Rule(RuleId.PHONE_ACCOUNTS, 5, Unit.TIMES, "design, a family may share one telephone"),
)


def value(rule_id: RuleId, at: datetime, rules: tuple[Rule, ...] = RULES) -> int:
    """The rule's value on the legal date of `at`, in its own unit; `LookupError` when none holds."""
    return _find(rule_id, at, rules).value


def duration(rule_id: RuleId, at: datetime, rules: tuple[Rule, ...] = RULES) -> timedelta:
    """The same for a rule that counts time."""
    rule = _find(rule_id, at, rules)
    return timedelta(**{rule.unit.value: rule.value})


def months_after(since: date, rule_ids: Sequence[RuleId], rules: tuple[Rule, ...] = RULES) -> date:
    """The last day of terms in months that run one after another from `since` (Regulation 1182/71, art. 3).

    It is not moved to the next working day: what may be answered then may be answered before.
    """
    return months_later(since, sum(_months(rule_id, since, rules) for rule_id in rule_ids))


def months_before(until: date, rule_id: RuleId, rules: tuple[Rule, ...] = RULES) -> date:
    """The day from which a term in months ends on `until`."""
    return months_later(until, -_months(rule_id, until, rules))


def legal_basis(rule_id: RuleId, at: datetime, rules: tuple[Rule, ...] = RULES) -> str:
    """The law or the decision a value comes from."""
    return _find(rule_id, at, rules).legal_basis


def _months(rule_id: RuleId, on: date, rules: tuple[Rule, ...]) -> int:
    rule = _find(rule_id, datetime.combine(on, time(12), clock.BUCHAREST), rules)
    if rule.unit is not Unit.MONTHS:
        raise ValueError(f"{rule_id} does not count months")
    return rule.value


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


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
