"""Verification by anybody: the same steps, writing, form and time for every answer."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import clock, ids, typed_codes
from hub_core.rules import Rules
from hub_events import outbox
from hub_service import rules, timing

from ..domain import motives, verification
from ..domain.certificates import Certificate, Standing
from ..domain.hints import Hint
from ..domain.motives import MOTIVES_RULE
from ..domain.products import Product
from ..domain.verification import Answer, Seal, Verification, Way
from ..errors.verification import VerifiedTooOften
from ..events.verification import CertificateVerified
from ..keys import MasterKey, Purpose
from ..storage import certificates, hints
from ..storage import verifications as storage

_TRIES_KEPT: Final = timedelta(days=1)
in_time: Final = partial(timing.told_after, 0.025)
"""What is answered or refused within is told after so many seconds: longer than the work takes."""


async def verify_code(session: AsyncSession, key: MasterKey, typed: str, way: Way, now: datetime) -> Answer:
    """How the certificate with a code stands, however the code was typed; raises `VerifiedTooOften`."""
    code_key = certificates.code_key(key, typed_codes.read(typed) or f"no code: {typed}")
    async with session.begin():
        legal = await _legal(session)
        await _count(session, legal, code_key, now)
        found = await certificates.by_code_key(session, code_key)
        return await _answer(session, key, legal, found, way, None, now)


async def verify_file(
    session: AsyncSession, key: MasterKey, sha256: bytes, seal: Seal, now: datetime
) -> Answer:
    """How the certificate stands whose very file it is; `seal` is what its seal says.

    A file whose seal is not intact is no certificate's, whatever it looks like. Raises `VerifiedTooOften`.
    """
    async with session.begin():
        legal = await _legal(session)
        await _count(session, legal, key.digest(Purpose.CODES, f"file: {sha256.hex()}"), now)
        found = await certificates.by_sha256(session, sha256)
        intact = found if seal is Seal.INTACT else None
        return await _answer(session, key, legal, intact, Way.FILE, seal, now)


async def forget_tries(session: AsyncSession, now: datetime) -> None:
    """Forget the counts of tries that hold nobody up any more."""
    async with session.begin():
        await storage.forget_tries(session, now - _TRIES_KEPT)


async def _legal(session: AsyncSession) -> Rules:
    return await rules.read(session, MOTIVES_RULE, verification.LIMIT_RULE, verification.PERIOD_RULE)


async def _count(session: AsyncSession, legal: Rules, key: bytes, now: datetime) -> None:
    today = clock.local_date(now)
    limit = int(legal.on(verification.LIMIT_RULE, today).value)
    period = timedelta(minutes=int(legal.on(verification.PERIOD_RULE, today).value))
    count, since = await storage.count_try(session, key, period, now)
    if seconds := verification.wait(count, limit, since, period, now):
        raise VerifiedTooOften(headers={"retry-after": str(seconds)})


async def _answer(
    session: AsyncSession,
    key: MasterKey,
    legal: Rules,
    found: Certificate | None,
    way: Way,
    seal: Seal | None,
    now: datetime,
) -> Answer:
    """The answer; what is not there is worked out, written and told like what is, and then taken back."""
    nobody, no_hint = _nobody(key, now)
    certificate = found or nobody
    sealed = await hints.sealed(session, certificate.id)
    hint = hints.unseal(key, certificate.id, sealed or no_hint)
    standing = certificate.standing(now)
    motive = motives.named(legal, certificate.motive, certificate.issued_on)
    verified = Verification(ids.new_id(), certificate.id, now, way, standing)
    async with session.begin_nested() as written:
        await storage.add(session, verified)
        await outbox.record(session, CertificateVerified.of(certificate, verified), now)
        if found is None:
            await written.rollback()
    if found is None:
        return Answer(Standing.NOT_FOUND, now, None, None, None, seal)
    return Answer(standing, now, found, hint, motive, seal)


def _nobody(key: MasterKey, now: datetime) -> tuple[Certificate, bytes]:
    """What is looked at where there is no certificate, and its hint as it would be kept."""
    nothing = ids.new_id()
    today = clock.local_date(now)
    certificate = Certificate(
        id=nothing,
        request_id=None,
        extract_id=None,
        product=Product.CRIMINAL_RECORD,
        series="",
        number=0,
        holder_key=b"",
        holder_id=nothing,
        motive="",
        code_key=b"",
        issued_at=now,
        issued_on=today,
        valid_until=today,
        file_key="",
        file_sha256=b"",
        file_bytes=0,
        seal_level="",
        status_list=0,
        status_index=0,
    )
    return certificate, hints.seal(key, nothing, Hint("", None))
