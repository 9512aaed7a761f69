"""Making an account by the JSON API; the questions of svc-notify; seeing and changing one's own."""

import asyncio
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest

from hub_core import clock, ids
from svc_identity.domain.account import Account
from svc_identity.errors.accounts import CodeExpired, NoMoreCodes, WrongCode
from svc_identity.operations import accounts, purge

PASSWORD = "patru cuvinte fara rost"
CONTACT = "identity.contact:read"


@pytest.fixture
def wanted(an_address: str) -> dict[str, str]:
    return {
        "email": an_address,
        "password": PASSWORD,
        "given_name": "Ana",
        "family_name": "Popescu",
        "language": "ro",
    }


@pytest.fixture
def as_notify(signed_in: Any) -> dict[str, str]:
    made: dict[str, str] = signed_in(scopes={CONTACT}, kind="service", sub="notify", sid=None)
    return made


async def create(client: httpx2.AsyncClient, wanted: dict[str, str], **headers: str) -> dict[str, Any]:
    answer = await client.post("/identity/v1/accounts", json=wanted, headers=headers)
    assert answer.status_code == 202, answer.text
    given: dict[str, Any] = answer.json()
    return given


async def code_of(
    client: httpx2.AsyncClient, as_notify: dict[str, str], confirmation_id: str
) -> dict[str, Any]:
    answer = await client.get(f"/internal/v1/email-confirmations/{confirmation_id}", headers=as_notify)
    assert answer.status_code == 200, answer.text
    given: dict[str, Any] = answer.json()
    return given


async def confirm(
    client: httpx2.AsyncClient, confirmation_id: str, code: str, **headers: str
) -> httpx2.Response:
    body = {"confirmation_id": confirmation_id, "code": code}
    return await client.post("/identity/v1/accounts/confirm", json=body, headers=headers)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08}"


async def told(looking: asyncpg.Connection, key: str) -> list[dict[str, Any]]:
    """The events recorded for an aggregate, in order."""
    rows = await looking.fetch("SELECT body FROM outbox WHERE key = $1 ORDER BY seq", key)
    return [json.loads(row["body"]) for row in rows]


async def test_an_account_is_made_with_the_code_of_the_e_mail(
    client: httpx2.AsyncClient,
    wanted: dict[str, str],
    as_notify: dict[str, str],
    looking: asyncpg.Connection,
    browser: Any,
) -> None:
    started = await create(client, wanted)
    (asked,) = await told(looking, started["confirmation_id"])
    assert asked["type"] == "hub.identity.email-confirmation.requested.v1"
    assert asked["data"] == {
        "confirmation_id": started["confirmation_id"],
        "purpose": "SIGN_UP",
        "version": 1,
    }

    mail = await code_of(client, as_notify, started["confirmation_id"])
    assert mail.keys() == {"confirmation_id", "email", "language", "code", "expires_at"}
    assert (mail["email"], mail["language"]) == (wanted["email"], "ro")
    assert mail["expires_at"] == started["expires_at"]

    assert (await confirm(client, started["confirmation_id"], mail["code"])).status_code == 204
    row = await looking.fetchrow("SELECT * FROM accounts WHERE email_key = $1", wanted["email"])
    assert row is not None
    assert (row["state"], row["assurance"]) == ("CREATED", "low")
    assert row["password_hash"].startswith("$argon2id$v=19$")
    (created,) = await told(looking, str(row["id"]))
    assert created["type"] == "hub.identity.account.created.v1"
    assert created["data"] == {"person_id": str(row["id"]), "version": 2}

    contact = await client.get(f"/internal/v1/people/{row['id']}/contact", headers=as_notify)
    assert contact.json() == {
        "person_id": str(row["id"]),
        "email": wanted["email"],
        "language": "ro",
        "phone": None,
    }

    await browser.get("/account/sign-in")
    await browser.post("/account/sign-in", email=f" {wanted['email'].upper()} ", password=PASSWORD)
    assert browser.location == "/account/overview"


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"email": "ana"}, "/email"),
        ({"email": "ana@example.org\x00"}, "/email"),
        ({"password": "short"}, "/password"),
        ({"password": "x" * 257}, "/password"),
        ({"password": "with a NUL \x00 inside"}, "/password"),
        ({"given_name": ""}, "/given_name"),
        ({"given_name": " \t "}, "/given_name"),
        ({"given_name": "   "}, "/given_name"),
        ({"given_name": "x" * 101}, "/given_name"),
        ({"family_name": "Pop\x00escu"}, "/family_name"),
        ({"language": "de"}, "/language"),
        ({"cnp": "1"}, "/cnp"),
    ],
)
async def test_bad_input_is_named_and_never_repeated(
    client: httpx2.AsyncClient, wanted: dict[str, str], changed: dict[str, str], pointer: str
) -> None:
    answer = await client.post("/identity/v1/accounts", json=wanted | changed)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert PASSWORD not in answer.text


async def test_cedilla_letters_are_taken_and_normalised(
    client: httpx2.AsyncClient, wanted: dict[str, str], looking: asyncpg.Connection
) -> None:
    await create(client, wanted | {"given_name": "Şerban", "family_name": "Ţepeş"})
    row = await looking.fetchrow("SELECT * FROM accounts WHERE email_key = $1", wanted["email"])
    assert row is not None
    assert (row["given_name"], row["family_name"]) == ("Șerban", "Țepeș")


async def test_an_address_with_an_account_gets_the_same_answer_and_keeps_its_password(
    client: httpx2.AsyncClient,
    wanted: dict[str, str],
    ana: Account,
    as_notify: dict[str, str],
    looking: asyncpg.Connection,
    browser: Any,
) -> None:
    fresh = await create(client, wanted)
    taken = await create(client, wanted | {"email": ana.email, "password": "another password here"})
    assert fresh.keys() == taken.keys()
    assert len(await told(looking, taken["confirmation_id"])) == len(
        await told(looking, fresh["confirmation_id"])
    )
    code = (await code_of(client, as_notify, taken["confirmation_id"]))["code"]
    answer = await confirm(client, taken["confirmation_id"], code)
    assert answer.status_code == 409
    assert answer.json()["type"].endswith("/problems/account-exists")
    await browser.sign_in(ana, "another password here")
    assert browser.answer.status_code == 422
    await browser.sign_in(ana)
    assert browser.answer.status_code == 303


async def test_who_starts_a_sign_up_for_another_cannot_choose_their_password(
    client: httpx2.AsyncClient, wanted: dict[str, str], as_notify: dict[str, str], browser: Any
) -> None:
    attacker = await create(client, wanted | {"password": "chosen by somebody else"})
    owner = await create(client, wanted)
    code = (await code_of(client, as_notify, owner["confirmation_id"]))["code"]
    assert (await confirm(client, attacker["confirmation_id"], code)).status_code == 422
    assert (await confirm(client, owner["confirmation_id"], code)).status_code == 204
    await browser.get("/account/sign-in")
    await browser.post("/account/sign-in", email=wanted["email"], password="chosen by somebody else")
    assert browser.answer.status_code == 422
    await browser.post("/account/sign-in", email=wanted["email"], password=PASSWORD)
    assert browser.answer.status_code == 303


async def test_an_unconfirmed_account_cannot_sign_in(
    client: httpx2.AsyncClient, wanted: dict[str, str], browser: Any
) -> None:
    await create(client, wanted)
    await browser.get("/account/sign-in")
    await browser.post("/account/sign-in", email=wanted["email"], password=PASSWORD)
    assert browser.answer.status_code == 422


async def test_five_wrong_codes_end_a_code_also_under_an_idempotency_key(
    client: httpx2.AsyncClient, wanted: dict[str, str], as_notify: dict[str, str]
) -> None:
    started = await create(client, wanted)
    code = (await code_of(client, as_notify, started["confirmation_id"]))["code"]
    for number in range(4):
        answer = await confirm(
            client, started["confirmation_id"], wrong(code), **{"idempotency-key": f"try-{number}-{code}"}
        )
        assert answer.status_code == 422
        assert answer.json()["type"].endswith("/problems/wrong-code")
    assert (await confirm(client, started["confirmation_id"], wrong(code))).status_code == 409
    answer = await confirm(client, started["confirmation_id"], code)
    assert answer.json()["type"].endswith("/problems/code-expired")
    gone = await client.get(
        f"/internal/v1/email-confirmations/{started['confirmation_id']}", headers=as_notify
    )
    assert gone.status_code == 404


async def test_many_tries_at_once_with_keys_do_not_wait_for_one_another(client: httpx2.AsyncClient) -> None:
    tries = [
        confirm(client, str(ids.new_id()), "00000000", **{"idempotency-key": str(ids.new_id())})
        for _ in range(40)
    ]
    answers = await asyncio.gather(*tries)
    assert {answer.json()["type"].rpartition("/")[2] for answer in answers} == {"wrong-code"}


async def test_confirming_twice_gives_the_same_answer(
    client: httpx2.AsyncClient, wanted: dict[str, str], as_notify: dict[str, str]
) -> None:
    started = await create(client, wanted)
    code = (await code_of(client, as_notify, started["confirmation_id"]))["code"]
    answers = await asyncio.gather(*(confirm(client, started["confirmation_id"], code) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [204] * 4
    gone = await client.get(
        f"/internal/v1/email-confirmations/{started['confirmation_id']}", headers=as_notify
    )
    assert gone.status_code == 404


async def test_two_sign_ups_confirmed_at_once_make_one_account(
    client: httpx2.AsyncClient, wanted: dict[str, str], as_notify: dict[str, str], looking: asyncpg.Connection
) -> None:
    started = [(await create(client, wanted))["confirmation_id"] for _ in range(3)]
    codes = [(await code_of(client, as_notify, one))["code"] for one in started]
    answers = await asyncio.gather(*(confirm(client, *pair) for pair in zip(started, codes, strict=True)))
    assert sorted(answer.status_code for answer in answers) == [204, 409, 409]
    count = "SELECT count(*) FROM accounts WHERE email_key = $1 AND state = 'CREATED'"
    assert await looking.fetchval(count, wanted["email"]) == 1


async def test_an_unknown_confirmation_looks_like_a_wrong_code(client: httpx2.AsyncClient) -> None:
    answer = await confirm(client, str(ids.new_id()), "12345678")
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("/problems/wrong-code")


async def test_a_code_is_past_after_fifteen_minutes(
    client: httpx2.AsyncClient, wanted: dict[str, str], as_notify: dict[str, str], session: Any, provider: Any
) -> None:
    started = await create(client, wanted)
    code = (await code_of(client, as_notify, started["confirmation_id"]))["code"]
    late = clock.now() + timedelta(minutes=15, seconds=1)
    with pytest.raises(CodeExpired):
        await accounts.confirm(session, provider, UUID(started["confirmation_id"]), code, late)


async def test_a_new_code_replaces_the_old_one_three_in_all_and_not_at_once(
    client: httpx2.AsyncClient,
    wanted: dict[str, str],
    as_notify: dict[str, str],
    session: Any,
    provider: Any,
    looking: asyncpg.Connection,
) -> None:
    started = await create(client, wanted)
    confirmation_id = started["confirmation_id"]
    old = (await code_of(client, as_notify, confirmation_id))["code"]
    answer = await client.post("/identity/v1/accounts/new-code", json={"confirmation_id": confirmation_id})
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 30
    now = clock.now()
    for minutes in (1, 2):
        later = now + timedelta(minutes=minutes)
        await accounts.send_new_code(session, provider, UUID(confirmation_id), "192.0.2.77", later)
    assert [event["data"]["version"] for event in await told(looking, confirmation_id)] == [1, 2, 3]
    with pytest.raises(WrongCode):
        await accounts.confirm(session, provider, UUID(confirmation_id), old, later)
    new = (await code_of(client, as_notify, confirmation_id))["code"]
    assert new != old
    with pytest.raises(NoMoreCodes):
        await accounts.send_new_code(
            session, provider, UUID(confirmation_id), "192.0.2.77", later + timedelta(minutes=1)
        )
    await accounts.confirm(session, provider, UUID(confirmation_id), new, later)
    answer = await client.post("/identity/v1/accounts/new-code", json={"confirmation_id": confirmation_id})
    assert answer.json()["type"].endswith("/problems/no-more-codes")


async def test_e_mails_to_one_address_become_rare_whoever_asks(
    client: httpx2.AsyncClient, wanted: dict[str, str], ana: Account
) -> None:
    for email in (wanted["email"], ana.email):
        for _ in range(6):
            await create(client, wanted | {"email": email})
        answer = await client.post("/identity/v1/accounts", json=wanted | {"email": email})
        assert answer.status_code == 429
        assert answer.json()["type"].endswith("/problems/too-many-tries")
        assert int(answer.headers["retry-after"]) > 30


async def test_a_repeated_request_with_its_key_makes_one_sign_up(
    client: httpx2.AsyncClient, wanted: dict[str, str], looking: asyncpg.Connection
) -> None:
    key = str(ids.new_id())
    first = await create(client, wanted, **{"idempotency-key": key})
    second = await create(client, wanted, **{"idempotency-key": key})
    assert first == second
    count = "SELECT count(*) FROM accounts WHERE email_key = $1"
    assert await looking.fetchval(count, wanted["email"]) == 1


async def test_sign_ups_that_nobody_confirms_are_forgotten(
    client: httpx2.AsyncClient,
    wanted: dict[str, str],
    session: Any,
    provider: Any,
    looking: asyncpg.Connection,
) -> None:
    started = await create(client, wanted)
    now = clock.now()
    await purge.purge(session, now + timedelta(hours=23))
    count = "SELECT count(*) FROM confirmations WHERE id = $1"
    assert await looking.fetchval(count, UUID(started["confirmation_id"])) == 1
    await purge.purge(session, now + timedelta(hours=25))
    assert await looking.fetchval(count, UUID(started["confirmation_id"])) == 0
    count = "SELECT count(*) FROM accounts WHERE email_key = $1"
    assert await looking.fetchval(count, wanted["email"]) == 0


# ── one's own account ──


async def test_a_person_sees_their_account(client: httpx2.AsyncClient, ana: Account, signed_in: Any) -> None:
    answer = await client.get("/identity/v1/me", headers=signed_in(ana.id, {"account:read"}))
    assert answer.headers["etag"] == '"2"'
    seen = answer.json()
    assert seen.pop("created_at").endswith("Z")
    assert seen == {
        "person_id": str(ana.id),
        "email": ana.email,
        "given_name": "Ana",
        "family_name": "Popescu",
        "language": "en",
        "assurance": "low",
    }


async def test_a_person_without_an_account_is_not_found(client: httpx2.AsyncClient, signed_in: Any) -> None:
    answer = await client.get("/identity/v1/me", headers=signed_in(scopes={"account:read"}))
    assert answer.status_code == 404


async def test_a_change_names_its_version(client: httpx2.AsyncClient, ana: Account, signed_in: Any) -> None:
    headers = signed_in(ana.id, {"account:write"})
    change = {"language": "hu", "given_name": "Anna"}
    assert (await client.patch("/identity/v1/me", json=change, headers=headers)).status_code == 428
    for stale in ('"1"', '"3"', "*", 'W/"2"', '"x"'):
        answer = await client.patch("/identity/v1/me", json=change, headers=headers | {"if-match": stale})
        assert answer.status_code == 412
    answer = await client.patch("/identity/v1/me", json=change, headers=headers | {"if-match": '"2"'})
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"3"'
    seen = answer.json()
    assert (seen["language"], seen["given_name"], seen["family_name"]) == ("hu", "Anna", "Popescu")
    again = await client.patch("/identity/v1/me", json=change, headers=headers | {"if-match": '"3"'})
    assert again.headers["etag"] == '"3"'


async def test_the_e_mail_address_cannot_be_changed_by_the_way(
    client: httpx2.AsyncClient, ana: Account, signed_in: Any
) -> None:
    headers = signed_in(ana.id, {"account:write"}) | {"if-match": '"2"'}
    answer = await client.patch("/identity/v1/me", json={"email": "x@example.org"}, headers=headers)
    assert answer.status_code == 422


async def test_sign_ins_are_listed_page_by_page(
    client: httpx2.AsyncClient, ana: Account, signed_in: Any, a_browser: Any
) -> None:
    for _ in range(3):
        await a_browser().sign_in(ana)
    headers = signed_in(ana.id, {"account:read"})
    first = await client.get("/identity/v1/me/sessions?limit=2", headers=headers)
    assert first.headers["link"].endswith('; rel="next"')
    cursor = first.json()["next_cursor"]
    second = await client.get(f"/identity/v1/me/sessions?limit=2&cursor={cursor}", headers=headers)
    assert second.json()["next_cursor"] is None
    seen = [one["id"] for page in (first, second) for one in page.json()["items"]]
    assert len(seen) == 3
    assert seen == sorted(seen, reverse=True)
