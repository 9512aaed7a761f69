"""Who is not signed in: challenges, codes by e-mail, and how often anything may be tried."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx2
import pytest

from hub_core import clock, ids
from hub_core.email_codes import EmailCode
from hub_core.language import Language
from hub_core.tries import Try, network, wait
from svc_passport_booking.domain.tries import Counted
from svc_passport_booking.errors.guests import EmailProofRequired, ProofRefused, TriedTooOften
from svc_passport_booking.operations import guests, tries
from svc_passport_booking.operations.guests import Proof

from .test_challenges import payload, solve

API = "/passport-booking/v1"
INTERNAL = "/internal/v1/email-codes"
CONTACT = frozenset({"passport-booking.contact:read"})
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def an_address() -> str:
    """A network address that no other test counts on."""
    return ids.new_id().hex


def an_email() -> str:
    return f"{ids.new_id().hex}@example.org"


async def a_code(sessions: Any, key: Any, now: datetime = NOW) -> EmailCode:
    async with sessions() as apart, sessions() as session:
        return await guests.send_code(apart, session, key, an_email(), Language.RO, an_address(), now)


async def admitted(sessions: Any, key: Any, proof: Proof, now: datetime = NOW) -> bool:
    async with sessions() as apart:
        try:
            await guests.admit(apart, key, proof, an_address(), (), now)
        except ProofRefused:
            return False
    return True


async def spent(sessions: Any, key: Any, proof: Proof, now: datetime = NOW) -> str | None:
    async with sessions() as session, session.begin():
        return await guests.spend(session, key, proof, now)


async def test_only_a_service_that_may_learns_where_a_code_goes(
    client: httpx2.AsyncClient, sessions: Any, master: Any, signed_in: Any
) -> None:
    code = await a_code(sessions, master, clock.now())
    address = f"{INTERNAL}/{code.id}/message"
    assert (await client.get(address)).status_code == 401
    assert (await client.get(address, headers=signed_in(scopes={"appointments:read"}))).status_code == 403
    answer = await client.get(address, headers=signed_in(scopes=CONTACT))
    assert answer.status_code == 200
    assert (answer.json()["email"], answer.json()["code"]) == (code.email, code.code)


async def test_a_code_that_was_used_is_not_told_any_more(
    client: httpx2.AsyncClient, sessions: Any, master: Any, signed_in: Any
) -> None:
    now = clock.now()
    code = await a_code(sessions, master, now)
    await spent(sessions, master, Proof(code_id=code.id, code=code.code), now)
    answer = await client.get(f"{INTERNAL}/{code.id}/message", headers=signed_in(scopes=CONTACT))
    assert answer.status_code == 404


async def test_anybody_gets_a_challenge_and_another_one_each_time(client: httpx2.AsyncClient) -> None:
    first, second = await client.get(f"{API}/challenges"), await client.get(f"{API}/challenges")
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-store"
    assert first.json()["parameters"]["nonce"] != second.json()["parameters"]["nonce"]


async def test_a_solution_is_good_once_whoever_is_first(sessions: Any, master: Any) -> None:
    now = clock.now()
    async with sessions() as session:
        challenge = await guests.challenge(session, master, now)
    proof = Proof(altcha=payload(challenge, solve(challenge)))
    assert await admitted(sessions, master, proof, now)
    outcomes = await asyncio.gather(
        *(spent(sessions, master, proof, now) for _ in range(5)), return_exceptions=True
    )
    assert outcomes.count(None) == 1
    assert [type(one) for one in outcomes if one is not None] == [ProofRefused] * 4


async def test_a_proof_is_not_lost_when_nothing_came_of_it(sessions: Any, master: Any) -> None:
    code = await a_code(sessions, master)
    proof = Proof(code_id=code.id, code=code.code)
    async with sessions() as session, session.begin() as booking:
        assert await guests.spend(session, master, proof, NOW) == code.email
        await booking.rollback()
    assert await spent(sessions, master, proof) == code.email
    with pytest.raises(ProofRefused):
        await spent(sessions, master, proof)
    assert not await admitted(sessions, master, proof)


async def test_a_code_bears_five_wrong_tries_and_each_of_them_counts(sessions: Any, master: Any) -> None:
    code = await a_code(sessions, master)
    wrong = "000000" if code.code != "000000" else "000001"
    for _ in range(4):
        assert not await admitted(sessions, master, Proof(code_id=code.id, code=wrong))
    assert await admitted(sessions, master, Proof(code_id=code.id, code=code.code))
    assert not await admitted(sessions, master, Proof(code_id=code.id, code=wrong))
    assert not await admitted(sessions, master, Proof(code_id=code.id, code=code.code))


async def test_a_code_is_good_until_its_last_minute(sessions: Any, master: Any) -> None:
    code = await a_code(sessions, master)
    proof = Proof(code_id=code.id, code=code.code)
    assert code.expires_at == NOW + timedelta(minutes=30)
    assert await admitted(sessions, master, proof, code.expires_at - timedelta(seconds=1))
    assert not await admitted(sessions, master, proof, code.expires_at)


async def test_a_code_of_another_fits_nobody_else(sessions: Any, master: Any) -> None:
    mine, others = await a_code(sessions, master), await a_code(sessions, master)
    assert not await admitted(sessions, master, Proof(code_id=ids.new_id(), code=mine.code))
    if mine.code != others.code:
        assert not await admitted(sessions, master, Proof(code_id=mine.id, code=others.code))


async def test_a_challenge_confirms_no_address(sessions: Any, master: Any) -> None:
    with pytest.raises(EmailProofRequired):
        async with sessions() as session, session.begin():
            await guests.spend_for_email(session, master, Proof(altcha="AAAA"), NOW)


async def test_the_answer_is_the_same_for_every_address_and_the_event_holds_none(
    client: httpx2.AsyncClient, looking: asyncpg.Connection
) -> None:
    email = an_email()
    answer = await client.post(
        f"{API}/email-codes", json={"email": email}, headers={"idempotency-key": email}
    )
    assert answer.status_code == 202, answer.text
    assert set(answer.json()) == {"id", "expires_at"}
    told = await looking.fetchval(
        'SELECT body FROM "passport-booking".outbox WHERE key = $1', answer.json()["id"]
    )
    assert b"example.org" not in told
    kept = await looking.fetchrow(
        'SELECT * FROM "passport-booking".email_codes WHERE id = $1', answer.json()["id"]
    )
    assert email.encode() not in kept["sealed"] + kept["email_key"]


@pytest.mark.parametrize(
    "email",
    [
        "ana",
        "ana@example",
        "a na@example.org",
        "ana\x1e@example.org",
        "ana\x85@example.org",
        "ana@\u2028.org",
    ],
)
async def test_no_code_goes_where_no_message_can_go(client: httpx2.AsyncClient, email: str) -> None:
    key = {"idempotency-key": str(ids.new_id())}
    answer = await client.post(f"{API}/email-codes", json={"email": email}, headers=key)
    assert answer.status_code == 422
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/email"]


async def test_codes_to_one_address_are_limited_also_when_they_are_asked_for_with_a_key(
    client: httpx2.AsyncClient,
) -> None:
    email = an_email()

    async def ask() -> httpx2.Response:
        return await client.post(
            f"{API}/email-codes", json={"email": email}, headers={"idempotency-key": str(ids.new_id())}
        )

    assert {(await ask()).status_code for _ in range(5)} == {202}
    sixth = await ask()
    assert sixth.status_code == 429
    assert 0 < int(sixth.headers["retry-after"]) <= 3601


async def test_tries_of_a_network_are_counted_whole_and_begin_anew_with_the_period(
    sessions: Any, master: Any, looking: asyncpg.Connection
) -> None:
    address = an_address()
    counted = [Try(Counted.CODES_FROM_ADDRESS, address)]

    async def take(now: datetime) -> bool:
        async with sessions() as apart:
            try:
                await tries.take(apart, master, counted, now)
            except TriedTooOften:
                return False
        return True

    outcomes = await asyncio.gather(*(take(NOW) for _ in range(61)))
    assert outcomes.count(True) == 60
    assert not await take(NOW + timedelta(minutes=59))
    assert await take(NOW + timedelta(minutes=60))
    keys = await looking.fetch('SELECT key FROM "passport-booking".tries')
    assert not any(address.encode() in row["key"] for row in keys)


def test_a_network_is_an_address_or_sixty_four_bits_of_one() -> None:
    assert network("192.0.2.7") == network("::ffff:192.0.2.7") != network("192.0.2.8")
    assert network("2001:db8:1:2::7") == network("2001:db8:1:2:ffff::1") != network("2001:db8:1:3::7")


def test_who_is_over_the_limit_waits_for_the_end_of_the_period() -> None:
    hour = timedelta(hours=1)
    assert wait(5, 5, NOW, hour, NOW) == 0
    assert wait(6, 5, NOW, hour, NOW) == 3601
    assert wait(6, 5, NOW, hour, NOW + hour) == 1


async def test_what_is_out_of_date_is_forgotten(
    sessions: Any, master: Any, looking: asyncpg.Connection
) -> None:
    code = await a_code(sessions, master)
    async with sessions() as session:
        await guests.forget(session, code.expires_at)
    gone = 'SELECT count(*) FROM "passport-booking".email_codes WHERE id = $1'
    assert await looking.fetchval(gone, code.id) == 0
