"""A person's telephone number: the rules of its code, the JSON API, the pages, what is told and kept."""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from fastapi import FastAPI

from hub_core import clock, ids, phone
from hub_core.language import Language
from hub_events.session import Session
from hub_service.problems import NotFound
from svc_identity.domain import phone as phones
from svc_identity.domain import rules, throttle
from svc_identity.domain.account import Account
from svc_identity.domain.phone import HeldPhone, Outcome
from svc_identity.domain.rules import RuleId
from svc_identity.domain.throttle import Counter
from svc_identity.errors.accounts import TooManyTries
from svc_identity.operations import exports, purge
from svc_identity.operations import phones as operations
from svc_identity.provider import Provider
from svc_identity.storage import accounts
from svc_identity.storage import phones as storage

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY = bytes(32)
HOME = "/identity/v1/me/phone"
ACCOUNT, OTHER = UUID(int=1), UUID(int=2)
DAY = timedelta(days=1)


def a_number() -> str:
    """A Romanian mobile number of its own, as it is stored."""
    return f"+40745{secrets.randbelow(10**6):06}"


def begun() -> phones.Confirmation:
    return phones.begin(UUID(int=9), ACCOUNT, "+40745123456", NOON)


# ── the rules of a code ──


def test_a_code_has_six_digits_and_is_another_one_in_each_round() -> None:
    first = begun()
    second = phones.renew(first, NOON + timedelta(seconds=60))
    codes = [phones.code(KEY, first), phones.code(KEY, second), phones.code(b"\1" * 32, first)]
    assert all(len(code) == 6 and code.isdigit() for code in codes)
    assert len(set(codes)) == 3


def test_the_right_code_confirms_and_does_so_again() -> None:
    confirmed, outcome = phones.attempt(begun(), "123456", "123456", NOON)
    assert (outcome, confirmed.confirmed_at, confirmed.tries) == (Outcome.CONFIRMED, NOON, 1)
    assert phones.attempt(confirmed, "123456", "123456", NOON)[1] is Outcome.CONFIRMED
    assert phones.attempt(confirmed, "123457", "123456", NOON)[1] is Outcome.EXPIRED


def test_the_fifth_wrong_try_ends_the_code_and_the_right_one_comes_too_late() -> None:
    waiting = begun()
    for _ in range(4):
        waiting, outcome = phones.attempt(waiting, "000000", "123456", NOON)
        assert outcome is Outcome.WRONG
    waiting, outcome = phones.attempt(waiting, "000000", "123456", NOON)
    assert outcome is Outcome.EXPIRED
    assert phones.attempt(waiting, "123456", "123456", NOON) == (waiting, Outcome.EXPIRED)


def test_a_code_lives_for_ten_minutes() -> None:
    last = NOON + timedelta(minutes=10) - timedelta(microseconds=1)
    assert phones.attempt(begun(), "123456", "123456", last)[1] is Outcome.CONFIRMED
    assert phones.attempt(begun(), "123456", "123456", NOON + timedelta(minutes=10))[1] is Outcome.EXPIRED


def test_another_code_may_come_after_a_minute_and_three_in_all() -> None:
    waiting = begun()
    assert phones.wait_for_renewal(waiting, NOON + timedelta(seconds=59)) == timedelta(seconds=1)
    with pytest.raises(ValueError, match="no further"):
        phones.renew(waiting, NOON + timedelta(seconds=59))
    second = phones.renew(waiting, NOON + timedelta(seconds=60))
    third = phones.renew(second, NOON + timedelta(seconds=120))
    assert not phones.can_renew(third)
    assert not phones.can_renew(replace(waiting, confirmed_at=NOON))


def test_so_many_a_day_and_the_next_one_a_day_after_the_last() -> None:
    policy = throttle.daily(2)
    assert throttle.wait(policy, Counter(0, NOON), NOON) == timedelta()
    assert throttle.wait(policy, Counter(1, NOON), NOON) == timedelta()
    assert throttle.wait(policy, Counter(2, NOON), NOON + timedelta(hours=23)) == timedelta(hours=1)
    assert throttle.wait(policy, Counter(2, NOON), NOON + DAY) == timedelta()


# ── the JSON API ──


@pytest.fixture
def as_notify(signed_in: Any) -> dict[str, str]:
    made: dict[str, str] = signed_in(scopes={"identity.contact:read"}, kind="service", sub="notify", sid=None)
    return made


@pytest.fixture
def headers(signed_in: Any, ana: Account) -> dict[str, str]:
    made: dict[str, str] = signed_in(ana.id, {"account:read", "account:write"})
    return made


@pytest.fixture
def code_of(
    client: httpx2.AsyncClient, as_notify: dict[str, str], looking: asyncpg.Connection
) -> Callable[[UUID], Awaitable[dict[str, Any]]]:
    """What svc-notify is told of the code an account waits for; empty when it is told nothing."""

    async def ask(account_id: UUID) -> dict[str, Any]:
        found = await looking.fetchval("SELECT id FROM phone_confirmations WHERE account_id = $1", account_id)
        answer = await client.get(f"/internal/v1/phone-confirmations/{found}", headers=as_notify)
        told: dict[str, Any] = answer.json() if answer.status_code == 200 else {}
        return told

    return ask


async def give(client: httpx2.AsyncClient, headers: dict[str, str], number: str) -> httpx2.Response:
    return await client.post(HOME, json={"phone": number}, headers=headers)


async def confirm(client: httpx2.AsyncClient, headers: dict[str, str], code: str) -> httpx2.Response:
    return await client.post(f"{HOME}/confirm", json={"code": code}, headers=headers)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


async def told(looking: asyncpg.Connection, key: str) -> list[dict[str, Any]]:
    """The events recorded for an aggregate, in order."""
    rows = await looking.fetch("SELECT body FROM outbox WHERE key = $1 ORDER BY seq", key)
    return [json.loads(row["body"]) for row in rows]


async def test_a_number_is_given_confirmed_changed_and_removed(
    client: httpx2.AsyncClient,
    headers: dict[str, str],
    ana: Account,
    code_of: Any,
    as_notify: dict[str, str],
    looking: asyncpg.Connection,
) -> None:
    first, second = a_number(), a_number()
    given = await give(client, headers, f"0{first[3:]}")
    assert given.status_code == 202
    assert given.json()["phone"] == phone.masked(first)
    sent = await code_of(ana.id)
    assert (sent["phone"], sent["language"], len(sent["code"])) == (first, "en", 6)
    assert sent["expires_at"] == given.json()["expires_at"]
    (asked,) = await told(looking, sent["confirmation_id"])
    assert asked["type"] == "hub.identity.phone-confirmation.requested.v1"
    assert asked["data"] == {"confirmation_id": sent["confirmation_id"], "version": 1}

    contact = f"/internal/v1/people/{ana.id}/contact"
    assert (await client.get(contact, headers=as_notify)).json()["phone"] is None
    refused = await confirm(client, headers, wrong(sent["code"]))
    assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[1]) == (422, "wrong-phone-code")
    confirmed = await confirm(client, headers, sent["code"])
    assert confirmed.status_code == 200
    assert (confirmed.json()["phone"], confirmed.json()["waiting"]) == (phone.masked(first), None)
    assert (await client.get(contact, headers=as_notify)).json()["phone"] == first
    assert await code_of(ana.id) == {}

    assert (await give(client, headers, second)).status_code == 202
    shown = (await client.get(HOME, headers=headers)).json()
    assert (shown["phone"], shown["waiting"]["phone"]) == (phone.masked(first), phone.masked(second))
    assert (await client.get(contact, headers=as_notify)).json()["phone"] == first
    assert (await confirm(client, headers, (await code_of(ana.id))["code"])).status_code == 200
    assert (await client.get(contact, headers=as_notify)).json()["phone"] == second

    assert (await client.post(f"{HOME}/remove", headers=headers)).status_code == 204
    assert (await client.get(contact, headers=as_notify)).json()["phone"] is None
    assert (await client.post(f"{HOME}/remove", headers=headers)).status_code == 404
    changes = await looking.fetch(
        "SELECT change FROM security_changes WHERE account_id = $1 ORDER BY version", ana.id
    )
    assert [row["change"] for row in changes] == ["PHONE_ADDED", "PHONE_CHANGED", "PHONE_REMOVED"]
    events = [event["data"] for event in await told(looking, str(ana.id))]
    assert [data["change"] for data in events if "change" in data] == [
        *("PHONE_ADDED", "PHONE_CHANGED", "PHONE_REMOVED")
    ]


@pytest.mark.parametrize(
    ("said", "case"),
    [
        ("0213 456 789", "landline of Bucharest"),
        ("0800 800 800", "toll-free"),
        ("112", "short number"),
        ("0745 12", "too short"),
        ("+36 1 123 4567", "landline abroad"),
        ("", "nothing"),
        ("ana", "no number"),
    ],
)
async def test_only_mobile_numbers_are_taken_and_no_refusal_repeats_one(
    client: httpx2.AsyncClient, headers: dict[str, str], said: str, case: str
) -> None:
    answer = await give(client, headers, said)
    assert answer.status_code == 422, case
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/phone"]
    assert not said or said not in answer.text


async def test_a_mobile_number_of_another_country_is_taken(
    client: httpx2.AsyncClient, headers: dict[str, str], ana: Account, code_of: Any
) -> None:
    assert (await give(client, headers, "+36 30 123 4567")).status_code == 202
    assert (await code_of(ana.id))["phone"] == "+36301234567"


async def test_a_wrong_try_is_counted_although_it_is_refused(
    client: httpx2.AsyncClient, headers: dict[str, str], ana: Account, code_of: Any
) -> None:
    await give(client, headers, a_number())
    code = (await code_of(ana.id))["code"]
    said = [await confirm(client, headers, wrong(code)) for _ in range(5)]
    assert [answer.status_code for answer in said] == [422] * 4 + [409]
    assert (await confirm(client, headers, code)).json()["type"].endswith("/problems/phone-code-expired")


async def test_many_tries_at_once_count_as_many(
    client: httpx2.AsyncClient, headers: dict[str, str], ana: Account, code_of: Any
) -> None:
    await give(client, headers, a_number())
    code = (await code_of(ana.id))["code"]
    said = await asyncio.gather(*(confirm(client, headers, wrong(code)) for _ in range(8)))
    assert sorted(answer.status_code for answer in said) == [409] * 4 + [422] * 4


async def test_another_number_ends_the_code_of_the_one_before(
    client: httpx2.AsyncClient, headers: dict[str, str], ana: Account, code_of: Any
) -> None:
    await give(client, headers, a_number())
    before = (await code_of(ana.id))["code"]
    await give(client, headers, a_number())
    assert (await confirm(client, headers, before)).status_code == 422


async def test_another_code_may_be_asked_for_after_a_minute_only(
    client: httpx2.AsyncClient,
    headers: dict[str, str],
    ana: Account,
    looking: asyncpg.Connection,
    code_of: Any,
) -> None:
    assert (await client.post(f"{HOME}/new-code", headers=headers)).status_code == 409
    await give(client, headers, a_number())
    before = await code_of(ana.id)
    early = await client.post(f"{HOME}/new-code", headers=headers)
    assert early.status_code == 429
    assert 0 < int(early.headers["retry-after"]) <= 60
    await looking.execute(
        "UPDATE phone_confirmations SET sent_at = sent_at - interval '1 minute' WHERE account_id = $1", ana.id
    )
    assert (await client.post(f"{HOME}/new-code", headers=headers)).status_code == 202
    after = await code_of(ana.id)
    assert after["confirmation_id"] == before["confirmation_id"]
    assert after["code"] != before["code"]
    assert [event["data"]["version"] for event in await told(looking, after["confirmation_id"])] == [1, 2]
    assert (await confirm(client, headers, before["code"])).status_code == 422
    assert (await confirm(client, headers, after["code"])).status_code == 200


async def test_the_number_one_has_is_not_asked_for_again(
    client: httpx2.AsyncClient, headers: dict[str, str], ana: Account, code_of: Any
) -> None:
    number = a_number()
    await give(client, headers, number)
    await confirm(client, headers, (await code_of(ana.id))["code"])
    assert (await give(client, headers, number)).json()["type"].endswith("/problems/phone-held")


async def test_a_person_gets_so_many_codes_a_day(session: Session, provider: Provider, ana: Account) -> None:
    most = rules.value(RuleId.PHONE_CODES_OF_PERSON, NOON)

    async def ask(now: datetime) -> None:
        number = phone.parse(a_number())
        await operations.begin(session, provider, ana.id, number, f"192.0.2.{secrets.randbelow(255)}", now)

    for _ in range(most):
        await ask(NOON)
    with pytest.raises(TooManyTries) as refused:
        await ask(NOON + timedelta(hours=1))
    assert refused.value.seconds == timedelta(hours=23).total_seconds()
    await ask(NOON + DAY)


async def test_a_number_gets_so_many_codes_a_day_whoever_asks(
    session: Session, provider: Provider, a_person: Any
) -> None:
    number = phone.parse(a_number())
    people = [await a_person() for _ in range(rules.value(RuleId.PHONE_CODES_OF_NUMBER, NOON) + 1)]
    for person in people[:-1]:
        await operations.begin(session, provider, person.id, number, str(person.id), NOON)
    with pytest.raises(TooManyTries):
        await operations.begin(session, provider, people[-1].id, number, str(people[-1].id), NOON)


async def test_a_family_shares_a_number_and_a_crowd_does_not(
    client: httpx2.AsyncClient,
    signed_in: Any,
    session: Session,
    provider: Provider,
    a_person: Any,
    code_of: Any,
) -> None:
    """Only who holds the number learns that too many accounts have it: the code was right."""
    number, most = a_number(), rules.value(RuleId.PHONE_ACCOUNTS, clock.now())
    for _ in range(most - 1):
        async with session.begin():
            held = HeldPhone((await a_person()).id, number, clock.now())
            await storage.put(session, provider.master_key, held)
    last, refused = await a_person(), await a_person()
    for person, status in ((last, 200), (refused, 409)):
        own = signed_in(person.id, {"account:write"})
        assert (await give(client, own, number)).status_code == 202
        answer = await confirm(client, own, (await code_of(person.id))["code"])
        assert answer.status_code == status
    assert answer.json()["type"].endswith("/problems/phone-taken")


async def test_what_is_given_twice_with_one_key_sends_one_message(
    client: httpx2.AsyncClient,
    headers: dict[str, str],
    ana: Account,
    looking: asyncpg.Connection,
    code_of: Any,
) -> None:
    keyed, number = headers | {"idempotency-key": str(ids.new_id())}, a_number()
    first, second = await give(client, keyed, number), await give(client, keyed, number)
    assert first.content == second.content
    assert len(await told(looking, (await code_of(ana.id))["confirmation_id"])) == 1


# ── what is kept, and for how long ──


async def test_numbers_lie_sealed_and_codes_nowhere(
    client: httpx2.AsyncClient,
    headers: dict[str, str],
    ana: Account,
    looking: asyncpg.Connection,
    code_of: Any,
) -> None:
    number = a_number()
    await give(client, headers, number)
    code = (await code_of(ana.id))["code"]
    rows = [dict(await looking.fetchrow("SELECT * FROM phone_confirmations WHERE account_id = $1", ana.id))]
    await confirm(client, headers, code)
    rows.append(dict(await looking.fetchrow("SELECT * FROM phones WHERE account_id = $1", ana.id)))
    said = repr(rows)
    assert number not in said
    assert number[4:] not in said
    assert code not in said


async def test_no_log_and_no_event_says_a_number_or_a_code(
    client: httpx2.AsyncClient,
    headers: dict[str, str],
    ana: Account,
    code_of: Any,
    looking: asyncpg.Connection,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    number = a_number()
    await give(client, headers, number)
    sent = await code_of(ana.id)
    await confirm(client, headers, sent["code"])
    said = capfdbinary.readouterr().out.decode()
    events = await told(looking, sent["confirmation_id"]) + await told(looking, str(ana.id))
    assert '"event":"request"' in said
    for one in (said, json.dumps([event["data"] for event in events])):
        assert number[3:] not in one
        assert f'"{sent["code"]}"' not in one


async def test_a_code_that_is_past_is_not_sent_any_more_and_forgotten(
    session: Session, provider: Provider, ana: Account, looking: asyncpg.Connection
) -> None:
    begun_at = clock.now() - timedelta(minutes=10)
    made = await operations.begin(session, provider, ana.id, phone.parse(a_number()), "", begun_at)
    with pytest.raises(NotFound):
        await operations.code_to_send(session, provider, made.id, clock.now())
    assert (await operations.read(session, provider, ana.id, clock.now())).waiting is None
    await purge.purge(session, clock.now())
    kept = "SELECT count(*) FROM phone_confirmations WHERE account_id = $1"
    assert await looking.fetchval(kept, ana.id) == 0


async def test_the_copy_of_ones_data_has_the_number(
    session: Session, provider: Provider, app: FastAPI, ana: Account
) -> None:
    number, now = a_number(), clock.now()
    async with session.begin():
        await storage.put(session, provider.master_key, HeldPhone(ana.id, number, now))
        held = await exports._own(session, provider, app.state.hub.texts, ana.id, now)
    (section,) = [one for one in held.sections if one.name == "phones"]
    assert section.items == [{"value": number, "confirmed_at": now.isoformat()}]


async def test_the_number_goes_with_the_account(
    session: Session, provider: Provider, ana: Account, looking: asyncpg.Connection
) -> None:
    async with session.begin():
        await storage.put(session, provider.master_key, HeldPhone(ana.id, a_number(), clock.now()))
    await operations.begin(session, provider, ana.id, phone.parse(a_number()), "", clock.now())
    async with session.begin():
        await accounts.delete_(session, ana.id)
    for table in ("phones", "phone_confirmations"):
        assert await looking.fetchval(f"SELECT count(*) FROM {table} WHERE account_id = $1", ana.id) == 0


# ── the pages ──


async def test_the_account_page_leads_to_a_confirmed_number_and_away_from_it(
    browser: Any, ana: Account, code_of: Any
) -> None:
    number = a_number()
    await browser.sign_in(ana)
    await browser.get("/account/overview")
    assert browser.page.all("a", href="/account/phone")
    await browser.get("/account/phone")
    refused = await browser.post("/account/phone", phone="021 345 6789")
    assert refused.status_code == 422
    assert browser.page.all("input", id="phone")[0]["aria-invalid"] == "true"
    await browser.post("/account/phone", phone=number)
    assert phone.masked(number) in (await browser.follow()).text
    code = (await code_of(ana.id))["code"]
    assert (await browser.post("/account/phone/confirm", code=wrong(code))).status_code == 422
    await browser.post("/account/phone/confirm", code=f" {code[:3]} {code[3:]} ")
    overview = (await browser.follow()).text
    assert phone.masked(number) in overview
    assert number not in overview
    await browser.get("/account/phone")
    await browser.post("/account/phone/remove")
    assert phone.masked(number) not in (await browser.follow()).text


@pytest.mark.parametrize("path", ["", "/confirm", "/new-code", "/remove"])
async def test_who_is_not_signed_in_is_sent_to_the_sign_in(browser: Any, path: str) -> None:
    await browser.get("/account/sign-in")
    await browser.post(f"/account/phone{path}", phone="0745123456", code="123456")
    assert browser.location == "/account/sign-in"


@pytest.mark.parametrize("path", ["", "/confirm", "/new-code", "/remove"])
async def test_a_form_of_elsewhere_changes_nothing(browser: Any, ana: Account, path: str) -> None:
    await browser.sign_in(ana)
    answer = await browser.http.post(f"/account/phone{path}", data={"phone": "0745123456", "code": "123456"})
    assert answer.status_code == 403


@pytest.mark.parametrize("language", list(Language))
async def test_the_page_speaks_three_languages(browser: Any, a_person: Any, language: Language) -> None:
    await browser.sign_in(await a_person(language=language))
    answer = await browser.get("/account/phone")
    titles = {
        Language.RO: "Numărul dumneavoastră de telefon",
        Language.HU: "Az Ön telefonszáma",
        Language.EN: "Your telephone number",
    }
    assert titles[language] in answer.text
