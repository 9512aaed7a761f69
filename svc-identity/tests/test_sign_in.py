"""Passwords: the same work and answer for everybody, slow for those who guess, never a lock for the owner."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
from argon2 import PasswordHasher

from hub_core import clock
from hub_service.problems import ServiceUnavailable
from svc_identity.domain.account import Account
from svc_identity.errors.accounts import TooManyTries
from svc_identity.operations import sign_in
from svc_identity.operations.sign_in import Attempt, SignedIn
from svc_identity.passwords import Passwords
from svc_identity.provider import Provider
from svc_identity.settings import Settings

PASSWORD = "patru cuvinte fara rost"

Try = Callable[..., Awaitable[SignedIn | None]]


@pytest.fixture
def try_password(session: Any, provider: Provider) -> Try:
    """Sign in as `try_password(email, password, now, address=…, device_cookie=…)`."""

    async def attempt(email: str, password: str, now: datetime, **more: str) -> SignedIn | None:
        given = {"address": "192.0.2.9", "user_agent": "", "device_cookie": "", "session_secret": ""} | more
        return await sign_in.sign_in(session, provider, Attempt(email, password, **given), now)

    return attempt


@pytest.fixture
def verified(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The parameters of every Argon2 verification."""
    seen: list[str] = []
    verify = PasswordHasher.verify

    def count(self: PasswordHasher, stored: str, text: str) -> bool:
        seen.append(stored.rpartition("$")[0].rpartition("$")[0])
        return verify(self, stored, text)

    monkeypatch.setattr(PasswordHasher, "verify", count)
    return seen


async def test_an_unknown_account_costs_the_same_work(
    a_browser: Any, ana: Account, an_address: str, verified: list[str]
) -> None:
    answers = []
    for email in (ana.email, an_address, "no address at all", "with\u0000nul@example.org"):
        browser = a_browser()
        await browser.get("/account/sign-in")
        answer = await browser.post("/account/sign-in", email=email, password="a wrong password")
        if answer.status_code == 422:
            csrf = browser.page.all("input", name="csrf")[0]["value"]
            text = re.sub(r'data-options="[^"]*"', "", answer.text)  # a challenge of its own
            answers.append(text.replace(email, "…").replace(csrf, ""))
    assert len(set(answers)) == 1
    assert len(answers) == 3
    assert len(verified) == 3
    assert len(set(verified)) == 1


async def test_guessing_one_account_becomes_slow_from_everywhere(
    try_password: Try, ana: Account, verified: Any
) -> None:
    now = clock.now()
    for number in range(6):
        assert await try_password(ana.email, f"wrong {number}", now, address=f"192.0.2.{number}") is None
    with pytest.raises(TooManyTries) as refused:
        await try_password(ana.email, PASSWORD, now, address="192.0.2.200")
    assert refused.value.headers == {"retry-after": "1"}
    assert len(verified) == 6
    assert await try_password(ana.email, "wrong", now + timedelta(seconds=1)) is None
    with pytest.raises(TooManyTries):
        await try_password(ana.email, PASSWORD, now + timedelta(seconds=2))
    assert await try_password(ana.email, PASSWORD, now + timedelta(seconds=3)) is not None
    assert await try_password(ana.email, "wrong", now + timedelta(seconds=3)) is None


async def test_an_unknown_account_becomes_slow_in_the_same_way(try_password: Try, an_address: str) -> None:
    now = clock.now()
    for number in range(6):
        assert await try_password(an_address, f"wrong {number}", now) is None
    with pytest.raises(TooManyTries) as refused:
        await try_password(an_address.upper(), PASSWORD, now)
    assert refused.value.headers == {"retry-after": "1"}


async def test_many_guesses_at_the_same_instant_count_as_many(
    sessions: Any, provider: Provider, ana: Account
) -> None:
    now = clock.now()

    async def guess(number: int) -> object:
        async with sessions() as session:
            attempt = Attempt(ana.email, f"wrong {number}", f"192.0.2.{number}", "", "", "")
            return await sign_in.sign_in(session, provider, attempt, now)

    ended = await asyncio.gather(*(guess(number) for number in range(12)), return_exceptions=True)
    assert sum(one is None for one in ended) == 6
    assert sum(isinstance(one, TooManyTries) for one in ended) == 6


async def test_the_owner_is_not_locked_out_on_a_known_device(try_password: Try, ana: Account) -> None:
    now = clock.now()
    first = await try_password(ana.email, PASSWORD, now)
    assert first is not None
    for number in range(6):
        await try_password(ana.email, f"wrong {number}", now)
    with pytest.raises(TooManyTries):
        await try_password(ana.email, PASSWORD, now)
    assert await try_password(ana.email, PASSWORD, now, device_cookie=first.device_cookie) is not None


async def test_a_known_device_has_its_own_bound(try_password: Try, ana: Account) -> None:
    now = clock.now()
    first = await try_password(ana.email, PASSWORD, now)
    assert first is not None
    for number in range(6):
        await try_password(ana.email, f"wrong {number}", now, device_cookie=first.device_cookie)
    with pytest.raises(TooManyTries):
        await try_password(ana.email, PASSWORD, now, device_cookie=first.device_cookie)
    assert await try_password(ana.email, PASSWORD, now) is not None


async def test_a_device_is_known_for_its_own_account_only(
    try_password: Try, ana: Account, a_person: Callable[..., Awaitable[Account]]
) -> None:
    now = clock.now()
    ion = await a_person()
    theirs = await try_password(ion.email, PASSWORD, now)
    assert theirs is not None
    for number in range(6):
        await try_password(ana.email, f"wrong {number}", now, device_cookie=theirs.device_cookie)
    with pytest.raises(TooManyTries):
        await try_password(ana.email, PASSWORD, now, device_cookie=theirs.device_cookie)


async def test_guessing_many_accounts_from_one_network_becomes_slow(try_password: Try) -> None:
    now = clock.now()
    addresses = [f"2001:db8:77:1::{number:x}" for number in range(32)]
    for number, address in enumerate(addresses[:31]):
        await try_password(f"nobody-{number}@example.org", "wrong password", now, address=address)
    with pytest.raises(TooManyTries):
        await try_password("nobody-31@example.org", "wrong password", now, address=addresses[31])


async def test_who_is_right_uses_up_nothing_of_the_network(try_password: Try, ana: Account) -> None:
    now = clock.now()
    for _ in range(40):
        assert await try_password(ana.email, PASSWORD, now, address="198.51.100.7") is not None


async def test_no_counter_names_anybody(try_password: Try, ana: Account, looking: asyncpg.Connection) -> None:
    await try_password(ana.email, "wrong password", clock.now(), address="198.51.100.99")
    keys = b"".join(row["key"] for row in await looking.fetch("SELECT key FROM counters"))
    assert ana.email.encode() not in keys
    assert b"198.51.100.99" not in keys


async def test_a_throttled_sign_in_is_a_page_with_retry_after(a_browser: Any, ana: Account) -> None:
    browser = a_browser()
    await browser.get("/account/sign-in")
    for _ in range(7):
        answer = await browser.post("/account/sign-in", email=ana.email, password="a wrong password")
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["content-type"].startswith("text/html")
    assert "Too many tries" in answer.text


async def test_a_hash_of_old_parameters_is_replaced_at_the_next_sign_in(
    try_password: Try, ana: Account, looking: asyncpg.Connection, settings: Settings
) -> None:
    old = Passwords(settings.model_copy(update={"identity_argon2_memory_kib": 16}))
    await looking.execute(
        "UPDATE accounts SET password_hash = $1 WHERE id = $2", await old.hash(PASSWORD), ana.id
    )
    assert await try_password(ana.email, PASSWORD, clock.now()) is not None
    stored = await looking.fetchval("SELECT password_hash FROM accounts WHERE id = $1", ana.id)
    assert "m=8," in stored
    assert await try_password(ana.email, PASSWORD, clock.now()) is not None


async def test_a_new_sign_in_at_the_same_browser_renews_its_session(
    try_password: Try, ana: Account, looking: asyncpg.Connection
) -> None:
    first = await try_password(ana.email, PASSWORD, clock.now())
    assert first is not None
    second = await try_password(ana.email, PASSWORD, clock.now(), session_secret=first.session_secret)
    assert second is not None
    assert second.session_secret != first.session_secret
    count = "SELECT count(*) FROM sessions WHERE account_id = $1"
    assert await looking.fetchval(count, ana.id) == 1


async def test_only_so_many_hashes_wait(settings: Settings) -> None:
    few = Passwords(settings.model_copy(update={"identity_argon2_at_once": 1, "identity_argon2_waiting": 1}))
    ended = await asyncio.gather(*(few.hash(PASSWORD) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(one, ServiceUnavailable) for one in ended) == 3
    assert await few.verify(await few.hash(PASSWORD), PASSWORD)
    assert not await few.verify(None, PASSWORD)


def test_the_standard_parameters_are_the_ones_of_owasp(settings: Settings) -> None:
    fields = Settings.model_fields
    chosen = [fields[f"identity_argon2_{name}"].default for name in ("memory_kib", "passes", "lanes")]
    assert chosen == [19_456, 2, 1]
