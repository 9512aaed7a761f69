"""Demo data for the embedded run: an institution at work on petitions, so that its officials find some.

    hub seed          # or: await seed()

All of them are made up. Their steps are those of the ordinary operations. What is there stays as it is.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock
from hub_core.clock import local_date
from hub_core.language import Language
from hub_core.principal import Assurance, Kind, Principal, Role
from hub_service.database import Database
from hub_service.policy import Official
from hub_service.purpose import Purpose, Stated

from . import keys
from .domain.files import Solution
from .domain.handling import Answer
from .domain.institutions import Institution
from .domain.petitioners import Identity
from .domain.petitions import Channel, PetitionKind, Submission
from .domain.states import PetitionState
from .keys import MasterKey
from .operations import answers, entries, handling, institutions, registers, structure
from .settings import Settings

_IPJ_CV: Final = UUID("39d62b88-9ccb-5653-a7d6-77ac8931e031")
# What the catalog says of it; its own events replace this copy.
INSTITUTION: Final = Institution(
    _IPJ_CV,
    "IPJ-CV",
    {
        "ro": "Inspectoratul de Poliție Județean Covasna",
        "hu": "Kovászna Megyei Rendőr-felügyelőség",
        "en": "Covasna County Police Inspectorate",
    },
    accepts_petitions=True,
    valid_from=date(2026, 1, 1),
    valid_to=None,
    version=0,
)
_CASE: Final = Stated(Purpose.CASE_HANDLING, "demo")
_ANSWER: Final = Answer(
    solution=Solution.FAVOURABLE,
    text=(
        "Stimate domnule,\n"
        "Patrulele din zona gării trec de două ori pe noapte, începând cu această săptămână. "
        "Vă mulțumim pentru semnalare."
    ),
    legal_basis="OG nr. 27/2002 art. 8 alin. (1); Legea nr. 218/2002 art. 26",
)
_log = structlog.get_logger("petitions")


def _person(email: str) -> UUID:
    """The id of somebody of the demo, as svc-identity's demo data makes it."""
    return uuid5(NAMESPACE_URL, f"mailto:{email}")


def _official(email: str, role: Role) -> Official:
    person, roles = _person(email), frozenset({role})
    principal = Principal(
        Kind.PERSON,
        str(person),
        Assurance.SUBSTANTIAL,
        frozenset(),
        "demo-office",
        roles=roles,
        institution_id=_IPJ_CV,
    )
    return Official(person, _IPJ_CV, roles, principal)


HEAD: Final = _official("mihai.stan@example.org", Role.HEAD)
_DEPUTY: Final = _official("gabriela.vasile@example.org", Role.HEAD)
_HANDLER: Final = _official("laura.dobre@example.org", Role.HANDLER)
_REGISTRAR: Final = _official("eszter.bartha@example.org", Role.REGISTRAR)
_SECOND_REGISTRAR: Final = _official("szabo.katalin@example.org", Role.REGISTRAR)
OFFICIALS: Final = (HEAD, _DEPUTY, _HANDLER, _REGISTRAR, _SECOND_REGISTRAR)
_WAY: Final = (
    PetitionState.TRIAGE,
    PetitionState.ASSIGNED,
    PetitionState.IN_ANALYSIS,
    PetitionState.DRAFTED,
    PetitionState.APPROVED,
    PetitionState.SIGNED,
    PetitionState.ANSWERED,
)
_PETITIONS: Final = (
    (
        Identity(family_name="Moldovan", given_name="Ioana", address="Str. Gării 4, Sfântu Gheorghe"),
        Channel.POST,
        Submission(
            _IPJ_CV,
            PetitionKind.REQUEST,
            "Trecere de pietoni neluminată pe strada Gării",
            "Vă rog să verificați trecerea de pietoni din dreptul școlii, unde lămpile nu ard de o lună.",
            Language.RO,
        ),
        PetitionState.REGISTERED,
    ),
    (
        Identity(family_name="Nagy", given_name="Ferenc", address="Kossuth Lajos utca 12, Baraolt"),
        Channel.COUNTER,
        Submission(
            _IPJ_CV,
            PetitionKind.COMPLAINT,
            "Éjszakai zaj a Kossuth utcában",
            "Hetek óta minden éjjel hangos zene szól a szomszédos udvarból. Kérem, intézkedjenek.",
            Language.HU,
        ),
        PetitionState.TRIAGE,
    ),
    (
        Identity(family_name="Stoica", given_name="Vasile", phone="+40 721 900 112"),
        Channel.PHONE,
        Submission(
            _IPJ_CV,
            PetitionKind.NOTIFICATION,
            "Mașini abandonate în fața blocului",
            "De trei luni stau două mașini fără numere pe trotuarul din fața blocului 7, strada Lalelelor.",
            Language.RO,
        ),
        PetitionState.ASSIGNED,
    ),
    (
        Identity(family_name="Rusu", given_name="Daniela", address="Str. Oltului 21, Întorsura Buzăului"),
        Channel.POST,
        Submission(
            _IPJ_CV,
            PetitionKind.PROPOSAL,
            "Patrule la ieșirea elevilor de la școală",
            "Propun ca la orele 12 și 14 un echipaj să fie prezent la trecerea din fața școlii gimnaziale.",
            Language.RO,
        ),
        PetitionState.IN_ANALYSIS,
    ),
    (
        Identity(family_name="Pál", given_name="Erzsébet", address="Fő utca 3, Târgu Secuiesc"),
        Channel.POST,
        Submission(
            _IPJ_CV,
            PetitionKind.REQUEST,
            "Sebességmérés a Fő utcán",
            "Az autók jóval gyorsabban mennek a megengedettnél. Kérem, mérjék a sebességet reggelente.",
            Language.HU,
        ),
        PetitionState.DRAFTED,
    ),
    (
        Identity(family_name="Ciobanu", given_name="Marin", address="Str. Crângului 9, Sfântu Gheorghe"),
        Channel.POST,
        Submission(
            _IPJ_CV,
            PetitionKind.REQUEST,
            "Patrulare în zona gării, seara",
            "Vă rog să prevedeți patrule în zona gării după ora 22.",
            Language.RO,
        ),
        PetitionState.ANSWERED,
    ),
)


async def seed(settings: Settings | None = None) -> None:
    """Load the structure of the demo's institution and its petitions."""
    settings = settings or Settings()
    key = keys.derived_from(settings.petitions_key.get_secret_value())
    database, now = Database(settings), clock.now()
    try:
        async with database.sessions() as session:
            await institutions.keep(session, INSTITUTION)
            compartment_id = await _put_structure(session)
            new = await _put_petitions(session, key, compartment_id, now)
    finally:
        await database.close()
    _log.info("demo data loaded", petitions=new)


async def _put_structure(session: AsyncSession) -> UUID:
    """Who works where, under whom; the compartment that answers petitions."""
    found = {one.code: one for one in await structure.list_compartments(session, HEAD, after=None, limit=200)}
    if "SRP" in found:
        return found["SRP"].id
    lead = await structure.add_compartment(session, HEAD, "CONDUCERE", "Conducerea inspectoratului")
    public = await structure.add_compartment(session, HEAD, "SRP", "Serviciul relații cu publicul")
    await structure.put_member(session, HEAD, lead.id, HEAD.person_id, None)
    await structure.put_member(session, HEAD, public.id, _DEPUTY.person_id, HEAD.person_id)
    for one in OFFICIALS[2:]:
        await structure.put_member(session, HEAD, public.id, one.person_id, _DEPUTY.person_id)
    return public.id


async def _put_petitions(session: AsyncSession, key: MasterKey, compartment_id: UUID, now: datetime) -> int:
    """Enter the petitions and bring each to its state; none where the register has lines already."""
    today = local_date(now)
    if await registers.list_entries(session, _REGISTRAR, today.year, after=0, limit=1):
        return 0
    for petitioner, channel, submission, state in _PETITIONS:
        wanted = entries.Wanted(
            channel=channel, received_on=today, submission=submission, petitioners=(petitioner,)
        )
        entered = await entries.enter(session, key, _REGISTRAR, wanted, _CASE, now)
        steps = _WAY[: _WAY.index(state) + 1] if state in _WAY else ()
        await _bring(session, entered.petition.id, compartment_id, steps, now)
    return len(_PETITIONS)


async def _bring(
    session: AsyncSession,
    petition_id: UUID,
    compartment_id: UUID,
    steps: Sequence[PetitionState],
    now: datetime,
) -> None:
    for step in steps:
        match step:
            case PetitionState.TRIAGE:
                await handling.triage(session, _REGISTRAR, petition_id, (), now, reports_crime=False)
            case PetitionState.ASSIGNED:
                await handling.assign(
                    session, HEAD, petition_id, compartment_id, _HANDLER.person_id, None, now
                )
            case PetitionState.IN_ANALYSIS:
                await handling.accept(session, _HANDLER, petition_id, now)
            case PetitionState.DRAFTED:
                await answers.write(session, _HANDLER, petition_id, _ANSWER, now)
            case PetitionState.APPROVED:
                await answers.approve(session, _DEPUTY, petition_id, now)
            case PetitionState.SIGNED:
                await answers.sign(session, HEAD, petition_id, now)
            case _:
                await answers.send(session, _REGISTRAR, petition_id, now)
