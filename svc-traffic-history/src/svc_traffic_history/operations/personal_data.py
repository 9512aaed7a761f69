"""What is held of a person, for the copy that they may ask for (GDPR art. 15 and 20).

Nothing of it is erased when an account is: sanctions and reports are acts of the police, kept as the law
says (GDPR art. 17(3)(b)), and a document that was issued can be verified by whoever was given it. A report
that waits for its recording is taken back, and links to documents end.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_service import rules

from ..domain.driving_reports import DrivingReport
from ..domain.history_documents import HistoryDocument
from ..domain.record_links import Opening, RecordLink
from ..domain.videos import Video
from ..keys import MasterKey
from ..storage import contests, drivers, driving_reports, history_documents, record_links, videos
from . import records
from .records import Record


@dataclass(frozen=True, slots=True, repr=False)
class Held:
    """What is held: no record of who never asked for theirs.

    `links` lead to the `documents`, `openings` were made of those links; `recordings` are of the
    `driving_reports`.
    """

    record: Record | None
    documents: Sequence[HistoryDocument]
    links: Sequence[RecordLink]
    openings: Sequence[Opening]
    driving_reports: Sequence[DrivingReport]
    recordings: Sequence[Video]


async def held_of(session: AsyncSession, key: MasterKey, person_id: UUID, now: datetime) -> Held:
    """What is held of a person and of nobody else."""
    async with session.begin():
        reports = await driving_reports.of_reporter(session, key, person_id, None, None)
        recordings = await videos.of_reporter(session, key, person_id)
        driver = await drivers.of_person(session, key, person_id)
        record = None
        if driver is not None:
            legal = await rules.read(session, *records.RULES)
            record = await records.shown(session, driver, local_date(now), legal)
            record = replace(record, contests=await contests.of_driver(session, driver.id, key))
        documents = await history_documents.of_person(session, key, person_id)
        links = await record_links.of_person(session, key, person_id)
        openings = [each for link in links for each in await record_links.openings_of(session, key, link.id)]
    return Held(record, documents, links, openings, reports, recordings)
