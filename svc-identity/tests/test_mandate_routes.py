"""Acting for others by the JSON API: refusals first."""

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker
from stdnum.ro import cui as standard_cui

from hub_core import clock, ids
from hub_core.cnp import Cnp
from hub_core.principal import Assurance
from hub_events.session import Session
from svc_identity.domain.company import Company, Representative
from svc_identity.domain.person import Identifier, Person, Scheme, Source
from svc_identity.domain.population import Kin, RegisteredPerson, Relative, Sex
from svc_identity.provider import Provider
from svc_identity.storage import people

READ, WRITE = "mandates:read", "mandates:write"
API = "/identity/v1"
SOMEBODY = "0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70"
TODAY = clock.local_date(clock.now())


class Citizen:
    """Somebody with an established identity, and their requests."""

    def __init__(self, client: httpx2.AsyncClient, person_id: UUID, cnp: Cnp, headers: Any) -> None:
        self.client = client
        self.id = person_id
        self.cnp = cnp
        self._headers = headers

    async def get(self, path: str, **named: Any) -> httpx2.Response:
        return await self.client.get(f"{API}{path}", headers=self._headers(READ, Assurance.LOW), **named)

    async def post(self, path: str, body: Any = None) -> httpx2.Response:
        headers = self._headers(WRITE, Assurance.SUBSTANTIAL)
        return await self.client.post(
            f"{API}{path}", headers=headers, **({} if body is None else {"json": body})
        )

    async def listed(self, side: str) -> list[dict[str, Any]]:
        answer = await self.get("/mandates", params={"side": side})
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


MakeCitizen = Callable[..., Awaitable[Citizen]]


@pytest.fixture
def a_citizen(
    client: httpx2.AsyncClient,
    signed_in: Any,
    sessions: async_sessionmaker[Session],
    provider: Provider,
    population: Any,
    a_cnp: Any,
) -> MakeCitizen:
    """Make `a_citizen(born=…, name="Popescu")`, known to the register and to us."""

    async def make(born: date | None = None, name: str = "Popescu") -> Citizen:
        born = born or date(1940, 1, 1) + timedelta(days=secrets.randbelow(20_000))
        cnp, person_id, now = a_cnp(born), ids.new_id(), clock.now()
        population.put(RegisteredPerson(cnp, name, "Ana", born, Sex.FEMALE))
        person = Person(
            *(person_id, name, "Ana", born, None),
            *(Source.POPULATION_REGISTER, 1, now, now),
        )
        async with sessions() as session, session.begin():
            await people.add(session, person)
            number = Identifier(Scheme.CNP, cnp.number)
            await people.add_identifier(session, provider.master_key, person_id, number, now)

        def headers(scope: str, assurance: Assurance) -> Any:
            return signed_in(person_id, {scope}, assurance)

        return Citizen(client, person_id, cnp, headers)

    return make


@pytest.fixture
async def ana(a_citizen: MakeCitizen) -> Citizen:
    return await a_citizen()


@pytest.fixture
async def ion(a_citizen: MakeCitizen) -> Citizen:
    return await a_citizen(name="Ionescu")


@pytest.fixture
def a_child(population: Any, a_cnp: Any) -> Callable[..., Awaitable[Cnp]]:
    """Make `a_child(of=ana, born=…)`, in the register only."""

    async def make(*of: Citizen, born: date | None = None, name: str = "Popescu") -> Cnp:
        born = born or TODAY - timedelta(days=3_000 + secrets.randbelow(1_000))
        cnp: Cnp = a_cnp(born)
        population.put(RegisteredPerson(cnp, name, "Mara", born, Sex.FEMALE))
        for parent in of:
            others = await population.relatives(parent.cnp)
            population.put(await population.find(parent.cnp), *others, Relative(Kin.CHILD, cnp))
        return cnp

    return make


def a_cui() -> str:
    number = str(secrets.randbelow(90_000_000) + 10_000_000)
    return number + standard_cui.calc_check_digit(number)


@pytest.fixture
def a_company(companies: Any) -> Callable[..., Company]:
    """Make `a_company(ana)`: of which she is the representative."""

    def make(*of: Citizen, until: date | None = None) -> Company:
        named = tuple(Representative(one.cnp, date(2020, 1, 1), until) for one in of)
        company = Company(a_cui(), "J2024012345007", "Exemplu SRL", named)
        companies.companies[company.cui] = company
        return company

    return make


def offered(**special: Any) -> dict[str, Any]:
    return {"type": "DELEGATE", "services": ["petitions:write"], "purpose": "Primăria"} | special


def problem(answer: httpx2.Response) -> str:
    return str(answer.json()["type"]).rpartition("/problems/")[2]


# Who may.

OPERATIONS = [
    ("GET", "/mandates", READ, None),
    ("GET", f"/mandates/{SOMEBODY}", READ, None),
    ("POST", "/parental-mandates", WRITE, None),
    ("POST", "/company-mandates", WRITE, {"cui": "18547290"}),
    ("POST", "/mandate-offers", WRITE, offered()),
    ("POST", "/mandate-offers/accept", WRITE, {"code": "K7QP-9M2X-0RTA-3ZC8"}),
    (
        "POST",
        "/mandate-requests",
        WRITE,
        {
            "type": "GUARDIAN",
            "principal_cnp": "1850312149006",
            "evidence_ref": "Sentința civilă 1/2026",
            "institution_id": SOMEBODY,
        },
    ),
    ("POST", f"/mandates/{SOMEBODY}/revoke", WRITE, {}),
    ("POST", f"/mandates/{SOMEBODY}/fulfil", WRITE, {}),
    ("POST", f"/mandates/{SOMEBODY}/withdraw", WRITE, {}),
    ("GET", "/organisations", READ, None),
    ("GET", f"/organisations/{SOMEBODY}", READ, None),
    ("GET", f"/organisations/{SOMEBODY}/mandates", READ, None),
]


@pytest.mark.parametrize(("method", "path", "scope", "body"), OPERATIONS)
async def test_an_operation_wants_a_token_with_its_scope_and_without_a_mandate(
    client: httpx2.AsyncClient, signed_in: Any, method: str, path: str, scope: str, body: Any
) -> None:
    sent = {} if body is None else {"json": body}
    assert (await client.request(method, API + path, **sent)).status_code == 401
    other = signed_in(scopes={READ, WRITE, "account:write"} - {scope}, assurance=Assurance.HIGH)
    answer = await client.request(method, API + path, headers=other, **sent)
    assert (answer.status_code, problem(answer)) == (403, "insufficient-scope")
    for_another = signed_in(
        scopes={scope}, assurance=Assurance.HIGH, mandate=SOMEBODY, act_for=str(ids.new_id())
    )
    answer = await client.request(method, API + path, headers=for_another, **sent)
    assert (answer.status_code, problem(answer)) == (401, "invalid-token")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (path, body)
        for method, path, _, body in OPERATIONS
        if method == "POST" and not path.startswith("/mandates/")
    ],
)
async def test_giving_and_asking_want_a_substantial_sign_in(
    client: httpx2.AsyncClient, signed_in: Any, path: str, body: Any
) -> None:
    sent = {} if body is None else {"json": body}
    answer = await client.post(API + path, headers=signed_in(scopes={WRITE}), **sent)
    assert (answer.status_code, problem(answer)) == (403, "insufficient-user-authentication")
    assert 'acr_values="substantial"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    ("path", "body"),
    [(path, body) for _, path, _, body in OPERATIONS if path in ("/parental-mandates", "/mandate-offers")],
)
async def test_who_is_not_established_acts_for_nobody(
    client: httpx2.AsyncClient, signed_in: Any, path: str, body: Any
) -> None:
    headers = signed_in(scopes={WRITE}, assurance=Assurance.SUBSTANTIAL)
    answer = await client.post(API + path, headers=headers, **({} if body is None else {"json": body}))
    assert (answer.status_code, problem(answer)) == (403, "identity-not-established")


async def test_a_mandate_of_others_is_not_there(ana: Citizen, ion: Citizen, a_citizen: MakeCitizen) -> None:
    given = (await ana.post("/mandate-offers", offered())).json()
    await ion.post("/mandate-offers/accept", {"code": given["code"]})
    stranger = await a_citizen()
    path = f"/mandates/{given['mandate']['id']}"
    assert (await stranger.get(path)).status_code == 404
    for verb in ("revoke", "fulfil", "withdraw"):
        assert (await stranger.post(f"{path}/{verb}", {})).status_code == 404
    assert await stranger.listed("PRINCIPAL") == await stranger.listed("REPRESENTATIVE") == []
    assert (await ana.get(path)).json()["state"] == (await ion.get(path)).json()["state"] == "ACTIVE"


# Parents.


async def test_a_parent_acts_for_minor_children_at_once(
    ana: Citizen, a_child: Any, looking: asyncpg.Connection
) -> None:
    born = TODAY.replace(year=TODAY.year - 15, day=1)
    await a_child(ana, born=born)
    await a_child(ana, born=date(1990, 1, 1))
    answer = await ana.post("/parental-mandates")
    assert answer.status_code == 200, answer.text
    (made,) = answer.json()["items"]
    assert (made["type"], made["state"], made["usable"]) == ("PARENT", "ACTIVE", True)
    assert made["principal"]["name"] == "Mara Popescu"
    assert (made["principal"]["age"], made["principal"]["acts_with_consent"]) == (15, True)
    assert made["valid_to"] == str(born.replace(year=born.year + 18) - timedelta(days=1))
    services = ("appointments", "criminal-record", "petitions")
    assert made["services"] == [f"{each}:{act}" for each in services for act in ("read", "write")]
    assert UUID(made["principal"]["id"]) != ana.id
    again = await ana.post("/parental-mandates")
    assert [one["id"] for one in again.json()["items"]] == [made["id"]]
    assert [one["id"] for one in await ana.listed("REPRESENTATIVE")] == [made["id"]]
    told = await looking.fetch("SELECT subject FROM outbox WHERE key = $1", made["id"])
    assert [row["subject"] for row in told] == ["hub.identity.mandate.activated.v1"]


async def test_both_parents_act_for_one_and_the_same_child(ana: Citizen, ion: Citizen, a_child: Any) -> None:
    await a_child(ana, ion)
    (hers,) = (await ana.post("/parental-mandates")).json()["items"]
    (his,) = (await ion.post("/parental-mandates")).json()["items"]
    assert hers["principal"]["id"] == his["principal"]["id"]
    assert hers["id"] != his["id"]


async def test_on_the_18th_birthday_there_is_no_child_to_act_for(ana: Citizen, a_child: Any) -> None:
    await a_child(ana, born=TODAY.replace(year=TODAY.year - 18, day=min(TODAY.day, 28)))
    assert (await ana.post("/parental-mandates")).json() == {"items": []}


async def test_a_minor_mother_and_one_under_guardianship_act_for_nobody(
    ana: Citizen, a_citizen: MakeCitizen, a_child: Any, a_cnp: Any, population: Any
) -> None:
    young = await a_citizen(born=TODAY.replace(year=TODAY.year - 17, day=1))
    await a_child(young)
    population.put(await population.find(ana.cnp), Relative(Kin.GUARDIAN, a_cnp()))
    for one in (young, ana):
        answer = await one.post("/parental-mandates")
        assert (answer.status_code, problem(answer)) == (403, "without-full-capacity")


async def test_while_the_register_is_away_nothing_is_given(ana: Citizen, population: Any) -> None:
    population.is_away = True
    answer = await ana.post("/parental-mandates")
    assert (answer.status_code, problem(answer)) == (503, "register-unavailable")
    assert "retry-after" in answer.headers


async def test_a_child_cannot_dismiss_a_parent_but_the_parent_may_renounce(
    ana: Citizen, a_citizen: MakeCitizen, population: Any
) -> None:
    child = await a_citizen(born=TODAY.replace(year=TODAY.year - 16, day=1))
    population.put(await population.find(ana.cnp), Relative(Kin.CHILD, child.cnp))
    (made,) = (await ana.post("/parental-mandates")).json()["items"]
    assert made["principal"]["id"] == str(child.id)
    assert [one["id"] for one in await child.listed("PRINCIPAL")] == [made["id"]]
    answer = await child.post(f"/mandates/{made['id']}/revoke", {})
    assert (answer.status_code, problem(answer)) == (409, "representation-by-law")
    answer = await ana.post(f"/mandates/{made['id']}/revoke", {})
    assert (answer.json()["state"], answer.json()["end_cause"]) == ("REVOKED", "RENOUNCED")


# Companies.


async def test_a_legal_representative_acts_for_the_company(ana: Citizen, a_company: Any) -> None:
    company = a_company(ana)
    answer = await ana.post("/company-mandates", {"cui": f"RO{company.cui}"})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["type"], made["state"], made["valid_to"]) == ("LEGAL_REP", "ACTIVE", None)
    assert (made["principal"]["kind"], made["principal"]["name"]) == ("ORGANISATION", "Exemplu SRL")
    (organisation,) = (await ana.get("/organisations")).json()["items"]
    assert (organisation["cui"], organisation["trade_number"]) == (company.cui, "J2024012345007")
    assert (await ana.get(f"/organisations/{organisation['id']}")).json() == organisation


async def test_the_register_says_who_represents_a_company_today(
    ana: Citizen, ion: Citizen, a_company: Any
) -> None:
    assert problem(await ana.post("/company-mandates", {"cui": a_cui()})) == "organisation-unknown"
    assert problem(await ana.post("/company-mandates", {"cui": a_company(ion).cui})) == "not-a-representative"
    replaced = a_company(ana, until=TODAY)
    assert problem(await ana.post("/company-mandates", {"cui": replaced.cui})) == "not-a-representative"
    assert (await ana.post("/company-mandates", {"cui": "123"})).status_code == 422


async def test_who_was_replaced_yesterday_gives_no_mandate_today(
    ana: Citizen, a_company: Any, companies: Any, looking: asyncpg.Connection
) -> None:
    company = a_company(ana)
    made = (await ana.post("/company-mandates", {"cui": company.cui})).json()
    organisation = made["principal"]["id"]
    replaced = replace(company.representatives[0], until=TODAY)
    companies.companies[company.cui] = replace(company, representatives=(replaced,))
    await looking.execute(
        "UPDATE mandates SET checked_at = now() - interval '1 day' WHERE id = $1", UUID(made["id"])
    )
    answer = await ana.post("/mandate-offers", offered(organisation_id=organisation))
    assert answer.status_code == 404
    ended = (await ana.get(f"/mandates/{made['id']}")).json()
    assert (ended["state"], ended["end_cause"]) == ("EXPIRED", "REGISTER")
    assert (await ana.get("/organisations")).json()["items"] == []


async def test_a_company_delegates_through_its_representative_and_sees_who_may(
    ana: Citizen, ion: Citizen, a_citizen: MakeCitizen, a_company: Any
) -> None:
    company = a_company(ana)
    by_law = (await ana.post("/company-mandates", {"cui": company.cui})).json()
    organisation = by_law["principal"]["id"]
    given = (await ana.post("/mandate-offers", offered(organisation_id=organisation))).json()
    accepted = (await ion.post("/mandate-offers/accept", {"code": given["code"].lower()})).json()
    assert (accepted["type"], accepted["state"]) == ("DELEGATE", "ACTIVE")
    assert accepted["principal"]["name"] == "Exemplu SRL"
    listed = (await ana.get(f"/organisations/{organisation}/mandates")).json()["items"]
    assert [one["id"] for one in listed] == [accepted["id"], by_law["id"]]
    assert (await ion.get(f"/organisations/{organisation}/mandates")).status_code == 404
    assert (await ion.post("/mandate-offers", offered(organisation_id=organisation))).status_code == 404
    successor = await a_citizen()
    assert (await successor.post(f"/mandates/{accepted['id']}/revoke", {})).status_code == 404
    revoked = await ana.post(f"/mandates/{accepted['id']}/revoke", {"reason": "A plecat"})
    assert (revoked.json()["end_cause"], revoked.json()["reason"]) == ("REVOKED_BY_PRINCIPAL", "A plecat")


# Giving and accepting.


async def test_a_person_lets_another_act_for_named_services(ana: Citizen, ion: Citizen) -> None:
    answer = await ana.post("/mandate-offers", offered(valid_to=str(TODAY)))
    assert answer.status_code == 201, answer.text
    given = answer.json()
    assert (given["mandate"]["state"], given["mandate"]["representative_id"]) == ("DRAFT", None)
    accepted = (await ion.post("/mandate-offers/accept", {"code": given["code"].replace("-", " ")})).json()
    assert (accepted["state"], accepted["representative_id"]) == ("ACTIVE", str(ion.id))
    assert (accepted["services"], accepted["valid_to"]) == (["petitions:write"], str(TODAY))
    assert accepted["principal"]["name"] == "Ana Popescu"
    again = await ion.post("/mandate-offers/accept", {"code": given["code"]})
    assert (again.status_code, problem(again)) == (422, "wrong-offer-code")


async def test_nobody_accepts_what_they_gave_themselves(ana: Citizen, a_company: Any) -> None:
    given = (await ana.post("/mandate-offers", offered())).json()
    answer = await ana.post("/mandate-offers/accept", {"code": given["code"]})
    assert (answer.status_code, problem(answer)) == (409, "not-your-own-mandate")
    company = (await ana.post("/company-mandates", {"cui": a_company(ana).cui})).json()
    given = (await ana.post("/mandate-offers", offered(organisation_id=company["principal"]["id"]))).json()
    answer = await ana.post("/mandate-offers/accept", {"code": given["code"]})
    assert problem(answer) == "not-your-own-mandate"


async def test_a_code_that_is_unknown_past_or_withdrawn_opens_nothing(
    ana: Citizen, ion: Citizen, looking: asyncpg.Connection
) -> None:
    past, withdrawn = [(await ana.post("/mandate-offers", offered())).json() for _ in range(2)]
    await looking.execute(
        "UPDATE mandates SET code_expires_at = now() WHERE id = $1", UUID(past["mandate"]["id"])
    )
    answer = await ana.post(f"/mandates/{withdrawn['mandate']['id']}/withdraw", {})
    assert (answer.json()["state"], answer.json()["end_cause"]) == ("WITHDRAWN", "WITHDRAWN")
    for code in ("K7QP-9M2X-0RTA-3ZC8", past["code"], withdrawn["code"]):
        answer = await ion.post("/mandate-offers/accept", {"code": code})
        assert (answer.status_code, problem(answer)) == (422, "wrong-offer-code")
    never = await ion.post("/mandate-offers/accept", {"code": "é"})
    assert (never.status_code, problem(never)) == (422, "invalid-request")


async def test_a_minor_accepts_no_mandate(ana: Citizen, a_citizen: MakeCitizen) -> None:
    young = await a_citizen(born=TODAY.replace(year=TODAY.year - 17, day=1))
    given = (await ana.post("/mandate-offers", offered())).json()
    answer = await young.post("/mandate-offers/accept", {"code": given["code"]})
    assert (answer.status_code, problem(answer)) == (403, "without-full-capacity")


@pytest.mark.parametrize(
    ("special", "refused"),
    [
        ({"services": []}, "mandate-services"),
        ({"services": ["account:write"]}, "mandate-services"),
        ({"valid_from": "2020-01-01"}, "mandate-dates"),
        ({"valid_to": "2020-01-01"}, "mandate-dates"),
        ({"type": "PARENT"}, "invalid-request"),
        ({"type": "GUARDIAN"}, "invalid-request"),
        ({"type": "NOTARIAL_PROXY"}, "invalid-request"),
        ({"purpose": "x" * 201}, "invalid-request"),
        ({"unknown": 1}, "invalid-request"),
    ],
)
async def test_an_offer_that_is_not_in_order_is_refused(
    ana: Citizen, special: dict[str, Any], refused: str
) -> None:
    answer = await ana.post("/mandate-offers", offered(**special))
    assert (answer.status_code, problem(answer)) == (422, refused)


async def test_each_side_ends_a_mandate_once(ana: Citizen, ion: Citizen) -> None:
    for who, verb, cause in (
        (ana, "revoke", "REVOKED_BY_PRINCIPAL"),
        (ion, "revoke", "RENOUNCED"),
        (ana, "fulfil", "FULFILLED"),
        (ion, "fulfil", "FULFILLED"),
    ):
        given = (await ana.post("/mandate-offers", offered())).json()
        await ion.post("/mandate-offers/accept", {"code": given["code"]})
        path = f"/mandates/{given['mandate']['id']}"
        refused = await who.post(f"{path}/withdraw", {})
        assert (refused.status_code, problem(refused)) == (409, "mandate-state")
        assert "ACTIVE" in refused.json()["detail"]
        ended = (await who.post(f"{path}/{verb}", {})).json()
        assert (ended["end_cause"], ended["usable"]) == (cause, False)
        again = await who.post(f"{path}/{verb}", {})
        assert (again.status_code, problem(again)) == (409, "mandate-state")


# Asking.


async def test_a_guardian_asks_and_nothing_is_told_of_the_ward(
    ana: Citizen, a_cnp: Any, looking: asyncpg.Connection
) -> None:
    wanted = {"type": "GUARDIAN", "evidence_ref": "Sentința 12/2026", "institution_id": SOMEBODY}
    registered, unknown = a_cnp(date(1950, 1, 1)), a_cnp(date(1951, 1, 1))
    for cnp in (registered, unknown):
        answer = await ana.post("/mandate-requests", wanted | {"principal_cnp": cnp.number})
        assert answer.status_code == 201, answer.text
        made = answer.json()
        assert (made["state"], made["principal"]["id"], made["principal"]["name"]) == (
            "PENDING_VERIFICATION",
            None,
            "",
        )
        assert cnp.number not in answer.text
        sealed = await looking.fetchval(
            "SELECT principal_number FROM mandates WHERE id = $1", UUID(made["id"])
        )
        assert cnp.number.encode() not in sealed
        withdrawn = await ana.post(f"/mandates/{made['id']}/withdraw", {})
        assert withdrawn.json()["state"] == "WITHDRAWN"
        assert (
            await looking.fetchval("SELECT principal_number FROM mandates WHERE id = $1", UUID(made["id"]))
            is None
        )
    answer = await ana.post("/mandate-requests", wanted | {"principal_cnp": ana.cnp.number})
    assert (answer.status_code, problem(answer)) == (409, "not-your-own-mandate")


async def test_lists_are_pages(ana: Citizen, ion: Citizen) -> None:
    made = []
    for _ in range(3):
        given = (await ana.post("/mandate-offers", offered())).json()
        await ion.post("/mandate-offers/accept", {"code": given["code"]})
        made.append(given["mandate"]["id"])
    first = (await ion.get("/mandates", params={"limit": 2})).json()
    rest = (await ion.get("/mandates", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [one["id"] for one in first["items"] + rest["items"]] == made[::-1]
    assert rest["next_cursor"] is None


# Officials.

VERIFY = "mandates:verify"
REQUESTS = "/mandate-requests"
PURPOSE = {"purpose": "VERIFICATION"}


class Official:
    """An official at an institution, and their requests."""

    def __init__(self, citizen: Citizen, institution: UUID, headers: dict[str, str]) -> None:
        self.client = citizen.client
        self.id = citizen.id
        self.institution = institution
        self._headers = headers

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        return await self.client.get(f"{API}{path}", headers=self._headers | PURPOSE | headers)

    async def post(self, path: str, body: Any = None, version: int | None = None) -> httpx2.Response:
        headers = self._headers | PURPOSE | ({"if-match": f'"{version}"'} if version else {})
        return await self.client.post(
            f"{API}{path}", headers=headers, **({} if body is None else {"json": body})
        )


@pytest.fixture
def an_official(a_citizen: MakeCitizen, signed_in: Any) -> Callable[..., Awaitable[Official]]:
    """Make `an_official(role="CLERK", at=institution, citizen=ana)`."""

    async def make(role: str = "CLERK", at: UUID | None = None, citizen: Citizen | None = None) -> Official:
        who, institution = citizen or await a_citizen(name="Clerk"), at or ids.new_id()
        headers = signed_in(
            who.id, {VERIFY}, Assurance.SUBSTANTIAL, roles=[role], institution=str(institution)
        )
        return Official(who, institution, headers)

    return make


@pytest.fixture
async def clerk(an_official: Any) -> Official:
    made: Official = await an_official()
    return made


@pytest.fixture
async def asked(ana: Citizen, ion: Citizen, clerk: Official) -> str:
    """Ana asks the clerk's institution to act for Ion as his guardian: the mandate's id."""
    return await asks(ana, ion.cnp, clerk.institution)


async def asks(who: Citizen, principal: Cnp, institution: UUID) -> str:
    answer = await who.post(
        REQUESTS,
        {
            "type": "GUARDIAN",
            "principal_cnp": principal.number,
            "evidence_ref": "Sentința civilă 12/2026",
            "institution_id": str(institution),
        },
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize(
    ("method", "path", "body", "role"),
    [
        ("POST", "/institution-mandate-offers", {"evidence_ref": "Protocol 1/2026"}, "HEAD"),
        ("GET", REQUESTS, None, "CLERK"),
        ("GET", f"{REQUESTS}/{SOMEBODY}", None, "CLERK"),
        ("POST", f"{REQUESTS}/{SOMEBODY}/verify", None, "CLERK"),
        ("POST", f"{REQUESTS}/{SOMEBODY}/refuse", {"reason": "Actul nu este semnat"}, "CLERK"),
        ("POST", f"{REQUESTS}/{SOMEBODY}/revoke", {"reason": "Act anulat"}, "CLERK"),
    ],
)
async def test_only_officials_with_the_role_decide(
    client: httpx2.AsyncClient, signed_in: Any, method: str, path: str, body: Any, role: str
) -> None:
    sent = {} if body is None else {"json": body}

    async def ask(**claims: Any) -> tuple[int, str]:
        scopes = claims.pop("scopes", {VERIFY})
        headers = signed_in(scopes=scopes, assurance=Assurance.SUBSTANTIAL, **claims) | PURPOSE
        answer = await client.request(method, API + path, headers=headers | {"if-match": '"1"'}, **sent)
        return answer.status_code, problem(answer) if answer.status_code >= 400 else ""

    assert (await client.request(method, API + path, **sent)).status_code == 401
    assert await ask(scopes={READ, WRITE}) == (403, "insufficient-scope")
    assert await ask() == (403, "role-required")
    assert await ask(roles=[role]) == (403, "role-required")
    assert await ask(roles=["HANDLER"], institution=SOMEBODY) == (403, "role-required")
    status, _ = await ask(roles=[role], institution=SOMEBODY)
    assert status in (200, 201, 404)


async def test_an_official_verifies_an_act_and_both_people_see_it(
    ana: Citizen, ion: Citizen, clerk: Official, asked: str, looking: asyncpg.Connection
) -> None:
    waiting = (await clerk.get(REQUESTS)).json()["items"]
    assert [(one["id"], one["type"]) for one in waiting] == [(asked, "GUARDIAN")]
    assert "Ionescu" not in str(waiting)
    seen = await clerk.get(f"{REQUESTS}/{asked}")
    assert seen.status_code == 200, seen.text
    case = seen.json()
    assert case["principal"]["name"] == "Ana Ionescu"
    assert case["principal"]["number_ends"] == ion.cnp.number[-4:]
    assert case["representative"]["name"] == "Ana Popescu"
    assert ion.cnp.number not in seen.text
    verified = await clerk.post(f"{REQUESTS}/{asked}/verify", version=1)
    assert verified.status_code == 200, verified.text
    assert (verified.json()["state"], verified.json()["principal"]["id"]) == ("ACTIVE", str(ion.id))
    assert verified.headers["etag"] == '"2"'
    assert (await clerk.get(REQUESTS)).json()["items"] == []
    assert [one["id"] for one in await ion.listed("PRINCIPAL")] == [asked]
    lines = await looking.fetch(
        "SELECT body FROM outbox WHERE subject = 'hub.identity.record.accessed.v1' "
        "AND convert_from(body, 'UTF8') LIKE $1 ORDER BY seq",
        f"%{asked}%",
    )
    said = [json.loads(row["body"])["data"] for row in lines]
    assert [(one["action"], one["subject_person_id"]) for one in said] == [
        (action, str(person)) for action in ("READ", "DECIDE") for person in (ion.id, ana.id)
    ]
    assert {one["purpose"] for one in said} == {"VERIFICATION"}
    number = await looking.fetchval("SELECT principal_number FROM mandates WHERE id = $1", UUID(asked))
    assert number is None


async def test_a_case_of_another_institution_is_not_there(an_official: Any, asked: str) -> None:
    other = await an_official()
    assert (await other.get(REQUESTS)).json()["items"] == []
    assert (await other.get(f"{REQUESTS}/{asked}")).status_code == 404
    assert (await other.post(f"{REQUESTS}/{asked}/verify", version=1)).status_code == 404
    assert (await other.post(f"{REQUESTS}/{asked}/refuse", {"reason": "Altul"}, 1)).status_code == 404
    assert (await other.post(f"{REQUESTS}/{asked}/revoke", {"reason": "Altul"})).status_code == 404


async def test_a_case_is_opened_for_a_purpose_only(clerk: Official, asked: str) -> None:
    answer = await clerk.get(f"{REQUESTS}/{asked}", purpose="curiosity")
    assert (answer.status_code, problem(answer)) == (400, "purpose-required")


async def test_nobody_decides_their_own_case_or_that_of_relatives(
    ana: Citizen, ion: Citizen, a_citizen: MakeCitizen, an_official: Any, population: Any
) -> None:
    institution = ids.new_id()
    asked = await asks(ana, ion.cnp, institution)
    sister = await a_citizen()
    population.put(await population.find(sister.cnp), Relative(Kin.SIBLING, ion.cnp))
    population.put(await population.find(ion.cnp), Relative(Kin.SIBLING, sister.cnp))
    for who in (ana, ion, sister):
        official = await an_official(at=institution, citizen=who)
        for verb, body in (("verify", None), ("refuse", {"reason": "Nu se poate"})):
            answer = await official.post(f"{REQUESTS}/{asked}/{verb}", body, 1)
            assert (answer.status_code, problem(answer)) == (403, "own-case")


async def test_a_decision_names_the_version_that_was_seen(clerk: Official, asked: str) -> None:
    for verb, body in (("verify", None), ("refuse", {"reason": "Actul nu este semnat"})):
        path = f"{REQUESTS}/{asked}/{verb}"
        assert (await clerk.post(path, body)).status_code == 428
        assert (await clerk.post(path, body, 7)).status_code == 412
    answer = await clerk.post(f"{REQUESTS}/{asked}/refuse", {"reason": "Actul nu este semnat"}, 1)
    assert (answer.json()["state"], answer.json()["reason"]) == ("REFUSED", "Actul nu este semnat")
    again = await clerk.post(f"{REQUESTS}/{asked}/verify", version=2)
    assert (again.status_code, problem(again)) == (409, "mandate-state")


async def test_a_principal_whom_the_register_does_not_know_alive_is_not_verified(
    ana: Citizen, ion: Citizen, clerk: Official, a_cnp: Any, population: Any
) -> None:
    unknown = await asks(ana, a_cnp(date(1950, 1, 1)), clerk.institution)
    population.put(replace(await population.find(ion.cnp), died_on=TODAY))
    dead = await asks(ana, ion.cnp, clerk.institution)
    for asked in (unknown, dead):
        answer = await clerk.post(f"{REQUESTS}/{asked}/verify", version=1)
        assert (answer.status_code, problem(answer)) == (409, "principal-not-there")


async def test_an_official_revokes_with_a_reason(
    ana: Citizen, ion: Citizen, clerk: Official, asked: str
) -> None:
    await clerk.post(f"{REQUESTS}/{asked}/verify", version=1)
    answer = await ion.post(f"/mandates/{asked}/revoke", {})
    assert problem(answer) == "representation-by-law"
    answer = await clerk.post(f"{REQUESTS}/{asked}/revoke", {"reason": "Sentința a fost casată"})
    assert (answer.json()["state"], answer.json()["end_cause"]) == ("REVOKED", "REVOKED_BY_OFFICIAL")
    shown = (await ana.get(f"/mandates/{asked}")).json()
    assert (shown["reason"], shown["usable"]) == ("Sentința a fost casată", False)


async def test_a_parent_whom_a_court_has_stopped_is_not_brought_back_by_the_register(
    ana: Citizen, a_child: Any, an_official: Any
) -> None:
    await a_child(ana)
    (made,) = (await ana.post("/parental-mandates")).json()["items"]
    reason = {"reason": "Sentința civilă 99/2026"}
    clerk = await an_official()
    assert (await clerk.post(f"{REQUESTS}/{made['id']}/revoke", reason)).status_code == 404
    administrator = await an_official("ADMIN")
    assert (await administrator.post(f"{REQUESTS}/{made['id']}/revoke", reason)).status_code == 200
    assert (await ana.post("/parental-mandates")).json() == {"items": []}


async def test_a_proxy_offered_by_its_principal_is_verified_before_it_is_in_force(
    ana: Citizen, ion: Citizen, clerk: Official
) -> None:
    wanted = {
        "type": "NOTARIAL_PROXY",
        "services": ["petitions:write"],
        "evidence_ref": "Procură autentică 7/2026",
        "institution_id": str(clerk.institution),
    }
    given = (await ana.post("/mandate-offers", wanted)).json()
    accepted = (await ion.post("/mandate-offers/accept", {"code": given["code"]})).json()
    assert (accepted["state"], accepted["usable"]) == ("PENDING_VERIFICATION", False)
    verified = (await clerk.post(f"{REQUESTS}/{accepted['id']}/verify", version=2)).json()
    assert (verified["state"], verified["principal"]["id"]) == ("ACTIVE", str(ana.id))
    assert (await ana.post(f"/mandates/{accepted['id']}/revoke", {})).status_code == 200


async def test_an_official_acts_for_an_institution_after_two_others_have_said_so(
    ion: Citizen, an_official: Any
) -> None:
    head = await an_official("HEAD")
    given = (await head.post("/institution-mandate-offers", {"evidence_ref": "Protocol 1/2026"})).json()
    accepted = (await ion.post("/mandate-offers/accept", {"code": given["code"]})).json()
    path = f"{REQUESTS}/{accepted['id']}/verify"
    own = await head.post(path, version=2)
    assert (own.status_code, problem(own)) == (403, "four-eyes")
    himself = await an_official("CLERK", head.institution, ion)
    assert problem(await himself.post(path, version=2)) == "own-case"
    colleague = await an_official("CLERK", head.institution)
    verified = (await colleague.post(path, version=2)).json()
    assert (verified["type"], verified["state"]) == ("INSTITUTION", "ACTIVE")
    assert verified["principal"]["id"] == str(head.institution)
