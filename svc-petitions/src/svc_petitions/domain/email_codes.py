"""The rules of codes by e-mail (`hub_core.email_codes`)."""

from typing import Final

VALID_RULE: Final = "petition.email-code"
WRONG_RULE: Final = "petition.email-code-tries"
