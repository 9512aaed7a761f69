"""How long to wait before trying again."""

import random


def delay(failures: int, *, first: float, longest: float) -> float:
    """Seconds to wait after so many failures: doubled each time, up to `longest`, with jitter.

    The jitter takes away up to half, so that those who failed together do not come back together.
    """
    return min(first * 2.0 ** min(failures - 1, 32), longest) * random.uniform(0.5, 1)
