"""The wiring."""

from functools import cache

from fastapi import FastAPI

from hub_service import chassis, i18n

from . import consumers, jobs, keys
from .documents import anchors
from .documents.checking import Checker
from .documents.published_lists import PublishedLists
from .manifest import MANIFEST
from .routes import (
    consents,
    motives,
    trust,
    verification,
)
from .settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service as an ASGI application; without `settings`, they are read from the environment."""
    known = settings or Settings()
    app = chassis.build(
        MANIFEST,
        known,
        title="Criminal record",
        summary="Criminal-record and integrity certificates: asked for, issued, verified.",
        description=(
            "Ask for a certificate and get it sealed in the same answer where nothing needs a look "
            "(Law 290/2004, Law 3/2023). Anybody who was given one can verify it, free and without "
            "signing in; what stands in it is never told."
        ),
        routers=[
            consents.router,
            motives.router,
            trust.router,
            verification.router,
        ],
        scopes={
            consents.WRITE: "Ask for certificates in your name, and let institutions ask",
            verification.READ: "Read the requests and certificates in your name",
        },
        tags=[
            {"name": "extracts", "description": "Let institutions ask for your extract; ask as one."},
            {"name": "requests", "description": "Ask for a certificate, follow it, fetch it."},
            {"name": "verification", "description": "Verify a certificate that you were given."},
        ],
        subscriptions=[
            consumers.INSTITUTIONS,
            consumers.PEOPLE,
            consumers.RULES,
        ],
        own_workers=[
            jobs.FORGET_TRIES,
        ],
        locale=i18n.folder_of(__file__),
        uploads=verification.UPLOADS,
    )
    app.state.anchors = cache(lambda: anchors.read(known.criminal_record_trust))
    app.state.checker = Checker()
    app.state.lists = PublishedLists()
    app.state.keys = keys.derived_from(known.criminal_record_key.get_secret_value())
    return app
