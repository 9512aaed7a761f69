"""Outside identity providers: people found by their number, never by their e-mail address."""

import base64
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import asyncpg
import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.applications import Starlette

from hub_cli.outside.identity_providers import ABROAD, IdentityProvider
from hub_core.principal import Assurance
from svc_identity.domain import outside
from svc_identity.domain.account import Account
from svc_identity.domain.person import Scheme
from svc_identity.domain.population import RegisteredPerson, Sex
from svc_identity.provider import Provider

PASSWORD = "patru cuvinte fara rost"
WORLD = "http://outside.example"
CLAIMS = outside.Claims("cnp", "family_name", "given_name", "birthdate")
SAID = {
    "acr": "here:substantial",
    "cnp": "2850312149008",
    "family_name": "Popescu",
    "given_name": "Ana",
    "birthdate": "1985-03-12",
}
BORN = date(1985, 3, 12)


# ── what a provider says ──


def read(claims: dict[str, Any], highest: Assurance = Assurance.SUBSTANTIAL) -> outside.Said | None:
    levels = {"here:substantial": Assurance.SUBSTANTIAL, "here:high": Assurance.HIGH}
    return outside.read("roeid", Scheme.CNP, CLAIMS, levels, highest, claims)


def test_claims_are_read_by_the_names_of_the_configuration() -> None:
    said = read(SAID)
    assert said is not None
    assert (said.identifier.value, said.birth_date, said.level) == (
        "2850312149008",
        BORN,
        Assurance.SUBSTANTIAL,
    )


def test_a_provider_is_not_believed_beyond_the_level_it_was_notified_at() -> None:
    said = read(SAID | {"acr": "here:high"})
    assert said is not None
    assert said.level is Assurance.SUBSTANTIAL


@pytest.mark.parametrize(
    "changed",
    [
        {"acr": "there:substantial"},
        {"acr": None},
        {"cnp": None},
        {"cnp": ""},
        {"cnp": 2850312149008},
        {"family_name": "x" * 101},
        {"birthdate": "12.03.1985"},
        {"birthdate": None},
    ],
)
def test_claims_that_lack_something_are_not_believed(changed: dict[str, Any]) -> None:
    assert read(SAID | changed) is None


# ── the way there and back ──


class Register:
    """Whom the test's ROeID knows."""

    def __init__(self) -> None:
        self.entries: dict[str, dict[str, Any]] = {}

    def people(self, after: str, limit: int) -> list[dict[str, Any]]:
        return [entry for cnp, entry in sorted(self.entries.items()) if cnp > after][:limit]

    def person(self, cnp: str) -> dict[str, Any] | None:
        return self.entries.get(cnp)


@pytest.fixture
def world(provider: Provider) -> Iterator[dict[str, IdentityProvider]]:
    """Both providers, reached without a network."""
    made = {
        "roeid": IdentityProvider("roeid", "ROeID", WORLD, "secret-of-the-hub", Register()),
        "eidas": IdentityProvider("eidas", "eIDAS", WORLD, "secret-of-the-hub"),
    }
    app = Starlette(routes=[route for one in made.values() for route in one.routes])
    provider.outside._transport = httpx2.ASGITransport(app)
    provider.outside._published.clear()
    yield made
    provider.outside._transport = None


@pytest.fixture
def choose(provider: Provider, world: Any) -> Any:
    """Be somebody at a provider: the address that the browser is sent back to."""

    async def go(address: str, citizen: str, **form: str) -> str:
        async with httpx2.AsyncClient(transport=provider.outside._transport) as http:
            assert (await http.get(address)).status_code == 200
            said = {"citizen": citizen, "decision": "agree"} | form
            answer = await http.post(address, data=said)
        back = urlsplit(answer.headers["location"])
        return f"{back.path}?{back.query}"

    return go


@pytest.fixture
def known(world: Any, population: Any, a_cnp: Any) -> Any:
    """Let somebody be in the population register, and known to ROeID."""

    def put(**changed: Any) -> RegisteredPerson:
        cnp = a_cnp()
        facts = {"family_name": "Popescu", "given_name": "Ana-Maria", "birth_date": cnp.birth_date} | changed
        person = RegisteredPerson(cnp=cnp, sex=Sex.FEMALE, **facts)
        population.put(person)
        world["roeid"].register.entries[person.cnp.number] = asdict(person) | {"cnp": person.cnp.number}
        return person

    return put


@pytest.fixture
def code_of(client: httpx2.AsyncClient, signed_in: Any) -> Any:
    async def ask(confirmation_id: str) -> str:
        headers = signed_in(scopes={"identity.contact:read"}, kind="service", sub="notify")
        answer = await client.get(f"/internal/v1/email-confirmations/{confirmation_id}", headers=headers)
        code: str = answer.json()["code"]
        return code

    return ask


@pytest.fixture
def sign_up(choose: Any, code_of: Any, looking: asyncpg.Connection) -> Any:
    """Come from a provider for the first time and make an account; its id."""

    async def go(browser: Any, name: str, citizen: str, email: str, **form: str) -> Any:
        await browser.get(f"/account/outside/{name}")
        await browser.get(await choose(browser.location, citizen, **form))
        assert browser.location == "/account/outside-sign-up"
        page = await browser.follow()
        assert "Popescu" in page.text or "Müller" in page.text
        assert (await browser.post("/account/outside-sign-up", email="no address")).status_code == 422
        await browser.post("/account/outside-sign-up", email=email)
        page = await browser.follow()
        confirmation_id = parse_qs(urlsplit(str(page.url)).query)["confirmation"][0]
        await browser.post(str(page.url), code=await code_of(confirmation_id))
        return await looking.fetchrow("SELECT * FROM accounts WHERE email = $1 AND state = 'CREATED'", email)

    return go


async def test_somebody_new_signs_up_with_an_address_only_and_signs_in_again(
    browser: Any, known: Any, choose: Any, sign_up: Any, an_address: str, looking: asyncpg.Connection
) -> None:
    person = known()
    account = await sign_up(browser, "roeid", person.cnp.number, an_address)
    assert (account["assurance"], account["password_hash"]) == ("substantial", None)
    assert (account["given_name"], account["family_name"]) == ("Ana-Maria", "Popescu")
    born = await looking.fetchval("SELECT birth_date FROM people WHERE id = $1", account["id"])
    assert born == person.birth_date
    sealed = await looking.fetchval("SELECT sealed FROM identifiers WHERE person_id = $1", account["id"])
    assert person.cnp.number.encode() not in sealed

    await browser.get("/account/outside/roeid")
    await browser.get(await choose(browser.location, person.cnp.number))
    assert browser.location == "/account/overview"
    assert (await browser.get("/account/overview")).status_code == 200
    made = await looking.fetchrow(
        "SELECT methods, assurance FROM sessions WHERE account_id = $1", account["id"]
    )
    assert (made["methods"], made["assurance"]) == (["fed"], "substantial")


async def test_somebody_from_abroad_has_an_account_without_a_cnp(
    browser: Any, choose: Any, sign_up: Any, an_address: str, looking: asyncpg.Connection, world: Any
) -> None:
    citizen = ABROAD[0].number
    account = await sign_up(browser, "eidas", citizen, an_address, level="high")
    assert account["assurance"] == "high"
    schemes = await looking.fetch("SELECT scheme FROM identifiers WHERE person_id = $1", account["id"])
    assert [row["scheme"] for row in schemes] == ["EIDAS"]
    await browser.get("/account/outside/eidas")
    await browser.get(await choose(browser.location, citizen, level="low"))
    assert browser.location == "/account/overview"
    level = "SELECT assurance FROM sessions WHERE account_id = $1 ORDER BY id DESC LIMIT 1"
    assert await looking.fetchval(level, account["id"]) == "low"


async def test_an_application_gets_its_answer_after_a_sign_in_outside(
    flow: Any, known: Any, choose: Any, sign_up: Any, an_address: str, a_browser: Any
) -> None:
    person = known()
    await sign_up(a_browser(), "roeid", person.cnp.number, an_address)
    await flow.ask()
    await flow.browser.follow()
    (link,) = [one["href"] for one in flow.browser.page.all("a") if "/outside/roeid" in one["href"]]
    await flow.browser.get(link)
    await flow.browser.get(await choose(flow.browser.location, person.cnp.number))
    page = await flow.browser.follow()
    await flow.browser.post(str(page.url), decision="agree")
    given = (await flow.exchange(flow.returned()["code"])).json()
    claims = json.loads(_body_of(given["id_token"]))
    assert (claims["amr"], claims["acr"]) == (["fed"], "substantial")


async def test_the_same_e_mail_address_is_no_reason_to_be_let_in(
    browser: Any, ana: Account, known: Any, choose: Any, code_of: Any, looking: asyncpg.Connection
) -> None:
    person = known()
    await browser.get("/account/outside/roeid")
    await browser.get(await choose(browser.location, person.cnp.number))
    await browser.follow()
    await browser.post("/account/outside-sign-up", email=ana.email)
    page = await browser.follow()
    confirmation_id = parse_qs(urlsplit(str(page.url)).query)["confirmation"][0]
    await browser.post(str(page.url), code=await code_of(confirmation_id))
    assert "account-exists" in browser.location
    assert await looking.fetchval("SELECT count(*) FROM identifiers WHERE person_id = $1", ana.id) == 0
    assert await looking.fetchval("SELECT assurance FROM accounts WHERE id = $1", ana.id) == "low"


async def test_a_signed_in_person_links_an_identity_and_is_then_known_by_it(
    a_browser: Any, ana: Account, known: Any, choose: Any, looking: asyncpg.Connection
) -> None:
    person = known()
    browser = a_browser()
    await browser.sign_in(ana)
    await browser.get("/account/security/outside/roeid")
    await browser.get(await choose(browser.location, person.cnp.number))
    assert browser.location == "/account/security?notice=identity-linked"
    page = await browser.follow()
    assert "Linked on" in page.text
    assert await looking.fetchval("SELECT assurance FROM accounts WHERE id = $1", ana.id) == "substantial"
    new = a_browser()
    await new.get("/account/outside/roeid")
    await new.get(await choose(new.location, person.cnp.number))
    assert new.location == "/account/overview"
    told = await looking.fetch("SELECT change FROM security_changes WHERE account_id = $1", ana.id)
    assert "IDENTITY_LINKED" in {row["change"] for row in told}

    await new.post("/account/security/outside/roeid/remove")
    await new.get("/account/security")
    await new.post("/account/security/outside/roeid/remove")
    assert new.location == "/account/security?notice=identity-removed"
    refused = a_browser()
    await refused.get("/account/outside/roeid")
    answer = await refused.get(await choose(refused.location, person.cnp.number))
    assert answer.status_code == 403


async def test_an_identity_belongs_to_one_account(
    a_browser: Any, ana: Account, known: Any, choose: Any, sign_up: Any, an_address: str
) -> None:
    person = known()
    await sign_up(a_browser(), "roeid", person.cnp.number, an_address)
    browser = a_browser()
    await browser.sign_in(ana)
    await browser.get("/account/security/outside/roeid")
    answer = await browser.get(await choose(browser.location, person.cnp.number))
    assert answer.status_code == 409


async def test_the_only_way_in_cannot_be_removed(
    browser: Any, known: Any, choose: Any, sign_up: Any, an_address: str
) -> None:
    person = known()
    await sign_up(browser, "roeid", person.cnp.number, an_address)
    await browser.get("/account/outside/roeid")
    await browser.get(await choose(browser.location, person.cnp.number))
    await browser.get("/account/security")
    answer = await browser.post("/account/security/outside/roeid/remove")
    assert answer.status_code == 409


async def test_nobody_comes_back_to_another_browser(a_browser: Any, known: Any, choose: Any) -> None:
    person = known()
    victim, attacker = a_browser(), a_browser()
    await attacker.get("/account/outside/roeid")
    back = await choose(attacker.location, person.cnp.number)
    assert (await victim.get(back)).status_code == 422
    await victim.get("/account/outside/roeid")
    assert (await victim.get(back)).status_code == 422


async def test_an_answer_serves_once(browser: Any, known: Any, choose: Any) -> None:
    person = known()
    await browser.get("/account/outside/roeid")
    back = await choose(browser.location, person.cnp.number)
    carried = browser.http.cookies.get("hub_outside")
    await browser.get(back)
    browser.http.cookies.set("hub_outside", carried)
    assert (await browser.get(back)).status_code == 422


async def test_who_does_not_agree_is_not_signed_in(browser: Any, known: Any, choose: Any) -> None:
    person = known()
    await browser.get("/account/outside/roeid")
    answer = await browser.get(await choose(browser.location, person.cnp.number, decision="deny"))
    assert answer.status_code == 422


async def test_a_number_that_the_register_does_not_know_opens_nothing(
    browser: Any, known: Any, choose: Any, population: Any, world: Any, a_cnp: Any
) -> None:
    stranger = a_cnp()
    world["roeid"].register.entries[stranger.number] = {
        "cnp": stranger.number,
        "family_name": "Nimeni",
        "given_name": "Nicu",
        "birth_date": stranger.birth_date,
    }
    await browser.get("/account/outside/roeid")
    answer = await browser.get(await choose(browser.location, stranger.number))
    assert answer.status_code == 422


async def test_a_register_that_is_away_stops_it_and_stores_nothing(
    browser: Any, known: Any, choose: Any, population: Any, looking: asyncpg.Connection
) -> None:
    person = known()
    await browser.get("/account/outside/roeid")
    back = await choose(browser.location, person.cnp.number)
    population.is_away = True
    answer = await browser.get(back)
    population.is_away = False
    assert answer.status_code == 503


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "http://elsewhere.example"},
        {"aud": "another-client"},
        {"aud": ["hub", "another-client"]},
        {"nonce": "another nonce"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"acr": "http://eidas.europa.eu/LoA/none"},
    ],
)
async def test_a_token_that_is_not_for_this_sign_in_is_refused(
    browser: Any,
    known: Any,
    choose: Any,
    world: Any,
    monkeypatch: pytest.MonkeyPatch,
    changed: dict[str, Any],
) -> None:
    person = known()
    honest = IdentityProvider._token

    def forge(self: IdentityProvider, given: Any) -> str:
        claims = json.loads(_body_of(honest(self, given))) | changed
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode({"alg": "ES256", "kid": "outside"}, kept, self.key)

    monkeypatch.setattr(IdentityProvider, "_token", forge)
    await browser.get("/account/outside/roeid")
    answer = await browser.get(await choose(browser.location, person.cnp.number))
    assert answer.status_code == 422


async def test_a_token_of_another_key_is_refused(
    browser: Any, known: Any, choose: Any, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = known()
    honest = IdentityProvider._token
    other = ECKey.generate_key("P-256", {"kid": "outside"})

    def forge(self: IdentityProvider, given: Any) -> str:
        claims = json.loads(_body_of(honest(self, given)))
        return jwt.encode({"alg": "ES256", "kid": "outside"}, claims, other)

    monkeypatch.setattr(IdentityProvider, "_token", forge)
    await browser.get("/account/outside/roeid")
    answer = await browser.get(await choose(browser.location, person.cnp.number))
    assert answer.status_code == 422


async def test_what_the_browser_carries_shows_nothing(browser: Any, known: Any, choose: Any) -> None:
    person = known()
    await browser.get("/account/outside/roeid")
    asked = dict(parse_qsl(urlsplit(browser.location).query))
    assert asked["code_challenge_method"] == "S256"
    assert asked["nonce"] not in browser.http.cookies.get("hub_outside")
    await browser.get(await choose(browser.location, person.cnp.number))
    assert person.cnp.number not in str(browser.http.cookies)
    assert person.cnp.number not in browser.location


async def test_there_is_no_other_provider(browser: Any, world: Any) -> None:
    assert (await browser.get("/account/outside/elsewhere")).status_code == 404


def _body_of(token: str) -> str:
    body = token.split(".")[1]
    return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()
