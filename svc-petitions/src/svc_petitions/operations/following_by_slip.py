"""How somebody without an account follows a petition: by what stands on its slip."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core.tries import Try

from ..domain import petitions as domain
from ..errors.documents import AnswerDocumentMissing
from ..errors.status import StatusNotFound
from ..keys import MasterKey
from ..storage import answer_documents as storage
from . import status
from .answer_documents import AnswerMeans, document_of
from .following import Followed, followed
from .status import Asked


@dataclass(frozen=True, slots=True, repr=False)
class Stands:
    """How a petition stands; `followed` is what was done with it, of one that a guest has filed."""

    petition: domain.Summary
    followed: Followed | None


async def ask(
    apart: AsyncSession,
    session: AsyncSession,
    key: MasterKey,
    asked: Asked,
    counted: Try,
    now: datetime,
) -> Stands:
    """How the petition of a slip stands. Raises what `status.ask` does."""
    found = await status.ask(apart, session, key, asked, counted, now)
    if found.channel is not domain.Channel.GUEST:
        return Stands(found, None)
    async with session.begin():
        return Stands(found, await followed(session, found))


async def fetch_answer(
    apart: AsyncSession,
    session: AsyncSession,
    means: AnswerMeans,
    asked: Asked,
    counted: Try,
    now: datetime,
) -> bytes:
    """The sealed answer to a petition that somebody filed without an account.

    Who has one reads it there, and paper is answered on paper: such slips may be with others.
    `StatusNotFound` for every wrong pair and for those, `TriedTooOften`, `AnswerDocumentMissing`,
    `SealNotInForce`, `DocumentStoreAway`.
    """
    found = await status.ask(apart, session, means.key, asked, counted, now)
    if found.channel is not domain.Channel.GUEST:
        raise StatusNotFound
    async with session.begin():
        answered_by = await storage.answered_by(session, found.id)
    content = await document_of(session, means, answered_by, now)
    if content is None:
        raise AnswerDocumentMissing
    return content
