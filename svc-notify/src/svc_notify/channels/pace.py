"""How fast e-mails go to each provider of mailboxes: what comes too early gets a turn of its own."""

from collections.abc import Mapping
from typing import Final

_MOST_TURNS: Final = 100_000
_FORGOTTEN_AFTER: Final = 3600.0


class Pace:
    """Messages a second by the domain of an address, for one process; domains that are not named go freely.

    Who has to wait is given a turn, and goes when that has come, whoever else waits for the same domain.
    """

    def __init__(self, rates: Mapping[str, float]) -> None:
        self._rates = {domain.lower(): rate for domain, rate in rates.items()}
        self._free_at: dict[str, float] = {}
        self._turns: dict[str, float] = {}

    def wait(self, address: str, delivery: str, at: float, *, is_code: bool = False) -> float:
        """Seconds until it may go, 0 for now; to be asked again after them. A code goes at once, and counts.

        `at` is in seconds of a clock that never goes back.
        """
        domain = address.rpartition("@")[2].lower()
        rate = self._rates.get(domain)
        if rate is None:
            return 0.0
        turn = self._turns.get(delivery)
        if turn is None:
            turn = max(at, self._free_at.get(domain, at))
            self._free_at[domain] = turn + 1 / rate
        if is_code or turn <= at:
            self._turns.pop(delivery, None)
            return 0.0
        self._turns[delivery] = turn
        if len(self._turns) > _MOST_TURNS:
            self._forget(at)
        return turn - at

    def _forget(self, at: float) -> None:
        """Drop the turns of those that never came back: read, cancelled or expired meanwhile."""
        self._turns = {one: turn for one, turn in self._turns.items() if turn > at - _FORGOTTEN_AFTER}
