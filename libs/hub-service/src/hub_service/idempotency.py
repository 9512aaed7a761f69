"""Idempotency-Key: the answer is stored in the transaction of the effect, and replayed for a day.

Who repeats a request while the first is still at work waits for it: the claim's unique index makes
the second wait for the first's commit, up to the database's lock time-out (then 409).
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson
from asyncpg.exceptions import LockNotAvailableError
from sqlalchemy import (
    JSON,
    Column,
    DateTime,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    bindparam,
    delete,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from hub_core.principal import Kind
from hub_events.statements import Part

from .problems import IdempotencyKeyInUse, IdempotencyKeyReused

KEPT = timedelta(hours=24)

KEYS = Table(
    "idempotency_keys",
    MetaData(),
    Column("caller", String(200), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("claimed_at", DateTime(timezone=True), nullable=False, index=True),
    Column("status", SmallInteger),
    Column("headers", JSON),
    Column("body", LargeBinary),
)

_OWN: Final = (KEYS.c.caller == bindparam("of_caller"), KEYS.c.key == bindparam("of_key"))
_CLAIMED: Final[dict[Column[Any], Any]] = {
    KEYS.c.fingerprint: bindparam("fingerprint"),
    KEYS.c.claimed_at: bindparam("now"),
}
_CLAIM: Final = Part(
    insert(KEYS)
    .values({KEYS.c.caller: bindparam("of_caller"), KEYS.c.key: bindparam("of_key"), **_CLAIMED})
    .on_conflict_do_update(
        index_elements=[KEYS.c.caller, KEYS.c.key],
        set_=_CLAIMED,
        where=KEYS.c.claimed_at < bindparam("aged"),
    )
    .returning(KEYS.c.key)
)
_FIRST: Final = Part(select(KEYS).where(*_OWN))
_STORE: Final = Part(
    update(KEYS)
    .where(*_OWN)
    .values(
        status=bindparam("answer_status"), headers=bindparam("answer_headers"), body=bindparam("answer_body")
    )
)


_CLAIM_ANSWERED: Final = Part(
    text(
        """
INSERT INTO idempotency_keys AS kept (caller, key, fingerprint, claimed_at, status, headers, body)
SELECT caller, key, fingerprint, :now, status, CAST(headers AS json), body FROM unnest(
  CAST(:caller AS text[]), CAST(:key AS text[]), CAST(:fingerprint AS bytea[]), CAST(:status AS smallint[]),
  CAST(:headers AS text[]), CAST(:body AS bytea[])
) AS given(caller, key, fingerprint, status, headers, body) ORDER BY caller, key
ON CONFLICT (caller, key) DO UPDATE SET fingerprint = excluded.fingerprint, claimed_at = excluded.claimed_at,
  status = excluded.status, headers = excluded.headers, body = excluded.body
WHERE kept.claimed_at < :aged
RETURNING kept.caller, kept.key
"""
    )
)


def attach(metadata: MetaData) -> None:
    """Add the table to a service's metadata, for its migrations."""
    KEYS.to_metadata(metadata)


@dataclass(frozen=True, slots=True)
class Claim:
    """One use of a key: whose, which, and for what request."""

    caller: str
    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Answered:
    """One use of a key with the answer that is kept for it; `headers` are JSON."""

    claim: Claim
    status: int
    headers: str
    body: bytes


def caller_of(kind: Kind, subject: str, client_id: str, mandate_id: UUID | None = None) -> str:
    """By what a caller's keys are told from those of others: the same person in another's name is another."""
    own = f"{kind}:{subject}:{client_id}"
    return (f"{mandate_id}:{own}" if mandate_id else own)[:200]


def fingerprint(key: bytes, parts: Iterable[bytes]) -> bytes:
    """HMAC-SHA-256 over what makes two requests the same (method, address, body).

    Keyed with the service's own secret, because a body may hold what is worth guessing.
    """
    digest = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.digest()


async def claim(session: AsyncSession, wanted: Claim, now: datetime) -> Response | None:
    """Claim the key inside the unit of work; the stored answer when it was used before.

    Raises `IdempotencyKeyReused` for another request, `IdempotencyKeyInUse` when the first is
    still at work.
    """
    try:
        if await _CLAIM.first(
            session, **_is(wanted), fingerprint=wanted.fingerprint, now=now, aged=now - KEPT
        ):
            return None
    except DBAPIError as error:
        if isinstance(error.orig, LockNotAvailableError):
            raise IdempotencyKeyInUse(headers={"retry-after": "1"}) from error
        raise
    (first,) = await _FIRST.all(session, **_is(wanted))
    if first["fingerprint"] != wanted.fingerprint:
        raise IdempotencyKeyReused
    return Response(first["body"], first["status"], {**first["headers"], "idempotent-replay": "true"})


async def store(session: AsyncSession, claimed: Claim, answer: Response) -> None:
    """Keep the answer beside the effect, before the commit of both."""
    headers = {name: value for name, value in answer.headers.items() if name != "content-length"}
    await _STORE.all(
        session,
        **_is(claimed),
        answer_status=answer.status_code,
        answer_headers=orjson.dumps(headers).decode(),
        answer_body=bytes(answer.body),
    )


async def claim_answered(
    session: AsyncSession, wanted: Sequence[Answered], now: datetime
) -> set[tuple[str, str]]:
    """Claim several keys at once, each with its answer; callers and keys of those that were free.

    No two of them are the same. Of one that was used before the ordinary way tells what that means.
    """
    rows = await _CLAIM_ANSWERED.all(
        session,
        caller=[one.claim.caller for one in wanted],
        key=[one.claim.key for one in wanted],
        fingerprint=[one.claim.fingerprint for one in wanted],
        status=[one.status for one in wanted],
        headers=[one.headers for one in wanted],
        body=[one.body for one in wanted],
        now=now,
        aged=now - KEPT,
    )
    return {(row["caller"], row["key"]) for row in rows}


async def forget(session: AsyncSession, callers: Collection[str]) -> None:
    """Forget the answers to these callers, within the caller's transaction: they may hold what was sent."""
    await session.execute(delete(KEYS).where(KEYS.c.caller.in_(callers)))


async def purge(session: AsyncSession, now: datetime) -> None:
    """Forget the keys of more than a day ago."""
    async with session.begin():
        await session.execute(delete(KEYS).where(KEYS.c.claimed_at < now - KEPT))


def _is(claimed: Claim) -> dict[str, str]:
    return {"of_caller": claimed.caller, "of_key": claimed.key}
