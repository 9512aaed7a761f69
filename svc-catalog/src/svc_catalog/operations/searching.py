"""How a question is read: as it stands, then with errors of typing forgiven, then only in part."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from hub_events.session import Session

from ..domain import text
from ..domain.text import Question
from ..storage import guidance, institutions, services, vocabulary
from ..storage.ranking import Position

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Answer(Generic[RowT]):
    """What was found, and the words that were looked for instead of those that were asked for."""

    rows: list[RowT]
    read_as: str | None = None


async def search(
    session: Session,
    question: Question | None,
    after: Position | None,
    find: Callable[[Question | None], Awaitable[list[RowT]]],
) -> Answer[RowT]:
    """What `find` finds by the first reading of a question that finds something.

    The pages after the first stay with the reading of that one, which its position tells. Each look is a
    transaction of its own: none keeps a connection while the next waits for one.
    """

    async def look(question: Question | None) -> list[RowT]:
        async with session.begin():
            return await find(question)

    worse = after[0] if after else 0
    rows = await look(question) if worse < text.CORRECTED else []
    if rows or question is None or (after and worse < text.CORRECTED):
        return Answer(rows)
    readings = await vocabulary.readings(session, [first for first, *_ in question.words])
    label = " ".join(reading.best for reading in readings)
    words = tuple((reading.word, *reading.near) for reading in readings)
    corrected = Question(label, words, worse=text.CORRECTED)
    if any(reading.near for reading in readings) and worse < text.PARTIAL:
        rows = await look(corrected)
    if not rows and (not after or worse >= text.PARTIAL) and len(readings) > 1:
        rows = await look(replace(corrected, worse=text.PARTIAL, every=False))
    differs = any(reading.best != reading.word for reading in readings)
    return Answer(rows, label if differs and rows else None)


async def derive_anew(session: Session) -> None:
    """Derive anew what searches read where other rules derived it."""
    async with session.begin():
        await institutions.derive_anew(session)
        await services.derive_anew(session)
        await guidance.derive_anew(session)
