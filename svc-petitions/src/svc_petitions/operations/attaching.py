"""Files that were uploaded become a petition's, in the transaction that registers it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.clock import local_date
from hub_service import rules

from ..domain import attachments as domain
from ..domain.attachments import Attachment, Uploader
from ..errors.attachments import AttachmentUnknown, TooManyAttachments
from ..keys import MasterKey
from ..storage import attachments as storage


async def attach(
    session: AsyncSession,
    petition_id: UUID,
    upload_ids: Sequence[UUID],
    by: Uploader,
    now: datetime,
    *,
    is_sandbox: bool = False,
) -> None:
    """Give somebody's uploads to a petition, in the caller's transaction.

    What only tests an application is checked alike and not kept. `TooManyAttachments`, `AttachmentUnknown`.
    """
    if not upload_ids:
        return
    await refuse_more(session, len(upload_ids), now)
    if is_sandbox:
        is_theirs = await storage.drop(session, upload_ids, by)
    else:
        is_theirs = await storage.attach(session, petition_id, upload_ids, by)
    if not is_theirs:
        raise AttachmentUnknown


async def take(
    session: AsyncSession, key: MasterKey, upload_ids: Sequence[UUID], person_id: UUID, now: datetime
) -> list[Attachment]:
    """Somebody's uploads, in this order, for a message that is written in the caller's transaction.

    `TooManyAttachments`, `AttachmentUnknown`.
    """
    if not upload_ids:
        return []
    await refuse_more(session, len(upload_ids), now)
    taken = await storage.take(session, key, upload_ids, person_id)
    if taken is None:
        raise AttachmentUnknown("/files")
    return taken


async def refuse_more(session: AsyncSession, files: int, now: datetime) -> None:
    """`TooManyAttachments` for more files than one petition or message may have."""
    legal = await rules.read(session, domain.COUNT_RULE)
    most = legal.on(domain.COUNT_RULE, local_date(now)).whole
    if files > most:
        raise TooManyAttachments(most=most)
