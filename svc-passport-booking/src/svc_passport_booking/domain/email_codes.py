"""The rules of codes by e-mail (`hub_core.email_codes`)."""

from typing import Final

VALID_RULE: Final = "booking.email-code"
WRONG_RULE: Final = "booking.email-code-tries"
