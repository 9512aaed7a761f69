"""What a route may ask for, besides what hub_service gives."""

from collections.abc import AsyncIterator, Callable, Collection
from typing import Annotated, Any, Final

from fastapi import Depends, Request

from hub_core.principal import Assurance, Role
from hub_core.problem import Problem
from hub_documents.anchors import Anchors
from hub_documents.checking import Checker
from hub_documents.store import Store
from hub_events.session import Session as DatabaseSession
from hub_service import policy

from .clients import scanner
from .documents.press import Press
from .errors.attachments import AttachmentsUnavailable
from .errors.documents import DocumentStoreAway
from .keys import MasterKey, Purpose
from .operations.answer_documents import AnswerMeans
from .operations.attachments import Means
from .settings import Settings

HANDLE: Final = "petitions:handle"
LEAD: Final = "petitions:lead"
REGISTER: Final = "petitions:register"
SIGN: Final = "petitions:sign"


def of_registers(*raises: type[Problem]) -> dict[str, Any]:
    """What an operation on the registers of an institution says of itself."""
    return _of_officials(REGISTER, (Role.REGISTRAR, Role.HEAD), raises)


def registering(*raises: type[Problem], asks: bool = False) -> dict[str, Any]:
    """What an operation of registrars says of itself.

    `asks` marks a POST that is a question, so that no Idempotency-Key keeps an answer with names.
    """
    return _of_officials(REGISTER, (Role.REGISTRAR,), raises, asks=asks)


def registry(*raises: type[Problem]) -> dict[str, Any]:
    """What an operation of the registry says of itself, which a head may do too."""
    return _of_officials(REGISTER, (Role.REGISTRAR, Role.HEAD), raises)


def handling(*raises: type[Problem]) -> dict[str, Any]:
    """What an operation of those who work on files says of itself."""
    return _of_officials(HANDLE, (Role.HANDLER, Role.HEAD), raises)


def leading(*raises: type[Problem]) -> dict[str, Any]:
    """What an operation of heads says of itself."""
    return _of_officials(LEAD, (Role.HEAD,), raises)


def signing(*raises: type[Problem]) -> dict[str, Any]:
    """What an operation of who signs answers says of itself."""
    return _of_officials(SIGN, (Role.SIGNATORY, Role.HEAD), raises)


def working(*raises: type[Problem], asks: bool = False) -> dict[str, Any]:
    """What an operation says of itself that everybody has who works on files in whatever role."""
    every = (Role.REGISTRAR, Role.HANDLER, Role.HEAD, Role.SIGNATORY)
    return _of_officials(HANDLE, every, raises, asks=asks)


def _of_officials(
    scope: str, roles: Collection[Role], raises: Collection[type[Problem]], *, asks: bool = False
) -> dict[str, Any]:
    said = policy.operation(scope, assurance=Assurance.SUBSTANTIAL, roles=roles, raises=[*raises])
    return said | {"openapi_extra": said["openapi_extra"] | {policy.ASKS: True}} if asks else said


def keeping(settings: Settings, key: MasterKey) -> Callable[[Any], AnswerMeans]:
    """Gives what it takes to make and keep documents; nothing is opened before. `DocumentStoreAway`."""
    made: list[AnswerMeans] = []

    def means(hub: Any) -> AnswerMeans:
        if not settings.petitions_store:
            raise DocumentStoreAway
        if not made:
            store = Store.open(settings.petitions_store, key.of(Purpose.DOCUMENTS))
            press = Press.open(
                settings.petitions_trust,
                settings.petitions_seals,
                settings.petitions_seals_url,
                settings.petitions_timestamps_url,
                hub.http,
            )
            identity = hub.service(settings.identity_url)
            made.append(AnswerMeans(key, identity, press, store, settings.public_origin))
        return made[0]

    return means


async def _means(request: Request) -> AnswerMeans:
    means: AnswerMeans = request.app.state.means(request.app.state.hub)
    return means


def filing(settings: Settings, keys: MasterKey) -> Callable[[], Means]:
    """Gives what files need; no folder is made before it is asked for. `AttachmentsUnavailable`."""
    made: list[Means] = []

    def means() -> Means:
        if not settings.petitions_store:
            raise AttachmentsUnavailable
        if not made:
            store = Store.open(settings.petitions_store, keys.of(Purpose.DOCUMENTS))
            made.append(Means(keys, store, scanner.of(settings.petitions_scanner)))
        return made[0]

    return means


async def _filing(request: Request) -> Means:
    means: Means = request.app.state.filing()
    return means


async def _anchors(request: Request) -> Anchors:
    anchors: Anchors = request.app.state.anchors()
    return anchors


async def _checker(request: Request) -> Checker:
    checker: Checker = request.app.state.checker
    return checker


async def _press(request: Request) -> Press:
    return (await _means(request)).press


async def _apart(request: Request) -> AsyncIterator[DatabaseSession]:
    async with request.app.state.hub.database.sessions_apart() as session:
        yield session


async def _address(request: Request) -> str:
    return request.client.host if request.client else ""


async def _keys(request: Request) -> MasterKey:
    keys: MasterKey = request.app.state.keys
    return keys


Address = Annotated[str, Depends(_address)]
"""The network address of the caller, as the gateway says it; it is counted, and kept nowhere."""

SessionApart = Annotated[DatabaseSession, Depends(_apart)]
"""A session outside the unit of work of an Idempotency-Key: a try counts although it is refused."""

Checking = Annotated[Checker, Depends(_checker)]
"""Checks files that anybody brings."""

Keys = Annotated[MasterKey, Depends(_keys)]
"""The keys of the service."""

Documents = Annotated[AnswerMeans, Depends(_means)]
"""What it takes to make the documents of answers, and to find them again."""

Trusted = Annotated[Anchors, Depends(_anchors)]
"""What seals and QR codes are checked against. What a seal vouches for is one of ours by its digest alone."""

Pressing = Annotated[Press, Depends(_press)]
"""What prints and seals documents."""

Filing = Annotated[Means, Depends(_filing)]
"""Where files lie, and who looks at them."""
