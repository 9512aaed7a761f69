"""The wiring."""

from fastapi import FastAPI

from hub_service import chassis, i18n

from . import consumers, keys
from .manifest import MANIFEST
from .routes import internal, petitions
from .settings import Settings


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service as an ASGI application; without `settings`, they are read from the environment."""
    known = settings or Settings()
    app = chassis.build(
        MANIFEST,
        known,
        title="Petitions",
        summary="Petitions to public institutions, with a number and a term at once",
        description=(
            "File a petition and get its registration number and the day of its answer in the same "
            "answer (Constitution of Romania art. 51, OG 27/2002). Free of charge."
        ),
        routers=[
            internal.router,
            petitions.router,
        ],
        scopes={
            **petitions.SCOPES,
        },
        tags=[
            {"name": "petitions", "description": "Petitions filed by the signed-in person"},
        ],
        subscriptions=[
            consumers.INSTITUTIONS,
            consumers.PEOPLE,
            consumers.RULES,
            consumers.SANDBOX,
        ],
        own_workers=[],
        locale=i18n.folder_of(__file__),
    )
    app.state.keys = keys.derived_from(known.petitions_key.get_secret_value())
    return app
