"""What a certificate is asked for (*motiv*): a list in the rule tables, by the day."""

from datetime import date
from typing import Final

from hub_core.rules import Option, Rules

MOTIVES_RULE: Final = "criminal-record.motives"
OTHER: Final = "alt-motiv"
"""Another motive, in the person's words: an officer reads it."""


def named(legal: Rules, code: str, on: date) -> Option | None:
    """A motive as the newest list up to a day has it: what was asked for may have left the list since."""
    lists = [row.options for row in legal.table(MOTIVES_RULE) if row.valid_from <= on]
    return next((one for options in reversed(lists) for one in options if one.code == code), None)
