"""The wiring."""

from fastapi import FastAPI

from hub_service import chassis, i18n

from . import consumers, keys
from .manifest import MANIFEST
from .routes import internal, offences
from .settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service as an ASGI application; without `settings`, they are read from the environment."""
    known = settings or Settings()
    master = keys.derived_from(known.traffic_history_key.get_secret_value())
    app = chassis.build(
        MANIFEST,
        known,
        title="Traffic history",
        summary="A driver's record: sanctions, penalty points, the right to drive.",
        description=(
            "What stands in the record of a driver and what follows from it: penalty points and the day on "
            "which each expires, what stands between now and a suspension, fines and the last day for "
            "paying half and for going to court (OUG 195/2002, OG 2/2001, Law 203/2018)."
        ),
        routers=[
            internal.router,
            offences.router,
        ],
        scopes={},
        tags=[
            {"name": "offences", "description": "Traffic offences and what the law gives for them."},
        ],
        subscriptions=[
            consumers.PEOPLE,
            consumers.RULES,
        ],
        own_workers=[],
        locale=i18n.folder_of(__file__),
    )
    app.state.keys = master
    return app
