"""The wiring of the catalog."""

from fastapi import FastAPI

from hub_service import chassis, i18n
from hub_service.settings import ServiceSettings

from . import jobs
from .manifest import MANIFEST
from .pages.rendering import Pages
from .routes import (
    changes,
    eligibility,
    entries,
    evidence,
    exports,
    forms,
    guidance,
    help_pages,
    institutions,
    officials,
    places,
    publishing,
    rule_changes,
    rules,
    services,
    suggestions,
)


def create_app(settings: ServiceSettings | None = None) -> FastAPI:
    """The catalog as an ASGI application; without settings they are read from the environment."""
    app = chassis.build(
        MANIFEST,
        settings or ServiceSettings(),
        title="Catalog",
        summary="Institutions with what they deal with, and the services one can ask for.",
        description="Public and without sign-in. Texts are maps of languages: Romanian is official, "
        "Hungarian and English are translations. `verified` says which facts were read in a source.",
        routers=[
            changes.router,
            eligibility.router,
            eligibility.asking,
            entries.router,
            evidence.router,
            guidance.router,
            help_pages.router,
            exports.router,
            forms.router,
            forms.personal,
            institutions.router,
            institutions.offices,
            places.router,
            publishing.router,
            rule_changes.router,
            rules.router,
            services.router,
            suggestions.router,
        ],
        scopes={
            forms.PREFILL: "Fill in forms with what the hub knows of the person",
            officials.READ: "See what is being prepared for the catalog",
            officials.WRITE: "Prepare and publish changes of the catalog",
        },
        tags=[
            {"name": "institutions", "description": "Who deals with what, where, and how they are reached."},
            {
                "name": "places",
                "description": "Counties and localities by SIRUTA, and offices with their hours.",
            },
            {"name": "services", "description": "What one can ask for, how, at what cost and by when."},
            {"name": "eligibility", "description": "Whether one can use a service, before signing in."},
            {"name": "guidance", "description": "Questions with answers, preventive advice, whom to call."},
            {"name": "evidence", "description": "What is to be proved, and from which register it is taken."},
            {"name": "forms", "description": "What is filled in: schema, hints for renderers, check."},
            {"name": "rules", "description": "Every number that comes from a law, by the days it holds on."},
            {"name": "rule changes", "description": "How officials change one: two people, a reason, a law."},
            {"name": "changes", "description": "What changed, for those who keep a copy."},
            {"name": "entries", "description": "The life of entries: officials write, others publish."},
            {"name": "exports", "description": "The catalog in the vocabularies of the EU."},
        ],
        own_workers=[jobs.FORGET, jobs.FLAG_STALE],
        locale=i18n.folder_of(__file__),
    )
    app.state.pages = Pages(app.state.texts)
    return app
