"""What any route may ask for."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from hub_core import clock
from hub_core.language import Language, negotiate
from hub_events.session import Session as DatabaseSession

from . import i18n


async def _session(request: Request) -> AsyncIterator[DatabaseSession]:
    """The session of the unit of work around the request, or one of its own."""
    joined: DatabaseSession | None = getattr(request.state, "session", None)
    if joined is not None:
        yield joined
        return
    async with request.app.state.hub.database.sessions() as session:
        yield session


async def _now() -> datetime:
    return clock.now()


async def _language(request: Request, response: Response) -> Language:
    language = negotiate(request.headers.get("accept-language"))
    response.headers["content-language"] = language
    response.headers["vary"] = "Accept-Language"
    return language


async def _texts(request: Request) -> i18n.Texts:
    texts: i18n.Texts = request.app.state.hub.texts
    return texts


async def _resources(request: Request) -> Any:
    return request.app.state.hub


Session = Annotated[DatabaseSession, Depends(_session)]
"""A session for one operation; the operation begins its transaction, nobody commits."""

Now = Annotated[datetime, Depends(_now)]
"""The instant of the request, UTC."""

Lang = Annotated[Language, Depends(_language)]
"""The language of the answer, by Accept-Language; sets Content-Language and Vary."""

Texts = Annotated[i18n.Texts, Depends(_texts)]
"""The service's catalogs."""
