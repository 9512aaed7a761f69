"""The wiring."""

from fastapi import FastAPI

from hub_service import chassis, i18n

from . import consumers
from .manifest import MANIFEST
from .routes import (
    motives,
)
from .settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service as an ASGI application; without `settings`, they are read from the environment."""
    return chassis.build(
        MANIFEST,
        settings or Settings(),
        title="Criminal record",
        summary="Criminal-record and integrity certificates: asked for, issued, verified.",
        description=(
            "Ask for a certificate and get it sealed in the same answer where nothing needs a look "
            "(Law 290/2004, Law 3/2023). Anybody who was given one can verify it, free and without "
            "signing in; what stands in it is never told."
        ),
        routers=[
            motives.router,
        ],
        scopes={},
        tags=[
            {"name": "requests", "description": "Ask for a certificate, follow it, fetch it."},
        ],
        subscriptions=[
            consumers.INSTITUTIONS,
            consumers.PEOPLE,
            consumers.RULES,
        ],
        locale=i18n.folder_of(__file__),
    )
