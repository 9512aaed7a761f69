"""Demo data: client applications, people and officials, for the embedded run.

    hub seed          # or: await seed()

All of them are made up. Ana, Ion and István have validated accounts, Jane has not. What is there
already stays as it is.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, ids
from hub_core.cnp import Cnp
from hub_core.language import Language
from hub_core.principal import Assurance, Role
from hub_service.database import Database

from . import provider
from .domain import login_name
from .domain.account import Profile
from .domain.client import ApplicationType, Authentication, Client, GrantType
from .domain.official import Appointment, Institution, State
from .domain.population import RegisteredPerson, Sex
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
IPJ_CV: Final = UUID("39d62b88-9ccb-5653-a7d6-77ac8931e031")
IPJ_HR: Final = UUID("0fa0bfb2-fbea-5ea5-b003-d56284cfee4e")
DGP: Final = UUID("0ce5e61c-482f-5f83-a5d2-27706b7a219c")
SPCP_CJ: Final = UUID("4d5ab769-9124-50d3-8bd9-91f2a45c046e")
SPCRPCIV_CJ: Final = UUID("a77be442-94fa-5414-ac2f-ccad64354fa1")
DGCTI: Final = UUID("a5429851-c1d4-55e3-9420-ce405d3f1521")
# What the catalog says of them; its own events replace these copies.
INSTITUTIONS: Final = tuple(
    Institution(identifier, code, dict(zip(Language, names, strict=True)), date(2026, 1, 1), None, 0)
    for identifier, code, names in (
        (
            IPJ_CV,
            "IPJ-CV",
            (
                "Inspectoratul de Poliție Județean Covasna",
                "Kovászna Megyei Rendőr-felügyelőség",
                "Covasna County Police Inspectorate",
            ),
        ),
        (
            IPJ_HR,
            "IPJ-HR",
            (
                "Inspectoratul de Poliție Județean Harghita",
                "Hargita Megyei Rendőr-felügyelőség",
                "Harghita County Police Inspectorate",
            ),
        ),
        (
            DGP,
            "DGP",
            (
                "Direcția Generală de Pașapoarte",
                "Útlevél-főigazgatóság",
                "General Directorate for Passports",
            ),
        ),
        (
            SPCP_CJ,
            "SPCP-CJ",
            (
                "Serviciul Public Comunitar de Pașapoarte Cluj",
                "Kolozs Megyei Közösségi Útlevélszolgálat",
                "Cluj Community Public Service for Passports",
            ),
        ),
        (
            SPCRPCIV_CJ,
            "SPCRPCIV-CJ",
            (
                "Serviciul Public Comunitar Regim Permise de Conducere și Înmatriculare a Vehiculelor Cluj",
                "Kolozs Megyei Közösségi Vezetőiengedély- és Járműnyilvántartási Szolgálat",
                "Cluj Community Public Service for Driving Licences and Vehicle Registration",
            ),
        ),
        (
            DGCTI,
            "DGCTI",
            (
                "Direcția Generală pentru Comunicații și Tehnologia Informației",
                "Kommunikációs és Információtechnológiai Főigazgatóság",
                "General Directorate for Communications and Information Technology",
            ),
        ),
    )
)
# As the population register of the embedded run has them; all are invented.
_IDENTITIES: Final = {
    "ana.popescu@example.org": RegisteredPerson(
        Cnp("2850312149008"), "Popescu", "Ana", date(1985, 3, 12), Sex.FEMALE
    ),
    "ion.ionescu@example.org": RegisteredPerson(
        Cnp("1790115129041"), "Ionescu", "Ion", date(1979, 1, 15), Sex.MALE
    ),
    "kovacs.istvan@example.org": RegisteredPerson(
        Cnp("1900820149050"), "Kovács", "István", date(1990, 8, 20), Sex.MALE
    ),
}
OFFICIALS: Final = (
    ("elena.marin@example.org", Profile("Elena", "Marin", Language.RO), ((IPJ_CV, Role.CLERK),)),
    ("mihai.stan@example.org", Profile("Mihai", "Stan", Language.RO), ((IPJ_CV, Role.HEAD),)),
    ("laura.dobre@example.org", Profile("Laura", "Dobre", Language.RO), ((IPJ_CV, Role.HANDLER),)),
    ("radu.ilie@example.org", Profile("Radu", "Ilie", Language.RO), ((IPJ_CV, Role.RECORDS_OFFICER),)),
    ("sorin.dinu@example.org", Profile("Sorin", "Dinu", Language.RO), ((IPJ_CV, Role.RECORDS_OFFICER),)),
    ("maria.lupu@example.org", Profile("Maria", "Lupu", Language.RO), ((IPJ_CV, Role.RECORDS_OFFICER),)),
    ("gabriela.vasile@example.org", Profile("Gabriela", "Vasile", Language.RO), ((IPJ_CV, Role.HEAD),)),
    ("bogdan.preda@example.org", Profile("Bogdan", "Preda", Language.RO), ((IPJ_CV, Role.TRAFFIC_OFFICER),)),
    ("alina.voicu@example.org", Profile("Alina", "Voicu", Language.RO), ((IPJ_CV, Role.TRAFFIC_OFFICER),)),
    ("eszter.bartha@example.org", Profile("Eszter", "Bartha", Language.HU), ((IPJ_CV, Role.REGISTRAR),)),
    ("dan.munteanu@example.org", Profile("Dan", "Munteanu", Language.RO), ((IPJ_CV, Role.AUDITOR),)),
    ("ioana.rusu@example.org", Profile("Ioana", "Rusu", Language.RO), ((IPJ_CV, Role.DPO),)),
    (
        "szabo.katalin@example.org",
        Profile("Katalin", "Szabó", Language.HU),
        ((IPJ_HR, Role.CLERK), (IPJ_CV, Role.REGISTRAR)),
    ),
    (
        "carmen.toma@example.org",
        Profile("Carmen", "Toma", Language.RO),
        ((DGP, Role.CATALOG_EDITOR),),
    ),
    ("ovidiu.crisan@example.org", Profile("Ovidiu", "Crișan", Language.RO), ((DGP, Role.HEAD),)),
    ("adina.moldovan@example.org", Profile("Adina", "Moldovan", Language.RO), ((SPCP_CJ, Role.CLERK),)),
    ("horia.muresan@example.org", Profile("Horia", "Mureșan", Language.RO), ((SPCP_CJ, Role.HEAD),)),
    ("corina.sava@example.org", Profile("Corina", "Sava", Language.RO), ((SPCRPCIV_CJ, Role.CLERK),)),
    (
        "vlad.neagu@example.org",
        Profile("Vlad", "Neagu", Language.RO),
        ((DGCTI, Role.CATALOG_EDITOR), (DGCTI, Role.CATALOG_PUBLISHER)),
    ),
    ("simona.ene@example.org", Profile("Simona", "Ene", Language.RO), ((DGCTI, Role.CATALOG_PUBLISHER),)),
    ("irina.pop@example.org", Profile("Irina", "Pop", Language.RO), ((DGCTI, Role.ADMIN),)),
    ("george.lazar@example.org", Profile("George", "Lazăr", Language.RO), ((DGCTI, Role.ADMIN),)),
)
_NOBODY: Final = UUID(int=0)
_APPOINTED_FOR: Final = timedelta(days=1460)
_log = structlog.get_logger("identity")


async def seed(settings: Settings | None = None) -> None:
    """Load the demo clients, the demo people and the demo officials."""
    settings = settings or Settings()
    made = provider.build(settings)
    database = Database(settings)
    now = clock.now()
    try:
        async with database.sessions() as session:
            await registration.put_client(session, demo_portal(now))
            await registration.put_client(session, demo_office(now))
            for email, profile in _PEOPLE:
                person = SignUp(login_name.parse(email), _PASSWORD, profile)
                account = await registration.put_person(session, made, person, now, person_id=id_of(email))
                if email in _IDENTITIES:
                    await registration.put_identity(session, made, account, _IDENTITIES[email], now)
            await _put_officials(session, made, now)
    finally:
        await database.close()
    _log.info("demo data loaded", people=len(_PEOPLE), officials=len(OFFICIALS))


async def _put_officials(session: AsyncSession, made: provider.Provider, now: datetime) -> None:
    for institution in INSTITUTIONS:
        await registration.put_institution(session, institution)
    for email, profile, offices in OFFICIALS:
        wanted = SignUp(login_name.parse(email), _PASSWORD, profile)
        account = await registration.put_person(
            session, made, wanted, now, Assurance.SUBSTANTIAL, id_of(email)
        )
        for institution_id, role in offices:
            await registration.put_official(session, appointment(account.id, institution_id, role, now))


def id_of(email: str) -> UUID:
    """The id of somebody of the demo, from their address: other services' demo data names them too."""
    return uuid5(NAMESPACE_URL, f"mailto:{email}")


def appointment(person_id: UUID, institution_id: UUID, role: Role, now: datetime) -> Appointment:
    """An appointment from today for nearly four years, by an act that is made up."""
    today = clock.local_date(now)
    return Appointment(
        id=ids.new_id(),
        person_id=person_id,
        institution_id=institution_id,
        role=role,
        valid_from=today,
        valid_to=today + _APPOINTED_FOR,
        act_number="1/demo",
        act_date=today,
        granted_by=_NOBODY,
        granted_at=now,
        state=State.GRANTED,
        version=1,
    )


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
                *(
                    "petitions:read",
                    "petitions:write",
                    "account:read",
                    "account:write",
                    "messages:read",
                    "messages:write",
                    "events:read",
                ),
                *("registration:read", "registration:write", "privacy:read", "privacy:write"),
                *("clients:read", "clients:write", "consents:read", "consents:write"),
                *("mandates:read", "mandates:write", "forms:prefill"),
                *("criminal-record:read", "criminal-record:write"),
                *("appointments:read", "appointments:write"),
                *("driving-reports:read", "driving-reports:write"),
                *("traffic-history:read", "traffic-history:write"),
            }
        ),
        created_at=now,
        grant_types=frozenset({GrantType.CODE, GrantType.REFRESH, GrantType.TOKEN_EXCHANGE}),
    )


def demo_office(now: datetime) -> Client:
    """The public client that the demo's officials work with."""
    return replace(
        demo_portal(now),
        id="demo-office",
        names={
            Language.RO: "Ghișeu demonstrativ",
            Language.HU: "Bemutató hivatal",
            Language.EN: "Demo office",
        },
        scopes=frozenset(
            {
                *("openid", "profile", "offline_access", "account:read"),
                *("staff", "officials:read", "officials:write", "people:verify", "registration:decide"),
                *("clients:review", "mandates:verify", "people:read", "privacy:decide"),
                *("catalog:read", "catalog:write", "criminal-record:decide", "templates:write"),
                *("appointments:desk", "appointments:manage"),
                *("petitions:handle", "petitions:lead", "petitions:register", "petitions:sign"),
                *("traffic-history:record", "traffic-history:decide", "driving-reports:review"),
            }
        ),
    )
