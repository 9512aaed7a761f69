"""The page of mandates: what both sides see, and the buttons that end them."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import async_sessionmaker

from hub_core import clock, ids
from hub_core.language import Language
from hub_events.session import Session
from svc_identity.domain import mandate as mandates
from svc_identity.domain.account import Account
from svc_identity.domain.mandate import Bounds, Mandate, MandateType, PrincipalKind
from svc_identity.domain.person import Person, Source
from svc_identity.storage import mandates as storage
from svc_identity.storage import people

PAGE = "/account/mandates"
NOW = clock.now()


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
        )
        made = mandates.accept(made, representative.id, NOW)
        async with sessions() as session, session.begin():
            await storage.add(session, made)
        return made

    return make


async def test_who_is_not_signed_in_sees_and_ends_nothing(browser: Any, ana: Account) -> None:
    assert (await browser.get(PAGE)).headers["location"] == "/account/sign-in"
    await browser.get("/account/sign-in")
    for path in (f"{PAGE}/{ids.new_id()}/end", f"{PAGE}/accept", f"{PAGE}/children"):
        assert (await browser.post(path)).headers["location"] == "/account/sign-in"


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


@pytest.mark.parametrize("path", [f"{PAGE}/accept", f"{PAGE}/children"])
async def test_a_weak_sign_in_takes_over_nothing(browser: Any, ana: Account, path: str) -> None:
    await browser.sign_in(ana)
    await browser.get(PAGE)
    answer = await browser.post(path, code="K7QP-9M2X-0RTA-3ZC8")
    assert answer.status_code == 403
    assert "A stronger sign-in is needed" in answer.text
