"""Validating an account at a counter: refusals first, then once and for ever."""

import re
from collections.abc import Awaitable, Callable
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
import httpx2
import pytest

from hub_core import clock, ids
from hub_core.cnp import Cnp
from hub_core.principal import Assurance, Role
from svc_identity.domain import activation, proofing
from svc_identity.domain.account import Account
from svc_identity.domain.person import Identifier, Person, Scheme, Source
from svc_identity.domain.population import Kin, RegisteredPerson, Relative, Sex
from svc_identity.operations import identities
from svc_identity.provider import Provider
from svc_identity.seed import IPJ_CV
from svc_identity.storage import people

ASK, VERIFY = "account:write", "people:verify"
PATH = "/identity/v1/verifications"
BORN = date(1985, 3, 12)
NOON = datetime.fromisoformat("2026-11-21T12:00:00+00:00")
COUNTER = {"purpose": "COUNTER_SERVICE"}

MakeCnp = Callable[..., Cnp]


def entry(cnp: Cnp, family: str = "Popescu", given: str = "Ana", **changed: Any) -> RegisteredPerson:
    return RegisteredPerson(
        **(
            {"cnp": cnp, "family_name": family, "given_name": given, "birth_date": BORN, "sex": Sex.FEMALE}
            | changed
        )
    )


# The rules.


@pytest.mark.parametrize(
    ("family", "given", "fits"),
    [
        ("Popescu", "Ana", True),
        ("POPESCU", "ana maria", True),
        ("Popescu", "Maria-Ana", True),
        ("Popescu", "Ana Elena", False),
        ("Popescu", "-", False),
        ("Popescu-Ionescu", "Ana", False),
        ("Pop", "Ana", False),
        ("Ana", "Popescu", False),
    ],
)
def test_names_are_compared_as_people_write_them(a_cnp: MakeCnp, family: str, given: str, fits: bool) -> None:
    assert proofing.fits(family, given, BORN, entry(a_cnp(BORN), given="Ana-Maria")) is fits


@pytest.mark.parametrize(
    ("typed", "registered"),
    [("Stefan", "Ștefan"), ("Ştefan", "Ștefan"), ("Kovacs", "Kovács"), ("Ionescu Pop", "Ionescu-Pop")],
)
def test_diacritics_and_hyphens_do_not_matter(a_cnp: MakeCnp, typed: str, registered: str) -> None:
    assert proofing.fits(typed, "Ana", BORN, entry(a_cnp(BORN), family=registered))


def test_the_birth_date_must_fit_and_the_person_must_live(a_cnp: MakeCnp) -> None:
    cnp = a_cnp(BORN)
    assert not proofing.fits("Popescu", "Ana", date(1985, 3, 13), entry(cnp))
    assert not proofing.fits("Popescu", "Ana", BORN, entry(cnp, died_on=date(2026, 1, 1)))


def test_a_former_number_and_every_relative_make_an_own_case(a_cnp: MakeCnp) -> None:
    mine, former, theirs = a_cnp(), a_cnp(), a_cnp()
    subject = entry(theirs, former=(former,))
    assert proofing.is_own_case([former], subject, [])
    for kin in Kin:
        assert proofing.is_own_case([mine], subject, [Relative(kin, mine)])
    assert not proofing.is_own_case([mine], subject, [])
    assert not proofing.is_own_case([], subject, [Relative(Kin.SPOUSE, mine)])


def test_a_code_is_written_without_letters_that_are_mistaken() -> None:
    assert activation.text(lambda letters: letters[-1]) == "ZZZZ-ZZZZ"
    assert not set("01IO") & set(activation.ALPHABET)
    assert activation.normalise(" k7qf-2m 9x ") == "K7QF2M9X"


def test_a_code_ends_with_its_time_and_its_tries() -> None:
    code = activation.begin(ids.new_id(), b"", NOON)
    assert activation.is_open(code, NOON + timedelta(minutes=29))
    assert not activation.is_open(code, NOON + timedelta(minutes=30))
    for _ in range(5):
        assert activation.is_open(code, NOON)
        code = activation.attempt(code)
    assert not activation.is_open(code, NOON)


async def told(looking: asyncpg.Connection, subject: str, names: str) -> list[str]:
    """The bodies of the events of a subject that name this id."""
    bodies = await looking.fetch(
        "SELECT convert_from(body, 'UTF8') AS body FROM outbox WHERE subject = $1", subject
    )
    return [row["body"] for row in bodies if names in row["body"]]


# Who may.


@pytest.fixture
def clerk(signed_in: Any) -> Callable[..., dict[str, str]]:
    """Headers of `clerk(person_id)`: a clerk of an institution with a validated account."""

    def make(person_id: Any = None, **changed: Any) -> dict[str, str]:
        said = {
            "scopes": {VERIFY},
            "roles": [Role.CLERK],
            "institution": str(IPJ_CV),
            "assurance": Assurance.SUBSTANTIAL,
        } | changed
        return signed_in(person_id, **said) | COUNTER

    return make


def seen(code: str, cnp: Cnp, **changed: Any) -> dict[str, Any]:
    return {
        "code": code,
        "cnp": cnp.number,
        "birth_date": str(BORN),
        "document": "IDENTITY_CARD",
        "valid_until": "2031-03-12",
    } | changed


def kind(answer: httpx2.Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


async def test_only_a_validated_clerk_with_the_scope_and_a_purpose_may(
    client: httpx2.AsyncClient, clerk: Any, signed_in: Any, a_cnp: MakeCnp
) -> None:
    body = seen("AAAA-AAAA", a_cnp(BORN))
    assert (await client.post(PATH, json=body)).status_code == 401
    for headers, refusal in (
        (clerk(scopes={ASK}), "insufficient-scope"),
        (clerk(assurance=Assurance.LOW), "insufficient-user-authentication"),
        (clerk(roles=[Role.HEAD]), "role-required"),
        (clerk(institution=None), "role-required"),
        ({**clerk(), "purpose": ""}, "purpose-required"),
        (clerk(), "wrong-activation-code"),
    ):
        assert kind(await client.post(PATH, json=body, headers=headers)) == refusal


async def test_a_code_is_asked_for_by_its_person_only(client: httpx2.AsyncClient, signed_in: Any) -> None:
    path = "/identity/v1/me/activation-codes"
    assert (await client.post(path)).status_code == 401
    assert kind(await client.post(path, headers=signed_in(scopes={VERIFY}))) == "insufficient-scope"
    assert (await client.post(path, headers=signed_in(scopes={ASK}))).status_code == 404


# What happens.


@pytest.fixture
def code_of(client: httpx2.AsyncClient, signed_in: Any) -> Callable[[Account], Awaitable[str]]:
    """The activation code that an account shows now."""

    async def ask(account: Account) -> str:
        answer = await client.post("/identity/v1/me/activation-codes", headers=signed_in(account.id, {ASK}))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["code"])

    return ask


async def test_an_account_is_validated_once_and_for_ever(
    client: httpx2.AsyncClient,
    clerk: Any,
    ana: Account,
    code_of: Any,
    population: Any,
    a_cnp: MakeCnp,
    signed_in: Any,
    looking: asyncpg.Connection,
) -> None:
    person = population.put(entry(a_cnp(BORN), given="Ana-Maria"))
    official = ids.new_id()
    code = await code_of(ana)
    answer = await client.post(PATH, json=seen(code.lower(), person.cnp), headers=clerk(official))
    assert answer.status_code == 201, answer.text
    assert answer.json()["person_id"] == str(ana.id)
    assert answer.json()["level"] == "substantial"
    me = (await client.get("/identity/v1/me", headers=signed_in(ana.id, {"account:read"}))).json()
    assert (me["assurance"], me["given_name"]) == ("substantial", "Ana-Maria")
    (said,) = await told(looking, "hub.identity.person.verified.v1", str(ana.id))
    assert '"level":"substantial"' in said.replace(" ", "")
    lines = await told(looking, "hub.identity.record.accessed.v1", str(ana.id))
    assert any(str(official) in line for line in lines)
    assert person.cnp.number not in said + "".join(lines)
    stored = await looking.fetchrow("SELECT * FROM identifiers WHERE person_id = $1", ana.id)
    assert person.cnp.number.encode() not in bytes(stored["sealed"]) + bytes(stored["digest"])
    again = await client.post(PATH, json=seen(code, person.cnp), headers=clerk())
    assert kind(again) == "wrong-activation-code"
    ask = await client.post("/identity/v1/me/activation-codes", headers=signed_in(ana.id, {ASK}))
    assert kind(ask) == "already-verified"
    renamed = await client.patch(
        "/identity/v1/me",
        json={"given_name": "Eva"},
        headers=signed_in(ana.id, {ASK}) | {"if-match": f'"{3}"'},
    )
    assert kind(renamed) == "names-from-register"


@pytest.mark.parametrize(
    "changed",
    [
        {"birth_date": date(1985, 3, 13)},
        {"family": "Ionescu"},
        {"given": "Ion"},
        {"died_on": date(2026, 1, 1)},
        None,
    ],
)
async def test_what_does_not_fit_is_refused_without_saying_what(
    client: httpx2.AsyncClient,
    clerk: Any,
    ana: Account,
    code_of: Any,
    population: Any,
    a_cnp: MakeCnp,
    changed: dict[str, Any] | None,
) -> None:
    cnp = a_cnp(BORN)
    if changed is not None:
        population.put(entry(cnp, **changed))
    answer = await client.post(PATH, json=seen(await code_of(ana), cnp), headers=clerk())
    assert (answer.status_code, kind(answer)) == (409, "identity-not-confirmed")
    assert cnp.number not in answer.text


async def test_nobody_validates_themselves_their_spouse_or_a_relative(
    client: httpx2.AsyncClient,
    clerk: Any,
    a_person: Any,
    code_of: Any,
    population: Any,
    provider: Provider,
    session: Any,
    a_cnp: MakeCnp,
) -> None:
    ana, mihai = await a_person(), await a_person()
    his = population.put(entry(a_cnp(BORN)))
    hers = population.put(entry(a_cnp(BORN)), Relative(Kin.SPOUSE, his.cnp))
    async with session.begin():
        await identities.establish(session, provider, mihai, his, clock.now())
    code = await code_of(ana)
    body = seen(code, hers.cnp)
    assert kind(await client.post(PATH, json=body, headers=clerk(ana.id))) == "own-case"
    assert kind(await client.post(PATH, json=body, headers=clerk(mihai.id))) == "own-case"
    own_number = seen(code, his.cnp)
    assert kind(await client.post(PATH, json=own_number, headers=clerk(mihai.id))) == "own-case"
    assert (await client.post(PATH, json=body, headers=clerk())).status_code == 201


async def test_a_number_leads_to_one_account(
    client: httpx2.AsyncClient, clerk: Any, a_person: Any, code_of: Any, population: Any, a_cnp: MakeCnp
) -> None:
    former = a_cnp(BORN)
    person = population.put(entry(a_cnp(BORN), former=(former,)))
    one, other = await a_person(), await a_person()
    assert (
        await client.post(PATH, json=seen(await code_of(one), former), headers=clerk())
    ).status_code == 201
    refused = await client.post(PATH, json=seen(await code_of(other), person.cnp), headers=clerk())
    assert kind(refused) == "number-linked-elsewhere"


async def test_the_father_s_document_does_not_validate_the_son(
    client: httpx2.AsyncClient, clerk: Any, ana: Account, code_of: Any, population: Any, a_cnp: MakeCnp
) -> None:
    father = population.put(entry(a_cnp(date(1955, 1, 1)), birth_date=date(1955, 1, 1)))
    answer = await client.post(PATH, json=seen(await code_of(ana), father.cnp), headers=clerk())
    assert kind(answer) == "identity-not-confirmed"


async def test_wrong_codes_are_counted_for_the_clerk(
    client: httpx2.AsyncClient, clerk: Any, a_cnp: MakeCnp
) -> None:
    headers, body = clerk(ids.new_id()), seen("AAAA-AAAA", a_cnp(BORN))
    met = [kind(await client.post(PATH, json=body, headers=headers)) for _ in range(12)]
    assert met[:10] == ["wrong-activation-code"] * 10
    assert met[-1] == "too-many-tries"


async def test_a_code_dies_of_five_tries_and_of_a_newer_one(
    client: httpx2.AsyncClient, clerk: Any, ana: Account, code_of: Any, population: Any, a_cnp: MakeCnp
) -> None:
    person, nobody = population.put(entry(a_cnp(BORN))), a_cnp(BORN)
    first = await code_of(ana)
    second = await code_of(ana)
    assert kind(await client.post(PATH, json=seen(first, person.cnp), headers=clerk())) == (
        "wrong-activation-code"
    )
    for _ in range(5):
        answer = await client.post(PATH, json=seen(second, nobody), headers=clerk())
        assert kind(answer) == "identity-not-confirmed"
    assert kind(await client.post(PATH, json=seen(second, person.cnp), headers=clerk())) == (
        "wrong-activation-code"
    )


async def test_an_expired_document_and_a_register_that_is_away_store_nothing(
    client: httpx2.AsyncClient, clerk: Any, ana: Account, code_of: Any, population: Any, a_cnp: MakeCnp
) -> None:
    person = population.put(entry(a_cnp(BORN)))
    code = await code_of(ana)
    old = seen(code, person.cnp, valid_until="2020-01-01")
    assert kind(await client.post(PATH, json=old, headers=clerk())) == "document-expired"
    population.is_away = True
    away = await client.post(PATH, json=seen(code, person.cnp), headers=clerk())
    assert (away.status_code, kind(away)) == (503, "register-unavailable")
    population.is_away = False
    assert (await client.post(PATH, json=seen(code, person.cnp), headers=clerk())).status_code == 201


# People and their numbers.


async def test_who_was_recorded_before_becomes_the_account_s_person(
    client: httpx2.AsyncClient,
    clerk: Any,
    ana: Account,
    code_of: Any,
    population: Any,
    provider: Provider,
    session: Any,
    a_cnp: MakeCnp,
    looking: asyncpg.Connection,
) -> None:
    person = population.put(entry(a_cnp(BORN)))
    number, before, now = Identifier(Scheme.CNP, person.cnp.number), ids.new_id(), clock.now()
    async with session.begin():
        recorded = Person(before, "Popescu", "Ana", BORN, None, Source.POPULATION_REGISTER, 1, now, now)
        await people.add(session, recorded)
        await people.add_identifier(session, provider.master_key, before, number, now)
    body = seen(await code_of(ana), person.cnp)
    assert (await client.post(PATH, json=body, headers=clerk())).status_code == 201
    async with session.begin():
        assert await people.read(session, before) is None
        found = await people.identifier_of(session, provider.master_key, ana.id, Scheme.CNP)
    assert found == number
    (said,) = await told(looking, "hub.identity.person.merged.v1", str(ana.id))
    assert str(before) in said


async def test_a_new_number_leads_to_the_same_person_as_the_old_one(
    session: Any, provider: Provider, ana: Account, population: Any, a_cnp: MakeCnp
) -> None:
    old, new = a_cnp(BORN), a_cnp(BORN)
    now = clock.now()
    async with session.begin():
        await identities.establish(session, provider, ana, entry(old), now)
    await identities.note(session, provider, entry(new, family="Marin", former=(old,)), now)
    async with session.begin():
        for number in (old, new):
            found = await people.by_identifier(
                session, provider.master_key, Identifier(Scheme.CNP, number.number)
            )
            assert found is not None
            assert (found.id, found.family_name, found.version) == (ana.id, "Marin", 2)
        in_force = await people.identifier_of(session, provider.master_key, ana.id, Scheme.CNP)
    assert in_force == Identifier(Scheme.CNP, new.number)


async def test_a_death_that_the_register_tells_ends_sign_ins_and_is_told(
    session: Any,
    provider: Provider,
    ana: Account,
    a_browser: Any,
    a_cnp: MakeCnp,
    flow: Any,
    resolve: Any,
    looking: asyncpg.Connection,
) -> None:
    given = await flow.tokens(ana)
    cnp, now = a_cnp(BORN), clock.now()
    async with session.begin():
        await identities.establish(session, provider, ana, entry(cnp), now)
    for _ in range(2):
        await identities.note(session, provider, entry(cnp, died_on=date(2026, 11, 1)), now)
    assert (await resolve(given["access_token"])).status_code == 401
    assert await looking.fetchval("SELECT state FROM accounts WHERE id = $1", ana.id) == "DECEASED"
    assert len(await told(looking, "hub.identity.person.died.v1", str(ana.id))) == 1
    browser = a_browser()
    await browser.sign_in(ana)
    assert browser.answer.status_code == 422


async def test_the_page_shows_a_code_that_a_clerk_can_use(
    client: httpx2.AsyncClient, clerk: Any, ana: Account, a_browser: Any, population: Any, a_cnp: MakeCnp
) -> None:
    browser = a_browser()
    await browser.get("/account/validation")
    assert browser.location == "/account/sign-in"
    await browser.sign_in(ana)
    assert (await browser.get("/account/validation")).status_code == 200
    shown = await browser.post("/account/validation")
    code = re.search(r"<strong>([2-9A-Z]{4}-[2-9A-Z]{4})</strong>", shown.text)
    assert code is not None
    assert code[1] not in (await browser.get("/account/validation")).text
    person = population.put(entry(a_cnp(BORN)))
    assert (await client.post(PATH, json=seen(code[1], person.cnp), headers=clerk())).status_code == 201
    assert "validated" in (await browser.get("/account/validation")).text


async def test_a_person_from_abroad_who_gets_a_number_stays_the_same_person(
    client: httpx2.AsyncClient,
    clerk: Any,
    ana: Account,
    code_of: Any,
    population: Any,
    provider: Provider,
    session: Any,
    a_cnp: MakeCnp,
) -> None:
    abroad, now = Identifier(Scheme.EIDAS, f"DE/RO/{ids.new_id()}"), clock.now()
    async with session.begin():
        await people.add(session, Person(ana.id, "Popescu", "Ana", BORN, None, Source.EIDAS, 1, now, now))
        await people.add_identifier(session, provider.master_key, ana.id, abroad, now)
    resident = population.put(entry(a_cnp(BORN)))
    body = seen(await code_of(ana), resident.cnp, document="RESIDENCE_PERMIT")
    assert (await client.post(PATH, json=body, headers=clerk())).status_code == 201
    async with session.begin():
        for number in (abroad, Identifier(Scheme.CNP, resident.cnp.number)):
            found = await people.by_identifier(session, provider.master_key, number)
            assert found is not None
            assert found.id == ana.id
