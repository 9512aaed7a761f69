"""The wiring."""

from functools import cache

from fastapi import FastAPI

from hub_documents import anchors
from hub_documents.checking import Checker
from hub_service import chassis, i18n

from . import consumers, dependencies, jobs, keys
from .dependencies import Opening
from .documents.published_lists import PublishedLists
from .manifest import MANIFEST
from .operations import issuing
from .pages.rendering import Pages
from .routes import (
    asking,
    certificates,
    changes,
    consents,
    counter,
    credential_types,
    extracts,
    internal,
    motives,
    pages,
    requests,
    review,
    statistics,
    trust,
    verification,
)
from .settings import Settings


def create_app(settings: Settings | None = None, opening: Opening | None = None) -> FastAPI:
    """The service as an ASGI application; without `settings`, they are read from the environment.

    `opening` gives what issuing needs, where it is not what the settings say.
    """
    known = settings or Settings()
    master = keys.derived_from(known.criminal_record_key.get_secret_value())
    opening = opening or dependencies.opening(known, master)
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
            certificates.router,
            changes.router,
            consents.router,
            counter.router,
            credential_types.router,
            extracts.router,
            internal.router,
            motives.router,
            pages.router,
            requests.router,
            review.router,
            statistics.router,
            trust.router,
            verification.router,
        ],
        scopes={
            extracts.EXTRACT: "Ask for extracts as an institution, on people's consent",
            requests.READ: "Read the requests and certificates in your name",
            issuing.WRITE: "Ask for certificates in your name, and let institutions ask",
            dependencies.DECIDE: "Decide on requests, at a police unit that keeps the criminal record",
        },
        tags=[
            {"name": "changes", "description": "Officers: revoke and correct certificates."},
            {"name": "counter", "description": "Officers: requests of who comes to the counter."},
            {"name": "extracts", "description": "Let institutions ask for your extract; ask as one."},
            {"name": "requests", "description": "Ask for a certificate, follow it, fetch it."},
            {"name": "review", "description": "Officers: the queue of requests that need a look."},
            {"name": "statistics", "description": "The service in figures, for everybody."},
            {"name": "verification", "description": "Verify a certificate that you were given."},
        ],
        subscriptions=[
            consumers.INSTITUTIONS,
            consumers.PEOPLE,
            consumers.RULES,
        ],
        own_workers=[
            jobs.COUNT_DAYS,
            jobs.FORGET_TRIES,
            *jobs.of_requests(opening),
            jobs.of_extracts(opening),
        ],
        locale=i18n.folder_of(__file__),
        uploads=verification.UPLOADS,
    )
    app.router.routes.insert(0, asking.SHORTCUT)
    app.state.pages = Pages(app.state.texts)
    trusted = known.criminal_record_trust
    app.state.anchors = cache(lambda: anchors.read(trusted, own=trusted / "seal.pem"))
    app.state.checker = Checker()
    app.state.lists = PublishedLists()
    app.state.keys = master
    app.state.opening = opening
    return app
