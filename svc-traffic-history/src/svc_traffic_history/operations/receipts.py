"""The receipt of a recording: made when its reporter first asks for it, and the same ever after."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_documents.store import DocumentDamaged, DocumentMissing, NameTaken, StoreUnavailable

from ..documents import receipts
from ..domain.custody import Act, Line
from ..domain.driving_reports import DrivingReport
from ..errors.documents import TrafficStoreAway
from ..errors.driving_reports import DrivingReportNotFound
from ..errors.videos import VideoNotFound
from ..keys import MasterKey
from ..storage import driving_reports
from ..storage import videos as storage
from . import custody
from .means import Archive

FOLDER: Final = "receipts/"


async def fetch(
    session: AsyncSession, archive: Archive, key: MasterKey, person_id: UUID, report_id: UUID, now: datetime
) -> tuple[DrivingReport, bytes]:
    """The person's own report, and the sealed PDF of its recording.

    `DrivingReportNotFound`, `VideoNotFound` while there is none, `TrafficSealAway`, `TrafficStoreAway`.
    """
    async with session.begin():
        report = await driving_reports.find(session, key, report_id)
        if report is None or report.reporter_id != person_id:
            raise DrivingReportNotFound
        video = await storage.of_report(session, key, report_id)
        lines = await custody.lines(session, report_id)
    if video is None or video.facts is None:
        raise VideoNotFound
    name = f"{FOLDER}{video.id}"
    try:
        return report, await archive.store.get(name)
    except DocumentMissing:
        sealed = await receipts.make(archive.press, report, video, video.facts, _checked(lines), now)
    except (DocumentDamaged, StoreUnavailable) as problem:
        raise TrafficStoreAway from problem
    async with session.begin():
        await custody.note_once(session, report_id, Act.RECEIPT_SEALED, now, video.id, video.facts.sha256)
    return report, await _kept(archive, name, sealed.content)


def _checked(lines: Sequence[Line]) -> Line:
    """The line with which the recording was found to be one."""
    return next(line for line in lines if line.entry.act is Act.CHECKED)


async def _kept(archive: Archive, name: str, content: bytes) -> bytes:
    """The receipt as it is kept: of two who ask at the same time both get the first."""
    try:
        await archive.store.put(name, content)
    except NameTaken:
        return await archive.store.get(name)
    except StoreUnavailable as problem:
        raise TrafficStoreAway from problem
    return content
