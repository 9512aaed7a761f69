"""The parameters of an OAuth request, as RFC 6749 (3.1, 3.2) reads them."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from ..errors.oauth import OAuthError

LONGEST: Final = 4096
"""Characters of one value: longer than any client needs, shorter than what fills a table."""
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Parameters:
    """Each parameter once; one sent without a value counts as not sent."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        sent = list(pairs)
        self.repeated = frozenset(
            name for name, times in Counter(name for name, _ in sent).items() if times > 1
        )
        self._values = {name: value for name, value in sent if value}

    def get(self, name: str) -> str | None:
        """The value, or none; never one that was sent twice."""
        return None if name in self.repeated else self._values.get(name)

    def need(self, name: str) -> str:
        """The value; `invalid_request` when it is missing."""
        value = self.get(name)
        if value is None:
            raise OAuthError("invalid_request", f"{name} is required")
        return value

    def check(self) -> None:
        """Refuse repeated parameters, and values that are overlong or hold control characters."""
        if self.repeated:
            raise OAuthError("invalid_request", "a parameter was sent more than once")
        for value in self._values.values():
            if len(value) > LONGEST or _CONTROL.search(value):
                raise OAuthError("invalid_request", "a parameter is too long or holds control characters")
