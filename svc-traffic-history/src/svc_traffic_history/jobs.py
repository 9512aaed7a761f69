"""What the clock does: one operation each."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from hub_core import clock
from hub_service import workers
from hub_service.workers import Worker

from .dependencies import Opening
from .errors.videos import VideosUnavailable
from .keys import MasterKey
from .operations import driving_reports, expiring, refreshing, suspending, videos
from .operations.videos import VideoMeans


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
