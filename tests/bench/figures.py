"""What benchmarks count and show."""

import math
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Final

_TICKS: Final = os.sysconf("SC_CLK_TCK")


def say(line: str) -> None:
    """To standard output, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value that this share of the others does not pass."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def distribution(ordered: Sequence[float]) -> str:
    """Cells of a table: p10, p50, p90, p99 and the mean."""
    shares = " | ".join(f"{percentile(ordered, share):.2f}" for share in (0.1, 0.5, 0.9, 0.99))
    return f"{shares} | {sum(ordered) / len(ordered):.3f}"


def p_value(one: Sequence[float], other: Sequence[float]) -> float:
    """Of the two-sided Mann-Whitney U test, by the normal approximation with its correction for ties."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    sum_of_ranks, ties, passed = 0.0, 0, 0
    for _, equal in groupby(ranked, key=lambda pair: pair[0]):
        group = list(equal)
        rank = passed + (len(group) + 1) / 2
        sum_of_ranks += rank * sum(1 for _, which in group if which == 0)
        ties += len(group) ** 3 - len(group)
        passed += len(group)
    n, m = len(one), len(other)
    mean = n * m / 2
    variance = n * m / 12 * ((n + m + 1) - ties / ((n + m) * (n + m - 1)))
    u = sum_of_ranks - n * (n + 1) / 2
    return math.erfc(abs(u - mean) / math.sqrt(2 * variance))


def spent_by(pid: int, *, with_children: bool = False) -> float:
    """Seconds of CPU of a process so far, and of those it has started; of one that has just ended, none."""
    if with_children:
        started = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return sum(map(spent_by, (pid, *map(int, started))))
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS
    return 0.0


def of_a_loop() -> float:
    """Milliseconds of CPU for a million additions: how fast this machine is just now."""
    began, total = time.process_time(), 0
    for one in range(1_000_000):
        total += one
    return (time.process_time() - began) * 1000
