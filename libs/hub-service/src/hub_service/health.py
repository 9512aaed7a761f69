"""Health of a process: alive, ready, and in detail. Not routed by the gateway."""

from typing import Any

from fastapi import APIRouter
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from hub_core import clock

from . import rules

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def show_alive() -> Response:
    """The process runs and its event loop turns."""
    return JSONResponse({"status": "ok"})


@router.get("/readyz")
async def show_ready(request: Request) -> Response:
    """Requests can be answered: the database does, and holds the legal numbers that hold today.

    The broker is not needed for that.
    """
    hub = request.app.state.hub
    try:
        if hub.database:
            await hub.database.ping()
            missing = await _missing_rules(hub)
            if missing:
                return _not_ready({"status": "rules missing", "missing": missing})
    except (SQLAlchemyError, OSError, TimeoutError):
        return _not_ready({"status": "database away"})
    return JSONResponse({"status": "ok"})


@router.get("/status")
async def show_status(request: Request) -> Response:
    """What the operator wants to see at a glance: parts that are away, and what waits."""
    hub = request.app.state.hub
    shown: dict[str, Any] = {"service": hub.manifest.name, "broker": bool(hub.nats and hub.nats.is_connected)}
    try:
        if hub.database:
            async with hub.database.sessions() as session:
                await hub.database.ping()
                shown["database"] = True
                if hub.relay:
                    lag = await hub.relay.lag(session)
                    shown["outbox"] = {"waiting": lag.count, "oldest_seconds": lag.oldest_seconds}
    except (SQLAlchemyError, OSError, TimeoutError):
        shown["database"] = False
    return JSONResponse(shown)


async def _missing_rules(hub: Any) -> list[str]:
    if not hub.manifest.rules:
        return []
    async with hub.database.sessions() as session, session.begin():
        return await rules.missing(session, hub.manifest.rules, clock.local_date(clock.now()))


def _not_ready(why: dict[str, Any]) -> Response:
    return JSONResponse(why, status_code=503, headers={"retry-after": "2"})
