"""Counting tries, so that guessing and flooding become slow."""

from collections.abc import Mapping
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from ..domain import rules, throttle
from ..domain.rules import RuleId
from ..domain.throttle import Policy
from ..errors.accounts import TooManyTries
from ..master_key import MasterKey, Purpose
from ..storage import counters


def key(master_key: MasterKey, what: str, value: str) -> bytes:
    """The key of a counter: nothing in the table names a person or an address."""
    return master_key.digest(Purpose.COUNTERS, f"{what}:{value}")


def network(address: str) -> str:
    """What one caller is known by: an IPv4 address, or an IPv6 network of 64 bits."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return parsed.exploded[:19]
    return str(parsed)


def code_policies(master_key: MasterKey, email_key: str, address: str) -> dict[bytes, Policy]:
    """What an e-mail with a code counts on: where it goes, and who caused it."""
    return {key(master_key, "codes-to", email_key): throttle.CODES_TO_EMAIL} | cause_policy(
        master_key, address
    )


def cause_policy(master_key: MasterKey, address: str) -> dict[bytes, Policy]:
    """What it counts on when where it goes was counted already."""
    return {key(master_key, "codes-from", network(address)): throttle.CODES_FROM_ADDRESS}


def phone_policies(
    master_key: MasterKey, account_id: UUID, number: str, address: str, now: datetime
) -> dict[bytes, Policy]:
    """What a text message with a code counts on: whose it is, where it goes, and who caused it."""
    of_person = throttle.daily(rules.value(RuleId.PHONE_CODES_OF_PERSON, now))
    of_number = throttle.daily(rules.value(RuleId.PHONE_CODES_OF_NUMBER, now))
    return {
        key(master_key, "phone-codes-of", str(account_id)): of_person,
        key(master_key, "phone-codes-to", number): of_number,
    } | cause_policy(master_key, address)


async def take(session: AsyncSession, policies: Mapping[bytes, Policy], now: datetime) -> None:
    """Count one try on each counter, within the caller's transaction; `TooManyTries` if one has to wait.

    It is counted before it is known whether it is right, so that many at once count as many.
    """
    held = await counters.lock(session, policies, now)
    longest = max(throttle.wait(policy, held[key], now) for key, policy in policies.items())
    if longest:
        raise TooManyTries(longest)
    for key, policy in policies.items():
        await counters.store(session, key, throttle.count(policy, held[key], now))


async def settle(session: AsyncSession, policies: Mapping[bytes, Policy], now: datetime) -> None:
    """The try was right: it is forgotten, but a network address is only forgiven this one.

    Right for one account says nothing of the next.
    """
    for held, policy in sorted(policies.items()):
        if policy is throttle.ADDRESS:
            await forgive(session, [held], now)
        else:
            await forget(session, held, now)


async def forgive(session: AsyncSession, keys: list[bytes], now: datetime) -> None:
    """Take back one try on each counter: it was right."""
    for key, counter in (await counters.lock(session, keys, now)).items():
        await counters.store(session, key, throttle.forgive(counter))


async def forget(session: AsyncSession, key: bytes, now: datetime) -> None:
    """Set a counter to zero: its owner has come."""
    for held in await counters.lock(session, [key], now):
        await counters.store(session, held, throttle.Counter(0, now))
