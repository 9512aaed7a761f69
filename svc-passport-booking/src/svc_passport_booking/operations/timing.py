"""Answers that tell nothing by their time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

_TOLD_AFTER: Final = 0.025
"""Seconds: longer than the work takes, so that what is left of a difference in the work cannot be seen."""


@asynccontextmanager
async def in_time() -> AsyncIterator[None]:
    """What is answered or refused within is told when its time has come and not before."""
    loop = asyncio.get_running_loop()
    told_at = loop.time() + _TOLD_AFTER
    try:
        yield
    finally:
        await asyncio.sleep(told_at - loop.time())
