"""The running service, browsers and clients of it. Tests stay apart by people of their own."""

import base64
import hashlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import async_sessionmaker
from stdnum.ro import cnp as standard_cnp

from hub_core import clock, ids
from hub_core.cnp import Cnp
from hub_core.county import COUNTIES
from hub_core.language import Language
from hub_core.principal import Assurance, Role
from hub_events.session import Session
from hub_service.database import Database
from hub_testing import rules
from hub_testing.databases import ServiceDatabase
from svc_identity import seed
from svc_identity.domain import login_name
from svc_identity.domain.account import Account, Profile
from svc_identity.domain.client import ApplicationType, Authentication, Client
from svc_identity.domain.company import Company
from svc_identity.domain.grant import hash_of
from svc_identity.domain.official import Appointment
from svc_identity.domain.population import RegisteredPerson, Relative, Sex
from svc_identity.errors.decisions import RegisterUnavailable
from svc_identity.main import create_app
from svc_identity.manifest import MANIFEST
from svc_identity.operations import registration
from svc_identity.operations.accounts import SignUp
from svc_identity.provider import Provider
from svc_identity.settings import Settings

PASSWORD = "patru cuvinte fara rost"
SECRET = "a-secret-of-a-confidential-client"
REDIRECT = "http://127.0.0.1:8765/callback"
ORIGIN = "http://localhost:8080"
ABROAD = "http://outside.example"
LEVELS = {f"http://eidas.europa.eu/LoA/{level}": level for level in ("low", "substantial", "high")}
OUTSIDE = [
    {
        "name": name,
        "shown": shown,
        "issuer": f"{ABROAD}/{name}",
        "client_id": "hub",
        "client_secret": "secret-of-the-hub",
        "scheme": scheme,
        "claims": {
            "identifier": claim,
            "family_name": "family_name",
            "given_name": "given_name",
            "birth_date": "birthdate",
        },
        "levels": LEVELS,
        "highest": highest,
    }
    for name, shown, scheme, claim, highest in (
        ("roeid", "ROeID", "CNP", "cnp", "substantial"),
        ("eidas", "eIDAS", "EIDAS", "person_identifier", "high"),
    )
]
"""Two identity providers outside, as an operator writes them down."""
CENTURY = 2000
GIVEN_OUT: set[str] = set()


def somewhere() -> str:
    """A network address of its own (RFC 3849)."""
    return f"2001:db8:{secrets.randbelow(65536):x}:{secrets.randbelow(65536):x}::1"


@pytest.fixture(scope="session")
async def schema(provision: Any) -> ServiceDatabase:
    made: ServiceDatabase = await provision(MANIFEST)
    await rules.load(made, Path(__file__).parents[2] / "svc-catalog/contract/rules.json")
    return made


@pytest.fixture(scope="session")
def settings(schema: ServiceDatabase, service_settings: Any) -> Settings:
    made: Settings = service_settings(
        MANIFEST,
        Settings,
        identity_services={
            "gateway": {"secret": "secret-of-the-gateway"},
            "notify": {"secret": "secret-of-notify", "scopes": ["identity.contact:read"]},
        },
        identity_key=base64.b64encode(bytes(range(32))).decode(),
        identity_outside_providers=OUTSIDE,
        identity_argon2_memory_kib=8,
        identity_argon2_passes=1,
    )
    return made


class FakePopulation:
    """A population register that holds whom a test puts in; `is_away` makes it fail."""

    def __init__(self) -> None:
        self.is_away = False
        self._people: dict[str, RegisteredPerson] = {}
        self._relatives: dict[str, list[Relative]] = {}

    def put(self, person: RegisteredPerson, *relatives: Relative) -> RegisteredPerson:
        """Register a person, found by every number they have or had."""
        for number in (person.cnp, *person.former):
            self._people[number.number] = person
        self._relatives[person.cnp.number] = list(relatives)
        return person

    async def find(self, cnp: Cnp) -> RegisteredPerson | None:
        if self.is_away:
            raise RegisterUnavailable
        return self._people.get(cnp.number)

    async def relatives(self, cnp: Cnp) -> list[Relative]:
        found = await self.find(cnp)
        return self._relatives[found.cnp.number] if found else []


class FakeCompanies:
    """A trade register that holds the companies a test puts in; `is_away` makes it fail."""

    def __init__(self) -> None:
        self.is_away = False
        self.companies: dict[str, Company] = {}

    async def find(self, cui: str) -> Company | None:
        if self.is_away:
            raise RegisterUnavailable
        return self.companies.get(cui)


@pytest.fixture(scope="session")
def population_register() -> FakePopulation:
    return FakePopulation()


@pytest.fixture(scope="session")
def company_register() -> FakeCompanies:
    return FakeCompanies()


@pytest.fixture
def population(population_register: FakePopulation) -> Iterator[FakePopulation]:
    """The register the service asks; who is put in stays, so every test takes people of its own."""
    yield population_register
    population_register.is_away = False


@pytest.fixture
def companies(company_register: FakeCompanies) -> Iterator[FakeCompanies]:
    """The same of companies."""
    yield company_register
    company_register.is_away = False


@pytest.fixture
def a_cnp() -> Callable[..., Cnp]:
    """Make `a_cnp(date(1985, 3, 12), Sex.FEMALE)`: a number that no other test has."""

    def make(born: date | None = None, sex: Sex = Sex.FEMALE) -> Cnp:
        while True:
            day = born or date(1940, 1, 1) + timedelta(days=secrets.randbelow(20_000))
            first = (5 if day.year >= CENTURY else 1) + (sex is Sex.FEMALE)
            county = secrets.choice([code for each in COUNTIES for code in each.cnp_codes])
            number = f"{first}{day:%y%m%d}{county}{900 + secrets.randbelow(100)}"
            if number not in GIVEN_OUT:
                GIVEN_OUT.add(number)
                return Cnp(number + standard_cnp.calc_check_digit(number))

    return make


@pytest.fixture(scope="session")
async def app(
    settings: Settings,
    running: Any,
    population_register: FakePopulation,
    company_register: FakeCompanies,
) -> AsyncIterator[FastAPI]:
    made = create_app(settings)
    made.state.provider = replace(
        made.state.provider, population=population_register, companies=company_register
    )
    async with running(made):
        yield made


@pytest.fixture(scope="session")
def provider(app: FastAPI) -> Provider:
    made: Provider = app.state.provider
    return made


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the JSON API and of the OAuth endpoints, at a network address of its own."""
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False, client=(somewhere(), 1))
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as made:
        yield made


@pytest.fixture(scope="session")
async def sessions(settings: Settings) -> AsyncIterator[async_sessionmaker[Session]]:
    """Sessions of the application role, without the application."""
    database = Database(settings)
    yield database.sessions
    await database.close()


@pytest.fixture
async def session(sessions: async_sessionmaker[Session]) -> AsyncIterator[Session]:
    async with sessions() as made:
        yield made


@pytest.fixture
async def looking(schema: ServiceDatabase) -> AsyncIterator[asyncpg.Connection]:
    """A connection that may see everything."""
    connection = await asyncpg.connect(schema.superuser_dsn, server_settings={"search_path": "identity"})
    yield connection
    await connection.close()


@pytest.fixture
def an_address() -> str:
    """An e-mail address that no other test uses."""
    return f"person-{secrets.token_hex(6)}@example.org"


MakePerson = Callable[..., Awaitable[Account]]


@pytest.fixture
def a_person(sessions: async_sessionmaker[Session], provider: Provider) -> MakePerson:
    """Make `a_person(email=…, language=…)` with a confirmed account."""

    async def make(email: str = "", language: Language = Language.EN) -> Account:
        name = login_name.parse(email or f"person-{secrets.token_hex(6)}@example.org")
        wanted = SignUp(name, PASSWORD, Profile("Ana", "Popescu", language))
        async with sessions() as session:
            return await registration.put_person(session, provider, wanted, clock.now())

    return make


@dataclass(frozen=True)
class Staff:
    """An official of a test: account, and the headers of their requests."""

    account: Account
    headers: dict[str, str]
    appointments: list[Appointment]


MakeStaff = Callable[..., Awaitable[Staff]]


@pytest.fixture
def staff(sessions: async_sessionmaker[Session], a_person: MakePerson, signed_in: Any) -> MakeStaff:
    """Make `staff(Role.CLERK, institution=IPJ_CV, scopes={…})`: appointed, with a token of that role."""

    async def make(
        *roles: Role,
        institution: UUID = seed.IPJ_CV,
        scopes: Collection[str] = (),
        assurance: Assurance = Assurance.SUBSTANTIAL,
        account: Account | None = None,
    ) -> Staff:
        person = account or await a_person()
        made = [seed.appointment(person.id, institution, role, clock.now()) for role in roles]
        async with sessions() as session:
            for one in seed.INSTITUTIONS:
                await registration.put_institution(session, one)
            for one in made:
                await registration.put_official(session, one)
        headers = signed_in(
            person.id,
            {"staff", *scopes},
            assurance,
            roles=sorted(roles),
            institution=str(institution),
        )
        return Staff(person, headers, made)

    return make


@pytest.fixture
async def ana(a_person: MakePerson) -> Account:
    return await a_person()


@pytest.fixture(scope="session", autouse=True)
async def portal(sessions: async_sessionmaker[Session], app: FastAPI) -> Client:
    """The public client of the demo."""
    made = seed.demo_portal(clock.now())
    async with sessions() as session:
        await registration.put_client(session, made)
    return made


@pytest.fixture(scope="session", autouse=True)
async def office(sessions: async_sessionmaker[Session], app: FastAPI) -> Client:
    """A confidential client on a server."""
    made = Client(
        id="office",
        names={Language.RO: "Oficiul", Language.HU: "Hivatal", Language.EN: "The Office"},
        authentication=Authentication.SECRET_BASIC,
        application_type=ApplicationType.WEB,
        secret_hash=hash_of(SECRET),
        redirect_uris=("https://office.example.org/callback?from=hub",),
        post_logout_redirect_uris=("https://office.example.org/bye",),
        scopes=frozenset({"openid", "email", "offline_access"}),
        created_at=clock.now(),
    )
    async with sessions() as session:
        await registration.put_client(session, made)
    return made


@pytest.fixture(scope="session")
async def desk(sessions: async_sessionmaker[Session], app: FastAPI) -> Client:
    """The public client that officials work with."""
    made = seed.demo_office(clock.now())
    async with sessions() as session:
        await registration.put_client(session, made)
    return made


class Page(HTMLParser):
    """What a test looks for in a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.title = ""
        self._in_title = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        self._in_title = tag == "title"

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data

    def handle_endtag(self, tag: str) -> None:
        self._in_title = self._in_title and tag != "title"

    def all(self, *tags: str, **attributes: str) -> list[dict[str, str]]:
        return [
            found
            for tag, found in self.tags
            if tag in tags and all(found.get(name) == value for name, value in attributes.items())
        ]


@dataclass
class Browser:
    """A browser: it keeps cookies, and sends forms with what the page put into them."""

    http: httpx2.AsyncClient
    page: Page = field(default_factory=lambda: Page(""))
    answer: httpx2.Response | None = None

    async def get(self, address: str, **headers: str) -> httpx2.Response:
        return self._shown(await self.http.get(address, headers=headers))

    async def post(self, address: str, **fields: str) -> httpx2.Response:
        csrf = next((one["value"] for one in self.page.all("input", name="csrf")), "")
        return self._shown(await self.http.post(address, data={"csrf": csrf} | fields))

    async def follow(self) -> httpx2.Response:
        """Go where the last answer sends the browser, as long as that is one of our pages."""
        assert self.answer is not None
        while self.answer.is_redirect and self.answer.headers["location"].startswith("/"):
            await self.get(self.answer.headers["location"])
        return self.answer

    async def sign_in(
        self, account: Account, password: str = PASSWORD, address: str = "/account/sign-in"
    ) -> None:
        await self.get(address)
        await self.post(address, email=account.email, password=password)

    @property
    def location(self) -> str:
        assert self.answer is not None
        return self.answer.headers["location"]

    def _shown(self, answer: httpx2.Response) -> httpx2.Response:
        self.answer = answer
        if answer.headers.get("content-type", "").startswith("text/html"):
            self.page = Page(answer.text)
        return answer


MakeBrowser = Callable[..., Browser]


@pytest.fixture
async def a_browser(app: FastAPI) -> AsyncIterator[MakeBrowser]:
    """Make `a_browser(address="192.0.2.1")`: with a jar of its own, at a network address of its own."""
    opened: list[httpx2.AsyncClient] = []

    def make(address: str = "") -> Browser:
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False, client=(address or somewhere(), 1))
        http = httpx2.AsyncClient(transport=transport, base_url=ORIGIN, headers={"accept-language": "en"})
        opened.append(http)
        return Browser(http)

    yield make
    for http in opened:
        await http.aclose()


@pytest.fixture
def browser(a_browser: MakeBrowser) -> Browser:
    return a_browser()


@dataclass
class Flow:
    """One authorization request of a client, and what comes back."""

    browser: Browser
    client: httpx2.AsyncClient
    app: Client
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(8))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(8))

    def parameters(self, **changed: str | None) -> dict[str, str]:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        asked: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.app.id,
            "redirect_uri": self.app.redirect_uris[0],
            "scope": "openid offline_access",
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        } | changed
        return {name: value for name, value in asked.items() if value is not None}

    async def ask(self, **changed: str | None) -> httpx2.Response:
        """Send the browser to the authorization endpoint."""
        answer = await self.browser.http.get("/oauth2/authorize", params=self.parameters(**changed))
        return self.browser._shown(answer)

    async def code(self, account: Account, **changed: str | None) -> str:
        """Take a person through sign-in and consent; the code that comes back."""
        await self.ask(**changed)
        await self.browser.follow()
        if "/account/sign-in" in str(self.browser.answer.url if self.browser.answer else ""):
            address = str(self.browser.answer.url) if self.browser.answer else ""
            await self.browser.post(address, email=account.email, password=PASSWORD)
            await self.browser.follow()
        if "/account/consent" in str(self.browser.answer.url if self.browser.answer else ""):
            address = str(self.browser.answer.url) if self.browser.answer else ""
            await self.browser.post(address, decision="agree")
        return self.returned()["code"]

    def returned(self) -> dict[str, str]:
        """The members of the answer at the redirect address."""
        return dict(parse_qsl(urlsplit(self.browser.location).query))

    async def token(self, **fields: str | None) -> httpx2.Response:
        """Call the token endpoint; confidential clients show their secret."""
        sent = {name: value for name, value in fields.items() if value is not None}
        if self.app.is_confidential:
            return await self.client.post("/oauth2/token", data=sent, auth=(self.app.id, SECRET))
        return await self.client.post("/oauth2/token", data={"client_id": self.app.id} | sent)

    async def exchange(self, code: str, /, **changed: str | None) -> httpx2.Response:
        fields: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.app.redirect_uris[0],
            "code_verifier": self.verifier,
        }
        return await self.token(**(fields | changed))

    async def refresh(self, refresh_token: str, /, **changed: str | None) -> httpx2.Response:
        fields: dict[str, str | None] = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return await self.token(**(fields | changed))

    async def tokens(self, account: Account, **changed: str | None) -> dict[str, Any]:
        """Sign in and exchange the code: the token endpoint's answer."""
        answer = await self.exchange(await self.code(account, **changed))
        assert answer.status_code == 200, answer.text
        given: dict[str, Any] = answer.json()
        return given


MakeFlow = Callable[..., Flow]


@pytest.fixture
def a_flow(a_browser: MakeBrowser, client: httpx2.AsyncClient, portal: Client) -> MakeFlow:
    """Make `a_flow(app=portal, browser=…)`."""

    def make(app: Client = portal, browser: Browser | None = None) -> Flow:
        return Flow(browser or a_browser(), client, app)

    return make


@pytest.fixture
def flow(a_flow: MakeFlow) -> Flow:
    return a_flow()


@pytest.fixture
def resolve(client: httpx2.AsyncClient) -> Callable[[str], Awaitable[httpx2.Response]]:
    """Ask what stands behind an access token, as the gateway does."""

    async def ask(token: str) -> httpx2.Response:
        return await client.post(
            "/internal/v1/tokens/resolve",
            json={"token": token},
            auth=("gateway", "secret-of-the-gateway"),
        )

    return ask


@pytest.fixture
def noon() -> datetime:
    return datetime.fromisoformat("2026-11-21T12:00:00+00:00")


@pytest.fixture
def an_id() -> Any:
    return ids.new_id


@pytest.fixture
def read_page() -> type[Page]:
    return Page
