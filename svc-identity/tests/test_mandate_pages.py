"""The page of mandates: what both sides see, and the buttons that end them."""

import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.language import Language
from hub_core.principal import Assurance
from hub_events.session import Session
from hub_testing import rules
from svc_identity.domain import capacity, login_name
from svc_identity.domain import mandate as mandates
from svc_identity.domain.account import Account, Profile
from svc_identity.domain.mandate import Mandate
from svc_identity.domain.mandate_type import DELEGABLE, Bounds, MandateType, PrincipalKind
from svc_identity.domain.person import Person, Source
from svc_identity.operations import registration
from svc_identity.operations.accounts import SignUp
from svc_identity.pages import mandate_words
from svc_identity.provider import Provider
from svc_identity.storage import mandates as storage
from svc_identity.storage import people

LAW = rules.values(Path(__file__).parents[2] / "svc-catalog/contract/rules.json")
PAGE = "/account/mandates"
GIVE = f"{PAGE}/give"
NOW = clock.now()
PASSWORD = "patru cuvinte fara rost"


@pytest.fixture
def established(sessions: async_sessionmaker[Session]) -> Callable[..., Awaitable[Person]]:
    """Make `established(account)`: the person of an account, or somebody without one."""

    async def make(account: Account | None = None, name: str = "Popescu") -> Person:
        person = Person(
            *(account.id if account else ids.new_id(), name, "Ana", date(1985, 3, 12), None),
            *(Source.POPULATION_REGISTER, 1, NOW, NOW),
        )
        async with sessions() as session, session.begin():
            await people.add(session, person)
        return person

    return make


@pytest.fixture
def given(sessions: async_sessionmaker[Session]) -> Callable[[Person, Person], Awaitable[Mandate]]:
    async def make(principal: Person, representative: Person) -> Mandate:
        bounds = Bounds(
            services=("petitions:write",), purpose="Primăria", valid_from=clock.local_date(NOW), valid_to=None
        )
        made = mandates.offer(
            ids.new_id(),
            MandateType.DELEGATE,
            PrincipalKind.PERSON,
            principal.id,
            principal.id,
            bounds,
            NOW,
            LAW,
        )
        made = mandates.accept(made, representative.id, NOW)
        async with sessions() as session, session.begin():
            await storage.add(session, made)
        return made

    return make


async def test_who_is_not_signed_in_sees_and_ends_nothing(browser: Any, ana: Account) -> None:
    assert (await browser.get(PAGE)).headers["location"] == "/account/sign-in"
    await browser.get("/account/sign-in")
    assert (await browser.get(GIVE)).headers["location"] == "/account/sign-in"
    await browser.get("/account/sign-in")
    for path in (f"{PAGE}/{ids.new_id()}/end", f"{PAGE}/accept", f"{PAGE}/children", GIVE):
        assert (await browser.post(path)).headers["location"] == "/account/sign-in"


def test_every_service_that_a_mandate_may_carry_has_its_words() -> None:
    assert mandate_words.SERVICES.keys() == DELEGABLE.keys()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.RO, ("În numele cui acționați", "Împuternicire dată în hub", "să depună petiții")),
        (Language.HU, ("Kinek a nevében jár el", "A hubban adott meghatalmazás", "beadványt benyújtani")),
        (Language.EN, ("For whom you act", "Mandate given in the hub", "file petitions")),
    ],
)
async def test_the_page_shows_both_directions_in_ones_language(
    browser: Any,
    a_person: Any,
    established: Any,
    given: Any,
    language: Language,
    words: tuple[str, ...],
) -> None:
    account = await a_person(language=language)
    me, ion = await established(account), await established(name="Ionescu")
    await given(me, ion)
    await given(ion, me)
    browser.http.headers["accept-language"] = language
    await browser.sign_in(account)
    shown = await browser.get(PAGE)
    assert shown.status_code == 200
    assert shown.text.count("Ana Ionescu") == 2
    assert "Primăria" in shown.text
    assert all(word in shown.text for word in words)
    overview = await browser.get("/account/overview")
    assert f'href="{PAGE}"' in overview.text


async def test_a_button_ends_a_mandate(browser: Any, ana: Account, established: Any, given: Any) -> None:
    me, ion = await established(ana), await established(name="Ionescu")
    made = await given(me, ion)
    await browser.sign_in(ana)
    await browser.get(PAGE)
    await browser.post(f"{PAGE}/{made.id}/end")
    assert browser.location == f"{PAGE}?notice=mandate-ended"
    shown = await browser.follow()
    assert "revoked" in shown.text
    assert not browser.page.all("form", action=f"{PAGE}/{made.id}/end")


async def test_another_persons_mandate_is_not_found(
    browser: Any, ana: Account, established: Any, given: Any
) -> None:
    made = await given(await established(), await established())
    await browser.sign_in(ana)
    await browser.get(PAGE)
    assert (await browser.post(f"{PAGE}/{made.id}/end")).status_code == 404


@pytest.mark.parametrize("path", [f"{PAGE}/accept", f"{PAGE}/children", GIVE])
async def test_a_weak_sign_in_takes_over_nothing(browser: Any, ana: Account, path: str) -> None:
    await browser.sign_in(ana)
    await browser.get(PAGE)
    answer = await browser.post(path, code="K7QP-9M2X-0RTA-3ZC8")
    assert answer.status_code == 403
    assert "A stronger sign-in is needed" in answer.text


# Giving one.


@pytest.fixture
def validated(
    sessions: async_sessionmaker[Session], provider: Provider, established: Any
) -> Callable[[Any], Awaitable[Account]]:
    """Sign `validated(browser)` in: a person of their own with a validated account."""

    async def make(browser: Any, language: Language = Language.EN) -> Account:
        name = login_name.parse(f"person-{ids.new_id().hex[-12:]}@example.org")
        wanted = SignUp(name, PASSWORD, Profile("Ana", "Popescu", language))
        async with sessions() as session:
            account = await registration.put_person(session, provider, wanted, NOW, Assurance.SUBSTANTIAL)
        await established(account)
        await browser.sign_in(account)
        return account

    return make


async def test_a_weak_sign_in_reads_how_to_get_a_stronger_one(browser: Any, ana: Account) -> None:
    await browser.sign_in(ana)
    await browser.get(PAGE)
    assert browser.page.all("a", href=GIVE)
    shown = await browser.get(GIVE)
    assert "For this you need a validated account and a strong sign-in." in shown.text
    assert browser.page.all("a", href="/account/validation")
    assert not browser.page.all("input", type="checkbox")


async def test_a_form_of_another_browser_gives_nothing(browser: Any, validated: Any) -> None:
    await validated(browser)
    for csrf in ("", "another"):
        fields = {"csrf": csrf, "petitions:read": "yes"}
        assert (await browser.post(GIVE, **fields)).status_code == 403
    assert "Nobody acts for you." in (await browser.get(PAGE)).text


async def test_the_code_that_is_shown_once_lets_another_act(a_browser: Any, validated: Any) -> None:
    mine, theirs = a_browser(), a_browser()
    await validated(mine)
    await mine.get(GIVE)
    last = clock.local_date(NOW) + timedelta(days=30)
    fields = {"petitions:write": "yes", "purpose": "Letters <b>with</b> the town hall", "valid_to": str(last)}
    shown = await mine.post(GIVE, **fields)
    assert shown.status_code == 200
    assert shown.headers["cache-control"] == "no-store"
    assert "Letters &lt;b&gt;with&lt;/b&gt; the town hall" in shown.text
    code = re.search(r"<strong>([0-9A-Z-]{19})</strong>", shown.text)
    assert code
    listed = await mine.get(PAGE)
    assert "waits to be accepted" in listed.text
    assert code[1] not in listed.text
    await validated(theirs)
    await theirs.get(PAGE)
    await theirs.post(f"{PAGE}/accept", code=code[1].lower())
    assert theirs.location == f"{PAGE}?notice=mandate-accepted"
    accepted = await theirs.follow()
    assert "in force" in accepted.text
    assert "May: file petitions" in accepted.text


async def test_without_a_last_day_it_holds_as_long_as_the_law_says(
    browser: Any, validated: Any, sessions: async_sessionmaker[Session]
) -> None:
    account = await validated(browser)
    await browser.get(GIVE)
    assert (await browser.post(GIVE, **{"petitions:read": "yes"})).status_code == 200
    async with sessions() as session, session.begin():
        (held,) = await storage.of_principal(session, PrincipalKind.PERSON, account.id, before=None, limit=2)
    made = held.mandate
    today = clock.local_date(clock.now())
    assert made.valid_to == capacity.birthday(today, 3, clock.now(), held.legal) - timedelta(days=1)
    assert (made.services, made.purpose) == (("petitions:read",), "")


@pytest.mark.parametrize(
    ("changed", "field", "message"),
    [
        ({"petitions:read": ""}, "services", "Choose at least one service."),
        ({"valid_to": "tomorrow"}, "valid_to", "Enter a day that is today or later, or none."),
        ({"valid_to": "2020-01-01"}, "valid_to", "Enter a day that is today or later, or none."),
        ({"purpose": "x" * 201}, "purpose", "Use at most 200 characters."),
    ],
)
async def test_wrong_input_is_shown_beside_its_field(
    browser: Any, validated: Any, changed: dict[str, str], field: str, message: str
) -> None:
    await validated(browser)
    await browser.get(GIVE)
    answer = await browser.post(GIVE, **({"petitions:read": "yes", "purpose": "Letters"} | changed))
    assert answer.status_code == 422
    assert browser.page.all("p", id=f"{field}-error")
    assert answer.text.count(message) == 2
    assert browser.page.all("a", href=f"#{field}")
    assert ("checked" in browser.page.all("input", name="petitions:read")[0]) is (field != "services")
    assert "Nobody acts for you." in (await browser.get(PAGE)).text


async def test_nobody_gives_a_mandate_for_an_organisation_they_do_not_represent(
    browser: Any, validated: Any
) -> None:
    await validated(browser)
    await browser.get(GIVE)
    fields = {"petitions:read": "yes", "organisation_id": str(ids.new_id())}
    assert (await browser.post(GIVE, **fields)).status_code == 404
