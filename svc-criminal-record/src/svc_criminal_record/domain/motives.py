"""What a certificate is asked for (*motiv*): a list in the rule tables, by the day."""

from typing import Final

MOTIVES_RULE: Final = "criminal-record.motives"
OTHER: Final = "alt-motiv"
"""Another motive, in the person's words: an officer reads it."""
