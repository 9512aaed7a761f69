"""Verification by anybody: every answer has one form, and leaves as much behind."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx2
import pytest
from dirty_equals import IsStr

from hub_core import clock, typed_codes
from hub_core.ids import new_id
from hub_core.principal import Assurance
from svc_criminal_record.domain import verification
from svc_criminal_record.domain.certificates import Certificate, RevocationReason

from .build import a_stored_certificate

READ = "criminal-record:read"
VERIFICATIONS = "/criminal-record/v1/verifications"


async def verify(client: httpx2.AsyncClient, code: str, **more: Any) -> dict[str, Any]:
    answer = await client.post(VERIFICATIONS, json={"code": code, **more})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    shown: dict[str, Any] = answer.json()
    return shown


async def kept_of(looking: asyncpg.Connection, certificate: Certificate) -> list[tuple[str, str]]:
    rows = await looking.fetch(
        'SELECT way, standing FROM "criminal-record".verifications WHERE certificate_id = $1 ORDER BY id',
        certificate.id,
    )
    return [(row["way"], row["standing"]) for row in rows]


async def told_of(looking: asyncpg.Connection) -> int:
    count: int = await looking.fetchval(
        """SELECT count(*) FROM "criminal-record".outbox
           WHERE subject = 'hub.criminal-record.certificate.verified.v1'"""
    )
    return count


async def test_anybody_verifies_without_signing_in(
    client: httpx2.AsyncClient, looking: Any, sessions: Any
) -> None:
    made, code = await a_stored_certificate(sessions)
    shown = await verify(client, typed_codes.grouped(code))
    assert shown == {
        "standing": "VALID",
        "verified_at": IsStr(),
        "document": "CRIMINAL_RECORD",
        "number": f"CJ {made.number:07d}",
        "issued_on": "2026-11-22",
        "valid_until": "2999-05-22",
        "motive": {
            "code": "angajare",
            "name": {"ro": IsStr(min_length=5), "hu": IsStr(min_length=5), "en": IsStr(min_length=5)},
        },
        "holder_initials": "A. M. P.",
        "holder_last_four": "9000",
        "revoked_on": None,
        "file_sha256": made.file_sha256.hex(),
        "seal": None,
    }


async def test_a_code_is_read_however_it_is_typed(
    client: httpx2.AsyncClient, looking: Any, sessions: Any
) -> None:
    _, code = await a_stored_certificate(sessions)
    typed = " ".join(code).lower().replace("0", "o").replace("1", "l")
    assert (await verify(client, typed))["standing"] == "VALID"


async def test_every_standing_is_told_and_revoked_says_the_day_but_no_reason(
    client: httpx2.AsyncClient, looking: Any, sessions: Any
) -> None:
    today = clock.local_date(clock.now())
    last, code = await a_stored_certificate(sessions, valid_until=today)
    _, expired = await a_stored_certificate(sessions, valid_until=today - timedelta(days=1))
    _, replaced = await a_stored_certificate(sessions, superseded_by=last.id)
    _, revoked = await a_stored_certificate(
        sessions,
        revoked_at=datetime(2026, 11, 21, 22, 30, tzinfo=UTC),
        revocation_reason=RevocationReason.COURT_DECISION,
        valid_until=today - timedelta(days=1),
    )
    assert (await verify(client, code))["standing"] == "VALID"
    assert (await verify(client, expired))["standing"] == "EXPIRED"
    assert (await verify(client, replaced))["standing"] == "SUPERSEDED"
    answer = await client.post(VERIFICATIONS, json={"code": revoked})
    assert (answer.json()["standing"], answer.json()["revoked_on"]) == ("REVOKED", "2026-11-22")
    assert "COURT" not in answer.text


@pytest.mark.parametrize("code", ["", "0000-0000-0000-0000", "no code at all", "🙂" * 40, "' OR 1=1 --"])
async def test_what_does_not_exist_is_answered_in_the_same_form(
    client: httpx2.AsyncClient, sessions: Any, code: str
) -> None:
    _, existing = await a_stored_certificate(sessions)
    there = await verify(client, existing)
    not_there = await verify(client, code)
    assert not_there["standing"] == "NOT_FOUND"
    assert list(not_there) == list(there)
    assert {name for name, value in not_there.items() if value is not None} == {"standing", "verified_at"}


async def test_each_verification_is_kept_and_told_and_of_nothing_nothing_is(
    client: httpx2.AsyncClient, looking: Any, sessions: Any
) -> None:
    made, code = await a_stored_certificate(sessions)
    told = await told_of(looking)
    await verify(client, code)
    await verify(client, code, way="QR")
    assert await kept_of(looking, made) == [("CODE", "VALID"), ("QR", "VALID")]
    assert await told_of(looking) == told + 2
    every = await looking.fetchval('SELECT count(*) FROM "criminal-record".verifications')
    await verify(client, "ZZZZ-ZZZZ-ZZZZ-ZZZZ")
    assert await told_of(looking) == told + 2
    assert await looking.fetchval('SELECT count(*) FROM "criminal-record".verifications') == every


async def test_what_is_told_names_neither_the_standing_nor_who_asked(
    client: httpx2.AsyncClient, looking: Any, sessions: Any
) -> None:
    made, code = await a_stored_certificate(sessions)
    await verify(client, code)
    body = await looking.fetchval(
        "SELECT convert_from(body, 'UTF8') FROM \"criminal-record\".outbox WHERE key = $1", str(made.id)
    )
    assert str(made.holder_id) in body
    assert "VALID" not in body
    assert code not in body


@pytest.mark.parametrize("exists", [True, False])
async def test_a_code_is_tried_only_so_often_whether_it_exists_or_not(
    client: httpx2.AsyncClient, looking: Any, sessions: Any, exists: bool
) -> None:
    _, code = await a_stored_certificate(sessions) if exists else (None, typed_codes.code_of(b"never made"))
    for _ in range(30):
        await verify(client, code)
    refused = await client.post(VERIFICATIONS, json={"code": typed_codes.grouped(code).lower()})
    assert refused.status_code == 429
    assert refused.json()["type"].endswith("/problems/verified-too-often")
    assert 3000 < int(refused.headers["retry-after"]) <= 3601


async def test_no_answer_is_kept_for_a_key(client: httpx2.AsyncClient, looking: Any, sessions: Any) -> None:
    made, code = await a_stored_certificate(sessions)
    for _ in range(2):
        answer = await client.post(VERIFICATIONS, json={"code": code}, headers={"idempotency-key": code})
        assert "idempotent-replay" not in answer.headers
    assert await kept_of(looking, made) == [("CODE", "VALID"), ("CODE", "VALID")]
    assert not await looking.fetchval(
        'SELECT count(*) FROM "criminal-record".idempotency_keys WHERE key = $1', code
    )


NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_who_tries_too_often_waits_until_the_period_is_over() -> None:
    hour = timedelta(hours=1)
    assert verification.wait(30, 30, NOON, hour, NOON) == 0
    assert verification.wait(31, 30, NOON, hour, NOON + timedelta(minutes=59)) == 61
    assert verification.wait(31, 30, NOON, hour, NOON + hour) == 1


async def test_the_holder_sees_each_verification_newest_first(
    client: httpx2.AsyncClient, sessions: Any, signed_in: Any
) -> None:
    made, code = await a_stored_certificate(sessions)
    await verify(client, code)
    await verify(client, code, way="QR")
    address = f"/criminal-record/v1/certificates/{made.id}/verifications"
    own = signed_in(person_id=made.holder_id, scopes={READ}, assurance=Assurance.SUBSTANTIAL)
    first = (await client.get(address, params={"limit": 1}, headers=own)).json()
    assert [(one["way"], one["standing"]) for one in first["items"]] == [("QR", "VALID")]
    after = {"cursor": first["next_cursor"]}
    rest = (await client.get(address, params=after, headers=own)).json()
    assert [set(one) for one in rest["items"]] == [{"id", "at", "way", "standing"}]
    assert rest["items"][0]["way"] == "CODE"
    assert rest["next_cursor"] is None


async def test_nobody_else_sees_them_and_a_weak_sign_in_does_not(
    client: httpx2.AsyncClient, sessions: Any, signed_in: Any
) -> None:
    made, _ = await a_stored_certificate(sessions)
    address = f"/criminal-record/v1/certificates/{made.id}/verifications"
    assert (await client.get(address)).status_code == 401
    strong = {"assurance": Assurance.SUBSTANTIAL}
    refused = [
        signed_in(person_id=made.holder_id, scopes={READ}),
        signed_in(person_id=made.holder_id, scopes={"petitions:read"}, **strong),
        signed_in(scopes={READ}, **strong),
    ]
    answers = [await client.get(address, headers=headers) for headers in refused]
    assert [answer.status_code for answer in answers] == [403, 403, 404]


async def test_who_acts_for_the_holder_leaves_a_line(
    client: httpx2.AsyncClient, looking: Any, sessions: Any, signed_in: Any
) -> None:
    made, _ = await a_stored_certificate(sessions)
    acting = signed_in(
        scopes={READ},
        assurance=Assurance.SUBSTANTIAL,
        mandate=str(new_id()),
        act_for=str(made.holder_id),
    )
    address = f"/criminal-record/v1/certificates/{made.id}/verifications"
    assert (await client.get(address, headers=acting)).status_code == 200
    lines = await looking.fetchval(
        """SELECT count(*) FROM "criminal-record".outbox WHERE subject = $1
           AND convert_from(body, 'UTF8') LIKE '%' || $2 || '%'""",
        "hub.criminal-record.record.accessed.v1",
        str(made.holder_id),
    )
    assert lines == 1
