"""E-mail to addresses that sent messages back, on a real database and a real SMTP server."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from hub_core import clock, ids
from svc_notify import keys
from svc_notify.domain import kinds, messages
from svc_notify.domain.channels import Channel, Step
from svc_notify.domain.kinds import Lane
from svc_notify.domain.messages import Cause
from svc_notify.jobs import Sender
from svc_notify.keys import MasterKey
from svc_notify.operations import following, suppressions
from svc_notify.settings import Settings
from svc_notify.writing.left_alone import LeftAlone

ANA = "ana.popescu@example.org"
BY_EMAIL_OR_SMS = (Step(Channel.EMAIL), Step(Channel.SMS, None))


@pytest.fixture
async def key(hub: Any, settings: Settings) -> MasterKey:
    """The service's key; by it the address of Ana takes nothing."""
    made = keys.derived_from(settings.notify_key.get_secret_value())
    async with hub.database.sessions() as session, session.begin():
        await suppressions.suppress(session, made, Channel.EMAIL, ANA, "address-gone", clock.now())
    return made


@pytest.mark.parametrize("lane", [Lane.REMINDER, Lane.BULK])
async def test_a_reminder_and_what_is_sent_in_bulk_go_on_instead(
    hub: Any, key: MasterKey, ana: UUID, make_sender: Callable[..., Sender], turn: Any, office: Any,
    looking: asyncpg.Connection, lane: Lane,
) -> None:  # fmt: skip
    """Edge case 86."""
    now, kind = clock.now(), kinds.SUBMISSION_REGISTERED
    written = messages.write(
        kind,
        ids.new_id(),
        Cause(ids.new_id(), now),
        now,
        person_id=ana,
        variables=dict.fromkeys(kind.variables, ""),
    )
    message = replace(written, lane=lane, plan=BY_EMAIL_OR_SMS, purpose=kinds.Purpose.REMINDER)
    async with hub.database.sessions() as session, session.begin():
        await following.begin(session, [message], now)
    await turn(make_sender(lane))
    rows = await looking.fetch(
        "SELECT channel, failure FROM notify.deliveries WHERE message_id = $1 ORDER BY id", message.id
    )
    assert [tuple(row) for row in rows] == [("EMAIL", "address-gone"), ("SMS", None)]
    assert office.recipients == []


async def test_a_notice_is_tried_all_the_same(
    key: MasterKey, sender: Sender, turn: Any, queue_notice: Any, office: Any
) -> None:
    await queue_notice()
    await turn(sender)
    assert office.recipients == [ANA]


async def test_addresses_of_many_are_asked_for_in_one_question(
    hub: Any, key: MasterKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    find = suppressions.find_suppressed

    async def counted(session: Any, of: MasterKey, addresses: Any, now: Any) -> Any:
        asked.append(len(addresses))
        return await find(session, of, addresses, now)

    monkeypatch.setattr(suppressions, "find_suppressed", counted)
    left_alone = LeftAlone(key)
    others = [f"other{number}@example.org" for number in range(20)]
    found = await asyncio.gather(*(left_alone.has(hub, address) for address in [ANA, *others, ANA]))
    assert found == [True, *[False] * 20, True]
    assert asked == [21]
