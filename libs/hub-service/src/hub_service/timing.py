"""Answers whose time tells nothing: what is found takes as long as what is not.

async with timing.told_after(0.05):
return await operations.verify(session, keys, code)
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


@asynccontextmanager
async def told_after(seconds: float) -> AsyncIterator[None]:
    """What is answered or refused within is told when its time has come and not before.

    `seconds` are longer than the work takes, so that what is left of a difference in it cannot be seen.
    """
    loop = asyncio.get_running_loop()
    told_at = loop.time() + seconds
    try:
        yield
    finally:
        await asyncio.sleep(told_at - loop.time())
