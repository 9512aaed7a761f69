"""What the clock does: one operation each."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from hub_core import clock
from hub_service import tries, workers
from hub_service.workers import Worker

from .errors.attachments import AttachmentsUnavailable
from .errors.documents import DocumentStoreAway
from .operations import (
    answer_documents,
    archiving,
    attachments,
    audiences,
    guests,
    reminders,
    statistics,
    terms,
)
from .operations.answer_documents import AnswerMeans
from .operations.attachments import Means


async def _archive(hub: Any) -> None:
    async with hub.database.sessions() as session:
        while await archiving.archive(session, clock.now()):
            pass


ARCHIVE: Final = workers.every("archive", timedelta(hours=1), _archive)
"""What has been over for long enough goes to the archive."""


async def _count_months(hub: Any) -> None:
    async with hub.database.sessions() as session:
        await statistics.count_months(session, clock.now())


COUNT_MONTHS: Final = workers.every("count-months", timedelta(hours=1), _count_months)
"""Months are counted once the terms of their last petitions have passed."""


async def _forget_proofs(hub: Any) -> None:
    async with hub.database.sessions() as session:
        await tries.forget(session, clock.now())
        await guests.forget(session, clock.now())


FORGET_PROOFS: Final = workers.every("forget-proofs", timedelta(hours=1), _forget_proofs)
"""Counts of tries and codes that are out of date are forgotten."""


async def _remind_of_audiences(hub: Any) -> None:
    async with hub.database.sessions() as session:
        await audiences.remind(session, clock.now())


REMIND_OF_AUDIENCES: Final = workers.every("remind-of-audiences", timedelta(minutes=5), _remind_of_audiences)
"""Who is received soon is reminded of it."""


async def _remind_of_messages(hub: Any) -> None:
    async with hub.database.sessions() as session:
        while await reminders.remind(session, clock.now()):
            pass


REMIND_OF_MESSAGES: Final = workers.every("remind-of-messages", timedelta(hours=1), _remind_of_messages)
"""Petitioners and handlers are reminded of documents and messages, each once."""


async def _warn_of_terms(hub: Any) -> None:
    async with hub.database.sessions() as session:
        await terms.warn(session, clock.now())


WARN_OF_TERMS: Final = workers.every("warn-of-terms", timedelta(minutes=10), _warn_of_terms)
"""Handlers and heads hear how far a term has come, each warning once."""


def sweeping(filing: Callable[[], Means]) -> Worker:
    """Files that were uploaded and never attached are taken away."""

    async def sweep(hub: Any) -> None:
        try:
            means = filing()
        except AttachmentsUnavailable:  # no store is set
            return
        async with hub.database.sessions() as session:
            await attachments.sweep(session, means, clock.now())

    return workers.every("sweep-uploads", timedelta(hours=1), sweep)


def of_answers(means: Callable[[Any], AnswerMeans]) -> list[Worker]:
    """Answers that were sent get their documents, seals stay fresh, and files that no row knows go."""

    async def press(hub: Any) -> None:
        with suppress(DocumentStoreAway):
            async with hub.database.sessions() as session:
                await answer_documents.press_waiting(session, means(hub), clock.now())

    async def stay_fresh(hub: Any) -> None:
        with suppress(DocumentStoreAway):
            await means(hub).press.seals.refresh(clock.now())

    async def sweep(hub: Any) -> None:
        with suppress(DocumentStoreAway):
            async with hub.database.sessions() as session:
                await answer_documents.sweep(session, means(hub), clock.now())

    return [
        workers.every("press-answers", timedelta(seconds=20), press),
        workers.every("refresh-seals", timedelta(minutes=15), stay_fresh),
        workers.every("sweep-answers", timedelta(hours=6), sweep),
    ]
