"""Who is not signed in: a computer's work or a code by e-mail stands for a person, once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import email_codes, ids
from hub_core.clock import local_date
from hub_core.email_codes import EmailCode
from hub_core.language import Language
from hub_core.tries import Try, network
from hub_events import outbox
from hub_service import rules

from ..domain import challenges
from ..domain.appointments import Participant
from ..domain.challenges import Chance, Difficulty, Secrets, Unsolved
from ..domain.email_codes import VALID_RULE, WRONG_RULE
from ..domain.tries import Counted
from ..errors.guests import EmailProofRequired, ProofRefused
from ..events.guests import EmailCodeRequested
from ..keys import MasterKey, Purpose
from ..storage import guests as storage
from . import tries


@dataclass(frozen=True, slots=True, repr=False)
class Proof:
    """What somebody sends instead of signing in: a solved challenge, or a code with its id."""

    altcha: str | None = None
    code_id: UUID | None = None
    code: str | None = None


async def challenge(session: AsyncSession, key: MasterKey, now: datetime) -> dict[str, Any]:
    """A new challenge, by the rule tables of today. Nothing of it is stored until it is used."""
    today = local_date(now)
    async with session.begin():
        legal = await rules.read(
            session, challenges.COST_RULE, challenges.COUNTER_RULE, challenges.VALID_RULE
        )
    difficulty = Difficulty(
        cost=legal.on(challenges.COST_RULE, today).whole,
        counter=legal.on(challenges.COUNTER_RULE, today).whole,
        valid=timedelta(minutes=legal.on(challenges.VALID_RULE, today).whole),
    )
    least = difficulty.counter // 2
    chance = Chance(
        nonce=secrets.token_bytes(challenges.NONCE_BYTES),
        salt=secrets.token_bytes(challenges.NONCE_BYTES),
        counter=least + secrets.randbelow(difficulty.counter - least + 1),
    )
    return challenges.challenge(difficulty, secrets_of(key), chance, now)


async def send_code(
    apart: AsyncSession,
    session: AsyncSession,
    key: MasterKey,
    email: str,
    language: Language,
    address: str,
    now: datetime,
) -> EmailCode:
    """Send a code to an address, whoever's it is; `TriedTooOften`. `apart` is as for `admit`."""
    counted = [
        Try(Counted.CODES_TO_EMAIL, email_codes.normal(email)),
        Try(Counted.CODES_FROM_ADDRESS, network(address)),
    ]
    await tries.take(apart, key, counted, now)
    async with session.begin():
        legal = await rules.read(session, VALID_RULE)
        valid = timedelta(minutes=legal.on(VALID_RULE, local_date(now)).whole)
        made = EmailCode(
            id=ids.new_id(),
            email=email,
            code=email_codes.code_of(secrets.randbelow(10**email_codes.DIGITS)),
            language=language,
            created_at=now,
            expires_at=now + valid,
        )
        await storage.add_code(session, key, made)
        await outbox.record(session, EmailCodeRequested.of(made), now)
    return made


async def admit(
    apart: AsyncSession,
    key: MasterKey,
    proof: Proof,
    address: str,
    people: Sequence[Participant],
    now: datetime,
) -> None:
    """Let somebody in who has a proof, before anything is booked; `TriedTooOften`, `ProofRefused`.

    Tries of the network and of each CNP count, and wrong codes: `apart` is a session of its own, outside of
    the unit of work of an Idempotency-Key. What is booked spends the proof (`spend`), in its own
    transaction, so that who finds the place taken can use it for another.
    """
    counted = [Try(Counted.BOOKINGS_OF_CNP, one.cnp.number) for one in people]
    await tries.take(apart, key, [Try(Counted.BOOKINGS_FROM_ADDRESS, network(address)), *counted], now)
    if proof.altcha is not None:
        _solved(key, proof.altcha, now)
        return
    is_right = False
    async with apart.begin():
        if proof.code_id is not None and proof.code is not None:
            found = await storage.lock_code(apart, key, proof.code_id)
            legal = await rules.read(apart, WRONG_RULE)
            most = legal.on(WRONG_RULE, local_date(now)).whole
            if found is not None and found.is_good(most, now):
                is_right = found.fits(proof.code)
                if not is_right:
                    await storage.count_wrong(apart, found.id)
    if not is_right:
        raise ProofRefused


async def spend(session: AsyncSession, key: MasterKey, proof: Proof, now: datetime) -> str | None:
    """Use a proof up, in the caller's transaction: the address that a code has confirmed, if it was one.

    `ProofRefused` when another has used it up, or `admit` would not let it in.
    """
    if proof.altcha is not None:
        if not await storage.spend(session, _solved(key, proof.altcha, now)):
            raise ProofRefused
        return None
    found = await storage.lock_code(session, key, proof.code_id) if proof.code_id else None
    legal = await rules.read(session, WRONG_RULE)
    most = legal.on(WRONG_RULE, local_date(now)).whole
    if found is None or not found.is_good(most, now) or not found.fits(proof.code or ""):
        raise ProofRefused
    await storage.spend_code(session, found.id, now)
    return found.email


async def spend_for_email(session: AsyncSession, key: MasterKey, proof: Proof, now: datetime) -> str:
    """As `spend`, where the address has to be confirmed; `EmailProofRequired` for a challenge."""
    if proof.altcha is not None:
        raise EmailProofRequired
    return await spend(session, key, proof, now) or ""


async def message(session: AsyncSession, key: MasterKey, code_id: UUID, now: datetime) -> EmailCode | None:
    """A code that is still to be sent, with its address; None when it is out of date or used."""
    async with session.begin():
        found = await storage.read_code(session, key, code_id)
    return found if found and found.spent_at is None and now < found.expires_at else None


async def forget(session: AsyncSession, now: datetime) -> None:
    """Forget proofs that are out of date."""
    async with session.begin():
        await storage.forget(session, now)


def _solved(key: MasterKey, altcha: str, now: datetime) -> challenges.Solved:
    try:
        return challenges.solved(altcha, secrets_of(key), now)
    except Unsolved:
        raise ProofRefused from None


def secrets_of(key: MasterKey) -> Secrets:
    """What challenges are signed with."""
    return Secrets(
        challenges=key.digest(Purpose.CHALLENGES, "challenges").hex(),
        keys=key.digest(Purpose.CHALLENGES, "keys").hex(),
    )
