"""Events of others: parse, call one operation."""

from typing import Final

from hub_service import rules

from . import manifest

RULES: Final = rules.subscription(manifest.RULES)
