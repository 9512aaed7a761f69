"""How applications in the sandbox behave, as far as their requests show it: for their owners to read.

Only facts of the protocol, each by its name; nothing of who calls, and nothing of what is asked.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from .visit import Visit

PLAN: Final = "SANDBOX"
_WITHOUT_KEYS: Final = "/oauth2/"
_LATE: Final = 0.25
"""Seconds in which requests that were on their way still arrive after a refusal."""
_MOST: Final = 10_000


class Conduct:
    """What was seen of each application. `now` is monotonic, in seconds."""

    def __init__(self) -> None:
        self._held_back: dict[str, tuple[float, float]] = {}

    def seen(self, visit: Visit, now: float) -> Iterator[str]:
        """What this request, just answered, shows of its application; nothing of those in production."""
        grant = visit.grant
        if grant is None or grant.plan != PLAN:
            return
        if visit.head.method == "POST" and not visit.path.startswith(_WITHOUT_KEYS):
            sent = b"idempotency-key" in visit.fields.known
            yield "IDEMPOTENCY_KEY_SENT" if sent else "IDEMPOTENCY_KEY_MISSING"
        passed = {name for name, _ in visit.fields.passed}
        if b"if-none-match" in passed:
            yield "CONDITIONAL_READ"
        if b"if-match" in passed:
            yield "CONDITIONAL_CHANGE"
        if b"cursor=" in visit.head.query:
            yield "NEXT_PAGE_READ"
        yield from self._patience(visit, grant.client_id, now)

    def _patience(self, visit: Visit, client_id: str, now: float) -> Iterator[str]:
        """Whether who was told to come later did: judged by what it sends in the time it was to wait."""
        since, until = self._held_back.get(client_id, (now, 0.0))
        if until:
            if visit.began >= until:
                del self._held_back[client_id]
                yield "RETRY_AFTER_HONOURED"
            elif visit.began > since + _LATE:
                self._held_back[client_id] = since, visit.began + (until - since)  # it begins to wait anew
                yield "RETRY_AFTER_IGNORED"
        if visit.status == HTTPStatus.TOO_MANY_REQUESTS and visit.counted and not until:
            if len(self._held_back) >= _MOST:
                self._held_back.clear()
            self._held_back[client_id] = now, visit.began + visit.counted[1].reset
