"""Means of sign-in: codes, recovery codes, passwords changed and reset; who may change them."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import asyncpg
import httpx2
import pyotp
import pytest

from hub_core import clock
from hub_core.principal import Assurance
from svc_identity import one_time_codes
from svc_identity.domain import assurance, means, recovery, session
from svc_identity.domain.account import Account
from svc_identity.domain.means import Means
from svc_identity.domain.session import Method
from svc_identity.errors.accounts import TooManyTries
from svc_identity.operations import means as operations
from svc_identity.operations import second_step, sign_in
from svc_identity.operations.means import Owner
from svc_identity.operations.sign_in import Attempt, Browser, SecondStepNeeded, SignedIn
from svc_identity.provider import Provider

PASSWORD = "patru cuvinte fara rost"
OTHER = "cinci cuvinte cu totul altele"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()
HERE = Browser("192.0.2.9", "", "", "")


# ── one-time codes ──


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert one_time_codes.step_of(RFC_SECRET, code, 0, at) == seconds // 30


def test_a_clock_may_be_off_by_one_step() -> None:
    at = datetime.fromtimestamp(1111111111, UTC)
    step = 1111111111 // 30
    code = pyotp.TOTP(RFC_SECRET)
    for off in (-1, 0, 1):
        assert one_time_codes.step_of(RFC_SECRET, code.generate_otp(step + off), 0, at) == step + off
    for off in (-2, 2):
        assert one_time_codes.step_of(RFC_SECRET, code.generate_otp(step + off), 0, at) is None


def test_no_code_is_taken_twice_nor_one_before_it() -> None:
    at = datetime.fromtimestamp(1111111111, UTC)
    step = 1111111111 // 30
    code = pyotp.TOTP(RFC_SECRET)
    assert one_time_codes.step_of(RFC_SECRET, code.generate_otp(step), step, at) is None
    assert one_time_codes.step_of(RFC_SECRET, code.generate_otp(step - 1), step, at) is None
    assert one_time_codes.step_of(RFC_SECRET, code.generate_otp(step + 1), step, at) == step + 1


def test_the_picture_needs_no_style_and_no_script() -> None:
    picture = one_time_codes.picture(one_time_codes.address(RFC_SECRET, "ana@example.org", "Hub"))
    assert picture.startswith("<svg")
    assert "style" not in picture
    assert "script" not in picture


# ── recovery codes ──


def test_a_recovery_code_is_read_as_people_type_it() -> None:
    code = recovery.make()
    assert recovery.read(recovery.shown(code)) == code
    assert recovery.read(f" {code[:3].upper()} {code[3:]} ") == code
    assert recovery.read("") is None
    assert recovery.read(code[:-1]) is None
    assert recovery.read("0123456789") is None
    assert len({recovery.make() for _ in range(1000)}) == 1000


# ── who may change means ──


def a_session(*methods: Method, age: timedelta = timedelta()) -> session.Session:
    at = NOON - age
    return session.begin(UUID(int=1), UUID(int=2), b"", "", methods, Assurance.LOW, at)


ONLY_PASSWORD = Means(has_password=True, authenticator=None, passkeys=(), recovery_codes=0, links=())
WITH_APP = Means(
    has_password=True,
    authenticator=means.Authenticator(UUID(int=2), b"", 0, NOON, NOON),
    passkeys=(),
    recovery_codes=10,
    links=(),
)


def test_a_fresh_sign_in_changes_means_an_old_one_does_not() -> None:
    assert means.may_change(a_session(Method.PASSWORD, age=timedelta(minutes=10)), ONLY_PASSWORD, NOON)
    stale = a_session(Method.PASSWORD, age=timedelta(minutes=10, seconds=1))
    assert not means.may_change(stale, ONLY_PASSWORD, NOON)


def test_a_password_alone_does_not_change_means_where_there_is_more() -> None:
    assert not means.may_change(a_session(Method.PASSWORD), WITH_APP, NOON)
    assert means.may_change(means.strengthen(a_session(Method.PASSWORD)), WITH_APP, NOON)
    assert means.may_change(a_session(Method.FEDERATED), WITH_APP, NOON)


def test_an_app_counts_once_it_is_confirmed() -> None:
    waiting = Means(
        has_password=True,
        authenticator=means.Authenticator(UUID(int=2), b"", 0, NOON),
        passkeys=(),
        recovery_codes=0,
        links=(),
    )
    assert not waiting.needs_second_step
    assert WITH_APP.needs_second_step


def test_two_factors_give_the_level_substantial() -> None:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    used = (Method.PASSWORD, Method.ONE_TIME_CODE, Method.MULTIPLE)
    assert assurance.level_of(used, Assurance.HIGH, at) is Assurance.SUBSTANTIAL
    assert assurance.level_of(used, Assurance.LOW, at) is Assurance.LOW


# ── with the database ──


@pytest.fixture
def signed_in_as(session: Any, provider: Provider) -> Any:
    """Sign in as `signed_in_as(account, password, now, **browser)`."""

    async def attempt(account: Account, password: str = PASSWORD, now: Any = None, **more: str) -> Any:
        said = {"address": "192.0.2.9", "user_agent": "", "device_cookie": "", "session_secret": ""} | more
        return await sign_in.sign_in(
            session, provider, Attempt(account.email, password, **said), now or clock.now()
        )

    return attempt


@pytest.fixture
def owner_of(session: Any, signed_in_as: Any, looking: asyncpg.Connection) -> Any:
    """Sign somebody in and name them by their sign-in."""

    async def sign(account: Account) -> Owner:
        assert isinstance(await signed_in_as(account), SignedIn)
        newest = "SELECT id FROM sessions WHERE account_id = $1 ORDER BY id DESC LIMIT 1"
        return Owner(account.id, await looking.fetchval(newest, account.id))

    return sign


@pytest.fixture
def with_app(session: Any, provider: Provider, owner_of: Any) -> Any:
    """Set up an app for somebody: its secret, and the recovery codes."""

    async def set_up(account: Account, now: datetime) -> tuple[str, list[str]]:
        owner = await owner_of(account)
        made = await operations.begin_authenticator(session, provider, owner, now)
        code = pyotp.TOTP(made.secret).at(now)
        codes = await operations.confirm_authenticator(session, provider, owner, code, HERE, now)
        return made.secret, codes

    return set_up


async def test_with_an_app_the_password_is_not_enough(
    session: Any,
    provider: Provider,
    ana: Account,
    with_app: Any,
    signed_in_as: Any,
    looking: asyncpg.Connection,
) -> None:
    now = clock.now()
    secret, codes = await with_app(ana, now)
    assert len(codes) == 10
    before = await looking.fetchval("SELECT count(*) FROM sessions WHERE account_id = $1", ana.id)
    waiting = await signed_in_as(ana)
    assert isinstance(waiting, SecondStepNeeded)
    assert await looking.fetchval("SELECT count(*) FROM sessions WHERE account_id = $1", ana.id) == before
    later = now + timedelta(seconds=30)
    code = pyotp.TOTP(secret).at(later)
    done = await second_step.show_code(session, provider, waiting.secret, code, HERE, later)
    assert isinstance(done, SignedIn)
    methods = await looking.fetchval(
        "SELECT methods FROM sessions WHERE account_id = $1 ORDER BY id DESC LIMIT 1", ana.id
    )
    assert methods == ["pwd", "otp", "mfa"]
    again = await second_step.show_code(session, provider, waiting.secret, code, HERE, later)
    assert again is None


async def test_a_code_that_was_used_is_refused_in_the_next_sign_in(
    session: Any, provider: Provider, ana: Account, with_app: Any, signed_in_as: Any
) -> None:
    now = clock.now()
    secret, _ = await with_app(ana, now)
    waiting = await signed_in_as(ana)
    confirmed_with = pyotp.TOTP(secret).at(now)
    assert await second_step.show_code(session, provider, waiting.secret, confirmed_with, HERE, now) is None


async def test_each_recovery_code_signs_in_once(
    session: Any,
    provider: Provider,
    ana: Account,
    with_app: Any,
    signed_in_as: Any,
    looking: asyncpg.Connection,
) -> None:
    now = clock.now()
    _, codes = await with_app(ana, now)
    first = await signed_in_as(ana)
    assert await second_step.show_code(session, provider, first.secret, codes[0].upper(), HERE, now)
    second = await signed_in_as(ana)
    assert await second_step.show_code(session, provider, second.secret, codes[0], HERE, now) is None
    assert await second_step.show_code(session, provider, second.secret, codes[1], HERE, now)
    stored = await looking.fetch("SELECT digest FROM recovery_codes WHERE account_id = $1", ana.id)
    assert not [row for row in stored if codes[2].replace("-", "").encode() in row["digest"]]


async def test_a_second_step_ends_after_five_tries_and_guessing_becomes_slow(
    session: Any, provider: Provider, ana: Account, with_app: Any, signed_in_as: Any
) -> None:
    now = clock.now()
    await with_app(ana, now)
    waiting = await signed_in_as(ana)
    for _ in range(5):
        assert await second_step.show_code(session, provider, waiting.secret, "000000", HERE, now) is None
    assert await second_step.look(session, waiting.secret, now) is None
    next_one = await signed_in_as(ana)
    assert await second_step.show_code(session, provider, next_one.secret, "000000", HERE, now) is None
    with pytest.raises(TooManyTries):
        await second_step.show_code(session, provider, next_one.secret, "000000", HERE, now)


async def test_others_who_guess_codes_do_not_lock_the_owner_out(
    session: Any, provider: Provider, ana: Account, with_app: Any, signed_in_as: Any
) -> None:
    now = clock.now()
    secret, codes = await with_app(ana, now)
    mine = await signed_in_as(ana)
    known = await second_step.show_code(session, provider, mine.secret, codes[0], HERE, now)
    assert known is not None
    for _ in range(2):
        theirs = await signed_in_as(ana, address="198.51.100.3")
        for number in range(3):
            elsewhere = Browser("198.51.100.3", "", "", "")
            await second_step.show_code(session, provider, theirs.secret, f"00000{number}", elsewhere, now)
    with pytest.raises(TooManyTries):
        await second_step.show_code(session, provider, theirs.secret, "000009", elsewhere, now)
    again = await signed_in_as(ana, device_cookie=known.device_cookie)
    later = now + timedelta(seconds=30)
    at_home = Browser("192.0.2.9", "", known.device_cookie, "")
    code = pyotp.TOTP(secret).at(later)
    assert await second_step.show_code(session, provider, again.secret, code, at_home, later) is not None


async def test_a_second_step_waits_ten_minutes(
    session: Any, provider: Provider, ana: Account, with_app: Any, signed_in_as: Any
) -> None:
    now = clock.now()
    _, codes = await with_app(ana, now)
    waiting = await signed_in_as(ana, now=now)
    late = now + timedelta(minutes=10)
    assert await second_step.show_code(session, provider, waiting.secret, codes[0], HERE, late) is None


async def test_the_secret_of_an_app_is_sealed(
    ana: Account, with_app: Any, looking: asyncpg.Connection
) -> None:
    secret, _ = await with_app(ana, clock.now())
    sealed = await looking.fetchval("SELECT sealed FROM authenticators WHERE account_id = $1", ana.id)
    assert secret.encode() not in sealed


async def test_the_owner_is_told_of_each_change_and_of_new_devices(
    ana: Account, with_app: Any, signed_in_as: Any, a_person: Any, looking: asyncpg.Connection
) -> None:
    await with_app(ana, clock.now())
    changes = await looking.fetch(
        "SELECT change FROM security_changes WHERE account_id = $1 ORDER BY version", ana.id
    )
    assert [row["change"] for row in changes] == ["AUTHENTICATOR_ADDED"]
    ion = await a_person()
    first = await signed_in_as(ion)
    await signed_in_as(ion, device_cookie=first.device_cookie)
    count = "SELECT count(*) FROM security_changes WHERE account_id = $1"
    assert await looking.fetchval(count, ion.id) == 0
    await signed_in_as(
        ion, user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    )
    told = await looking.fetchrow("SELECT change, device FROM security_changes WHERE account_id = $1", ion.id)
    assert tuple(told) == ("NEW_DEVICE", "Firefox, Linux")


# ── passwords, over HTTP ──


@pytest.fixture
def code_of(client: httpx2.AsyncClient, signed_in: Any) -> Any:
    """The code that goes out for a confirmation; none when no e-mail goes out."""

    async def ask(confirmation_id: str) -> str | None:
        headers = signed_in(scopes={"identity.contact:read"}, kind="service", sub="notify")
        answer = await client.get(f"/internal/v1/email-confirmations/{confirmation_id}", headers=headers)
        return answer.json()["code"] if answer.status_code == 200 else None

    return ask


async def test_a_forgotten_password_is_reset_by_e_mail_and_ends_every_session(
    a_browser: Any, ana: Account, code_of: Any, looking: asyncpg.Connection
) -> None:
    elsewhere, browser = a_browser(), a_browser()
    await elsewhere.sign_in(ana)
    await browser.get("/account/forgot-password")
    await browser.post("/account/forgot-password", email=ana.email)
    page = await browser.follow()
    address = str(page.url)
    code = await code_of(parse_qs(urlsplit(address).query)["confirmation"][0])
    wrong = await browser.post(address, code=f"{(int(code) + 1) % 10**8:08}", password=OTHER)
    assert wrong.status_code == 422
    assert (await browser.post(address, code=code, password="short")).status_code == 422
    assert (await browser.post(address, code=code, password=ana.email)).status_code == 422
    await browser.post(address, code=code, password=OTHER)
    assert browser.location == "/account/sign-in?notice=password-reset"
    await elsewhere.get("/account/overview")
    assert elsewhere.location == "/account/sign-in"
    assert (await browser.post(address, code=code, password=PASSWORD)).status_code == 422
    await browser.sign_in(ana, OTHER)
    assert browser.location == "/account/overview"
    told = await looking.fetchval(
        "SELECT change FROM security_changes WHERE account_id = $1 ORDER BY version LIMIT 1", ana.id
    )
    assert told == "PASSWORD_RESET"


async def test_nobody_learns_from_a_reset_who_has_an_account(
    client: httpx2.AsyncClient, ana: Account, an_address: str, code_of: Any
) -> None:
    async def ask(email: str) -> Any:
        return await client.post("/identity/v1/accounts/forgotten-password", json={"email": email})

    known, unknown = await ask(ana.email), await ask(an_address)
    assert known.status_code == unknown.status_code == 202
    assert known.json().keys() == unknown.json().keys()
    assert await code_of(unknown.json()["confirmation_id"]) is None
    ends = []
    for asked in (known, unknown):
        body = {"confirmation_id": asked.json()["confirmation_id"], "code": "00000000", "password": OTHER}
        answers = [await client.post("/identity/v1/accounts/reset-password", json=body) for _ in range(6)]
        renewed = await client.post(
            "/identity/v1/accounts/new-code", json={"confirmation_id": body["confirmation_id"]}
        )
        ends.append([answer.json()["type"] for answer in (*answers, renewed)])
    assert ends[0] == ends[1]
    assert [one.rpartition("/")[2] for one in ends[0]] == ["wrong-code"] * 4 + ["code-expired"] * 2 + [
        "too-many-tries"
    ]


async def test_a_code_for_a_reset_confirms_no_sign_up(
    client: httpx2.AsyncClient, ana: Account, code_of: Any
) -> None:
    asked = await client.post("/identity/v1/accounts/forgotten-password", json={"email": ana.email})
    confirmation_id = asked.json()["confirmation_id"]
    body = {"confirmation_id": confirmation_id, "code": await code_of(confirmation_id)}
    answer = await client.post("/identity/v1/accounts/confirm", json=body)
    assert answer.json()["type"].endswith("/wrong-code")


async def test_after_a_reset_the_second_factor_is_still_needed(
    client: httpx2.AsyncClient, ana: Account, code_of: Any, with_app: Any, signed_in_as: Any
) -> None:
    await with_app(ana, clock.now())
    asked = await client.post("/identity/v1/accounts/forgotten-password", json={"email": ana.email})
    confirmation_id = asked.json()["confirmation_id"]
    body = {"confirmation_id": confirmation_id, "code": await code_of(confirmation_id), "password": OTHER}
    assert (await client.post("/identity/v1/accounts/reset-password", json=body)).status_code == 204
    assert isinstance(await signed_in_as(ana, OTHER), SecondStepNeeded)
    assert await signed_in_as(ana, PASSWORD) is None


async def test_a_password_is_changed_with_the_old_one_and_ends_the_other_sessions(
    a_browser: Any, ana: Account
) -> None:
    here, elsewhere = a_browser(), a_browser()
    await here.sign_in(ana)
    await elsewhere.sign_in(ana)
    page = "/account/security/password"
    await here.get(page)
    wrong = await here.post(page, old_password="not the password", password=OTHER)
    assert wrong.status_code == 422
    assert (await here.post(page, old_password=PASSWORD, password="parola123456")).status_code == 422
    await here.post(page, old_password=PASSWORD, password=OTHER)
    assert here.location == "/account/security?notice=password-changed"
    assert (await here.get("/account/overview")).status_code == 200
    await elsewhere.get("/account/overview")
    assert elsewhere.location == "/account/sign-in"


# ── the JSON API ──


async def test_means_are_set_up_and_taken_away_over_the_api(
    client: httpx2.AsyncClient, signed_in: Any, ana: Account, owner_of: Any, looking: asyncpg.Connection
) -> None:
    owner = await owner_of(ana)
    headers = signed_in(ana.id, {"account:read", "account:write"}, sid=str(owner.session_id))
    seen = (await client.get("/identity/v1/me/means", headers=headers)).json()
    assert seen == {
        "password": True,
        "authenticator": False,
        "recovery_codes": 0,
        "passkeys": [],
        "links": [],
    }
    early = await client.post("/identity/v1/me/recovery-codes", headers=headers)
    assert early.json()["type"].endswith("/second-factor-needed")
    made = (await client.post("/identity/v1/me/authenticator", headers=headers)).json()
    wrong = await client.post(
        "/identity/v1/me/authenticator/confirm", headers=headers, json={"code": "000000"}
    )
    assert wrong.status_code == 422
    code = pyotp.TOTP(made["secret"]).now()
    confirmed = await client.post(
        "/identity/v1/me/authenticator/confirm", headers=headers, json={"code": code}
    )
    assert len(confirmed.json()["codes"]) == 10
    again = await client.post("/identity/v1/me/authenticator", headers=headers)
    assert again.json()["type"].endswith("/already-set-up")
    new = await client.post("/identity/v1/me/recovery-codes", headers=headers)
    assert set(new.json()["codes"]).isdisjoint(confirmed.json()["codes"])
    await looking.execute(
        "UPDATE sessions SET signed_in_at = signed_in_at - interval '11 minutes' WHERE id = $1",
        owner.session_id,
    )
    late = await client.post("/identity/v1/me/authenticator/remove", headers=headers)
    assert late.status_code == 403
    assert late.json()["type"].endswith("/sign-in-again")
    assert 'max_age="600"' in late.headers["www-authenticate"]
    await looking.execute("UPDATE sessions SET signed_in_at = now() WHERE id = $1", owner.session_id)
    assert (await client.post("/identity/v1/me/authenticator/remove", headers=headers)).status_code == 204
    seen = (await client.get("/identity/v1/me/means", headers=headers)).json()
    assert (seen["authenticator"], seen["recovery_codes"]) == (False, 0)
    changes = (await client.get("/identity/v1/me/security-changes?limit=2", headers=headers)).json()
    assert [one["change"] for one in changes["items"]] == ["AUTHENTICATOR_REMOVED", "RECOVERY_CODES_MADE"]
    assert changes["next_cursor"]


async def test_another_persons_sign_in_changes_nothing(
    client: httpx2.AsyncClient, signed_in: Any, ana: Account, a_person: Any, owner_of: Any
) -> None:
    owner = await owner_of(ana)
    ion = await a_person()
    headers = signed_in(ion.id, {"account:write"}, sid=str(owner.session_id))
    assert (await client.post("/identity/v1/me/authenticator", headers=headers)).status_code == 404


# ── the pages ──


async def test_a_person_sets_up_an_app_on_the_pages_and_signs_in_with_it(
    a_browser: Any, ana: Account
) -> None:
    browser = a_browser()
    await browser.sign_in(ana)
    await browser.get("/account/security")
    await browser.post("/account/security/app")
    page = await browser.follow()
    assert "<svg" in page.text
    secret = page.text.partition('class="key">')[2].partition("<")[0].replace(" ", "")
    wrong = await browser.post("/account/security/app/confirm", code="000000")
    assert wrong.status_code == 422
    assert secret in wrong.text.replace(" ", "")
    shown = await browser.post("/account/security/app/confirm", code=pyotp.TOTP(secret).now())
    codes = [one for one in shown.text.split() if one.startswith("<li>")]
    assert len(codes) == 10
    assert shown.headers["cache-control"] == "no-store"
    new = a_browser()
    await new.sign_in(ana)
    assert new.location == "/account/second-step"
    await new.follow()
    later = pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30))
    await new.post("/account/second-step", code=f"{later[:3]} {later[3:]}")
    assert new.location == "/account/overview"
    assert (await new.get("/account/security")).status_code == 200


async def test_a_second_step_belongs_to_its_browser(a_browser: Any, ana: Account, with_app: Any) -> None:
    _, codes = await with_app(ana, clock.now())
    browser, thief = a_browser(), a_browser()
    await browser.sign_in(ana)
    await thief.get("/account/sign-in")
    await thief.post("/account/second-step", code=codes[0])
    assert thief.location.startswith("/account/sign-in?")
    await browser.follow()
    await browser.post("/account/second-step", code=codes[0])
    assert browser.location == "/account/overview"


async def test_an_old_sign_in_is_asked_again_and_comes_back(
    a_browser: Any, ana: Account, looking: asyncpg.Connection
) -> None:
    browser = a_browser()
    await browser.sign_in(ana)
    await looking.execute(
        "UPDATE sessions SET signed_in_at = signed_in_at - interval '11 minutes' WHERE account_id = $1",
        ana.id,
    )
    await browser.get("/account/security")
    await browser.post("/account/security/app")
    page = await browser.follow()
    assert browser.page.all("input", id="email")[0]["value"] == ana.email
    await browser.post(str(page.url), email=ana.email, password=PASSWORD)
    assert browser.location == "/account/security"
