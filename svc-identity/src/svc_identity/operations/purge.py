"""Forgetting what has served its time (GDPR art. 5(1)(e)); the terms are in the rule table."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from ..domain import rules, throttle
from ..domain.rules import RuleId
from ..storage import (
    accounts,
    applications,
    authorizations,
    counters,
    device_requests,
    grants,
    means,
    phones,
    proofing,
    sessions,
    signing_keys,
    single_uses,
)


async def purge(session: AsyncSession, now: datetime) -> None:
    """Delete spent codes, tokens, requests, sessions and unconfirmed sign-ups; each kind on its own."""
    kept_since = now - rules.duration(RuleId.SESSION_KEPT, now)
    forgotten = max(
        policy.forgotten
        for policy in (
            throttle.ACCOUNT,
            throttle.DEVICE,
            throttle.ADDRESS,
            throttle.CODES_TO_EMAIL,
            throttle.CODES_FROM_ADDRESS,
            throttle.USER_CODES,
        )
    )
    async with session.begin():
        await accounts.purge_started(session, now - rules.duration(RuleId.ACCOUNT_UNCONFIRMED, now))
        await accounts.purge_confirmations(session, now - rules.duration(RuleId.ACCOUNT_UNCONFIRMED, now))
    async with session.begin():
        await authorizations.purge(session, now)
        await device_requests.purge(session, now - rules.duration(RuleId.DEVICE_VALIDITY, now))
        await single_uses.purge(session, now)
        await counters.purge(session, now - forgotten)
    async with session.begin():
        # a spent token is kept while it could still betray a copy, and a family while it has tokens
        await grants.purge(session, now)
    async with session.begin():
        await sessions.purge(session, kept_since)
    async with session.begin():
        await proofing.purge_codes(session, now)
    async with session.begin():
        await phones.purge(session, now)
    async with session.begin():
        await means.purge(session, now, now - rules.duration(RuleId.SECURITY_CHANGES_KEPT, now))
    async with session.begin():
        await applications.purge_usage(session, now - rules.duration(RuleId.USAGE_KEPT, now))
    async with session.begin():
        await signing_keys.purge(session, now)
