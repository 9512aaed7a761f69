"""A person's telephone number: given, confirmed by a code, changed and removed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from hub_core import ids
from hub_core.language import Language
from hub_core.phone import Phone
from hub_events import outbox
from hub_service.problems import NotFound

from ..domain import phone as phones
from ..domain import rules
from ..domain.means import Change
from ..domain.phone import Confirmation, HeldPhone, Outcome
from ..domain.rules import RuleId
from ..errors.accounts import TooManyTries
from ..errors.phones import (
    NoMorePhoneCodes,
    PhoneCodeExpired,
    PhoneHeld,
    PhoneTaken,
    WrongPhoneCode,
)
from ..events.phones import PhoneConfirmationRequested
from ..master_key import Purpose
from ..provider import Provider
from ..storage import accounts, sessions
from ..storage import phones as storage
from . import sandbox_people, security, tries
from .means import Owner


class Ended(StrEnum):
    """How a try to confirm a number ended."""

    CONFIRMED = "CONFIRMED"
    WRONG_CODE = "WRONG_CODE"
    CODE_EXPIRED = "CODE_EXPIRED"
    TAKEN = "TAKEN"


@dataclass(frozen=True, slots=True)
class Phones:
    """The number an account has, and the one it waits for the code of."""

    held: HeldPhone | None
    waiting: Confirmation | None


@dataclass(frozen=True, slots=True, repr=False)
class CodeToSend:
    """What the text message needs. `code` is for who holds the number alone."""

    confirmation: Confirmation
    language: Language
    code: str


async def read(session: AsyncSession, provider: Provider, account_id: UUID, now: datetime) -> Phones:
    """What there is of an account's numbers; of those it waits for only one whose code is good."""
    async with session.begin():
        held = await storage.read(session, provider.master_key, account_id)
        waiting = await storage.confirmation_of(session, provider.master_key, account_id)
    return Phones(held, waiting if waiting and phones.is_open(waiting, now) else None)


async def begin(
    session: AsyncSession, provider: Provider, account_id: UUID, number: Phone, address: str, now: datetime
) -> Confirmation:
    """Have a code sent to a number. A code that is awaited for another number is worth nothing any more.

    Raises `NotFound`, `PhoneHeld`, `TooManyTries`; `OnlyInItsApplication` for somebody invented.
    """
    await sandbox_people.refuse(session, account_id)
    key = provider.master_key
    async with session.begin():
        if await accounts.read(session, account_id) is None:
            raise NotFound
        held = await storage.read(session, key, account_id)
        if held is not None and held.number == number.e164:
            raise PhoneHeld
        await tries.take(session, tries.phone_policies(key, account_id, number.e164, address, now), now)
        confirmation = phones.begin(ids.new_id(), account_id, number.e164, now)
        await storage.put_confirmation(session, key, confirmation)
        await outbox.record(session, PhoneConfirmationRequested.of(confirmation), now)
    return confirmation


async def send_new_code(
    session: AsyncSession, provider: Provider, account_id: UUID, address: str, now: datetime
) -> Confirmation:
    """Have another code sent to the same number; the one before is worth nothing.

    Raises `NoMorePhoneCodes`, `TooManyTries`.
    """
    key = provider.master_key
    async with session.begin():
        waiting = await storage.confirmation_of(session, key, account_id)
        if waiting is None or not phones.can_renew(waiting):
            raise NoMorePhoneCodes
        pause = phones.wait_for_renewal(waiting, now)
        if pause:
            raise TooManyTries(pause)
        await tries.take(session, tries.phone_policies(key, account_id, waiting.number, address, now), now)
        renewed = phones.renew(waiting, now)
        await storage.store_confirmation(session, renewed)
        await outbox.record(session, PhoneConfirmationRequested.of(renewed), now)
    return renewed


async def confirm(session: AsyncSession, provider: Provider, owner: Owner, code: str, now: datetime) -> None:
    """As `try_code`; raises `WrongPhoneCode`, `PhoneCodeExpired`, `PhoneTaken`."""
    match await try_code(session, provider, owner, code, now):
        case Ended.WRONG_CODE:
            raise WrongPhoneCode
        case Ended.CODE_EXPIRED:
            raise PhoneCodeExpired
        case Ended.TAKEN:
            raise PhoneTaken


async def try_code(
    session: AsyncSession, provider: Provider, owner: Owner, code: str, now: datetime
) -> Ended:
    """Try a code; with the right one the number is the account's, in the place of the one before.

    A wrong try is stored like a right one: the session must not be part of a unit of work that an
    error rolls back.
    """
    key = provider.master_key
    async with session.begin():
        device = await _device(session, owner)
        waiting = await storage.confirmation_of(session, key, owner.account_id)
        if waiting is None:
            return Ended.CODE_EXPIRED
        expected = phones.code(key.of(Purpose.CODES), waiting)
        tried, outcome = phones.attempt(waiting, code, expected, now)
        if outcome is Outcome.CONFIRMED and waiting.confirmed_at is None:
            given = HeldPhone(owner.account_id, waiting.number, now)
            most = rules.value(RuleId.PHONE_ACCOUNTS, now)
            if await storage.others_with(session, key, given) >= most:
                return Ended.TAKEN
            before = await storage.read(session, key, owner.account_id)
            await storage.put(session, key, given)
            change = Change.PHONE_CHANGED if before else Change.PHONE_ADDED
            await security.tell(session, owner.account_id, change, device, now)
        await storage.store_confirmation(session, tried)
    return {
        Outcome.CONFIRMED: Ended.CONFIRMED,
        Outcome.WRONG: Ended.WRONG_CODE,
        Outcome.EXPIRED: Ended.CODE_EXPIRED,
    }[outcome]


async def remove(session: AsyncSession, provider: Provider, owner: Owner, now: datetime) -> None:
    """The account has no number any more, and waits for none. Raises `NotFound` when it had neither."""
    async with session.begin():
        device = await _device(session, owner)
        held = await storage.read(session, provider.master_key, owner.account_id)
        waiting = await storage.confirmation_of(session, provider.master_key, owner.account_id)
        if held is None and waiting is None:
            raise NotFound
        await storage.remove(session, owner.account_id)
        if held is not None:
            await security.tell(session, owner.account_id, Change.PHONE_REMOVED, device, now)


async def code_to_send(
    session: AsyncSession, provider: Provider, confirmation_id: UUID, now: datetime
) -> CodeToSend:
    """What the text message of a confirmation needs; `NotFound` when its code is spent or past."""
    async with session.begin():
        waiting = await storage.confirmation(session, provider.master_key, confirmation_id)
        account = await accounts.read(session, waiting.account_id) if waiting else None
    if waiting is None or account is None or not phones.is_open(waiting, now):
        raise NotFound
    code = phones.code(provider.master_key.of(Purpose.CODES), waiting)
    return CodeToSend(waiting, account.language, code)


async def _device(session: AsyncSession, owner: Owner) -> str:
    signed_in = await sessions.lock(session, owner.session_id)
    return signed_in.device if signed_in and signed_in.account_id == owner.account_id else ""
