"""Demo data for the embedded run: people who came to the counter in Sfântu Gheorghe.

    hub seed          # or: await seed()

All of them are made up, as the registers outside know them: one has the certificate at once, the others
wait for an officer, so that the queue of the demo's officers is not empty. What is there stays as it is.
"""

from datetime import date
from typing import Final
from uuid import UUID

import httpx2
import structlog

from hub_core import clock
from hub_service.clients import ServiceClient
from hub_service.database import Database
from hub_service.tokens import OwnToken

from . import keys
from .domain.counter import Applicant, Paper, PaperKind, Visit
from .domain.holders import Person
from .issuing import Means, press
from .manifest import MANIFEST
from .operations import seeding
from .registers.records import HttpRecords
from .settings import Settings

_IPJ_CV: Final = UUID("39d62b88-9ccb-5653-a7d6-77ac8931e031")
_COUNTY: Final = "CV"
_PEOPLE: Final = (
    (
        Person(family_name="Popescu", given_name="Mihai", birth_date=date(1983, 7, 2), cnp="1830702409011"),
        "permis-port-arma",
        PaperKind.IDENTITY_CARD,
    ),
    (
        Person(family_name="Kovács", given_name="István", birth_date=date(1990, 8, 20), cnp="1900820149050"),
        "cetatenie",
        PaperKind.IDENTITY_CARD,
    ),
    (
        Person(
            family_name="Doe",
            given_name="Jane",
            birth_date=date(1992, 2, 29),
            cnp="8920229409065",
            citizenship="GB",
        ),
        "angajare",
        PaperKind.RESIDENCE_PERMIT,
    ),
)
_log = structlog.get_logger("criminal-record")


async def seed(settings: Settings | None = None) -> None:
    """Load the requests of the demo; the registers outside have to answer."""
    settings = settings or Settings()
    key = keys.derived_from(settings.criminal_record_key.get_secret_value())
    database, now, new = Database(settings), clock.now(), 0
    try:
        async with httpx2.AsyncClient() as http, database.sessions() as session:
            own_token = OwnToken(MANIFEST.name, settings, http)
            means = Means(
                key=key,
                identity=ServiceClient(settings.identity_url, own_token, http),
                records=HttpRecords(settings.criminal_record_register_url, http),
                issuer=press(settings, key, http),
            )
            await means.issuer.material.refresh(now)
            for person, motive, shown in _PEOPLE:
                visit = Visit(applicant=Applicant.HOLDER, papers=(_paper(shown),))
                new += await seeding.put_at_counter(
                    session, means, _IPJ_CV, _COUNTY, person, motive, visit, now
                )
    finally:
        await database.close()
    _log.info("demo data loaded", requests=new)


def _paper(kind: PaperKind) -> Paper:
    return Paper(
        kind=kind,
        number="KV 900123",
        issued_by="SPCLEP Sfântu Gheorghe",
        issued_on=date(2022, 5, 4),
        valid_until=date(2032, 5, 4),
    )
