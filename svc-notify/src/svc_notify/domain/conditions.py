"""Whether a message is still to be sent, asked of its institution when its time has come. No I/O."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from hub_core.clock import local_date
from hub_core.rules import Rules

from . import webhook_messages
from .orders import CONDITION_AGAIN, CONDITION_TIMEOUT, Order, OrderState, end

LEASE: Final = timedelta(seconds=60)
"""How long nobody else asks; after that the question of a killed process is asked again."""
_LONGEST_WAIT: Final = timedelta(hours=1)
_OK: Final = 200


def secret_of(key: bytes, institution_id: UUID, *, is_sandbox: bool) -> bytes:
    """What signs the questions to an institution; it is derived and stored nowhere."""
    whose = f"condition:{institution_id}:{'sandbox' if is_sandbox else 'live'}"
    return hmac.digest(key, whose.encode(), hashlib.sha256)


def question(order: Order) -> bytes:
    """What is asked: `order_id` and `reference`, nothing of the person and nothing of what it says."""
    asked = {"order_id": str(order.id), "reference": order.reference}
    return json.dumps(asked, separators=(",", ":")).encode()


def headers(secret: bytes, order: Order, now: datetime) -> dict[str, str]:
    """The headers of the question, signed as webhooks are (Standard Webhooks 1.0)."""
    signed = webhook_messages.headers([secret], str(order.id), now, question(order))
    return signed | {"content-type": "application/json"}


def read(status: int, body: bytes) -> bool | None:
    """The answer: 200 with `{"send": true}` or `{"send": false}`; anything else is none."""
    if status != _OK:
        return None
    try:
        said = json.loads(body)
    except ValueError:
        return None
    answer = said.get("send") if isinstance(said, dict) else None
    return answer if isinstance(answer, bool) else None


def settle(order: Order, answer: bool | None, legal: Rules, now: datetime) -> Order:
    """What becomes of an order that was asked about: due at once, declined, or asked again later."""
    if order.expires_at <= now:
        return end(order, OrderState.EXPIRED, now)
    if answer is None:
        first = timedelta(seconds=legal.on(CONDITION_AGAIN, local_date(now)).whole)
        wait = min(first * float(2 ** min(order.asked, 12)), _LONGEST_WAIT)
        return replace(order, asked=order.asked + 1, due_at=min(now + wait, order.expires_at))
    if answer:
        return replace(order, condition=None, due_at=now)
    return end(order, OrderState.DECLINED, now)


def timeout(legal: Rules, now: datetime) -> float:
    """Seconds in which the address has to answer."""
    return float(legal.on(CONDITION_TIMEOUT, local_date(now)).whole)
