"""How much each client uses the hub: counted here, kept by svc-identity for the client's owner.

Counting costs one look-up a request. Every few seconds what has gathered becomes a report; one that was
not acknowledged is sent again with the same number, so that nothing is counted twice.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

MOST_IN_REPORT: Final = 4_000
"""Counts in one report: it has to fit into the body that a service takes."""


@dataclass(frozen=True, slots=True)
class Report:
    """The requests of clients in an hour, by client and status; `sequence` is the report's number.

    `seen` are clients in the sandbox with what their requests have shown.
    """

    sequence: int
    hour: datetime
    requests: dict[tuple[str, int], int]
    seen: frozenset[tuple[str, str]] = frozenset()


Send = Callable[[Report], Awaitable[None]]
"""The way to svc-identity; raises `OSError` when the report did not arrive."""


def class_of(status: int) -> str:
    """The class of a status as owners see it; a limit that was reached is one of its own."""
    return "429" if status == HTTPStatus.TOO_MANY_REQUESTS else f"{status // 100}xx"


class Usage:
    """The tally of one gateway, which calls itself `replica`."""

    def __init__(self, replica: UUID) -> None:
        self.replica = replica
        self._requests: dict[tuple[str, int], int] = {}
        self._seen: set[tuple[str, str]] = set()
        self._sequence = 0
        self._unconfirmed: Report | None = None

    def count(self, client_id: str, status: int) -> None:
        """Note a request of a client that was answered with `status`."""
        key = client_id, status
        self._requests[key] = self._requests.get(key, 0) + 1

    def note(self, client_id: str, behaviour: str) -> None:
        """Note what a client was seen to do; it goes with the next report."""
        self._seen.add((client_id, behaviour))

    async def hand_over(self, send: Send, now: datetime) -> None:
        """Send what has gathered; `OSError` leaves it here for the next time.

        It counts for the hour of `now`, which is right but for the last seconds of an hour.
        """
        if self._unconfirmed:
            await send(self._unconfirmed)
            self._unconfirmed = None
        for _ in range(0, len(self._requests), MOST_IN_REPORT):  # what comes meanwhile waits its turn
            self._unconfirmed = self._gather(now)
            await send(self._unconfirmed)
            self._unconfirmed = None

    def _gather(self, now: datetime) -> Report:
        taken = list(self._requests)[:MOST_IN_REPORT]
        requests = {key: self._requests.pop(key) for key in taken}
        seen, self._seen = frozenset(self._seen), set()
        self._sequence += 1
        return Report(self._sequence, now.replace(minute=0, second=0, microsecond=0), requests, seen)
