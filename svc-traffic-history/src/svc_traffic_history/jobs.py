"""What the clock does: one operation each."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final

from hub_core import clock
from hub_service import tries, workers
from hub_service.workers import Worker

from .dependencies import Keeping, Opening
from .errors.documents import TrafficStoreAway
from .errors.videos import VideosUnavailable
from .keys import MasterKey
from .operations import (
    contests,
    driving_reports,
    expiring,
    history_documents,
    refreshing,
    report_deletion,
    sanctioning,
    suspending,
    videos,
)
from .operations.videos import VideoMeans

_FRESH: Final = timedelta(minutes=15)
"""How often is asked anew what proves that the seal's certificates are in force."""
_AGAIN: Final = timedelta(seconds=10)
"""The same while something of it could not be had."""


async def _forget_tries(hub: Any) -> None:
    async with hub.database.sessions() as session:
        await tries.forget(session, clock.now())


FORGET_TRIES: Final = workers.every("forget-tries", timedelta(hours=1), _forget_tries)
"""Counts of tries that hold nobody up any more are forgotten."""


def of_documents(keeping: Keeping) -> list[Worker]:
    """The seal stays fresh, and files that no row knows go; without a store there is nothing to do."""

    async def stay_fresh(hub: Any) -> None:
        try:
            press = keeping(hub).press
        except TrafficStoreAway:
            return
        while True:
            is_whole = await press.refresh(clock.now())
            await asyncio.sleep((_FRESH if is_whole else _AGAIN).total_seconds())

    async def sweep(hub: Any) -> None:
        with suppress(TrafficStoreAway):
            async with hub.database.sessions() as session:
                await history_documents.sweep(session, keeping(hub).store, clock.now())

    return [
        Worker("refresh-seal", stay_fresh),
        workers.every("sweep-histories", timedelta(hours=1), sweep),
    ]


def ending(key: MasterKey) -> Worker:
    """Suspensions end on the day after their last one."""
    return workers.every("end-suspensions", timedelta(minutes=10), _end(key))


def expired(key: MasterKey) -> Worker:
    """Who had points that have expired is told."""
    return workers.every("tell-expired-points", timedelta(minutes=10), _tell(key))


def asking(opening: Opening) -> Worker:
    """The police register is asked again about those whose word is old."""
    return workers.every("ask-register", timedelta(minutes=1), _ask(opening))


def closing(key: MasterKey) -> Worker:
    """Reports whose recording did not come in time are closed."""
    return workers.every("close-driving-reports", timedelta(minutes=1), _close(key))


def deciding(key: MasterKey) -> Worker:
    """Reports whose sanction is final are closed, and those for which the time is over are ended."""
    return workers.every("decide-driving-reports", timedelta(minutes=10), _decide(key))


def _decide(key: MasterKey) -> Callable[[Any], Any]:
    async def decide(hub: Any) -> None:
        async with hub.database.sessions() as session:
            await sanctioning.follow_decisions(session, key, clock.now())
            await sanctioning.bar(session, key, clock.now())

    return decide


def _close(key: MasterKey) -> Callable[[Any], Any]:
    async def close(hub: Any) -> None:
        async with hub.database.sessions() as session:
            while await driving_reports.close_what_is_overdue(session, key, clock.now()):
                pass

    return close


def _end(key: MasterKey) -> Callable[[Any], Any]:
    async def end(hub: Any) -> None:
        async with hub.database.sessions() as session:
            while await suspending.end_what_is_over(session, key, clock.now()):
                pass

    return end


def _tell(key: MasterKey) -> Callable[[Any], Any]:
    async def tell(hub: Any) -> None:
        async with hub.database.sessions() as session:
            while await expiring.tell_what_expired(session, key, clock.now()):
                pass

    return tell


def _ask(opening: Opening) -> Callable[[Any], Any]:
    async def ask(hub: Any) -> None:
        async with hub.database.sessions() as session:
            await refreshing.ask_again(session, opening(hub), clock.now())

    return ask


def deleting(key: MasterKey, filming: Callable[[], VideoMeans]) -> Worker:
    """What was kept of reports for as long as the rules say is deleted; without a store, nothing is."""

    async def delete(hub: Any) -> None:
        async with hub.database.sessions() as session:
            while await report_deletion.say_how_long(session, key):
                pass
            with suppress(VideosUnavailable):
                while await report_deletion.delete_what_is_over(session, filming(), clock.now()):
                    pass

    return workers.every("delete-driving-reports", timedelta(minutes=10), delete)


def of_videos(filming: Callable[[], VideoMeans]) -> tuple[Worker, ...]:
    """Uploads are brought to their end, and parts that nothing knows are swept; without a store, nothing."""

    async def finish(hub: Any) -> None:
        with suppress(VideosUnavailable):
            async with hub.database.sessions() as session:
                await videos.end_what_is_left(session, filming(), clock.now)

    async def sweep(hub: Any) -> None:
        with suppress(VideosUnavailable):
            async with hub.database.sessions() as session:
                await videos.sweep(session, filming(), clock.now())

    return (
        workers.every("finish-videos", timedelta(minutes=1), finish),
        workers.every("sweep-videos", timedelta(hours=6), sweep),
    )


def filing(opening: Opening, keeping: Keeping) -> Worker:
    """Petitions that svc-petitions did not take at once are filed."""
    return workers.every("file-contests", timedelta(minutes=1), _file(opening, keeping))


def _file(opening: Opening, keeping: Keeping) -> Callable[[Any], Any]:
    async def file(hub: Any) -> None:
        with suppress(TrafficStoreAway):
            async with hub.database.sessions() as session:
                press = keeping(hub).press
                while await contests.file_waiting(session, opening(hub), press, clock.now()):
                    pass

    return file
