"""Age and capacity (Civil Code art. 37-43), by the legal date in Europe/Bucharest."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from hub_core.clock import local_date
from hub_core.rules import Rules

from .legal import BIRTHDAY_OF_LEAP_DAY, FULL_AGE, LIMITED_AGE


@dataclass(frozen=True, slots=True)
class Party:
    """What is known of one of the two people of a mandate.

    `birth_date` is none for an organisation, which has no age; `under_guardianship` is what the
    register said when it was last asked.
    """

    birth_date: date | None
    died_on: date | None = None
    under_guardianship: bool = False


def birthday(birth_date: date, age: int, now: datetime, legal: Rules) -> date:
    """The day on which somebody reaches an age.

    Who was born on 29 February reaches it, in a year without one, on the day that the rule table
    names: the law is silent, and rights are gained on 1 March.
    """
    year = birth_date.year + age
    try:
        return birth_date.replace(year=year)
    except ValueError:
        shift = legal.on(BIRTHDAY_OF_LEAP_DAY, local_date(now)).whole
        return date(year, 2, 28) + timedelta(days=shift)


def age_on(birth_date: date, now: datetime, legal: Rules) -> int:
    """Full years on the legal date of `now`; the birthday counts from 00:00 local time."""
    today = local_date(now)
    years = today.year - birth_date.year
    return years if today >= birthday(birth_date, years, now, legal) else years - 1


def full_age(birth_date: date, now: datetime, legal: Rules) -> date:
    """The day on which somebody comes of age."""
    return birthday(birth_date, legal.on(FULL_AGE, local_date(now)).whole, now, legal)


def is_of_age(birth_date: date, now: datetime, legal: Rules) -> bool:
    """Whether somebody is of age on the legal date of `now`."""
    return local_date(now) >= full_age(birth_date, now, legal)


def acts_with_consent(birth_date: date, now: datetime, legal: Rules) -> bool:
    """Whether a minor acts in person, with the consent of the parent or guardian (limited capacity)."""
    since = birthday(birth_date, legal.on(LIMITED_AGE, local_date(now)).whole, now, legal)
    return since <= local_date(now) < full_age(birth_date, now, legal)


def has_full_capacity(party: Party, now: datetime, legal: Rules) -> bool:
    """Whether a person may act for another: alive, of age, not under guardianship."""
    return (
        party.birth_date is not None
        and party.died_on is None
        and not party.under_guardianship
        and is_of_age(party.birth_date, now, legal)
    )
