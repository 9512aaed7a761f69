"""The reference data: the ministry's structures, the counties' units, the first services.

    hub seed          # or: await seed()

The files under `data/` are the truth; what they say is loaded again at every start of a new version.
"""

import structlog

from hub_core import clock
from hub_service.database import Database
from hub_service.settings import ServiceSettings

from .operations import (
    evidence,
    forms,
    guidance,
    institutions,
    loading,
    places,
    rules,
    searching,
)
from .reference import evidence as first_evidence
from .reference import forms as first_forms
from .reference import guidance as first_guidance
from .reference import institutions as first_institutions
from .reference import offices as first_offices
from .reference import rules as first_rules
from .reference import services as first_services
from .reference import siruta

_log = structlog.get_logger("catalog")


async def seed(settings: ServiceSettings | None = None) -> None:
    """Load the reference data into the service's database; what is there already stays untouched."""
    database = Database(settings or ServiceSettings())
    now = clock.now()
    try:
        async with database.sessions() as session:
            # first, for the other services are not ready before they have heard of them
            numbers = await rules.load(session, first_rules.rule_tables(), now)
            await searching.derive_anew(session)
            changed = await institutions.load(session, first_institutions.institutions(), now)
            register = siruta.content()
            await places.load(session, siruta.edition(register), siruta.places(register), now)
            await places.load_offices(session, first_offices.offices(), now)
            await evidence.load(session, first_evidence.evidence_types(), now)
            await forms.load(session, first_forms.forms(), now)
            await guidance.load_faqs(session, first_guidance.faqs(), now)
            await guidance.load_advice(session, first_guidance.advice(), now)
            published = await loading.load(session, first_services.services(), now)
    finally:
        await database.close()
    _log.info(
        "reference data loaded",
        institutions_changed=changed,
        rules_changed=numbers,
        services_changed=published,
    )
