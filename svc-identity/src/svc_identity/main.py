"""The wiring."""

from datetime import timedelta
from typing import Any, Final

from fastapi import FastAPI

from hub_core import clock
from hub_service import chassis, i18n, workers

from . import consumers, jobs, provider
from .manifest import MANIFEST
from .operations import backchannel
from .operations.purge import purge
from .pages.rendering import Pages
from .routes import access_log as access_log_routes
from .routes import (
    accounts,
    applications,
    consents,
    devices,
    discovery,
    failures,
    internal,
    mandate_decisions,
    mandate_pages,
    mandates,
    means,
    officials,
    outside,
    overview,
    password,
    people,
    phone_pages,
    phones,
    privacy,
    privacy_pages,
    registration_pages,
    sandbox,
    security,
    sign_in,
    sign_up,
)
from .routes import activation as activation_pages
from .routes import proofing as proofing_routes
from .routes import provider as provider_routes
from .routes import registrations as registration_routes
from .settings import Settings

_PURGE_EVERY: Final = timedelta(minutes=10)
_TELL_EVERY: Final = timedelta(seconds=2)


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service as an ASGI application; without `settings`, they are read from the environment."""
    settings = settings or Settings()
    made = provider.build(settings)

    async def tell_clients(hub: Any) -> None:
        async with hub.database.sessions() as session:
            while await backchannel.deliver(session, made, clock.now()):
                pass

    app = chassis.build(
        MANIFEST,
        settings,
        title="Identity",
        summary="Accounts, sign-in and the OpenID provider of the hub",
        description=(
            "Make an account and see where you are signed in. Applications sign people in with OpenID "
            "Connect: authorization code with PKCE, refresh tokens that are used once, levels of "
            "assurance by Regulation (EU) 910/2014."
        ),
        routers=(
            # these are asked most, and every route before them costs
            internal.router,
            provider_routes.hot,
            accounts.router,
            means.router,
            phones.router,
            officials.router,
            applications.router,
            sandbox.router,
            consents.router,
            consents.pages,
            discovery.router,
            mandates.router,
            mandate_decisions.router,
            proofing_routes.router,
            access_log_routes.router,
            people.router,
            registration_routes.router,
            privacy.router,
            provider_routes.router,
            sign_up.router,
            sign_in.router,
            outside.router,
            password.router,
            security.router,
            phone_pages.router,
            devices.router,
            activation_pages.router,
            overview.router,
            privacy_pages.router,
            mandate_pages.router,
            registration_pages.router,
        ),
        scopes=accounts.SCOPES
        | officials.SCOPES
        | mandates.SCOPES
        | mandate_decisions.SCOPES
        | proofing_routes.SCOPES
        | access_log_routes.SCOPES
        | registration_routes.SCOPES
        | applications.SCOPES
        | consents.SCOPES
        | provider_routes.SCOPES,
        tags=(
            {"name": "accounts", "description": "Making an account"},
            {"name": "me", "description": "The signed-in person's own account"},
            {"name": "officials", "description": "Who acts for an institution, in which role"},
            {"name": "mandates", "description": "Acting for others, and letting others act"},
            {"name": "proofing", "description": "Establishing who somebody is"},
            {"name": "privacy", "description": "Who looked at your data, and your rights on them"},
            {"name": "privacy-office", "description": "What people ask an institution about their data"},
            {"name": "people", "description": "Looking people up, for officials"},
            {"name": "clients", "description": "Applications that you have registered"},
            {"name": "client-reviews", "description": "Which applications may serve everybody"},
            {"name": "oauth2", "description": "The OpenID provider, for standard client libraries"},
        ),
        subscriptions=(consumers.INSTITUTIONS, consumers.RULES, *consumers.ACCESS),
        own_workers=(
            workers.every("identity-purge", _PURGE_EVERY, _purge),
            *jobs.of_privacy(made),
            jobs.of_registrations(),
            workers.every("identity-logout", _TELL_EVERY, tell_clients),
            jobs.of_mandates(),
        ),
        locale=i18n.folder_of(__file__),
    )
    app.state.provider = made
    app.state.pages = Pages(app.state.texts)
    failures.handle(app, app.state.pages, settings)
    return app


async def _purge(hub: Any) -> None:
    async with hub.database.sessions() as session:
        await purge(session, clock.now())
