"""Files that anybody brings: taken up to a bound, kept off memory, checked a few at a time."""

import asyncio
from collections.abc import AsyncIterable
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import Final

from . import verification
from .verification import Trust, Verdict

MOST_BYTES: Final = 10 * 1024 * 1024
"""More than any document of ours has."""
_IN_MEMORY: Final = 64 * 1024


class Checker:
    """Checks files; those that come while a few are at work wait for them."""

    def __init__(self, at_once: int = 2) -> None:
        self._at_work = asyncio.Semaphore(at_once)

    async def check(self, chunks: AsyncIterable[bytes], trust: Trust, now: datetime) -> Verdict:
        """The verdict on a file that comes in chunks; who sends it bounds its size."""
        with SpooledTemporaryFile(_IN_MEMORY) as file:
            async for chunk in chunks:
                file.write(chunk)
            async with self._at_work:
                return await asyncio.to_thread(_verdict, file, trust, now)


def _verdict(file: SpooledTemporaryFile[bytes], trust: Trust, now: datetime) -> Verdict:
    file.seek(0)
    return verification.verify(file.read(), trust, now)
