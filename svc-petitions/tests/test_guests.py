"""Who files without an account: a code shows the address, and nobody is anonymous."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx2
import pytest

from hub_core import clock, ids
from hub_core.email_codes import EmailCode
from hub_core.language import Language
from svc_petitions.errors.guests import ProofRefused, TriedTooOften
from svc_petitions.operations import guests

from .officials import API

CONTACT = frozenset({"petitions.contact:read"})
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ANA = {
    "family_name": "Popescu",
    "given_name": "Ana",
    "address": "Strada Exemplului nr. 1, 400001 Cluj-Napoca",
}


def an_address() -> str:
    return ids.new_id().hex


async def a_code(sessions: Any, key: Any, now: datetime | None = None) -> EmailCode:
    email = f"{ids.new_id().hex}@example.org"
    async with sessions() as apart, sessions() as session:
        return await guests.send_code(
            apart, session, key, email, Language.RO, an_address(), now or clock.now()
        )


def slug(answer: httpx2.Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


def a_petition(body: dict[str, Any], code: EmailCode, **special: Any) -> dict[str, Any]:
    proof = {"code_id": str(code.id), "code": code.code}
    return body | {"petitioner": ANA, "proof": proof, "consents": True} | special


async def test_only_a_service_that_may_learns_where_a_code_goes(
    client: httpx2.AsyncClient, sessions: Any, master: Any, signed_in: Any
) -> None:
    code = await a_code(sessions, master)
    address = f"/internal/v1/email-codes/{code.id}/message"
    assert (await client.get(address)).status_code == 401
    assert (await client.get(address, headers=signed_in(scopes={"petitions:read"}))).status_code == 403
    answer = await client.get(address, headers=signed_in(scopes=CONTACT))
    assert (answer.json()["email"], answer.json()["code"]) == (code.email, code.code)


async def test_without_the_right_code_nothing_is_registered(
    client: httpx2.AsyncClient, sessions: Any, master: Any, body: dict[str, Any], looking: asyncpg.Connection
) -> None:
    code, others = await a_code(sessions, master), await a_code(sessions, master)
    wrong = {"code_id": str(others.id), "code": "000000" if others.code != "000000" else "000001"}
    unknown = {"code_id": str(ids.new_id()), "code": code.code}
    for proof in (wrong, unknown):
        refused = await client.post(f"{API}/guest-petitions", json=a_petition(body, code, proof=proof))
        assert (refused.status_code, slug(refused)) == (422, "petition-proof-refused")
    count = "SELECT count(*) FROM petitions.petitions WHERE institution_id::text = $1"
    assert await looking.fetchval(count, body["institution_id"]) == 0


@pytest.mark.parametrize("missing", ["family_name", "given_name", "address"])
async def test_nobody_files_anonymously(
    client: httpx2.AsyncClient, sessions: Any, master: Any, body: dict[str, Any], missing: str
) -> None:
    code = await a_code(sessions, master)
    for petitioner in ({**ANA, missing: " "}, {name: ANA[name] for name in ANA if name != missing}):
        refused = await client.post(
            f"{API}/guest-petitions", json=a_petition(body, code, petitioner=petitioner)
        )
        assert refused.status_code == 422


async def test_a_guest_gets_number_and_code_at_once_and_sees_how_it_stands(
    client: httpx2.AsyncClient, sessions: Any, master: Any, body: dict[str, Any], looking: asyncpg.Connection
) -> None:
    code = await a_code(sessions, master)
    filed = await client.post(f"{API}/guest-petitions", json=a_petition(body, code))
    assert filed.status_code == 201, filed.text
    slip = filed.json()
    assert (slip["number"], slip["channel"]) == (1, "GUEST")
    pair = {name: slip[name] for name in ("number", "year", "code")}
    pair["institution_id"] = body["institution_id"]
    assert (await client.post(f"{API}/status", json=pair)).json()["state"] == "REGISTERED"
    told = await looking.fetchval("SELECT body FROM petitions.outbox WHERE key = $1", slip["id"])
    assert json.loads(told)["data"]["person_id"] is None
    assert b"Popescu" not in told


async def test_a_code_is_good_for_one_petition(
    client: httpx2.AsyncClient, sessions: Any, master: Any, body: dict[str, Any]
) -> None:
    sent = a_petition(body, await a_code(sessions, master))
    assert (await client.post(f"{API}/guest-petitions", json=sent)).status_code == 201
    assert (await client.post(f"{API}/guest-petitions", json=sent)).status_code == 422


async def test_the_same_request_again_gets_the_first_answer(
    client: httpx2.AsyncClient, sessions: Any, master: Any, body: dict[str, Any]
) -> None:
    sent, key = a_petition(body, await a_code(sessions, master)), {"idempotency-key": str(ids.new_id())}
    first = await client.post(f"{API}/guest-petitions", json=sent, headers=key)
    again = await client.post(f"{API}/guest-petitions", json=sent, headers=key)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()


async def test_a_code_bears_five_wrong_tries_and_each_of_them_counts(sessions: Any, master: Any) -> None:
    code = await a_code(sessions, master, NOW)
    wrong = guests.Proof(code.id, "000000" if code.code != "000000" else "000001")
    for _ in range(5):
        with pytest.raises(ProofRefused):
            async with sessions() as apart:
                await guests._admit(apart, master, wrong, NOW)
    with pytest.raises(ProofRefused):
        async with sessions() as apart:
            await guests._admit(apart, master, guests.Proof(code.id, code.code), NOW)


async def test_a_code_is_good_until_its_last_minute(sessions: Any, master: Any) -> None:
    code = await a_code(sessions, master, NOW)
    proof = guests.Proof(code.id, code.code)
    async with sessions() as apart:
        await guests._admit(apart, master, proof, code.expires_at - timedelta(seconds=1))
    with pytest.raises(ProofRefused):
        async with sessions() as apart:
            await guests._admit(apart, master, proof, code.expires_at)


async def test_an_address_is_not_flooded_with_codes(sessions: Any, master: Any) -> None:
    email = f"{ids.new_id().hex}@example.org"

    async def ask() -> None:
        async with sessions() as apart, sessions() as session:
            await guests.send_code(apart, session, master, email, Language.RO, an_address(), NOW)

    for _ in range(5):
        await ask()
    with pytest.raises(TriedTooOften):
        await ask()


async def test_the_answer_is_the_same_for_every_address_and_the_event_holds_none(
    client: httpx2.AsyncClient, looking: asyncpg.Connection
) -> None:
    email = f"{ids.new_id().hex}@example.org"
    answer = await client.post(f"{API}/email-codes", json={"email": email})
    assert answer.status_code == 202, answer.text
    assert set(answer.json()) == {"id", "expires_at"}
    told = await looking.fetchval("SELECT body FROM petitions.outbox WHERE key = $1", answer.json()["id"])
    assert email.encode() not in told
