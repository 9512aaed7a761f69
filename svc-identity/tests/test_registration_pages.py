"""The page of registration requests: asking an institution, its answer, and sending again."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.cnp import Cnp
from hub_core.language import Language
from hub_core.principal import Assurance, Role
from hub_events.session import Session
from svc_identity.domain import login_name, registration
from svc_identity.domain.account import Account, Profile
from svc_identity.domain.population import RegisteredPerson, Sex
from svc_identity.domain.registration import Reason, RegisterCheck, Request, Stated
from svc_identity.operations.accounts import SignUp
from svc_identity.operations.registration import put_person
from svc_identity.pages import countries
from svc_identity.provider import Provider
from svc_identity.seed import IPJ_CV, IPJ_HR
from svc_identity.storage import registrations as storage

PAGE = "/account/registrations"
SIGN_IN = "/account/sign-in?next=registrations"
NOW = clock.now()
PASSWORD = "patru cuvinte fara rost"
BORN = date(1985, 3, 12)
POLICE = {
    Language.RO: "Inspectoratul de Poliție Județean Covasna",
    Language.HU: "Kovászna Megyei Rendőr-felügyelőség",
    Language.EN: "Covasna County Police Inspectorate",
}

MakeCnp = Callable[..., Cnp]
Keep = Callable[..., Awaitable[Request]]


@pytest.fixture(autouse=True)
async def known_institutions(staff: Any) -> None:
    """The institutions of the demo, as the catalog tells them."""
    await staff(Role.CLERK)


@pytest.fixture
def keep(sessions: async_sessionmaker[Session], provider: Provider) -> Keep:
    """Store `keep(account, check=…, step=…)`: a request at IPJ-CV after an official's step."""

    async def make(
        account: Account,
        *,
        check: RegisterCheck = RegisterCheck.MATCHED,
        step: Callable[[Request], Request] = lambda request: request,
    ) -> Request:
        made = step(registration.submit(ids.new_id(), account.id, IPJ_CV, check, NOW))
        async with sessions() as session, session.begin():
            await storage.add(session, provider.master_key, made, Stated(BORN, "RO"))
        return made

    return make


def returned(request: Request) -> Request:
    claimed = registration.claim(request, UUID(int=1), NOW)
    return registration.give_back(claimed, UUID(int=1), "Corrected names, please.", NOW, head=False)


def rejected(request: Request) -> Request:
    claimed = registration.claim(request, UUID(int=1), NOW)
    reason, message = Reason.WRONG_INSTITUTION, "Ask <Harghita>."
    return registration.reject(claimed, UUID(int=1), reason, message, NOW, head=False)


# Who may.


async def test_who_is_not_signed_in_is_led_to_sign_in_and_back(browser: Any, ana: Account) -> None:
    assert (await browser.get(PAGE)).headers["location"] == SIGN_IN
    await browser.get(SIGN_IN)
    for path in (PAGE, f"{PAGE}/{ids.new_id()}/complete"):
        assert (await browser.post(path)).headers["location"] == SIGN_IN
    await browser.sign_in(ana, address=SIGN_IN)
    assert browser.location == PAGE


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70/complete"])
async def test_a_form_of_another_browser_changes_nothing(browser: Any, ana: Account, path: str) -> None:
    await browser.sign_in(ana)
    for csrf in ("", "another"):
        refused = await browser.post(path, csrf=csrf)
        assert refused.status_code == 403
        assert "The page was open for too long" in refused.text


async def test_another_person_s_request_is_neither_seen_nor_completed(
    browser: Any, ana: Account, a_person: Any, keep: Keep
) -> None:
    request = await keep(await a_person(), step=returned)
    await browser.sign_in(ana)
    shown = await browser.get(PAGE)
    assert "You have sent no request." in shown.text
    assert (await browser.post(f"{PAGE}/{request.id}/complete")).status_code == 404


# The way through.


async def test_a_person_with_a_cnp_asks_and_sees_it_sent(
    browser: Any, ana: Account, population: Any, a_cnp: MakeCnp
) -> None:
    cnp = a_cnp(BORN)
    population.put(RegisteredPerson(cnp, "Popescu", "Ana", BORN, Sex.FEMALE))
    await browser.sign_in(ana)
    await browser.get("/account/overview")
    assert browser.page.all("a", href=PAGE)
    await browser.get(PAGE)
    assert browser.page.all("option", value=str(IPJ_CV))
    filled = {"institution_id": str(IPJ_CV), "cnp": cnp.number, "birth_date": str(BORN), "citizenship": "RO"}
    await browser.post(PAGE, **filled)
    assert browser.location == f"{PAGE}?notice=registration-sent"
    shown = await browser.follow()
    assert POLICE[Language.EN] in shown.text
    assert cnp.number not in shown.text
    assert not browser.page.all("option", value=str(IPJ_CV)), "it waits for this one"
    assert browser.page.all("option", value=str(IPJ_HR))
    again = await browser.post(PAGE, **filled)
    assert again.status_code == 409
    assert "There is an open request already" in again.text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.RO, ("Cereri de înregistrare", "trebuie completată", "Am completat: trimit din nou")),
        (Language.HU, ("Regisztrációs kérelmek", "hiánypótlás szükséges", "Pótoltam: újra elküldöm")),
        (Language.EN, ("Registration requests", "waits for you", "It is done: send again")),
    ],
)
async def test_what_an_official_asks_for_is_shown_and_answered(
    browser: Any, a_person: Any, keep: Keep, language: Language, words: tuple[str, ...]
) -> None:
    account = await a_person(language=language)
    request = await keep(account, step=returned)
    browser.http.headers["accept-language"] = language
    await browser.sign_in(account)
    shown = await browser.get(PAGE)
    assert all(word in shown.text for word in (*words, POLICE[language], "Corrected names, please."))
    await browser.post(f"{PAGE}/{request.id}/complete")
    assert browser.location == f"{PAGE}?notice=registration-completed"
    shown = await browser.follow()
    assert "Corrected names, please." not in shown.text
    assert not browser.page.all("form", action=f"{PAGE}/{request.id}/complete")
    assert (await browser.post(f"{PAGE}/{request.id}/complete")).status_code == 409


async def test_a_rejection_says_why_and_what_to_do(browser: Any, ana: Account, keep: Keep) -> None:
    await keep(ana, step=rejected)
    await browser.sign_in(ana)
    shown = await browser.get(PAGE)
    for words in (
        *("not approved", "Another institution answers for this.", "Ask &lt;Harghita&gt;."),
        "Ask the institution that answers for it.",
    ):
        assert words in shown.text
    assert browser.page.all("option", value=str(IPJ_CV)), "one may ask again"


async def test_an_expired_request_can_be_sent_anew(browser: Any, ana: Account, keep: Keep) -> None:
    await keep(ana, step=lambda request: registration.expire(request, NOW + timedelta(days=30)))
    await browser.sign_in(ana)
    assert "The time for this request is over. You can send a new one." in (await browser.get(PAGE)).text


async def test_who_has_no_cnp_reads_how_a_copy_is_sent(browser: Any, ana: Account, keep: Keep) -> None:
    await keep(ana, check=RegisterCheck.NOT_POSSIBLE)
    await browser.sign_in(ana)
    shown = await browser.get(PAGE)
    assert "A copy of your document is needed." in shown.text
    assert "If you have no CNP" in shown.text
    assert not browser.page.all("input", type="file")


async def test_who_is_validated_needs_no_request(
    browser: Any, an_address: str, sessions: async_sessionmaker[Session], provider: Provider
) -> None:
    wanted = SignUp(login_name.parse(an_address), PASSWORD, Profile("Ana", "Popescu", Language.EN))
    async with sessions() as session:
        person = await put_person(session, provider, wanted, NOW, Assurance.SUBSTANTIAL)
    await browser.sign_in(person)
    shown = await browser.get(PAGE)
    assert "Your account is validated: no request is needed." in shown.text
    assert not browser.page.all("select")


async def test_older_requests_are_a_page_further(browser: Any, ana: Account, keep: Keep) -> None:
    made = [await keep(ana, step=rejected) for _ in range(21)]
    await browser.sign_in(ana)
    await browser.get(PAGE)
    (older,) = [link["href"] for link in browser.page.all("a") if "before" in link["href"]]
    assert older == f"{PAGE}?before={made[1].id}"
    shown = await browser.get(older)
    assert shown.text.count("Ask &lt;Harghita&gt;.") == 1


# What is wrong.


RIGHT = {"institution_id": str(IPJ_CV), "birth_date": str(BORN), "citizenship": "RO"}


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"institution_id": ""}, "institution_id", "Choose an institution."),
        ({"cnp": "1234567890123"}, "cnp", "Enter the 13 digits of your CNP, without a mistake."),
        ({"cnp": ""}, "cnp", "Enter the 13 digits of your CNP, without a mistake."),
        ({"birth_date": "12.03."}, "birth_date", "Enter your date of birth."),
        ({"birth_date": "2999-01-01"}, "birth_date", "Enter your date of birth."),
        ({"citizenship": "romanian"}, "citizenship", "Choose a country."),
    ],
)
async def test_wrong_input_is_shown_beside_its_field(
    browser: Any, ana: Account, a_cnp: MakeCnp, changed: dict[str, str], field: str, message: str
) -> None:
    await browser.sign_in(ana)
    await browser.get(PAGE)
    answer = await browser.post(PAGE, **({"cnp": a_cnp(BORN).number} | RIGHT | changed))
    assert answer.status_code == 422
    wrong = [one["id"] for one in browser.page.all("input", "select") if "aria-invalid" in one]
    assert wrong == [field]
    assert browser.page.all("p", id=f"{field}-error")
    assert answer.text.count(message) == 2
    assert browser.page.all("a", href=f"#{field}")


async def test_a_register_that_is_away_stores_nothing(
    browser: Any, ana: Account, population: Any, a_cnp: MakeCnp
) -> None:
    population.is_away = True
    await browser.sign_in(ana)
    await browser.get(PAGE)
    assert (await browser.post(PAGE, cnp=a_cnp(BORN).number, **RIGHT)).status_code == 503
    assert "You have sent no request." in (await browser.get(PAGE)).text


@pytest.mark.parametrize("language", list(Language))
def test_the_countries_are_those_of_iso_3166(language: Language) -> None:
    found = dict(countries.in_language(language))
    assert found["RO"] in ("România", "Románia", "Romania")
    assert {"MD", "UA", "DE"} <= set(found)
    assert not {"EU", "UN", "XK", "ZZ"} & set(found)
