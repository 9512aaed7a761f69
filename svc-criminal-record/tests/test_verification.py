"""Verification by anybody: every answer has one form, and leaves as much behind."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import httpx2
import pytest
from dirty_equals import IsStr

from hub_core import clock
from svc_criminal_record.domain import codes, verification

from .build import a_certificate

VERIFICATIONS = "/criminal-record/v1/verifications"


async def verify(client: httpx2.AsyncClient, code: str, **more: Any) -> dict[str, Any]:
    answer = await client.post(VERIFICATIONS, json={"code": code, **more})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    shown: dict[str, Any] = answer.json()
    return shown


async def kept_of(looking: asyncpg.Connection, certificate: Any) -> list[tuple[str, str]]:
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


async def test_anybody_verifies_without_signing_in(client: httpx2.AsyncClient, looking: Any) -> None:
    made = await a_certificate(looking)
    shown = await verify(client, codes.grouped(made.code))
    assert shown == {
        "standing": "VALID",
        "verified_at": IsStr(),
        "document": "CRIMINAL_RECORD",
        "number": f"CJ {made.values['number']:07d}",
        "issued_on": "2026-11-20",
        "valid_until": "2999-05-20",
        "motive": {
            "code": "angajare",
            "name": {"ro": IsStr(min_length=5), "hu": IsStr(min_length=5), "en": IsStr(min_length=5)},
        },
        "holder_initials": "A. M. P.",
        "holder_last_four": "9000",
        "revoked_on": None,
        "file_sha256": made.values["file_sha256"].hex(),
        "seal": None,
    }


async def test_a_code_is_read_however_it_is_typed(client: httpx2.AsyncClient, looking: Any) -> None:
    made = await a_certificate(looking)
    typed = " ".join(made.code).lower().replace("0", "o").replace("1", "l")
    assert (await verify(client, typed))["standing"] == "VALID"


async def test_every_standing_is_told_and_revoked_says_the_day_but_no_reason(
    client: httpx2.AsyncClient, looking: Any
) -> None:
    today = clock.local_date(clock.now())
    last_day = await a_certificate(looking, valid_until=today)
    expired = await a_certificate(looking, valid_until=today - timedelta(days=1))
    replaced = await a_certificate(looking, superseded_by=last_day.id)
    revoked = await a_certificate(
        looking,
        revoked_at=datetime(2026, 11, 21, 22, 30, tzinfo=UTC),
        revocation_reason="COURT_DECISION",
        valid_until=today - timedelta(days=1),
    )
    assert (await verify(client, last_day.code))["standing"] == "VALID"
    assert (await verify(client, expired.code))["standing"] == "EXPIRED"
    assert (await verify(client, replaced.code))["standing"] == "SUPERSEDED"
    answer = await client.post(VERIFICATIONS, json={"code": revoked.code})
    assert (answer.json()["standing"], answer.json()["revoked_on"]) == ("REVOKED", "2026-11-22")
    assert "COURT" not in answer.text


@pytest.mark.parametrize("code", ["", "0000-0000-0000-0000", "no code at all", "🙂" * 40, "' OR 1=1 --"])
async def test_what_does_not_exist_is_answered_in_the_same_form(
    client: httpx2.AsyncClient, looking: Any, code: str
) -> None:
    made = await a_certificate(looking)
    there = await verify(client, made.code)
    not_there = await verify(client, code)
    assert not_there["standing"] == "NOT_FOUND"
    assert list(not_there) == list(there)
    assert {name for name, value in not_there.items() if value is not None} == {"standing", "verified_at"}


async def test_each_verification_is_kept_and_told_and_of_nothing_nothing_is(
    client: httpx2.AsyncClient, looking: Any
) -> None:
    made = await a_certificate(looking)
    told = await told_of(looking)
    await verify(client, made.code)
    await verify(client, made.code, way="QR")
    assert await kept_of(looking, made) == [("CODE", "VALID"), ("QR", "VALID")]
    assert await told_of(looking) == told + 2
    every = await looking.fetchval('SELECT count(*) FROM "criminal-record".verifications')
    await verify(client, "ZZZZ-ZZZZ-ZZZZ-ZZZZ")
    assert await told_of(looking) == told + 2
    assert await looking.fetchval('SELECT count(*) FROM "criminal-record".verifications') == every


async def test_what_is_told_names_neither_the_standing_nor_who_asked(
    client: httpx2.AsyncClient, looking: Any
) -> None:
    made = await a_certificate(looking)
    await verify(client, made.code)
    body = await looking.fetchval(
        "SELECT convert_from(body, 'UTF8') FROM \"criminal-record\".outbox WHERE key = $1", str(made.id)
    )
    assert str(made.values["holder_id"]) in body
    assert "VALID" not in body
    assert made.code not in body


@pytest.mark.parametrize("exists", [True, False])
async def test_a_code_is_tried_only_so_often_whether_it_exists_or_not(
    client: httpx2.AsyncClient, looking: Any, exists: bool
) -> None:
    code = (await a_certificate(looking)).code if exists else codes.code_of(b"never made")
    for _ in range(30):
        await verify(client, code)
    refused = await client.post(VERIFICATIONS, json={"code": codes.grouped(code).lower()})
    assert refused.status_code == 429
    assert refused.json()["type"].endswith("/problems/verified-too-often")
    assert 3000 < int(refused.headers["retry-after"]) <= 3601


async def test_the_same_key_gives_the_same_answer_and_one_verification(
    client: httpx2.AsyncClient, looking: Any
) -> None:
    made = await a_certificate(looking)
    key = {"idempotency-key": made.code}
    first = await client.post(VERIFICATIONS, json={"code": made.code}, headers=key)
    again = await client.post(VERIFICATIONS, json={"code": made.code}, headers=key)
    assert again.headers["idempotent-replay"] == "true"
    assert again.content == first.content
    assert await kept_of(looking, made) == [("CODE", "VALID")]


async def test_an_unknown_code_with_a_key_leaves_nothing_either(
    client: httpx2.AsyncClient, looking: Any
) -> None:
    told = await told_of(looking)
    answer = await client.post(
        VERIFICATIONS, json={"code": "unknown-with-key"}, headers={"idempotency-key": "unknown-with-key"}
    )
    assert answer.json()["standing"] == "NOT_FOUND"
    assert await told_of(looking) == told


NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_who_tries_too_often_waits_until_the_period_is_over() -> None:
    hour = timedelta(hours=1)
    assert verification.wait(30, 30, NOON, hour, NOON) == 0
    assert verification.wait(31, 30, NOON, hour, NOON + timedelta(minutes=59)) == 61
    assert verification.wait(31, 30, NOON, hour, NOON + hour) == 1


def test_the_last_day_is_a_whole_day() -> None:
    issued = verification.Issued(
        id=None,  # type: ignore[arg-type]
        holder_id=None,
        document=verification.DocumentType.INTEGRITY,
        series="CI",
        number=7,
        motive="angajare",
        hint=b"",
        issued_on=date(2026, 8, 31),
        valid_until=date(2027, 2, 28),
        file_sha256=b"",
        revoked_at=None,
        is_superseded=False,
        version=1,
    )
    assert issued.standing(date(2027, 2, 28)) == "VALID"
    assert issued.standing(date(2027, 3, 1)) == "EXPIRED"
    assert issued.label == "CI 0000007"
