"""Demo data: a client application and four people, for the embedded run.

    hub seed          # or: await seed()

All of them are made up. What is there already stays as it is.
"""

from datetime import datetime
from typing import Final

import structlog

from hub_core import clock
from hub_core.language import Language
from hub_service.database import Database

from . import provider
from .domain import login_name
from .domain.account import Profile
from .domain.client import ApplicationType, Authentication, Client
from .operations import registration
from .operations.accounts import SignUp
from .settings import Settings

_PASSWORD: Final = "demo-parola-2026"
_PEOPLE: Final = (
    ("ana.popescu@example.org", Profile("Ana", "Popescu", Language.RO)),
    ("ion.ionescu@example.org", Profile("Ion", "Ionescu", Language.RO)),
    ("kovacs.istvan@example.org", Profile("István", "Kovács", Language.HU)),
    ("jane.doe@example.org", Profile("Jane", "Doe", Language.EN)),
)
_log = structlog.get_logger("identity")


async def seed(settings: Settings | None = None) -> None:
    """Load the demo client and the demo people."""
    settings = settings or Settings()
    made = provider.build(settings)
    database = Database(settings)
    now = clock.now()
    try:
        async with database.sessions() as session:
            await registration.put_client(session, demo_portal(now))
            for email, profile in _PEOPLE:
                person = SignUp(login_name.parse(email), _PASSWORD, profile)
                await registration.put_person(session, made, person, now)
    finally:
        await database.close()
    _log.info("demo data loaded", people=len(_PEOPLE))


def demo_portal(now: datetime) -> Client:
    """The public client of `make demo`: a program on a person's own machine (RFC 8252)."""
    return Client(
        id="demo-portal",
        names={
            Language.RO: "Portal demonstrativ",
            Language.HU: "Bemutató portál",
            Language.EN: "Demo portal",
        },
        authentication=Authentication.NONE,
        application_type=ApplicationType.NATIVE,
        secret_hash=None,
        redirect_uris=("http://127.0.0.1:8765/callback", "http://localhost:8765/callback"),
        post_logout_redirect_uris=("http://127.0.0.1:8765/", "http://localhost:8765/"),
        scopes=frozenset(
            {
                *("openid", "profile", "email", "offline_access"),
                *("petitions:read", "petitions:write", "account:read", "account:write", "messages:read"),
            }
        ),
        created_at=now,
    )
