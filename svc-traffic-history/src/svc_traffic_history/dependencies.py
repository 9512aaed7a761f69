"""What a route may ask for, besides what hub_service gives."""

from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Annotated, Any, Final, TypeAlias

from fastapi import Depends, Request

from hub_core import clock
from hub_core.decisions import OwnCase
from hub_core.principal import Assurance, Role
from hub_core.problem import Problem
from hub_documents.anchors import Anchors
from hub_documents.checking import Checker
from hub_documents.store import Store
from hub_events.session import Session as DatabaseSession
from hub_service import policy
from hub_service.problems import ServiceUnavailable
from hub_service.purpose import PurposeRequired

from .documents.press import Press
from .documents.probing import Prober
from .errors.documents import TrafficStoreAway
from .errors.videos import VideosUnavailable
from .keys import MasterKey, Purpose
from .operations.means import Archive, Means
from .operations.report_statistics import Kept
from .operations.videos import VideoMeans
from .registers import police, vehicles
from .settings import Settings

CONTEST: Final = "petitions:write"
READ: Final = "traffic-history:read"
WRITE: Final = "traffic-history:write"
RECORD: Final = "traffic-history:record"
DECIDE: Final = "traffic-history:decide"
REPORTS_READ: Final = "driving-reports:read"
REPORTS_WRITE: Final = "driving-reports:write"
REVIEW: Final = "driving-reports:review"

Opening: TypeAlias = Callable[[Any], Means]
"""Gives what operations need, from the resources of the running service (`chassis.Resources`)."""


def opening(settings: Settings, key: MasterKey) -> Opening:
    """What operations need, made when it is first asked for: nothing is opened before the lifespan."""
    made: list[Means] = []

    def means(hub: Any) -> Means:
        if not made:
            made.append(
                Means(
                    key,
                    identity=hub.service(settings.identity_url),
                    register=police.HttpRegister(settings.traffic_history_register_url, hub.http),
                    vehicles=vehicles.HttpRegister(settings.traffic_history_vehicles_url, hub.http),
                    petitions=hub.service(settings.traffic_history_petitions_url),
                )
            )
        return made[0]

    return means


Keeping: TypeAlias = Callable[[Any], Archive]
"""Gives what makes and keeps documents, from the resources of the running service; `TrafficStoreAway`."""


def keeping(settings: Settings, key: MasterKey) -> Keeping:
    """What makes and keeps documents, made when it is first asked for; without a store, nothing is."""
    made: list[Archive] = []

    def archive(hub: Any) -> Archive:
        if not settings.traffic_history_store:
            raise TrafficStoreAway
        if not made:
            press = Press.open(
                settings.traffic_history_trust, settings.traffic_history_timestamps_url, hub.http
            )
            store = Store.open(settings.traffic_history_store, key.of(Purpose.DOCUMENTS))
            made.append(Archive(press, store, settings.public_origin))
        return made[0]

    return archive


def reporting(scope: str, *raises: type[Problem], asks: bool = False) -> dict[str, Any]:
    """What an operation of reporters of aggressive driving says of itself: never for another person.

    `asks` marks a POST that is a question.
    """
    said = policy.operation(scope, assurance=Assurance.SUBSTANTIAL, raises=raises)
    return said | {"openapi_extra": said["openapi_extra"] | {policy.ASKS: True}} if asks else said


def filming(settings: Settings, key: MasterKey) -> Callable[[], VideoMeans]:
    """Gives what recordings need; no folder is made before it is asked for. `VideosUnavailable`."""
    made: list[VideoMeans] = []

    def means() -> VideoMeans:
        if not settings.traffic_history_store:
            raise VideosUnavailable
        if not made:
            store = Store.open(settings.traffic_history_store, key.of(Purpose.DOCUMENTS))
            made.append(VideoMeans(key, store, Prober(settings.traffic_history_ffprobe)))
        return made[0]

    return means


def recording(*raises: type[Problem], asks: bool = False) -> dict[str, Any]:
    """What an operation of officers of the traffic police says of itself.

    `asks` marks a POST that is a question, so that no Idempotency-Key keeps an answer with names.
    """
    said = _of_officers(RECORD, (Role.TRAFFIC_OFFICER, Role.HEAD), raises)
    return said | {"openapi_extra": said["openapi_extra"] | {policy.ASKS: True}} if asks else said


def deciding(*raises: type[Problem]) -> dict[str, Any]:
    """What an operation of heads of the traffic police says of itself."""
    return _of_officers(DECIDE, (Role.HEAD,), raises)


def reviewing(*raises: type[Problem]) -> dict[str, Any]:
    """What an operation of officers with reports of aggressive driving says of itself."""
    return _of_officers(REVIEW, (Role.TRAFFIC_OFFICER, Role.HEAD), raises)


def _of_officers(scope: str, roles: tuple[Role, ...], raises: tuple[type[Problem], ...]) -> dict[str, Any]:
    met: tuple[type[Problem], ...] = (OwnCase, PurposeRequired, ServiceUnavailable, *raises)
    return policy.operation(scope, assurance=Assurance.SUBSTANTIAL, roles=roles, raises=met)


async def _keys(request: Request) -> MasterKey:
    keys: MasterKey = request.app.state.keys
    return keys


async def _means(request: Request) -> Means:
    means: Means = request.app.state.opening(request.app.state.hub)
    return means


async def _archive(request: Request) -> Archive:
    archive: Archive = request.app.state.keeping(request.app.state.hub)
    return archive


async def _filming(request: Request) -> VideoMeans:
    means: VideoMeans = request.app.state.filming()
    return means


async def _instants() -> Callable[[], datetime]:
    return clock.now


Instants = Annotated[Callable[[], datetime], Depends(_instants)]
"""The instant, UTC, whenever it is asked for: some requests last."""

Recordings = Annotated[VideoMeans, Depends(_filming)]
"""The keys, the store of recordings and who looks at them; a route declares `VideosUnavailable`."""


async def _anchors(request: Request) -> Anchors:
    anchors: Anchors = request.app.state.anchors()
    return anchors


async def _checker(request: Request) -> Checker:
    checker: Checker = request.app.state.checker
    return checker


async def _apart(request: Request) -> AsyncIterator[DatabaseSession]:
    async with request.app.state.hub.database.sessions_apart() as session:
        yield session


async def _address(request: Request) -> str:
    return request.client.host if request.client else ""


async def _origin(request: Request) -> str:
    origin: str = request.app.state.hub.settings.public_origin
    return origin


Address = Annotated[str, Depends(_address)]
"""The network address of the caller, as the gateway says it; it is counted, and kept nowhere."""

Checking = Annotated[Checker, Depends(_checker)]
"""Checks files that anybody brings."""

Origin = Annotated[str, Depends(_origin)]
"""The public origin of the hub."""

SessionApart = Annotated[DatabaseSession, Depends(_apart)]
"""A session outside the unit of work of an Idempotency-Key: what it does is done, whatever comes after."""

Trusted = Annotated[Anchors, Depends(_anchors)]
"""What seals and QR codes are checked against. What a seal vouches for is one of ours by its digest alone."""

Documents = Annotated[Archive, Depends(_archive)]
"""The press and the store of documents; a route that asks for it declares `TrafficStoreAway`."""


async def _counted(request: Request) -> Kept:
    counted: Kept = request.app.state.counted
    return counted


Counted = Annotated[Kept, Depends(_counted)]
"""The figures of reports of aggressive driving that were counted already."""

Keys = Annotated[MasterKey, Depends(_keys)]
"""The keys of the service."""

Asking = Annotated[Means, Depends(_means)]
"""The keys, and whom to ask."""
