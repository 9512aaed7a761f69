"""Files petitions in a process of its own, three at a time, while its clock passes midnight of 31 December.

    midnight.py INSTITUTION COUNT

It says that it is ready, and begins when it is told to.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hub_core import ids
from hub_core.language import Language
from hub_core.principal import Assurance, Kind, Principal
from hub_service.database import Database
from svc_petitions.domain.petitions import PetitionKind, Submission
from svc_petitions.operations import petitions
from svc_petitions.settings import Settings

MIDNIGHT = datetime(2026, 12, 31, 22, 0, tzinfo=UTC)
"""In Bucharest the new year begins."""
TICK = timedelta(milliseconds=10)
AT_ONCE = 3


async def file(institution_id: UUID, count: int) -> None:
    """File so many, half of them before midnight by this process's clock, one a tick."""
    database = Database(Settings())
    ticks = iter(range(-(count // 2), count - count // 2))
    submission = Submission(institution_id, PetitionKind.REQUEST, "Program", "La mulți ani!", Language.RO)

    async def work() -> None:
        for tick in ticks:
            caller = Principal(
                *(Kind.PERSON, str(ids.new_id()), Assurance.LOW, frozenset(), "demo-portal"),
            )
            async with database.sessions() as session:
                await petitions.file_petition(session, submission, caller, MIDNIGHT + tick * TICK)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    await database.close()


if __name__ == "__main__":
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    asyncio.run(file(UUID(sys.argv[1]), int(sys.argv[2])))
