"""Step-up: a client asks for a level of assurance, and always gets an answer (RFC 9470)."""

from typing import Any

import asyncpg
import httpx2
import pytest

from svc_identity.domain.account import Account

REDIRECT = "http://127.0.0.1:8765/callback"


@pytest.fixture
def validate(looking: asyncpg.Connection) -> Any:
    """Raise what an account, and its sessions, have been proofed to."""

    async def raise_to(account: Account, level: str, *, sessions: bool = False) -> None:
        await looking.execute("UPDATE accounts SET assurance = $2 WHERE id = $1", account.id, level)
        if sessions:
            await looking.execute(
                "UPDATE sessions SET assurance = $2 WHERE account_id = $1", account.id, level
            )

    return raise_to


async def test_the_levels_are_told(client: httpx2.AsyncClient) -> None:
    said = (await client.get("/.well-known/openid-configuration")).json()
    assert said["acr_values_supported"] == ["low", "substantial", "high"]


async def test_a_session_that_has_the_level_is_asked_nothing(
    a_flow: Any, ana: Account, validate: Any
) -> None:
    first = a_flow()
    await first.tokens(ana)
    await validate(ana, "substantial", sessions=True)
    second = a_flow(browser=first.browser)
    await second.ask(acr_values="substantial", prompt="none")
    assert "code" in second.returned()


async def test_who_cannot_reach_the_level_is_told_how_and_gets_back(flow: Any, ana: Account) -> None:
    await flow.browser.sign_in(ana)
    await flow.ask(acr_values="substantial")
    page = await flow.browser.follow()
    assert (page.status_code, page.url.path) == (200, "/account/level")
    assert "<h1>A safer sign-in is needed</h1>" in page.text
    assert "validated once at a counter" in page.text
    assert "http://127.0.0.1:8765" in page.headers["content-security-policy"]
    await flow.browser.post(str(page.url))
    assert flow.browser.location.startswith(REDIRECT)
    returned = flow.returned()
    assert returned.pop("error_description")
    assert returned == {
        "error": "unmet_authentication_requirements",
        "state": flow.state,
        "iss": "http://localhost:8080",
    }


async def test_signing_in_again_leads_back_to_the_explanation_not_into_a_loop(
    flow: Any, ana: Account
) -> None:
    await flow.browser.sign_in(ana)
    await flow.ask(acr_values="high")
    await flow.browser.follow()
    (link,) = [one["href"] for one in flow.browser.page.all("a") if "again" in one["href"]]
    page = await flow.browser.get(link)
    assert flow.browser.page.all("input", name="password")
    await flow.browser.post(str(page.url), email=ana.email, password="patru cuvinte fara rost")
    page = await flow.browser.follow()
    assert (page.status_code, page.url.path) == (200, "/account/level")


async def test_a_validated_account_signs_in_again_and_reaches_the_level(
    a_flow: Any, ana: Account, validate: Any
) -> None:
    first = a_flow()
    await first.tokens(ana)
    await validate(ana, "substantial")
    second = a_flow(browser=first.browser)
    await second.ask(acr_values="substantial")
    assert second.browser.location.startswith("/account/sign-in?request=")


async def test_silently_the_level_is_refused_by_name(a_flow: Any, ana: Account) -> None:
    first = a_flow()
    await first.tokens(ana)
    second = a_flow(browser=first.browser)
    await second.ask(acr_values="substantial", prompt="none")
    assert second.returned()["error"] == "unmet_authentication_requirements"


async def test_another_person_than_hinted_is_answered(a_flow: Any, ana: Account, a_person: Any) -> None:
    given = await a_flow().tokens(ana)
    other = await a_person()
    flow = a_flow()
    await flow.ask(id_token_hint=given["id_token"])
    page = await flow.browser.follow()
    await flow.browser.post(str(page.url), email=other.email, password="patru cuvinte fara rost")
    await flow.browser.follow()
    assert flow.returned()["error"] == "login_required"


async def test_the_page_of_nobody_and_of_no_request(browser: Any) -> None:
    assert (await browser.get("/account/level")).status_code == 404
    assert (
        await browser.get("/account/level?request=0199f2a4-7c1e-7b3a-9d52-3f6a1c8e4b70")
    ).status_code == 410
